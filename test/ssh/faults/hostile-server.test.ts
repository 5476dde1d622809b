// Servers that mean harm, or are badly broken: each costs an error and one connection, never this process, its memory or its time.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, it } from 'node:test';
import { SSHClient } from '#src/ssh/client';
import type { ConnectOptions } from '#src/ssh/settings';
import { string, uint32 } from '#src/ssh/sftp/wire';
import { HostileServer, type Victim } from '../../support/hostile-server.ts';

// As the RFCs number them.
const IGNORE = 2;
const DEBUG = 4;
const SERVICE_ACCEPT = 6;
const EXT_INFO = 7;
const USERAUTH_BANNER = 53;
const USERAUTH_PK_OK = 60;
const GLOBAL_REQUEST = 80;
const CHANNEL_OPEN = 90;
const CHANNEL_OPEN_CONFIRMATION = 91;
const CHANNEL_WINDOW_ADJUST = 93;
const CHANNEL_DATA = 94;
const CHANNEL_EXTENDED_DATA = 95;
const CHANNEL_CLOSE = 97;
const CHANNEL_REQUEST = 98;
const CHANNEL_SUCCESS = 99;
const PING = 192;

const no = Buffer.of(0);
const yes = Buffer.of(1);

/** What it says, or how it fails, within a deadline. */
async function outcome(work: Promise<unknown>): Promise<string> {
  const late = new AbortController();
  const deadline = new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve('NEVER'), 8_000);
    late.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  const settled = work.then(
    () => 'DONE',
    (error: Error & { code?: string }) => error.code ?? String(error),
  );
  const first = await Promise.race([settled, deadline]);
  late.abort();
  return first;
}

/** The client after its login to a server that does this. */
async function withVictim(
  afterLogin: (victim: Victim) => void,
  use: (client: SSHClient) => Promise<void>,
  options: Partial<ConnectOptions> = {},
): Promise<void> {
  await using server = await HostileServer.start({ afterLogin });
  await using client = new SSHClient();
  await client.connect(server.connectOptions(options));
  await use(client);
}

describe('a hostile server', () => {
  describe('before the login', () => {
    const early: readonly [what: string, send: (victim: Victim) => void][] = [
      ['a channel that nobody asked for', (victim) => victim.send(CHANNEL_OPEN, string('session'), uint32(0), uint32(1000), uint32(1000))],
      ['leave to use a channel', (victim) => victim.send(CHANNEL_OPEN_CONFIRMATION, uint32(0), uint32(0), uint32(9), uint32(9))],
      ['data of a channel', (victim) => victim.send(CHANNEL_DATA, uint32(0), string('x'))],
      ['the end of a channel', (victim) => victim.send(CHANNEL_CLOSE, uint32(0))],
      ['an answer to a request of a channel', (victim) => victim.send(CHANNEL_SUCCESS, uint32(0))],
      ['a global request', (victim) => victim.send(GLOBAL_REQUEST, string('keepalive@openssh.com'), yes)],
      ['a second leave to log in', (victim) => victim.send(SERVICE_ACCEPT, string('ssh-userauth'))],
      ['praise for a key that was not shown', (victim) => victim.send(USERAUTH_PK_OK, string('ssh-ed25519'), string('no key'))],
      ['a message of no known number', (victim) => victim.send(PING, string('are you there?'))],
      ['messages cut short', (victim) => victim.send(EXT_INFO, uint32(0xffffffff))],
    ];
    for (const [what, send] of early) {
      // R5: CVE-2023-46445, CVE-2023-46446.
      it(`cannot do harm with ${what}`, async () => {
        await using server = await HostileServer.start({ beforeLogin: send });
        await using client = new SSHClient();

        const connected = await outcome(client.connect(server.connectOptions({ connectTimeoutMs: 1_500 })));

        // Either it is nothing to us, or the line is given up: nobody waits, and nothing was let in.
        assert.match(connected, /^(DONE|CONNECTION_DROPPED|AUTH_FAILED)$/);
      });
    }

    // R5: CVE-2025-26466.
    it('cannot fill our memory with messages that ask for nothing', async () => {
      const flood = (victim: Victim): void => {
        for (let i = 0; i < 3_000; i++) {
          victim.send(EXT_INFO, uint32(1), string('server-sig-algs'), string('rsa-sha2-256'));
          victim.send(IGNORE, string('x'.repeat(1_000)));
          victim.send(DEBUG, yes, string('y'.repeat(1_000)), string(''));
          victim.send(PING, string('z'.repeat(1_000)));
        }
      };
      await using server = await HostileServer.start({ beforeLogin: flood });
      await using client = new SSHClient();
      const before = process.memoryUsage().rss;

      const connected = await outcome(client.connect(server.connectOptions()));

      assert.match(connected, /^(DONE|CONNECTION_DROPPED)$/);
      // The server is in this process as well.
      assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
    });

    // R4.24, section 6 promise 6.
    it('cannot write to a terminal with its banner, nor fill our memory with many', async () => {
      const beforeLogin = (victim: Victim): void => {
        for (let i = 0; i < 500; i++)
          victim.send(USERAUTH_BANNER, string(`one\n\x1b]0;mine\x07two\r\u009b2J${'b'.repeat(4_000)}`), string(''));
      };
      await using server = await HostileServer.start({ beforeLogin });
      await using client = new SSHClient();

      await client.connect(server.connectOptions());
      const banner = client.info?.banner ?? '';

      assert.match(banner.slice(0, 100), /^one\n.*mine.*two/);
      assert.deepEqual(
        [...banner].filter((letter) => letter !== '\n' && /\p{Cc}/u.test(letter)),
        [],
      );
      assert.ok(banner.length < 100_000, `${banner.length} characters were kept`);
    });

    it('that talks without end before it says its version is left within the deadline', async () => {
      const talkers = [Buffer.alloc(65_536, 'a'), Buffer.from('welcome\r\n'.repeat(4_096))];
      for (const talk of talkers) {
        const sockets = new Set<net.Socket>();
        const listener = net.createServer((socket) => {
          sockets.add(socket);
          socket.on('error', () => {});
          const pour = (): void => {
            while (!socket.destroyed && socket.write(talk));
            socket.once('drain', () => setImmediate(pour));
          };
          pour();
        });
        await once(listener.listen(0, '127.0.0.1'), 'listening');
        const client = new SSHClient();

        const { port } = listener.address() as net.AddressInfo;
        const connected = await outcome(client.connect({ host: '127.0.0.1', port, user: 'x', password: 'x', connectTimeoutMs: 500 }));
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => listener.close(resolve));

        assert.match(connected, /^CONNECT(_TIMEOUT|ION_DROPPED)$/);
      }
    });
  });

  describe('after the login', () => {
    // S10, R5: asyncssh 2.24.0.
    it('cannot freeze us with a channel that takes packets of no size', async () => {
      await withVictim(
        (victim) => {
          victim.openWithPacketBytes(0);
          victim.onCommand(() => {});
        },
        async (client) => {
          assert.equal(await outcome(client.run('cat', { input: 'x' })), 'PROTOCOL');
          await client.closed;
          assert.equal(client.isOpen, false);
        },
      );
    });

    it('gets input through a channel that takes one byte at a time', async () => {
      let received = '';
      await withVictim(
        (victim) => {
          victim.openWithPacketBytes(1);
          victim.onCommand((channel) => {
            channel.on('data', (chunk: Buffer) => {
              received += chunk.toString();
            });
            channel.on('end', () => {
              channel.exit(0);
              channel.end();
            });
          });
        },
        async (client) => {
          assert.equal(await outcome(client.run('cat', { input: 'one byte each' })), 'DONE');
          assert.equal(received, 'one byte each');
        },
      );
    });

    // Promise 1; R4.25.
    it('cannot become another one when the keys are exchanged again', async () => {
      await withVictim(
        (victim) => victim.onCommand(() => victim.rekeyAsSomebodyElse()),
        async (client) => {
          assert.equal(await outcome(client.run('whoami')), 'CONNECTION_LOST');
          assert.equal(client.isOpen, false);
        },
      );
    });

    // H10.
    it('that never opens a channel is given up', async () => {
      await withVictim(
        (victim) => victim.connection.on('session', () => {}),
        async (client) => assert.equal(await outcome(client.run('true')), 'CHANNEL_TIMEOUT'),
      );
    });

    it('that opens a channel, and never says whether the command runs, is given up', async () => {
      await withVictim(
        (victim) => {
          victim.forgetToAnswer();
          victim.onCommand(() => {});
        },
        async (client) => assert.match(await outcome(client.run('true')), /^(CHANNEL_TIMEOUT|CONNECTION_LOST)$/),
      );
    });

    it('that closes the channel, or the line, instead of saying whether the command runs is no success', async () => {
      const ways: readonly [(victim: Victim) => void, RegExp][] = [
        [(victim) => victim.send(CHANNEL_CLOSE, uint32(0)), /^(CHANNEL_REFUSED|CONNECTION_LOST)$/],
        [(victim) => victim.drop(), /^(CHANNEL_REFUSED|CONNECTION_LOST)$/],
      ];
      for (const [end, expected] of ways) {
        await withVictim(
          (victim) => {
            victim.forgetToAnswer();
            victim.onCommand(() => end(victim));
          },
          async (client) => assert.match(await outcome(client.run('true')), expected),
        );
      }
    });

    // H7, promise 10.
    it('that closes a channel without an exit status has not run the command', async () => {
      await withVictim(
        (victim) => victim.onCommand((channel) => channel.end('all is well\n')),
        async (client) => assert.equal(await outcome(client.run('true')), 'CONNECTION_LOST'),
      );
    });

    it('cannot send more than it was allowed to', async () => {
      for (const number of [CHANNEL_DATA, CHANNEL_EXTENDED_DATA]) {
        await withVictim(
          (victim) =>
            victim.onCommand(() => {
              const kind = number === CHANNEL_DATA ? [] : [uint32(1)];
              for (let i = 0; i < 200; i++) victim.send(number, uint32(0), ...kind, string(Buffer.alloc(32_000)));
            }),
          async (client) => {
            const execution = await client.execCommand('yes');
            execution.stdout.once('data', () => execution.stdout.pause());
            execution.stderr.once('data', () => execution.stderr.pause());
            assert.equal(await outcome(execution.exit), 'CONNECTION_LOST');
          },
        );
      }
    });

    it('cannot turn an end round: the first exit counts', async () => {
      await withVictim(
        (victim) =>
          victim.onCommand((channel) => {
            victim.send(CHANNEL_REQUEST, uint32(0), string('exit-status'), no, uint32(3));
            victim.send(CHANNEL_REQUEST, uint32(0), string('exit-status'), no, uint32(0));
            channel.end();
          }),
        async (client) => assert.deepEqual((await client.run('false')).exit, { kind: 'code', code: 3 }),
      );
    });

    it('cannot speak on after the end, to channels that are gone or never were, or with windows that overflow', async () => {
      const noise = (victim: Victim): void => {
        for (const channel of [0, 1, 77, 0xffffffff]) {
          victim.send(CHANNEL_WINDOW_ADJUST, uint32(channel), uint32(0xffffffff));
          victim.send(CHANNEL_DATA, uint32(channel), string('late'));
          victim.send(CHANNEL_REQUEST, uint32(channel), string('exit-signal'), no, string('\x1b[2J'), no, string(''), string(''));
          victim.send(CHANNEL_SUCCESS, uint32(channel));
          victim.send(CHANNEL_CLOSE, uint32(channel));
          victim.send(CHANNEL_OPEN_CONFIRMATION, uint32(channel), uint32(0), uint32(0), uint32(0));
        }
      };
      await withVictim(
        (victim) =>
          victim.onCommand((channel) => {
            channel.exit(0);
            channel.end('said\n');
            noise(victim);
          }),
        async (client) => {
          const first = await outcome(client.run('say'));
          const second = await outcome(client.run('say'));
          assert.match(first, /^(DONE|CONNECTION_LOST)$/);
          assert.match(second, /^(DONE|CONNECTION_LOST|CHANNEL_REFUSED|PROTOCOL)$/);
        },
      );
    });

    it('cannot open channels to us that we did not ask for', async () => {
      const kinds = ['session', 'x11', 'forwarded-tcpip', 'auth-agent@openssh.com', 'forwarded-streamlocal@openssh.com', '\x1b[31m'];
      const refused: string[] = [];
      await withVictim(
        (victim) => {
          const { connection } = victim as unknown as {
            connection: { _protocol: { _handlers: Record<string, (...args: unknown[]) => void> } };
          };
          connection._protocol._handlers.CHANNEL_OPEN_FAILURE = (_protocol, recipient) => refused.push(kinds[Number(recipient)] ?? '?');
          const fields = [string('127.0.0.1'), uint32(22), string('127.0.0.1'), uint32(22)];
          kinds.forEach((kind, id) => {
            victim.send(CHANNEL_OPEN, string(kind), uint32(id), uint32(1 << 20), uint32(32_768), ...fields);
          });
          victim.onCommand((channel) => {
            channel.exit(0);
            channel.end();
          });
        },
        async (client) => {
          assert.equal(await outcome(client.run('true')), 'DONE');
          assert.deepEqual(refused, kinds);
        },
      );
    });

    it('cannot stop us with questions it wants answers to', async () => {
      await withVictim(
        (victim) =>
          victim.onCommand((channel) => {
            for (let i = 0; i < 5_000; i++) {
              victim.send(GLOBAL_REQUEST, string('keepalive@openssh.com'), yes);
              victim.send(CHANNEL_REQUEST, uint32(0), string('keepalive@openssh.com'), yes);
            }
            channel.exit(0);
            channel.end('done\n');
          }),
        async (client) => assert.equal(await (await client.run('x')).stdout.text(), 'done\n'),
        { channelTimeoutMs: 30_000 },
      );
    });

    // H6.
    it('that hangs up in the middle of everything leaves no promise behind', async () => {
      await withVictim(
        (victim) => victim.onCommand((_channel, command) => command === 'last' && victim.drop()),
        async (client) => {
          const waiting = Array.from(
            { length: 9 },
            async (_, i) => await outcome(client.run(`wait ${i}`, { input: Buffer.alloc(5_000_000) })),
          );
          const queued = Array.from({ length: 5 }, async (_, i) => await outcome(client.run(`queued ${i}`)));
          const last = outcome(client.run('last'));
          await new Promise((resolve) => setTimeout(resolve, 100));
          await client.close();

          assert.deepEqual(new Set(await Promise.all([...waiting, ...queued, last])), new Set(['CONNECTION_LOST']));
        },
      );
    });
  });
});
