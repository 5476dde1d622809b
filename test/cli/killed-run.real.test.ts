// The program killed with SIGKILL in the middle of a command on many hosts: what it had said is in the journal.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { sshoal } from './program-run.ts';

const COUNT = 30;
const HOSTS = ['-i', `${Array.from({ length: COUNT }, (_, n) => `web${n}`).join()},`, '-e', 'ansible_connection=local'] as const;

/** The hosts that whole lines of `-o jsonl` tell the end of. */
function ended(text: string): string[] {
  const lines = text.split('\n').slice(0, -1);
  const events = lines.map((line) => JSON.parse(line) as { readonly event: string; readonly host: string });
  return events.filter(({ event }) => event === 'host-finished').map(({ host }) => host);
}

describe('sshoal, killed while it runs a command', () => {
  it('has written down every host it had told of, and the run can be listed, shown and taken up again', async (t) => {
    const state = await mkdtemp(path.join(tmpdir(), 'sshoal-killed-'));
    t.after(async () => await rm(state, { recursive: true }));
    const env = { XDG_STATE_HOME: state };

    const { stdout } = await sshoal(['run', 'all', ...HOSTS, '-f', '2', '-o', 'jsonl', 'sleep 0.05; echo hi'], {
      env,
      onStdout: (text, kill) => {
        if (ended(text).length >= 6) kill('SIGKILL');
      },
    });
    const listed = await sshoal(['runs', '-o', 'json', '--outcome', 'interrupted'], { env });
    const shown = await sshoal(['show', 'last'], { env });
    const left = await sshoal(['run', '--retry-failed', ...HOSTS, '--list-hosts', '--', 'true'], { env });

    const [run] = JSON.parse(listed.stdout) as { readonly hosts: Readonly<Record<string, readonly string[]>> }[];
    const ok = run?.hosts.ok ?? [];
    const told = ended(stdout);
    assert.ok(told.length >= 6 && told.length < COUNT);
    assert.deepEqual(
      told.filter((host) => !ok.includes(host)),
      [],
    );
    assert.match(shown.stderr, /has no end: interrupted/);
    assert.match(left.stdout, new RegExp(`hosts \\(${COUNT - ok.length}\\)`));
  });
});
