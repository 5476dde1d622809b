// Files sent and fetched while something fails: rights, room, the server, a single request, or we ourselves.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { sshKind } from '#src/connection/ssh';
import { SSHClient } from '#src/ssh/client';
import { SFTPClient } from '#src/ssh/sftp/client';
import { PACKET } from '#src/ssh/sftp/wire';
import { type OpenSshOptions, OpenSshServer, onlyRoot } from '../../support/openssh-server.ts';
import { TcpProxy } from '../../support/proxy.ts';
import { findProgram, needs } from '../../support/real.ts';
import { sabotaged } from '../../support/sftp-saboteur.ts';
import type { TransferJob } from '../../support/transfer-process.ts';

const MEBI = 1024 * 1024;
const GIBI = 1024 * MEBI;
const SIZE = 4 * GIBI + 8 * MEBI;

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'DONE',
    (error: Error & { code?: string }) => error.code ?? String(error),
  );
const hash = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('files on a server in trouble', needs('sshd', 'ssh-keygen', 'sftp-server'), () => {
  let directory: string;
  let server: OpenSshServer;
  let client: SSHClient;
  let sftp: SFTPClient;
  const at = (...names: string[]): string => path.join(directory, ...names);

  before(async () => {
    server = await OpenSshServer.start({ config: [`Subsystem sftp ${findProgram('sftp-server')}`] });
    client = new SSHClient();
    await client.connect(server.connectOptions());
  });
  after(async () => {
    await client.close();
    await server.stop();
  });
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-faults-'));
    sftp = await client.openSftp();
  });
  afterEach(async () => {
    await sftp.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Another server, with an SFTP session on it. */
  async function on(options: OpenSshOptions, use: (other: SFTPClient, server: OpenSshServer) => Promise<void>): Promise<void> {
    await using own = await OpenSshServer.start(options);
    await using login = new SSHClient();
    await login.connect(own.connectOptions());
    await use(await login.openSftp(), own);
  }

  // Case 18, R4.11.
  it('are refused by their rights, and the session goes on', onlyRoot, async () => {
    await on({ plainAccount: true }, async (plain, own) => {
      await writeFile(at('mine'), 'mine');
      const before = (await readdir('/root')).length;

      const codes = await Promise.all([
        codeOf(plain.get('/etc/shadow', at('shadow'))),
        codeOf(plain.put(at('mine'), '/root/new')),
        codeOf(plain.put(at('mine'), '/etc/hostname')),
        codeOf(plain.put(at('mine'), '/etc/')),
        codeOf(plain.readdir('/root')),
        codeOf(plain.remove('/etc/hostname')),
        codeOf(plain.setstat('/etc/hostname', { mode: 0o666 })),
      ]);
      await plain.put(at('mine'), path.join(own.home, 'allowed'));

      assert.deepEqual(new Set(codes), new Set(['EACCES']));
      assert.deepEqual([(await readdir('/root')).length, await readdir(directory)], [before, ['mine']]);
      assert.equal(await readFile(path.join(own.home, 'allowed'), 'utf8'), 'mine');
    });
  });

  // Case 18, R4.10.
  it('that grow beyond what the host allows fail alone, and leave neither a part nor a broken session', async () => {
    await on({ prelude: ["trap '' XFSZ", 'ulimit -f 2048'] }, async (limited) => {
      await Promise.all([writeFile(at('big'), randomBytes(4 * MEBI)), writeFile(at('small'), 'small'), mkdir(at('there'))]);
      await writeFile(at('there/old'), 'old');

      const codes = await Promise.all([
        codeOf(limited.put(at('big'), at('there/old'))),
        codeOf(limited.put(at('small'), at('there/small'))),
        codeOf(limited.putfo([randomBytes(4 * MEBI)] as unknown as AsyncIterable<Uint8Array>, at('there/stream'))),
      ]);

      assert.deepEqual(codes, ['EIO', 'DONE', 'EIO']);
      assert.deepEqual((await readdir(at('there'))).sort(), ['old', 'small']);
      assert.equal(await readFile(at('there/old'), 'utf8'), 'old');
    });
  });

  // Case 18. On a long line the disk says no while answers are still on their way.
  it('that find no room on this side leave nothing here, and say so', async () => {
    await using proxy = await TcpProxy.start(server.port, { delayMs: 20 });
    await Promise.all([
      writeFile(at('big'), randomBytes(12 * MEBI)),
      writeFile(at('known_hosts'), `[127.0.0.1]:* ${server.hostKey()}\n`),
      mkdir(at('here')),
    ]);
    const connect = server.connectOptions({ port: proxy.port, knownHostsFiles: [at('known_hosts')] });
    const job = { connect, direction: 'get', from: at('big'), to: at('here/big') } as const;

    const { said, status } = await transfer(job, "trap '' XFSZ; ulimit -f 2048; ");

    assert.deepEqual([said.at(-1), status], ['EIO', 0]);
    assert.deepEqual(await readdir(at('here')), []);
  });

  // Case 19, H2.
  it('are whole, all but the one of which a single request failed', async () => {
    for (const failing of [PACKET.READ, PACKET.WRITE]) {
      const names = Array.from({ length: 30 }, (_, n) => `file ${n}`);
      await Promise.all(['from', 'to'].map(async (name) => await mkdir(at(`${name}${failing}`))));
      await Promise.all(names.map(async (name) => await writeFile(at(`from${failing}`, name), randomBytes(MEBI))));
      let seen = 0;
      const line = sabotaged(await client.openSubsystem('sftp'), (type) => type === failing && ++seen === 60);
      const broken = await SFTPClient.open(line);

      const codes = await Promise.all(
        names.map(async (name) => {
          const [from, to] = [at(`from${failing}`, name), at(`to${failing}`, name)];
          return await codeOf(failing === PACKET.READ ? broken.get(from, to) : broken.put(from, to));
        }),
      );
      await broken.close();

      const arrived = names.filter((_, n) => codes[n] === 'DONE');
      assert.deepEqual([arrived.length, codes.find((code) => code !== 'DONE')], [29, 'EIO']);
      assert.deepEqual((await readdir(at(`to${failing}`))).sort(), arrived.toSorted());
      for (const name of arrived) assert.equal(await hash(at(`to${failing}`, name)), await hash(at(`from${failing}`, name)), name);
    }
  });

  // R4.25.
  it('come and go unharmed, several at once, while the keys change every megabyte', async () => {
    await on({ config: ['RekeyLimit 1M none'] }, async (rekeying) => {
      const names = ['a', 'b', 'c', 'd'];
      await Promise.all(names.map(async (name) => await writeFile(at(name), randomBytes(3 * MEBI))));

      await Promise.all(names.map(async (name) => await rekeying.put(at(name), at(`${name} there`))));
      await Promise.all(names.map(async (name) => await rekeying.get(at(`${name} there`), at(`${name} back`))));

      for (const name of names) assert.equal(await hash(at(`${name} back`)), await hash(at(name)), name);
    });
  });

  // R4.15.
  it('reject when their server is killed, twenty times, and neither commands nor sessions suffer', async () => {
    for (let i = 0; i < 20; i++) {
      const doomed = await client.openSftp();
      await doomed.realpath('.');
      // The other session of the test dies with it.
      assert.ok(server.killPrograms('sftp-server') >= 1);

      assert.equal(await codeOf(doomed.stat('/')), 'SFTP_LOST');
      assert.equal(doomed.isOpen, false);
    }

    const sessions = await Promise.all(Array.from({ length: 10 }, async () => await client.openSftp()));
    await Promise.all(sessions.map(async (session) => await session.close()));
    assert.equal(await (await client.run('echo fine')).stdout.text(), 'fine\n');
  });

  it('go over a new session of the same connection once the old one is dead', async () => {
    const { port, user, privateKeyFile, knownHostsFiles } = server.connectOptions();
    const connection = await sshKind.open(
      { kind: 'ssh', name: 'x', address: '127.0.0.1', port, user, privateKeyFile, knownHostsFiles },
      {},
    );
    try {
      await writeFile(at('mine'), 'mine');
      await connection.put(at('mine'), at('first'));
      server.killPrograms('sftp-server');
      // Until the end of the old one has come over the wire, it may still be asked once.
      const between = await codeOf(connection.put(at('mine'), at('between')));

      await connection.put(at('mine'), at('second'));

      assert.match(between, /^(DONE|CONNECTION_LOST)$/);
      assert.equal(await readFile(at('second'), 'utf8'), 'mine');
    } finally {
      await connection.close();
    }
  });

  // "Further": kill -9 of our own process.
  it('that we ourselves leave half sent have no name yet', async () => {
    await Promise.all([writeFile(at('big'), randomBytes(MEBI)), mkdir(at('there'))]);
    // Long enough to be under way when the first piece has arrived, and nothing but a hole on the disk.
    await truncate(at('big'), 20 * GIBI);
    await writeFile(at('there/name'), 'old');

    const { said } = await transfer(
      { connect: server.connectOptions(), direction: 'put', from: at('big'), to: at('there/name') },
      '',
      true,
    );

    assert.deepEqual(said, ['begun']);
    assert.equal(await readFile(at('there/name'), 'utf8'), 'old');
    const left = (await readdir(at('there'))).filter((name) => name !== 'name');
    assert.match(left.join(), /^[^,]*\.part$/);
    assert.equal((await stat(at('there', left[0] ?? ''))).mode & 0o777, 0o600);
  });

  // R4.19.
  it('keep what stands beyond 4 GiB where it stands', async () => {
    const marks: readonly [number, string][] = [
      [0, 'the beginning'],
      [4 * GIBI - 6, 'on both sides of it'],
      [SIZE - 7, 'the end'],
    ];
    const file = await open(at('huge'), 'w');
    for (const [offset, mark] of marks) await file.write(mark, offset);
    await file.close();

    const sent = await sftp.put(at('huge'), at('sent'), { sparse: true });
    const seen = await Promise.all(marks.map(async ([offset, mark]) => await readAt(at('sent'), offset, mark.length)));

    assert.deepEqual([sent.bytes, (await stat(at('sent'))).size], [SIZE, SIZE]);
    assert.deepEqual(
      seen,
      marks.map(([, mark]) => mark),
    );
    assert.ok((await stat(at('sent'))).blocks * 512 < 64 * MEBI);
  });

  // "Further".
  it('are listed where they are twenty thousand, each once', onlyRoot, async () => {
    // In memory: a disk takes its time for so many.
    const prelude = ['mount -t tmpfs tmpfs home', '(cd home; seq 20000 | xargs touch)'];
    await on({ ownMounts: true, prelude }, async (crowded, own) => {
      const names = (await crowded.readdir(own.home)).map(({ name }) => Number(name));

      assert.deepEqual(
        names.sort((a, b) => a - b),
        Array.from({ length: 20_000 }, (_, i) => i + 1),
      );
    });
  });

  // R4.21.
  it('have the mode that was asked for, whatever the umask there', async () => {
    await writeFile(at('mine'), 'mine', { mode: 0o640 });
    for (const umask of ['077', '000']) {
      await on({ config: [`Subsystem sftp ${findProgram('sftp-server')} -u ${umask}`] }, async (masked) => {
        await masked.put(at('mine'), at(`as here ${umask}`));
        await masked.put(at('mine'), at(`as asked ${umask}`), { mode: 0o604 });
      });
    }

    const modes = await Promise.all(
      ['as here 077', 'as here 000', 'as asked 077', 'as asked 000'].map(async (name) => (await stat(at(name))).mode & 0o777),
    );

    assert.deepEqual(modes, [0o640, 0o640, 0o604, 0o604]);
  });

  /** Does it in a process of its own. @param kill - Whether that is killed as soon as the first piece has arrived. */
  async function transfer(job: TransferJob, prelude: string, kill = false): Promise<{ said: string[]; status: number | null }> {
    const script = path.join(import.meta.dirname, '../../support/transfer-process.js');
    const words = [script, JSON.stringify(job)];
    const child = spawn('sh', ['-c', `${prelude}exec "$0" "$@"`, process.execPath, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (kill) child.stdout.once('readable', () => child.kill('SIGKILL'));
    const [said, [status]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
    return { said: said.trim().split('\n'), status };
  }
});

async function readAt(file: string, offset: number, length: number): Promise<string> {
  const handle = await open(file);
  try {
    return (await handle.read(Buffer.alloc(length), 0, length, offset)).buffer.toString();
  } finally {
    await handle.close();
  }
}
