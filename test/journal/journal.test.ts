// A journal, written and read: whole, torn, changed, and by two at once.
import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Faults, FaultsError, InputError } from '#src/base/errors';
import { dict, Float } from '#src/base/value';
import { ConnectError } from '#src/connection/errors';
import type { FleetEvent } from '#src/fleet/events';
import { JournalWriter } from '#src/journal/journal-writer';
import { readJournal } from '#src/journal/read-journal';
import type { PlayEvent } from '#src/playbook/events';
import { description, directoryFor, entriesOf, finished, linesOf, recap, task, taskFinished, taskStarted, written } from './sample-runs.ts';

const SECRET = 'hunter2-hunter2';
const hide = (text: string): string => text.replaceAll(SECRET, '********');

describe('a journal', () => {
  it('is a file of its own that only its owner may read, below a directory of which the same is true', async (t) => {
    const directory = path.join(await directoryFor(t), 'runs');

    const file = await written(directory, [finished('web01')]);

    assert.equal((await stat(directory)).mode & 0o777, 0o700);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.match(path.basename(file), /^19700101-000001\.000-[0-9a-f]{6}\.jsonl$/);
  });

  it('gives back who ran what', async (t) => {
    const file = await written(await directoryFor(t), []);

    const { header } = await readJournal(file);

    const { id, process: writer, atMs, ...run } = header;
    assert.deepEqual(run, description());
    assert.equal(id, path.basename(file, '.jsonl'));
    assert.equal(writer.pid, process.pid);
    assert.equal(atMs, 1_000);
  });

  it('gives back what happened on hosts, byte by byte', async (t) => {
    const events: FleetEvent[] = [
      { kind: 'started', host: 'web01', atMs: 1_000 },
      finished('web01', { stdout: Buffer.from('grüße\n\u0000'), stderr: Buffer.from([0xff, 0xfe, 0x0a]), truncated: false }),
      finished('web02', { status: 'failed', exit: { kind: 'signal', signal: 'KILL' }, truncated: false }),
      finished('web03', {
        status: 'ok',
        bytes: 12,
        changes: [{ action: 'copy file', path: 'a', bytes: 3, replaces: true, text: { before: 'a', after: 'b' } }],
        files: 3,
        localPath: '/a',
        remotePath: '/b',
        dryRun: true,
        attempts: 2,
        connectedAtMs: 3,
        truncated: true,
      }),
    ];

    const file = await written(await directoryFor(t), events, { exitCode: 2 });

    const { entries, isTorn } = await entriesOf(file);
    const told = entries.flatMap((entry) => (entry.kind === 'fleet' ? [entry.event] : []));
    // Fields that are undefined are none.
    assert.deepEqual(JSON.parse(JSON.stringify(told)), JSON.parse(JSON.stringify(events)));
    assert.deepEqual(entries.at(-1), { kind: 'end', atMs: 1_000, exitCode: 2 });
    assert.equal(isTorn, false);
  });

  it('gives back errors with their code, place, remedy and faults', async (t) => {
    const faults = new Faults();
    faults.add(new InputError('ONE', 'one'), new InputError('TWO', 'two', { where: { file: 'a.yml', line: 1, column: 2, lineText: 'x' } }));
    const refused = new ConnectError('CONNECT_REFUSED', 'no', { where: '10.0.0.1:22', fix: 'start sshd' });
    const several = new FaultsError(faults.list);

    const file = await written(await directoryFor(t), [
      finished('web01', { status: 'unreachable', exit: undefined, error: refused }),
      finished('web02', { status: 'failed', error: several }),
    ]);

    const { entries } = await entriesOf(file);
    const errors = entries.flatMap((entry) =>
      entry.kind === 'fleet' && entry.event.kind === 'finished' ? [entry.event.outcome.error] : [],
    );
    assert.deepEqual(
      errors.map((error) => [error?.code, error?.message, error?.where, error?.fix]),
      [
        ['CONNECT_REFUSED', 'no', '10.0.0.1:22', 'start sshd'],
        ['FAULTS', '2 faults', undefined, undefined],
      ],
    );
    assert.ok(errors[1] instanceof FaultsError);
    assert.deepEqual(
      errors[1].faults.map(({ code }) => code),
      ['ONE', 'TWO'],
    );
  });

  it('gives back a play with its tasks, items, results and counts', async (t) => {
    const [first, second] = [task(0), task(1)];
    const result = dict({ rc: 0, ratio: new Float(1), lines: ['a', 'b'] });
    const events: PlayEvent[] = [
      { kind: 'play-started', play: 'Site', hosts: ['web01'], atMs: 4 },
      taskStarted(first, ['web01']),
      { kind: 'item-finished', task: first, host: 'web01', item: 'x', index: 0, status: 'ok', ignored: false, result },
      { kind: 'task-finished', task: first, host: 'web01', status: 'changed', ignored: false, result, durationMs: 1.5 },
      // Nobody said that the second one began.
      taskFinished(second, 'web01', 'failed', { msg: 'no' }),
      { kind: 'play-finished', play: 'Site', atMs: 8 },
      recap({ web01: { changed: 1, failed: 1 } }, new Map([['_run', dict({ made: new Float(2) })]])),
    ];

    const file = await written(await directoryFor(t), events, { run: { verb: 'play', subject: 'site.yml' }, exitCode: 2 });

    const { entries } = await entriesOf(file);
    const told = entries.flatMap((entry) => (entry.kind === 'play' ? [entry.event] : []));
    const comparable = (list: readonly PlayEvent[]): unknown[] =>
      list.map(({ ...event }) => ({ ...event, error: undefined, atMs: undefined }));
    assert.deepEqual(comparable(told), comparable(events));
  });

  it('keeps the end of long output, from a whole line on, and says that there was more', async (t) => {
    const stdout = Buffer.from(Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`).join(''));

    const file = await written(await directoryFor(t), [finished('web01', { stdout, stderr: Buffer.from('short') })]);

    const [entry] = (await entriesOf(file)).entries;
    assert.ok(entry?.kind === 'fleet' && entry.event.kind === 'finished');
    const { stdout: kept = Buffer.alloc(0), stderr, truncated } = entry.event.outcome;
    assert.match(kept.toString(), /^line \d+\n[\s\S]*line 19999\n$/);
    assert.ok(kept.length <= 65_536 && kept.length > 65_500);
    assert.equal(stderr?.toString(), 'short');
    assert.equal(truncated, true);
  });

  it('holds no secret, wherever one stands, nor does the summary beside it', async (t) => {
    const directory = await directoryFor(t);
    const label = task(0, `Set ${SECRET}`);
    const error = new ConnectError('AUTH_FAILED', `with ${SECRET}`, { where: SECRET, fix: SECRET });
    const run = { verb: 'play', subject: SECRET, argv: ['-e', SECRET], cwd: `/${SECRET}`, inventory: [SECRET] } as const;

    await written(
      directory,
      [
        { kind: 'play-started', play: SECRET, hosts: ['web01'], atMs: 1 },
        taskStarted(label, ['web01']),
        {
          kind: 'item-finished',
          task: label,
          host: 'web01',
          item: SECRET,
          index: 0,
          status: 'ok',
          ignored: false,
          result: dict({ [SECRET]: SECRET }),
        },
        { ...taskFinished(label, 'web01', 'failed', { msg: SECRET }), error } as PlayEvent,
        // Cut where it is long, the secret is still masked whole.
        finished('web01', {
          stdout: Buffer.from(`${SECRET}${'x'.repeat(65_536 - 5)}`),
          stderr: Buffer.from([0xff, ...Buffer.from(SECRET)]),
          localPath: SECRET,
          error,
        }),
      ],
      { run, mask: hide },
    );

    const texts = await Promise.all((await readdir(directory)).map(async (name) => await readFile(path.join(directory, name), 'utf8')));
    assert.equal(texts.length, 2);
    for (const text of texts) assert.doesNotMatch(text, /hunter2|aHVudGVy/);
  });

  it('can be looked at in a terminal', async (t) => {
    const file = await written(await directoryFor(t), [finished('web01', { stdout: Buffer.from('\u001b[2J\u009b\u202e') })]);

    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    assert.doesNotMatch(await readFile(file, 'utf8'), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it('is another one for each of two runs that begin in the same millisecond, and neither has lines of the other', async (t) => {
    const directory = await directoryFor(t);
    const hosts = Array.from({ length: 50 }, (_, n) => `web${n}`);

    const files = await Promise.all(
      ['one', 'two', 'three'].map(
        async (subject) =>
          await written(
            directory,
            hosts.map((host) => finished(host)),
            { run: { subject, hosts } },
          ),
      ),
    );

    assert.equal(new Set(files).size, 3);
    for (const [index, file] of files.entries()) {
      assert.equal((await readJournal(file)).header.subject, ['one', 'two', 'three'][index]);
      assert.equal((await linesOf(file)).length, 52);
    }
  });

  it('cannot be begun where there is no directory and none can be made, and says so', async (t) => {
    const file = path.join(await directoryFor(t), 'file');
    await writeFile(file, '');

    const begun = JournalWriter.create({ directory: path.join(file, 'runs'), run: description(), mask: hide, now: () => 0 });

    await assert.rejects(begun, { code: 'JOURNAL_INCOMPLETE' });
  });
});

describe('reading a journal', () => {
  it('gives every whole line of one that is cut off at any byte, and says whether a line was torn', async (t) => {
    const directory = await directoryFor(t);
    const events = ['web01', 'web02', 'web03'].map((host) => finished(host, { stdout: Buffer.from(`grüße von ${host}\n`) }));
    const bytes = await readFile(await written(directory, events));
    const headerEnd = bytes.indexOf('\n') + 1;
    const torn = path.join(directory, 'torn.jsonl');

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: headerEnd, max: bytes.length }), async (length) => {
        await writeFile(torn, bytes.subarray(0, length));
        const { entries, isTorn } = await entriesOf(torn);
        const whole = bytes.subarray(headerEnd, length).filter((byte) => byte === 0x0a).length;
        assert.equal(entries.length, whole);
        assert.equal(isTorn, bytes[length - 1] !== 0x0a);
      }),
      { numRuns: 150 },
    );
  });

  it('takes a last line of zeros, as a crash of the machine leaves it, for a torn one', async (t) => {
    const file = await written(await directoryFor(t), [finished('web01')]);
    await appendFile(file, Buffer.concat([Buffer.alloc(100), Buffer.from('\n')]));

    const { entries, isTorn } = await entriesOf(file);

    assert.equal(entries.length, 2);
    assert.equal(isTorn, true);
  });

  it('names the line that was damaged in the middle', async (t) => {
    const file = await written(await directoryFor(t), [finished('web01'), finished('web02')]);
    const [header, , ...rest] = await linesOf(file);
    await writeFile(file, [header, '{"kind":', ...rest, ''].join('\n'));

    await assert.rejects(entriesOf(file), { code: 'JOURNAL_DAMAGED', where: `${file}:2` });
  });

  it('refuses what has no beginning, and what is no journal', async (t) => {
    const directory = await directoryFor(t);
    const file = await written(directory, []);
    await truncate(file, 10);
    await mkdir(path.join(directory, 'other'));
    const other = path.join(directory, 'other', 'file.jsonl');
    await writeFile(other, '{"a":1}\n');

    await assert.rejects(readJournal(file), { code: 'JOURNAL_DAMAGED' });
    await assert.rejects(readJournal(other), { code: 'JOURNAL_DAMAGED' });
  });

  it('refuses a journal of a later sshoal by name, and passes over lines that an equal format has added', async (t) => {
    const directory = await directoryFor(t);
    const file = await written(directory, [finished('web01')]);
    const [header = '', ...rest] = await linesOf(file);
    const newer = path.join(directory, 'newer.jsonl');
    await writeFile(newer, [header.replace('"format":1', '"format":2'), ...rest, ''].join('\n'));
    await writeFile(file, [header, '{"kind":"weather","atMs":1}', ...rest, ''].join('\n'));

    await assert.rejects(readJournal(newer), { code: 'JOURNAL_NEWER', where: newer });
    assert.equal((await entriesOf(file)).entries.length, 2);
  });
});
