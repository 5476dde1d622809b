// The output of each host in a file of its own, on a real disk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { FleetEvent } from '#src/fleet/events';
import { OutputFiles, type OutputFilesOptions } from '#src/report/output/output-files';
import { findProgram, needs } from '../../support/real.ts';
import { finished, outcomeOf } from '../samples.ts';

const plain = (text: string): string => text;
const output = (host: string, text: string, stream: 'stdout' | 'stderr' = 'stdout'): FleetEvent => {
  return { kind: 'output', host, stream, chunk: Buffer.from(text) };
};

let root = '';
let stdout = '';
let stderr = '';
before(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'sshoal-'));
});
after(async () => await rm(root, { recursive: true }));
beforeEach(async () => {
  const own = await mkdtemp(path.join(root, 'run-'));
  [stdout, stderr] = [path.join(own, 'a/out'), path.join(own, 'err')];
});

/** Writes events to files, and says what went wrong. */
async function write(hosts: readonly string[], events: readonly FleetEvent[], more: Partial<OutputFilesOptions> = {}) {
  const files = await OutputFiles.open(hosts, { stdout, stderr, mask: plain, ...more });
  for (const event of events) await files.take(event);
  return await files.finish();
}

describe('the files of hosts', () => {
  it('hold what each host wrote, each stream by itself, however the chunks come', async () => {
    const events = [
      output('web01', 'on'),
      output('web02', 'two\n'),
      output('web01', 'oops\n', 'stderr'),
      output('web01', 'e\nend'),
      finished(outcomeOf('web01')),
      finished(outcomeOf('web02')),
    ];

    const faults = await write(['web01', 'web02'], events);

    assert.deepEqual(faults, []);
    assert.equal(await readFile(path.join(stdout, 'web01'), 'utf8'), 'one\nend');
    assert.equal(await readFile(path.join(stderr, 'web01'), 'utf8'), 'oops\n');
    assert.equal(await readFile(path.join(stdout, 'web02'), 'utf8'), 'two\n');
    assert.equal(await readFile(path.join(stderr, 'web02'), 'utf8'), '');
  });

  it('hold lines as soon as they are whole', async () => {
    const files = await OutputFiles.open(['a'], { stdout, mask: plain });

    await files.take(output('a', 'first\nsec'));
    const early = await readFile(path.join(stdout, 'a'), 'utf8');
    await files.take(output('a', 'ond\n'));
    await files.finish();

    assert.equal(early, 'first\n');
    assert.equal(await readFile(path.join(stdout, 'a'), 'utf8'), 'first\nsecond\n');
  });

  it('hold every byte as it came, and no secret', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x1b, 0x0a]);
    const events: FleetEvent[] = [
      { kind: 'output', host: 'a', stream: 'stdout', chunk: bytes },
      output('a', 'hun'),
      output('a', 'ter2\n'),
      { kind: 'output', host: 'a', stream: 'stdout', chunk: Buffer.from([0xff, ...Buffer.from('hunter2'), 0x0a]) },
      finished(outcomeOf('a')),
    ];

    await write(['a'], events, { mask: (text) => text.replaceAll('hunter2', '***') });

    const expected = Buffer.concat([bytes, Buffer.from('***\n'), Buffer.from([0xff, ...Buffer.from('***\n')])]);
    assert.deepEqual(await readFile(path.join(stdout, 'a')), expected);
  });

  it('are not made for hosts that did not answer, unless something came of them', async () => {
    const gone = { status: 'unreachable', exit: undefined } as const;

    await write(['a', 'b'], [output('b', 'half'), finished(outcomeOf('a', gone)), finished(outcomeOf('b', gone))]);

    assert.deepEqual(await readdir(stdout), ['b']);
    assert.equal(await readFile(path.join(stdout, 'b'), 'utf8'), 'half');
  });

  it('of many hosts at once need few descriptors', async () => {
    const hosts = Array.from({ length: 300 }, (_, n) => `n${n}`);
    const files = await OutputFiles.open(hosts, { stdout, mask: plain });
    const count = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
    const canCount = process.platform === 'linux';
    const before = canCount ? await count() : 0;

    for (const round of ['1', '2']) for (const host of hosts) await files.take(output(host, `${round}\n`));
    const during = canCount ? await count() : 0;
    for (const host of hosts) await files.take(finished(outcomeOf(host)));
    await files.finish();

    assert.ok(during - before <= 70, `${during - before} descriptors`);
    assert.equal(await readFile(path.join(stdout, 'n0'), 'utf8'), '1\n2\n');
    assert.equal((await readdir(stdout)).length, 300);
  });

  it('of an earlier run are in the way, and say so before anything runs', async () => {
    await write(['a', 'b'], [output('a', 'old\n'), finished(outcomeOf('a'))]);

    const opening = OutputFiles.open(['a', 'c'], { stdout, mask: plain });

    await assert.rejects(opening, { code: 'OUTPUT_EXISTS', where: stdout });
    assert.equal(await readFile(path.join(stdout, 'a'), 'utf8'), 'old\n');
  });

  it('replace those of an earlier run when told to, and leave nothing old of hosts that do not answer', async () => {
    await write(['a', 'b'], [output('a', 'old\n'), finished(outcomeOf('a')), output('b', 'old\n'), finished(outcomeOf('b'))]);

    const gone = finished(outcomeOf('b', { status: 'unreachable' }));
    await write(['a', 'b'], [output('a', 'new\n'), finished(outcomeOf('a')), gone], { overwrite: true });

    assert.deepEqual(await readdir(stdout), ['a']);
    assert.equal(await readFile(path.join(stdout, 'a'), 'utf8'), 'new\n');
  });

  it('never write through a link that somebody put in their place', async () => {
    const victim = path.join(root, 'victim');
    await writeFile(victim, 'precious');
    await OutputFiles.open([], { stdout, mask: plain });
    await symlink(victim, path.join(stdout, 'a'));

    await write(['a'], [output('a', 'x\n'), finished(outcomeOf('a'))], { overwrite: true });

    assert.equal(await readFile(victim, 'utf8'), 'precious');
    assert.equal(await readFile(path.join(stdout, 'a'), 'utf8'), 'x\n');
  });

  it('may not be the same for both streams', async () => {
    const opening = OutputFiles.open(['a'], { stdout, stderr: path.join(stdout, '../out'), mask: plain });

    await assert.rejects(opening, { code: 'OUTPUT_EXISTS', message: /the same file/ });
  });

  it('whose directory cannot be made say which, before anything runs', async () => {
    await writeFile(path.join(root, 'file'), '');
    const directory = path.join(root, 'file/below');

    await assert.rejects(OutputFiles.open(['a'], { stdout: directory, mask: plain }), { code: 'OUTPUT_UNWRITABLE', where: directory });
  });

  it('whose directory vanishes are named at the end, and what comes later is still taken', async () => {
    const files = await OutputFiles.open(['a', 'b'], { stdout, mask: plain });
    await rm(stdout, { recursive: true });

    for (const host of ['b', 'a']) {
      await files.take(output(host, 'x\n'));
      await files.take(output(host, 'y\n'));
      await files.take(finished(outcomeOf(host)));
    }
    const faults = await files.finish();

    assert.equal(faults.length, 1);
    assert.equal(faults[0]?.code, 'OUTPUT_UNWRITABLE');
    assert.match(faults[0]?.message ?? '', /^The output of b,a is not complete|^The output of a,b is not complete/);
  });
});

const asRoot = process.getuid?.() === 0 && findProgram('mount') !== undefined;
describe('files on a full disk', asRoot ? needs('mount') : { skip: 'only root may mount a small disk' }, () => {
  it('end where it was full; the other hosts, and the files that fit, lose nothing', async (context) => {
    await OutputFiles.open([], { stdout, mask: plain });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', stdout], { stdio: 'ignore' });
    } catch {
      context.skip('no small disk can be mounted here');
      return;
    }
    try {
      const events = [output('small', 'fits\n'), output('large', `${'x'.repeat(60_000)}\n`), output('large', `${'y'.repeat(60_000)}\n`)];

      const faults = await write(['small', 'large'], [...events, finished(outcomeOf('small')), finished(outcomeOf('large'))]);

      assert.deepEqual(
        faults.map(({ code, where }) => [code, where]),
        [['OUTPUT_UNWRITABLE', path.join(stdout, 'large')]],
      );
      assert.match(faults[0]?.message ?? '', /the disk is full/);
      assert.equal(await readFile(path.join(stdout, 'small'), 'utf8'), 'fits\n');
    } finally {
      execFileSync('umount', [stdout]);
    }
  });
});
