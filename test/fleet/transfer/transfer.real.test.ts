// Files and directories to and from several hosts at once, over real sshds.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { FleetEvent, Instruction, Outcome, TreeSettings } from '#src/fleet/events';
import { Fleet, type FleetOptions } from '#src/fleet/fleet';
import type { Target } from '#src/fleet/target';
import { snapshot, writeOddTree, writeTree } from '../../ssh/sftp/tree/trees.ts';
import { OpenSshServer, onlyRoot } from '../../support/openssh-server.ts';
import { needs } from '../../support/real.ts';

const HOSTS = ['web01', 'web02', 'web03'];
const MEBI = 1024 * 1024;

describe('transfers to several hosts', needs('sshd'), () => {
  const servers = new Map<string, OpenSshServer>();
  let fleet: Fleet;
  let directory = '';
  const at = (...names: string[]): string => path.join(directory, ...names);
  const serverOf = (host: string): OpenSshServer => servers.get(host) ?? assert.fail();
  const targetOf = (name: string): Target => {
    const { port, user, clientKeyFile, knownHostsFile } = serverOf(name);
    const files = { privateKeyFile: clientKeyFile, knownHostsFiles: [knownHostsFile] };
    return { name, spec: { kind: 'ssh', name, address: '127.0.0.1', port, user, ...files } };
  };
  /** Each host has a directory of its own, though all are this machine. */
  const assignments = (make: (host: string) => Instruction) => HOSTS.map((host) => ({ host, instruction: make(host) }));
  const put = (more: { settings?: TreeSettings; hostBytesPerSecond?: number; remotePath?: string } = {}) =>
    assignments((host) => ({ kind: 'put-tree', localPath: at('from'), remotePath: at(host), ...more }));
  const statuses = (outcomes: readonly Outcome[]): string[] =>
    outcomes.map(({ host, status, error }) => `${host} ${status}${error === undefined ? '' : ` ${error.code}`}`).sort();
  const leftovers = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.part'));

  before(async () => {
    for (const host of HOSTS) servers.set(host, await OpenSshServer.start());
  });
  after(async () => {
    for (const server of servers.values()) await server.stop();
  });
  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-transfer-'));
    fleet = new Fleet(HOSTS.map(targetOf));
  });
  const fleetOf = async (options: FleetOptions): Promise<void> => {
    await fleet.close();
    fleet = new Fleet(HOSTS.map(targetOf), options);
  };
  afterEach(async () => {
    await fleet.close();
    execFileSync('chmod', ['-R', 'u+rwx', directory]);
    rmSync(directory, { recursive: true, force: true });
  });

  it('arrive whole on every host, verified, through one look at the tree', async () => {
    writeOddTree(at('from'));
    rmSync(Buffer.concat([Buffer.from(`${at('from')}/`), Buffer.of(0x66, 0xff, 0xfe, 0x67)]));

    const outcomes = await fleet.perform(put({ settings: { preserve: true, verify: true } })).outcomes();

    assert.deepEqual(statuses(outcomes), ['web01 ok', 'web02 ok', 'web03 ok']);
    for (const host of HOSTS) {
      assert.deepEqual(snapshot(at(host), { modes: true, times: true }), snapshot(at('from'), { modes: true, times: true }));
    }
    assert.deepEqual(leftovers(), []);
  });

  it('come back into a directory for each host', async () => {
    for (const host of HOSTS) writeTree(at(host), { name: host, big: host.repeat(50_000) });

    const outcomes = await fleet
      .perform(
        assignments((host) => ({ kind: 'get-tree', remotePath: at(host), localPath: at(`got-${host}`), settings: { verify: true } })),
      )
      .outcomes();

    assert.deepEqual(statuses(outcomes), ['web01 ok', 'web02 ok', 'web03 ok']);
    for (const host of HOSTS) assert.deepEqual(snapshot(at(`got-${host}`)), snapshot(at(host)));
  });

  it('tell how far they are in bytes and files', async () => {
    writeTree(at('from'), { a: 'a'.repeat(200_000), b: 'b', c: 'c' });
    const events: FleetEvent[] = [];

    for await (const event of fleet.perform(put())) events.push(event);

    const last = events.flatMap((event) => (event.kind === 'progress' && event.doneBytes === 200_002 ? [event] : [])).at(-1);
    assert.deepEqual([last?.totalBytes, last?.totalFiles], [200_002, 3]);
  });

  it('keep to a rate for all, and to their turns, without losing anything', async () => {
    writeTree(at('from'), { a: 'a'.repeat(100_000), b: 'b'.repeat(1_000) });

    await fleetOf({ bytesPerSecond: 3 * MEBI, transfers: 1 });

    const outcomes = await fleet.perform(put({ hostBytesPerSecond: 2 * MEBI })).outcomes();

    assert.deepEqual(statuses(outcomes), ['web01 ok', 'web02 ok', 'web03 ok']);
    for (const host of HOSTS) assert.deepEqual(snapshot(at(host)), snapshot(at('from')));
  });

  it('say that a file of the source changed after the first host had got it, and spoil no other host', async () => {
    writeTree(at('from'), { 'log file': 'one\n', other: 'o' });
    await fleetOf({ transfers: 1 });
    let isChanged = false;
    const outcomes: Outcome[] = [];

    // One at a time: the file changes when the first has come to its end. It is small, and in memory; the large one is read anew.
    writeFileSync(at('from', 'large'), randomBytes(2 * MEBI));
    for await (const event of fleet.perform(put())) {
      if (event.kind !== 'finished') continue;
      outcomes.push(event.outcome);
      if (!isChanged) appendFileSync(at('from', 'large'), 'more');
      isChanged = true;
    }

    assert.equal(outcomes[0]?.status, 'ok');
    assert.ok(outcomes.slice(1).some(({ error }) => error?.code === 'SOURCE_CHANGED'));
    for (const { host, status } of outcomes) assert.equal(readdirSync(directory).includes(host), status === 'ok');
    assert.deepEqual(leftovers(), []);
  });

  it('go on where they broke off with resume, and appear whole', async () => {
    writeTree(at('from'), { small: 's', dir: { more: 'm' } });
    writeFileSync(at('from', 'large'), randomBytes(60 * MEBI));
    const settings = { resume: true };
    const first: Outcome[] = [];
    let isCut = false;
    for await (const event of fleet.perform(put({ settings, hostBytesPerSecond: 60 * MEBI }))) {
      if (event.kind === 'finished') first.push(event.outcome);
      if (event.kind !== 'progress' || isCut || event.host !== 'web02' || event.doneBytes < 45 * MEBI) continue;
      isCut = true;
      serverOf('web02').killSessions();
    }
    const held = leftovers();

    const second = await fleet.perform(put({ settings }).filter(({ host }) => host === 'web02')).outcomes();

    assert.deepEqual(statuses(first), ['web01 ok', 'web02 unreachable CONNECTION_LOST', 'web03 ok']);
    assert.equal(held.length, 1);
    assert.deepEqual(statuses(second), ['web02 ok']);
    assert.deepEqual(snapshot(at('web02')), snapshot(at('from')));
    assert.deepEqual(leftovers(), []);
  });

  it('remove with resume what an attempt with other files has left', async () => {
    writeFileSync(at('file'), '');
    mkdirSync(at('from'));
    writeFileSync(at('from', 'large'), randomBytes(20 * MEBI));
    const only = (all: ReturnType<typeof put>) => all.filter(({ host }) => host === 'web01');
    const abort = new AbortController();
    const run = fleet.perform(only(put({ settings: { resume: true }, hostBytesPerSecond: 10 * MEBI })), { signal: abort.signal });
    for await (const event of run) if (event.kind === 'progress' && event.doneBytes > 0) abort.abort();
    const held = leftovers();
    appendFileSync(at('from', 'large'), 'another version');

    const outcomes = await fleet.perform(only(put({ settings: { resume: true } }))).outcomes();

    assert.equal(held.length, 1);
    assert.deepEqual(statuses(outcomes), ['web01 ok']);
    assert.deepEqual(leftovers(), []);
  });

  it('do not go on in a directory that others may write to', async () => {
    mkdirSync(at('from'));
    writeFileSync(at('from', 'large'), randomBytes(20 * MEBI));
    const only = (all: ReturnType<typeof put>) => all.filter(({ host }) => host === 'web01');
    const abort = new AbortController();
    const run = fleet.perform(only(put({ settings: { resume: true }, hostBytesPerSecond: 10 * MEBI })), { signal: abort.signal });
    for await (const event of run) if (event.kind === 'progress' && event.doneBytes > 0) abort.abort();
    const [held = ''] = leftovers();
    chmodSync(at(held), 0o777);

    const outcomes = await fleet.perform(only(put({ settings: { resume: true } }))).outcomes();

    assert.deepEqual(statuses(outcomes), ['web01 failed EEXIST']);
    assert.deepEqual(readdirSync(directory).sort(), [held, 'from']);
  });

  it('leave nothing behind when they are cancelled without resume', async () => {
    mkdirSync(at('from'));
    writeFileSync(at('from', 'large'), randomBytes(20 * MEBI));
    const abort = new AbortController();
    const outcomes: Outcome[] = [];

    for await (const event of fleet.perform(put({ hostBytesPerSecond: 10 * MEBI }), { signal: abort.signal })) {
      if (event.kind === 'progress') abort.abort();
      if (event.kind === 'finished') outcomes.push(event.outcome);
    }

    assert.deepEqual(
      statuses(outcomes),
      HOSTS.map((host) => `${host} cancelled CANCELLED`),
    );
    assert.deepEqual(readdirSync(directory), ['from']);
  });

  it('copy what they can with collect, and name the rest', async () => {
    writeTree(at('from'), { good: 'g', bad: 'b' });
    for (const host of HOSTS) writeTree(at(host), { bad: { 'a directory': 'is in the way' } });

    const outcomes = await fleet.perform(put({ settings: { onError: 'collect', verify: true } })).outcomes();

    assert.deepEqual(
      statuses(outcomes),
      HOSTS.map((host) => `${host} failed TREE_INCOMPLETE`),
    );
    for (const host of HOSTS) assert.equal(readFileSync(at(host, 'good'), 'utf8'), 'g');
  });

  it('compare by checksum and remove what is not in the source, so that nothing is left to do', async () => {
    writeTree(at('from'), { same: 's', 'it\'s "odd"\\': 'o', changed: 'new!', dir: { 'new\nline': 'n' } });
    for (const host of HOSTS) writeTree(at(host), { same: 's', 'it\'s "odd"\\': 'o', changed: 'old!', extra: { deep: 'x' } });
    const settings = { update: 'checksum', delete: true } as const;

    const [first] = await fleet.perform(put({ settings })).outcomes();
    const [second] = await fleet.perform(put({ settings: { ...settings, diff: true, dryRun: true } })).outcomes();

    assert.deepEqual([first?.files, first?.unchanged, first?.removed], [2, 2, 2]);
    assert.deepEqual([second?.files, second?.unchanged, second?.changes], [0, 4, []]);
    for (const host of HOSTS) assert.deepEqual(snapshot(at(host)), snapshot(at('from')));
  });

  it('of single files are verified and continued', async () => {
    writeFileSync(at('one'), randomBytes(MEBI));
    const instruction = (host: string): Instruction => ({
      kind: 'put',
      localPath: at('one'),
      remotePath: at(host),
      verify: true,
      resume: true,
    });

    const outcomes = await fleet.perform(assignments(instruction)).outcomes();

    assert.deepEqual(statuses(outcomes), ['web01 ok', 'web02 ok', 'web03 ok']);
    for (const host of HOSTS) assert.ok(readFileSync(at(host)).equals(readFileSync(at('one'))));
  });

  it('end with a clear error where the disk is full, and leave nothing there', onlyRoot, async () => {
    mkdirSync(at('disk'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', at('disk')]);
    try {
      writeTree(at('from'), { small: 's' });
      writeFileSync(at('from', 'large'), randomBytes(8 * MEBI));

      const outcomes = await fleet.perform(put({ remotePath: at('disk', 'site') }).filter(({ host }) => host === 'web01')).outcomes();

      assert.deepEqual(statuses(outcomes), ['web01 failed ENOSPC']);
      assert.deepEqual(readdirSync(at('disk')), []);
    } finally {
      execFileSync('umount', [at('disk')]);
    }
  });

  it('read each small file once for all hosts, and leave no file open', async () => {
    writeTree(at('from'), Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, `${n}`.repeat(100)])));
    writeFileSync(at('from', 'large'), randomBytes(MEBI));
    await fleetOf({ transfers: 1 });
    const files: unknown[] = [];

    for await (const event of fleet.perform(put())) {
      if (event.kind !== 'finished') continue;
      files.push(event.outcome.files);
      // What the first host has got is in memory for the others.
      rmSync(at('from', 'f7'), { force: true });
    }

    assert.deepEqual(files, [301, 301, 301]);
    assert.equal(readFileSync(at('web03', 'f7'), 'utf8'), '7'.repeat(100));
    assert.deepEqual(openFilesBelow(at('from')), []);
  });
});

describe('a file that is not what was sent', needs('sshd'), () => {
  let server: OpenSshServer;
  let fleet: Fleet;
  let directory = '';
  const at = (...names: string[]): string => path.join(directory, ...names);

  before(async () => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-transfer-'));
    mkdirSync(at('bin'));
    // A disk that gives back something else, as far as anybody can tell.
    const lie = 'for file; do case $file in *bad*) echo "$(printf %064d 7)  $file" ;; *) /usr/bin/sha256sum "$file" ;; esac; done';
    writeFileSync(at('bin', 'sha256sum'), `#!/bin/sh\n${lie}\n`, { mode: 0o755 });
    server = await OpenSshServer.start({ config: [`SetEnv HOME=${at('bin')} PATH=${at('bin')}:/usr/bin:/bin`] });
    const { port, user, clientKeyFile: privateKeyFile, knownHostsFile } = server;
    const spec = { kind: 'ssh', name: 'web01', address: '127.0.0.1', port, user, privateKeyFile, knownHostsFiles: [knownHostsFile] };
    fleet = new Fleet([{ name: 'web01', spec }]);
    writeTree(at('from'), { good: 'good', bad: 'new' });
  });
  after(async () => {
    await fleet.close();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const put = async (name: string, settings: TreeSettings): Promise<Outcome | undefined> => {
    const instruction = { kind: 'put-tree', localPath: at('from'), remotePath: at(name), settings } as const;
    const [outcome] = await fleet.perform([{ host: 'web01', instruction }]).outcomes();
    return outcome;
  };

  it('has nothing of a new directory appear, also with resume', async () => {
    for (const resume of [false, true]) {
      const outcome = await put('fresh', { verify: true, resume });

      assert.deepEqual([outcome?.status, outcome?.error?.code], ['failed', 'VERIFY_FAILED']);
      assert.deepEqual(readdirSync(directory).sort(), ['bin', 'from']);
    }
  });

  it('takes nobody’s place, and the others do with collect', async () => {
    writeTree(at('there'), { good: 'old', bad: 'old' });

    const outcome = await put('there', { verify: true, onError: 'collect' });

    assert.deepEqual([outcome?.status, outcome?.error?.code, outcome?.files], ['failed', 'TREE_INCOMPLETE', 1]);
    assert.match(outcome?.error?.message ?? '', /bad: .*\[VERIFY_FAILED\]/);
    assert.deepEqual(readdirSync(at('there')).sort(), ['bad', 'good']);
    assert.deepEqual(
      ['bad', 'good'].map((name) => readFileSync(at('there', name), 'utf8')),
      ['old', 'good'],
    );
  });
});

function openFilesBelow(directory: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`);
      return file.startsWith(`${directory}/`) ? [file] : [];
    } catch {
      // The descriptor of the listing itself is gone by now.
      return [];
    }
  });
}
