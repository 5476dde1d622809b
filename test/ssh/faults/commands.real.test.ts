// Commands on a real sshd that is full, frozen, killed or bent to its own will. What a healthy one does is tested elsewhere.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sshKind } from '#src/connection/ssh';
import { SSHClient } from '#src/ssh/client';
import type { ConnectOptions } from '#src/ssh/settings';
import { type OpenSshOptions, OpenSshServer, onlyRoot } from '../../support/openssh-server.ts';
import { needs } from '../../support/real.ts';

const MEBI = 1024 * 1024;
const ALIVE_EVERY_SECOND = ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1'];

async function connectedTo(server: OpenSshServer, more: Partial<ConnectOptions> = {}): Promise<SSHClient> {
  const client = new SSHClient();
  await client.connect(server.connectOptions(more));
  return client;
}

/** Starts a server, logs in, and tidies up whatever happens. */
async function onServer(options: OpenSshOptions, use: (client: SSHClient, server: OpenSshServer) => Promise<void>): Promise<void> {
  await using server = await OpenSshServer.start(options);
  await using client = await connectedTo(server);
  await use(client, server);
}

/** A process that is dead, and that nobody has buried yet, does nothing any more. */
function isAlive(pid: number): boolean {
  return /^[^Z]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout);
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'DONE',
    (error: Error & { code?: string }) => error.code ?? String(error),
  );
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('commands on a server in trouble', needs('sshd', 'ssh-keygen'), () => {
  let server: OpenSshServer;
  before(async () => {
    server = await OpenSshServer.start();
  });
  after(async () => await server.stop());

  // Case 2.
  it('that are killed for good say so, which is neither a code nor a lost line', async () => {
    await using client = await connectedTo(server);

    const exits = await Promise.all(['kill -KILL $$', 'kill -SEGV $$', 'exit 137'].map(async (line) => (await client.run(line)).exit));

    assert.deepEqual(exits, [
      { kind: 'signal', signal: 'SIGKILL' },
      { kind: 'signal', signal: 'SIGSEGV' },
      { kind: 'code', code: 137 },
    ]);
  });

  // Case 3, R4.3.
  it('cannot fill our memory, however slowly they are read', async () => {
    await using client = await connectedTo(server);
    const execution = await client.execCommand(`head -c ${64 * MEBI} /dev/zero`);
    const before = process.memoryUsage().rss;
    let bytes = 0;
    let peak = 0;

    for await (const chunk of execution.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      peak = Math.max(peak, process.memoryUsage().rss);
      await new Promise((resolve) => setImmediate(resolve));
    }

    assert.equal(bytes, 64 * MEBI);
    assert.ok(peak - before < 96 * MEBI, `grew by ${(peak - before) / MEBI} MiB`);
  });

  // Case 9.
  for (const { who, options, skip } of [
    { who: 'of the user who runs the tests', options: {}, skip: false as const },
    { who: 'of a plain account', options: { plainAccount: true }, ...onlyRoot },
  ]) {
    it(`${who} are ended with all they have started, also after the end of their input`, { skip }, async () => {
      await onServer(options, async (client, own) => {
        const file = path.join(own.home, 'pids');
        const line = `sleep 300 & echo $! $$ > ${file}; trap '' TERM HUP INT; cat; while :; do sleep 1; done`;

        const late = await codeOf(client.run(line, { input: 'all of it', timeoutMs: 500 }));
        const pids = (await readFile(file, 'utf8')).trim().split(' ').map(Number);
        const stop = new AbortController();
        const execution = await client.execCommand(`sleep 300 & echo $! $$; cat; sleep 300`, { signal: stop.signal });
        execution.stdin.end();
        pids.push(
          ...(await new Promise<string>((done) => execution.stdout.once('data', (said) => done(String(said)))))
            .trim()
            .split(' ')
            .map(Number),
        );
        stop.abort(new Error('enough'));
        const ended = await codeOf(execution.exit);

        assert.deepEqual([late, ended, pids.length], ['COMMAND_TIMEOUT', 'Error: enough', 4]);
        assert.deepEqual(pids.filter(isAlive), []);
      });
    });
  }

  // Cases 11 and "further", R4.25.
  it('on four channels at once come back equal while the keys change every megabyte', async () => {
    await onServer({ config: ['RekeyLimit 1M none'] }, async (client) => {
      const bodies = Array.from({ length: 4 }, () => randomBytes(3 * MEBI));

      const answers = await Promise.all(
        bodies.map(async (input) => {
          const { stdout, exit } = await client.run('cat', { input });
          return { digest: hash(await stdout.bytes()), exit };
        }),
      );

      assert.deepEqual(
        answers,
        bodies.map((body) => ({ digest: hash(body), exit: { kind: 'code', code: 0 } })),
      );
    });
  });

  // Case 12.
  it('wait for the only session there is, and for an SFTP session that holds it', async () => {
    await onServer({ config: ['MaxSessions 1'] }, async (client) => {
      const sftp = await client.openSftp();
      const queued = Array.from({ length: 5 }, async (_, i) => await (await client.run(`echo ${i}`)).stdout.text());
      await sftp.realpath('.');

      await sftp.close();

      assert.deepEqual(await Promise.all(queued), ['0\n', '1\n', '2\n', '3\n', '4\n']);
    });
  });

  it('can be given up while they wait for a session', async () => {
    await onServer({ config: ['MaxSessions 1'] }, async (client) => {
      const holder = await client.execCommand('cat');
      const stop = new AbortController();
      const waiting = codeOf(client.run('echo never', { signal: stop.signal }));

      stop.abort(new Error('no longer'));
      assert.equal(await waiting, 'Error: no longer');

      holder.stdin.end();
      assert.deepEqual(await holder.exit, { kind: 'code', code: 0 });
      assert.equal(await (await client.run('echo free')).stdout.text(), 'free\n');
    });
  });

  // Case 12 on the connection floor: a shell, a file and the end of a script each need a session.
  it('as scripts share a server of one session with files, and are ended there as well', async () => {
    await using own = await OpenSshServer.start({ config: ['MaxSessions 1'] });
    const connection = await sshKind.open(specOf(own), {});
    try {
      const file = path.join(own.home, 'pid');
      await writeFile(path.join(own.home, 'from'), 'body');
      await connection.run('true');
      await connection.put(path.join(own.home, 'from'), path.join(own.home, 'to'));
      const late = await codeOf(connection.run(`echo $$ > ${file}; sleep 30`, { timeoutMs: 300 }));
      const { exit } = await connection.run('exit 5');

      assert.deepEqual([late, exit], ['TIMED_OUT', { kind: 'code', code: 5 }]);
      assert.equal(isAlive(Number(await readFile(file, 'utf8'))), false);
      assert.equal(await readFile(path.join(own.home, 'to'), 'utf8'), 'body');
    } finally {
      await connection.close();
    }
  });

  it('as scripts take turns where there are more of them than sessions', async () => {
    await using own = await OpenSshServer.start({ config: ['MaxSessions 1'] });
    const connection = await sshKind.open(specOf(own), {});
    try {
      const results = await Promise.all(Array.from({ length: 8 }, async (_, i) => await connection.run(`echo ${i}`)));

      assert.deepEqual(
        results.map(({ stdout }) => Number(Buffer.from(stdout))),
        Array.from({ length: 8 }, (_, i) => i),
      );
    } finally {
      await connection.close();
    }
  });

  // Case 13.
  it('reach a server that lets in only a few at a time, forty clients at once', async () => {
    await using busy = await OpenSshServer.start({ config: ['MaxStartups 10:30:100'] });

    const said = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await using client = await connectedTo(busy, { connectTimeoutMs: 30_000 });
        return (await (await client.run(`echo ${i}`)).stdout.text()).trim();
      }),
    );

    assert.deepEqual(
      said,
      Array.from({ length: 40 }, (_, i) => String(i)),
    );
  });

  // Case 14, H13.
  it('that are lost keep the output so far, and tell whoever still writes', async () => {
    await onServer({}, async (client, own) => {
      const execution = await client.execCommand('echo begun; sleep 30 <&-; :');
      const written = new Promise<string>((resolve) => {
        execution.stdin.on('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message));
        execution.stdin.write(Buffer.alloc(8 * MEBI));
      });
      await new Promise((resolve) => execution.stdout.once('readable', resolve));

      own.killSessions();

      assert.equal(await execution.stdout.text(), 'begun\n');
      assert.deepEqual([await codeOf(execution.exit), await written], ['CONNECTION_LOST', 'CONNECTION_LOST']);
    });
  });

  // Case 14 on the connection floor.
  it('as scripts that are lost keep the output so far as well', async () => {
    await using own = await OpenSshServer.start();
    const connection = await sshKind.open(specOf(own), {});
    try {
      const failed = await connection
        .run('echo begun; sleep 30', { onOutput: () => own.killSessions() })
        .catch((error: unknown) => error as { code: string; output?: { stdout: Uint8Array } });

      assert.ok('code' in failed);
      assert.equal(failed.code, 'CONNECTION_LOST');
      assert.equal(Buffer.from(failed.output?.stdout ?? []).toString(), 'begun\n');
    } finally {
      await connection.close();
    }
  });

  // Case 15, H8, H9, H10.
  it('on a server that stands still fail when a channel is opened, and the goodbye is short', async () => {
    await using own = await OpenSshServer.start();
    const patient = await connectedTo(own, { channelTimeoutMs: 400 });
    const watchful = await connectedTo(own, { sshArgs: ALIVE_EVERY_SECOND });
    const leaving = await connectedTo(own);
    const running = await leaving.execCommand('sleep 30');

    own.freeze();
    const codes = await Promise.all([codeOf(patient.run('true')), codeOf(watchful.run('true')), leaving.close().then(() => 'CLOSED')]);
    const lost = await codeOf(running.exit);
    own.thaw();

    assert.deepEqual([...codes, lost], ['CHANNEL_TIMEOUT', 'CONNECTION_LOST', 'CLOSED', 'CONNECTION_LOST']);
    assert.deepEqual([patient.isOpen, watchful.isOpen, leaving.isOpen], [false, false, false]);
    await Promise.all([patient.close(), watchful.close()]);
  });

  // Case 16, H15.
  it('that leave a child behind do not cost the line, though the server wants answers every second', async () => {
    await onServer({ config: ['ClientAliveInterval 1', 'ClientAliveCountMax 2'] }, async (client, own) => {
      const file = path.join(own.home, 'child');

      const { leftRunning } = await client.run(`sleep 300 & echo $! > ${file}`);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      const later = await client.run('echo still here');
      process.kill(Number(await readFile(file, 'utf8')), 'SIGKILL');

      assert.deepEqual([leftRunning, await later.stdout.text()], [true, 'still here\n']);
    });
  });

  it('that are replaced by a forced one bring back what that one says', async () => {
    await onServer({ config: ['ForceCommand echo "forced: $SSH_ORIGINAL_COMMAND"; exit 9'] }, async (client) => {
      const { stdout, exit } = await client.run('rm -rf /');

      assert.deepEqual([await stdout.text(), exit], ['forced: rm -rf /\n', { kind: 'code', code: 9 }]);
      assert.equal(await codeOf(client.openSftp()), 'SFTP_PROTOCOL');
    });
  });

  it('as scripts fail with an error where another command is forced, instead of waiting for a shell that is none', async () => {
    const codes = await Promise.all(
      ['exit 1', 'echo Go away', 'cat', 'internal-sftp'].map(async (forced) => {
        await using own = await OpenSshServer.start({ config: [`ForceCommand ${forced}`] });
        const connection = await sshKind.open(specOf(own), {});
        try {
          return await codeOf(connection.run('echo mine', { timeoutMs: 700 }));
        } finally {
          await connection.close();
        }
      }),
    );

    assert.deepEqual(codes.slice(0, 3), ['CONNECTION_LOST', 'CONNECTION_LOST', 'TIMED_OUT']);
    // Whether sftp-server makes sense of a script, or waits for more of it, is its own affair.
    assert.ok(codes[3] === 'CONNECTION_LOST' || codes[3] === 'TIMED_OUT', codes[3]);
  });

  // Case 20.
  it('are not confused by a login file that talks, on either stream or in the background', async () => {
    await using own = await OpenSshServer.start();
    const noise = 'echo Welcome; echo "to $HOSTNAME" >&2; printf "no newline"; (sleep 0.05; echo late) &\n';
    await Promise.all(['.bashrc', '.profile', '.ssh-rc'].map(async (name) => await writeFile(path.join(own.home, name), noise)));
    const connection = await sshKind.open(specOf(own), {});
    try {
      const { stdout, exit } = await connection.run('echo mine; exit 4');

      assert.deepEqual([Buffer.from(stdout).toString(), exit], ['mine\n', { kind: 'code', code: 4 }]);
    } finally {
      await connection.close();
    }
  });
});

function specOf(server: OpenSshServer): Parameters<typeof sshKind.open>[0] {
  const { port, user } = server;
  return {
    kind: 'ssh',
    name: 'faulty',
    address: '127.0.0.1',
    port,
    user,
    privateKeyFile: server.clientKeyFile,
    knownHostsFiles: [server.knownHostsFile],
  };
}
