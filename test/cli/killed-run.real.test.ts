// The program killed with SIGKILL in the middle of a command on many hosts: what it had said is in the journal.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { sshoal } from './program-run.ts';

const HOSTS = ['-i', `${Array.from({ length: 30 }, (_, n) => `web${n}`).join()},`, '-e', 'ansible_connection=local'] as const;

describe('sshoal, killed while it runs a command', () => {
  it('has written down every host it had told of, and the run can be listed, shown and taken up again', async (t) => {
    const state = await mkdtemp(path.join(tmpdir(), 'sshoal-killed-'));
    t.after(async () => await rm(state, { recursive: true }));
    const env = { XDG_STATE_HOME: state };
    const told = (text: string): string[] =>
      text
        .split('\n')
        .slice(0, -1)
        .map(
          (line) =>
            JSON.parse(line) as {
              readonly event?: string;
              readonly kind?: string;
              readonly host?: string;
              readonly outcome?: { readonly host: string };
            },
        )
        .filter((line) => JSON.stringify(line).includes('"finished"') || JSON.stringify(line).includes('host-finished'))
        .map(({ host, outcome }) => host ?? outcome?.host ?? '');
    let isKilled = false;

    const { stdout } = await sshoal(['run', 'all', ...HOSTS, '-f', '2', '-o', 'jsonl', 'sleep 0.05; echo hi'], {
      env,
      onStdout: (text, kill) => {
        if (isKilled || told(text).length < 6) return;
        isKilled = true;
        kill('SIGKILL');
      },
    });
    const listed = await sshoal(['runs', '-o', 'json', '--outcome', 'interrupted'], { env });
    const shown = await sshoal(['show', 'last'], { env });
    const left = await sshoal(['run', '--retry-failed', ...HOSTS, '--list-hosts', '--', 'true'], { env });

    const [run] = JSON.parse(listed.stdout) as { readonly hosts: Readonly<Record<string, readonly string[]>> }[];
    const ok = run?.hosts.ok ?? [];
    assert.ok(told(stdout).length >= 6);
    assert.deepEqual(
      told(stdout).filter((host) => !ok.includes(host)),
      [],
    );
    assert.match(shown.stderr, /has no end: interrupted/);
    assert.match(left.stdout, new RegExp(`hosts \\(${30 - ok.length}\\)`));
  });
});
