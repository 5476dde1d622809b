// Journals on a disk that fills up: a small tmpfs, which only root may mount.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { JournalWriter } from '#src/journal/journal-writer';
import { sshoal } from '../cli/program-run.ts';
import { needs } from '../support/real.ts';
import { description, entriesOf, finished } from './sample-runs.ts';

const isRoot = process.getuid?.() === 0;

/** A directory on a disk of 256 KiB. */
async function smallDisk(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sshoal-journal-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=700', 'tmpfs', directory], { stdio: 'ignore' });
  t.after(async () => {
    execFileSync('umount', [directory], { stdio: 'ignore' });
    await rm(directory, { recursive: true });
  });
  return directory;
}

async function writerOn(directory: string): Promise<JournalWriter> {
  const hosts = Array.from({ length: 20 }, (_, n) => `web${n}`);
  return await JournalWriter.create({ directory, run: description({ hosts }), mask: (text) => text, now: () => Date.now() });
}

describe('a journal on a full disk', isRoot ? needs('mount') : { skip: 'only root may mount a small disk' }, () => {
  it('says at the end that it is incomplete, holds up nobody, and has every whole line that found room', async (t) => {
    const writer = await writerOn(await smallDisk(t));

    for (let n = 0; n < 20; n++) await writer.fleetEvent(finished(`web${n}`, { stdout: Buffer.alloc(30_000, 'x') }));
    const lacking = await writer.finish(0);

    assert.equal(lacking?.code, 'JOURNAL_INCOMPLETE');
    assert.match(lacking.message, /disk is full/);
    const { entries, isTorn } = await entriesOf(writer.file);
    assert.ok(entries.length > 4 && entries.length < 10);
    assert.equal(isTorn, true);
  });

  it('goes on without a gap when there is room again', async (t) => {
    const directory = await smallDisk(t);
    const filler = path.join(directory, 'filler');
    const writer = await writerOn(directory);
    await writeFile(filler, Buffer.alloc(200_000));

    for (let n = 0; n < 3; n++) await writer.fleetEvent(finished(`web${n}`, { stdout: Buffer.alloc(30_000, 'x') }));
    await rm(filler);
    for (let n = 3; n < 5; n++) await writer.fleetEvent(finished(`web${n}`));
    const lacking = await writer.finish(0);

    assert.equal(lacking, undefined);
    const { entries, isTorn } = await entriesOf(writer.file);
    assert.deepEqual([entries.length, isTorn], [6, false]);
  });

  it('stops no search: there is no room for summaries and an index, and the answers are the same', async (t) => {
    const directory = await smallDisk(t);
    const env = { XDG_STATE_HOME: directory };
    await sshoal(['run', 'all', '-i', 'web01,web02,', '-e', 'ansible_connection=local', 'true'], { env });
    const runs = path.join(directory, 'sshoal', 'runs');
    for (const name of await readdir(runs)) if (name.endsWith('.summary.json')) await rm(path.join(runs, name));
    execFileSync('sh', ['-c', 'cat /dev/zero > "$1/filler" || true', 'sh', directory], { stdio: 'ignore' });

    const { code, stdout, stderr } = await sshoal(['runs', '--host', 'web02', '-o', 'jsonl'], { env });

    assert.equal(code, 0);
    assert.equal(stdout.trimEnd().split('\n').length, 1);
    assert.match(stdout, /"subject":"true"/);
    assert.match(stderr, /^note: the index of runs is not used: the disk is full\n$/);
  });

  it('stops no run: it is said once on stderr, and the exit code is as it was', async (t) => {
    const directory = await smallDisk(t);
    await writeFile(path.join(directory, 'filler'), Buffer.alloc(250_000));
    const hosts = ['-i', 'web01,web02,web03,', '-e', 'ansible_connection=local'];

    const done = await sshoal(['run', 'all', ...hosts, 'head -c 50000 /dev/zero | tr "\\0" x'], { env: { XDG_STATE_HOME: directory } });

    assert.equal(done.code, 0);
    assert.match(done.stdout, /3 hosts: 3 ok/);
    assert.equal(done.stderr.match(/JOURNAL_INCOMPLETE/g)?.length, 1);
  });
});
