// Commands on a real OpenSSH sshd: what they read, write, inherit and leave behind, and how they are ended.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { SSHClient } from '#src/ssh/client';
import type { ConnectOptions } from '#src/ssh/settings';
import { isAlive } from '../support/alive.ts';
import { OpenSshServer } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';

const MEBI = 1024 * 1024;

describe('commands of SSHClient', needs('sshd', 'ssh-keygen'), () => {
  let directory: string;
  let server: OpenSshServer;
  let client: SSHClient;
  let options: ConnectOptions;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-commands-'));
    server = await OpenSshServer.start({ config: ['AcceptEnv LANG TASK_*', 'MaxSessions 4', 'PermitUserEnvironment no'] });
    options = {
      host: '127.0.0.1',
      port: server.port,
      user: server.user,
      privateKeyFile: server.clientKeyFile,
      knownHostsFiles: [server.knownHostsFile],
      homeDirectory: directory,
    };
    client = new SSHClient();
    await client.connect(options);
  });
  after(async () => {
    await client.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('give three streams and an exit, as paramiko does', async () => {
    const { stdin, stdout, stderr, exit } = await client.execCommand('cat; echo problem >&2; exit 3');

    stdin.end('hello');

    assert.equal(await stdout.text(), 'hello');
    assert.equal(await stderr.text(), 'problem\n');
    assert.deepEqual(await exit, { kind: 'code', code: 3 });
  });

  it('give a result, with input from a string, bytes or a stream', async () => {
    const inputs = ['text', Buffer.from('bytes'), Readable.from([Buffer.from('str'), Buffer.from('eam')])];

    const results = await Promise.all(inputs.map(async (input) => await (await client.run('wc -c', { input })).stdout.text()));

    assert.deepEqual(results.map(Number), [4, 5, 6]);
  });

  it('tell a signal from an exit code', async () => {
    const ends = await Promise.all(['exit 255', 'kill -TERM $$', 'exit 143'].map(async (command) => (await client.run(command)).exit));

    assert.deepEqual(ends, [
      { kind: 'code', code: 255 },
      { kind: 'signal', signal: 'SIGTERM' },
      { kind: 'code', code: 143 },
    ]);
  });

  it('report the variables that the server did not take', async () => {
    const { stdout, refusedEnvironment } = await client.run('echo "$TASK_NAME-$SECRET"', { env: { TASK_NAME: 'build', SECRET: 'x' } });

    assert.equal(await stdout.text(), 'build-\n');
    assert.deepEqual(refusedEnvironment, ['SECRET']);
  });

  it('run on a terminal of a given size, which can change', async () => {
    const execution = await client.execCommand('stty size; read line; stty size', { pty: { rows: 30, columns: 100 } });
    const seen: string[] = [];
    execution.resize({ rows: 40, columns: 120 });

    // The size arrives before the line, in order.
    execution.stdin.end('go\n');
    seen.push(...(await execution.stdout.text()).split(/\r?\n/));

    assert.ok(seen.includes('40 120'), seen.join('|'));
  });

  it('finish when nobody reads megabytes of stderr, and keep all of it', async () => {
    const execution = await client.execCommand('head -c 8000000 /dev/zero >&2; echo done');

    const said = await execution.stdout.text();
    const exit = await execution.exit;
    const kept = await execution.stderr.bytes();

    assert.deepEqual([said, exit, kept.length], ['done\n', { kind: 'code', code: 0 }, 8_000_000]);
  });

  it('wait for a slow reader, instead of filling our memory', async () => {
    const execution = await client.execCommand('head -c 64000000 /dev/zero; echo end >&2');
    const first: Buffer = await new Promise((resolve) => {
      execution.stdout.once('data', (chunk: Buffer) => {
        execution.stdout.pause();
        resolve(chunk);
      });
    });

    // Another command on the same line is not held up by the one that waits.
    const other = await client.run('echo quick');
    const waiting = execution.stdout.readableLength;
    let bytes = first.length;
    for await (const chunk of execution.stdout as AsyncIterable<Buffer>) bytes += chunk.length;

    assert.equal(await other.stdout.text(), 'quick\n');
    assert.ok(waiting <= 3 * MEBI, `${waiting} bytes were buffered`);
    assert.equal(bytes, 64_000_000);
    assert.equal(await execution.stderr.text(), 'end\n');
  });

  it('keep one stream bounded while the other one flows', async () => {
    const execution = await client.execCommand(
      'i=0; while [ $i -lt 100 ]; do head -c 100000 /dev/zero; head -c 100000 /dev/zero >&2; i=$((i+1)); done',
    );
    execution.stdout.once('data', () => execution.stdout.pause());
    let errors = 0;
    execution.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.length;
      // stdout stands still, so stderr comes to a stop too: both share what the host may send.
      if (errors > MEBI) execution.stdout.resume();
    });

    await execution.exit;

    assert.ok(execution.stdout.readableLength <= 3 * MEBI);
    assert.ok(errors > MEBI);
  });

  it('report input that was never read', async () => {
    const execution = await client.execCommand('exit 0');

    const failed = await new Promise<Error & { code?: string }>((resolve) => {
      execution.stdin.on('error', resolve);
      execution.stdin.write(Buffer.alloc(8 * MEBI));
    });

    assert.deepEqual(await execution.exit, { kind: 'code', code: 0 });
    assert.equal(failed.code, 'STDIN_CLOSED');
  });

  it('return when they end, though a child of theirs goes on in the background', async () => {
    const pidFile = path.join(directory, 'child');

    const result = await client.run(`sleep 300 & echo $! > ${pidFile}; echo started`);

    const pid = Number(await readFile(pidFile, 'utf8'));
    process.kill(pid, 'SIGKILL');
    assert.deepEqual([await result.stdout.text(), result.leftRunning, result.ok], ['started\n', true, true]);
  });

  it('are ended by their deadline, with all they have started', async () => {
    const pidFile = path.join(directory, 'pids');

    const error = await client
      .run(`sleep 300 & echo $! $$ > ${pidFile}; trap '' TERM; sleep 300; sleep 300`, { timeoutMs: 400 })
      .catch((reason: unknown) => reason);

    const pids = (await readFile(pidFile, 'utf8')).trim().split(' ').map(Number);
    assert.equal((error as { code: string }).code, 'COMMAND_TIMEOUT');
    assert.deepEqual(
      pids.map((pid) => isAlive(pid)),
      [false, false],
    );
  });

  it('are ended by silence, but not while they speak', async () => {
    const speaking = client.run('for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done', { idleTimeoutMs: 400 });
    const silent = client.run('echo once; sleep 300', { idleTimeoutMs: 400 }).catch((reason: unknown) => reason);

    assert.equal(await (await speaking).stdout.text(), '1\n2\n3\n4\n5\n6\n');
    assert.match(String(((await silent) as Error).message), /said nothing for 400 ms/);
  });

  it('are ended by an abort, whose reason is what the caller gets', async () => {
    const stop = new AbortController();
    const reason = new Error('changed my mind');
    const execution = await client.execCommand('echo $$; sleep 300', { signal: stop.signal });
    const pid = Number(
      await new Promise((resolve) => {
        execution.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
      }),
    );

    stop.abort(reason);
    const error = await execution.exit.catch((failure: unknown) => failure);

    assert.equal(error, reason);
    assert.equal(isAlive(pid), false);
  });

  it('show nothing of how their end is prepared', async () => {
    const { stdout, stderr, exit } = await client.run('echo out; echo err >&2; exit 4', { timeoutMs: 60_000 });

    assert.deepEqual([await stdout.text(), await stderr.text(), exit], ['out\n', 'err\n', { kind: 'code', code: 4 }]);
  });

  it('wait for their turn where the server allows few sessions', async () => {
    const results = await Promise.all(
      Array.from({ length: 15 }, async (_, i) => await (await client.run(`sleep 0.05; echo ${i}`)).stdout.text()),
    );

    assert.deepEqual(
      results.map(Number),
      Array.from({ length: 15 }, (_, i) => i),
    );
  });

  it('take a second line where one is full and more are allowed', async () => {
    await using wide = new SSHClient({ maxConnections: 2 });
    await wide.connect(options);
    const gates = await Promise.all(Array.from({ length: 4 }, async () => await wide.execCommand('read line; echo $PPID')));

    const more = await wide.run('echo $PPID');

    for (const gate of gates) gate.stdin.end('go\n');
    const lines = new Set(await Promise.all(gates.map(async ({ stdout }) => (await stdout.text()).trim())));
    assert.equal(lines.has((await more.stdout.text()).trim()), false);
  });

  it('go on over a new line after a break, when that was asked for, and are never run twice', async () => {
    await using steady = new SSHClient({ reconnect: true });
    await steady.connect(options);
    const log = path.join(directory, 'log');
    const first = await steady.execCommand(`echo ran >> ${log}; sleep 300`);
    const broken = first.exit.catch((error: { code: string }) => error.code);
    await new Promise((resolve) => setTimeout(resolve, 100));

    server.killSessions();
    const code = await broken;
    const again = await steady.run('echo back');

    assert.deepEqual([code, await again.stdout.text(), await readFile(log, 'utf8')], ['CONNECTION_LOST', 'back\n', 'ran\n']);
    await client.connect(options);
  });

  it('start the login shell on a terminal', async () => {
    const shell = await client.invokeShell({ pty: { rows: 24, columns: 80 } });

    shell.stdin.write('echo a$((40+2))b; exit 5\n');
    const said = await shell.stdout.text();

    assert.match(said, /a42b/);
    assert.deepEqual(await shell.exit, { kind: 'code', code: 5 });
  });

  it('tell what was agreed on with the server', () => {
    const { info } = client;

    assert.match(info?.serverVersion ?? '', /^OpenSSH_/);
    assert.equal(info?.strictKeyExchange, true);
    assert.equal(info?.cipher, 'aes128-gcm@openssh.com');
  });
});
