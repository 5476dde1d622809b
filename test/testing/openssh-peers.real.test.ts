// OpenSSH's own ssh and sftp as clients of embedded servers, so that two sides of the same mistake cannot agree.
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { generateKeyPair } from '#src/testing/key-pair';
import { needs } from '../support/real.js';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function finish(child: ChildProcessWithoutNullStreams, stdin: string): Promise<Ended> {
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const closed = once(child, 'close') as Promise<[number | null]>;
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [stdout, stderr] = await output;
  const [code] = await closed;
  return { code, stdout, stderr };
}

describe('OpenSSH and an embedded fleet', needs('ssh', 'sftp'), () => {
  let fleet: EmbeddedFleet;
  let here: string;
  const options = (keyFile = fleet.privateKeyFile): string[] => [
    ...['-F', 'none', '-i', keyFile, '-o', `UserKnownHostsFile=${fleet.knownHostsFile}`, '-o', 'StrictHostKeyChecking=yes'],
    ...['-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
  ];
  const target = (name: string): string[] => {
    const { host, port, user } = fleet.host(name);
    return ['-o', `Port=${port}`, '-o', `User=${user}`, host];
  };
  const ssh = async (words: readonly string[], stdin = ''): Promise<Ended> => await finish(spawn('ssh', words), stdin);

  before(async () => {
    fleet = await EmbeddedFleet.start({ hosts: ['web01', 'jump'] });
    here = await mkdtemp(path.join(os.tmpdir(), 'sshoal-peers-'));
  });
  after(async () => {
    await fleet.stop();
    await rm(here, { recursive: true, force: true });
  });

  it('run a command with its input, output and exit status', async () => {
    const ended = await ssh([...options(), ...target('web01'), 'cat; echo err >&2; exit 7'], 'in\n');

    assert.deepEqual([ended.code, ended.stdout, ended.stderr], [7, 'in\n', 'err\n']);
  });

  it('run a script from stdin without a terminal', async () => {
    const ended = await ssh(['-T', ...options(), ...target('web01')], 'pwd\nexit 3\n');

    assert.deepEqual([ended.code, ended.stdout], [3, `${fleet.host('web01').directory}\n`]);
  });

  it('carry 8 MiB each way over one command', async () => {
    const content = 'x'.repeat(8 * 1024 * 1024);

    const ended = await ssh([...options(), ...target('web01'), 'cat'], content);

    assert.equal(ended.stdout === content, true);
  });

  it('refuse each other over a second key', async () => {
    const stranger = path.join(here, 'stranger');
    await writeFile(stranger, generateKeyPair('').privateKey, { mode: 0o600 });

    const ended = await ssh([...options(stranger), ...target('web01'), 'true']);

    assert.equal(ended.code, 255);
    assert.match(ended.stderr, /Permission denied \(publickey\)/);
  });

  it('refuse each other over another host key', async () => {
    const wrong = path.join(here, 'known_hosts');
    const { host, port } = fleet.host('web01');
    await writeFile(wrong, `[${host}]:${port} ${fleet.host('jump').hostKey}\n`);

    const ended = await ssh(['-o', `UserKnownHostsFile=${wrong}`, ...options(), ...target('web01'), 'true']);

    assert.equal(ended.code, 255);
    assert.match(ended.stderr, /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/);
  });

  it('meet behind a jump host', async () => {
    const { port } = fleet.host('web01');
    const proxy = ['ssh', ...options(), '-W', `127.0.0.1:${port}`, ...target('jump')].join(' ');

    const ended = await ssh([...options(), '-o', `ProxyCommand=${proxy}`, ...target('web01'), 'pwd']);

    assert.deepEqual([ended.code, ended.stdout], [0, `${fleet.host('web01').directory}\n`]);
  });

  it('move files over sftp, with modes, names and lists', async () => {
    const content = 'line\n'.repeat(500_000);
    await writeFile(path.join(here, 'a file'), content);
    await chmod(path.join(here, 'a file'), 0o640);
    const batch = [
      'mkdir box',
      `put -p "${here}/a file" "box/a file"`,
      'rename "box/a file" "box/it\'s"',
      'ln -s "it\'s" box/link',
      'chmod 604 "box/it\'s"',
      'ls -la box',
      'df box',
      `get -p "box/it's" "${here}/back"`,
      'rm box/link',
    ];
    const { host, port, user } = fleet.host('web01');

    const child = spawn('sftp', [...options(), '-o', `Port=${port}`, '-b', '-', `${user}@${host}`]);
    const ended = await finish(child, `${batch.join('\n')}\n`);

    assert.deepEqual([ended.code, ended.stderr], [0, '']);
    assert.equal((await readFile(path.join(here, 'back'), 'utf8')) === content, true);
    assert.equal((await stat(path.join(here, 'back'))).mode & 0o777, 0o604);
    assert.match(ended.stdout, /^-rw----r-- .* it's$/m);
    assert.match(ended.stdout, /^l.* link$/m);
  });
});
