// Runs begun from the page: which words they become, and when they count as begun.
import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import type { SshoalError } from '#src/base/errors';
import { RunDirectory } from '#src/journal/run-directory';
import { RunStarter, type StartedRun, startRequestOf } from '#src/ui/start-run';
import { directoryFor, finished, written } from '../journal/sample-runs.ts';

const NEVER = new AbortController().signal;

async function playbooks(t: TestContext): Promise<string> {
  const directory = await directoryFor(t);
  await mkdir(path.join(directory, 'db'));
  await mkdir(path.join(directory, 'roles'));
  for (const name of ['site.yml', 'db/backup.yaml', 'roles/main.yml', '.hidden.yml', 'notes.txt'])
    await writeFile(path.join(directory, name), '');
  await symlink('/etc/passwd', path.join(directory, 'link.yml'));
  return directory;
}

/** A starter whose runs are journals of this very process, or none. */
async function starterFor(t: TestContext, begins: boolean): Promise<{ starter: RunStarter; told: string[][]; directory: string }> {
  const writes: Promise<unknown>[] = [];
  // Before the directories go, which a run may outlive that has only begun.
  t.after(async () => await Promise.all(writes));
  const [directory, journals] = [await playbooks(t), await directoryFor(t)];
  const told: string[][] = [];
  const start = (argv: readonly string[]): StartedRun => {
    told.push([...argv]);
    const write = begins ? written(journals, [finished('web01')], { atMs: Date.now() }) : Promise.resolve();
    writes.push(write);
    return { pid: process.pid, ended: write.then(() => ({ exitCode: begins ? 0 : 1, stderr: 'error  There is no host   [NO_HOSTS]\n' })) };
  };
  const starter = new RunStarter({ directory, words: ['--inventory=hosts.ini'], start }, new RunDirectory(journals));
  return { starter, told, directory };
}

describe('starting from the page', () => {
  it('offers the playbooks below its directory, and nothing that leads out of it', async (t) => {
    const { starter } = await starterFor(t, true);

    assert.deepEqual(await starter.playbooks(), ['db/backup.yaml', 'site.yml']);
  });

  it('becomes the words of a command line, and is begun when its journal is there', async (t) => {
    const { starter, told, directory } = await starterFor(t, true);

    const id = await starter.begin({ verb: 'play', playbook: 'site.yml', limit: '-web', tags: 'a b', check: true }, NEVER);
    await starter.begin({ verb: 'run', pattern: 'web', command: 'echo "$HOME"; --help' }, NEVER);

    assert.match(id, /^\d{8}-/);
    assert.deepEqual(told, [
      ['play', '--inventory=hosts.ini', '--limit=-web', '--tags=a b', '--check', path.join(directory, 'site.yml')],
      ['run', '--inventory=hosts.ini', 'web', '--', 'echo "$HOME"; --help'],
    ]);
  });

  it('refuses other playbooks, and patterns that are flags', async (t) => {
    const { starter, told } = await starterFor(t, true);
    const refusals = [
      { verb: 'play', playbook: '../site.yml' },
      { verb: 'play', playbook: '/etc/passwd' },
      { verb: 'play', playbook: 'link.yml' },
      { verb: 'run', pattern: '--connection=local', command: 'id' },
    ] as const;

    for (const request of refusals)
      await assert.rejects(starter.begin(request, NEVER), (error: SshoalError) => error.code === 'UI_RUN_REFUSED');

    assert.deepEqual(told, []);
  });

  it('tells what a run complained of that never began', async (t) => {
    const { starter } = await starterFor(t, false);

    const begun = starter.begin({ verb: 'run', pattern: 'web', command: 'id' }, NEVER);

    await assert.rejects(begun, (error: SshoalError) => error.code === 'UI_RUN_DID_NOT_BEGIN' && error.fix?.includes('NO_HOSTS') === true);
  });

  it('takes no request that makes no sense', () => {
    for (const data of [
      undefined,
      [],
      {},
      { verb: 'vault' },
      { verb: 'run', pattern: 'a' },
      { verb: 'run', pattern: 'a', command: 'b\nc' },
      { verb: 'play', playbook: 7 },
    ]) {
      assert.throws(() => startRequestOf(data), { code: 'UI_BAD_REQUEST' }, JSON.stringify(data));
    }
    assert.deepEqual(startRequestOf({ verb: 'play', playbook: 'a.yml' }), {
      verb: 'play',
      playbook: 'a.yml',
      limit: '',
      tags: '',
      check: false,
    });
  });
});
