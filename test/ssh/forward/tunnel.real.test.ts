// Tunnels through a real OpenSSH sshd: both directions, both kinds of socket, and everything that breaks.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { SSHClient } from '#src/ssh/client';
import type { Endpoint } from '#src/ssh/forward/seam';
import type { TunnelEvent } from '#src/ssh/forward/tunnel';
import { connectKnown } from '../../support/known-client.ts';
import { OpenSshServer } from '../../support/openssh-server.ts';
import { findProgram, needs } from '../../support/real.ts';
import { ask, dial, echo, fate, measure, rest, serving } from './ends.ts';

const here = (port: number): Endpoint => ({ kind: 'tcp', host: '127.0.0.1', port });

/** Events of a tunnel, and a way to wait for one of a kind. */
class Log {
  readonly events: TunnelEvent[] = [];
  #wake = (): void => {};
  readonly onEvent = (event: TunnelEvent): void => {
    this.events.push(event);
    this.#wake();
  };

  async first<K extends TunnelEvent['kind']>(kind: K): Promise<TunnelEvent & { kind: K }> {
    for (;;) {
      const found = this.events.find((event) => event.kind === kind);
      if (found !== undefined) return found as TunnelEvent & { kind: K };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: string }).code;

describe('tunnels through OpenSSH', needs('sshd', 'ssh-keygen'), () => {
  let server: OpenSshServer;
  let client: SSHClient;
  let directory: string;
  let log: Log;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-tunnel-'));
    server = await OpenSshServer.start({ config: ['GatewayPorts clientspecified', 'MaxSessions 2'] });
    client = await connectKnown(server);
  });
  after(async () => {
    await client.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    log = new Log();
  });

  const ways = [
    ['forwardLocal', 'from here to what the host reaches'],
    ['forwardRemote', 'from the host to what is reached here'],
  ] as const;
  for (const [way, words] of ways) {
    describe(words, () => {
      it('carries the answer that comes after the end of the question', async () => {
        await using target = await serving(measure);
        await using tunnel = await client[way](`0:127.0.0.1:${target.port}`, log);

        const answer = await ask(await dial(tunnel.listening), Buffer.alloc(300_000));
        const closed = await log.first('closed');

        assert.equal(answer.toString(), '300000 bytes');
        assert.deepEqual([closed.sentBytes, closed.receivedBytes, closed.error], [300_000, 12, undefined]);
        assert.deepEqual(tunnel.counts, { open: 0, total: 1, refused: 0, sentBytes: 300_000, receivedBytes: 12 });
      });

      it('carries 20 MB both ways at once, byte for byte', async () => {
        await using target = await serving(echo);
        await using tunnel = await client[way](`0:127.0.0.1:${target.port}`);
        const bytes = randomBytes(20_000_000);

        const back = await ask(await dial(tunnel.listening), bytes);

        assert.ok(back.equals(bytes));
      });

      it('carries 200 connections at once, without a place of MaxSessions', async () => {
        await using target = await serving(echo);
        await using tunnel = await client[way](`0:127.0.0.1:${target.port}`);
        const sockets = await Promise.all(Array.from({ length: 200 }, async () => await dial(tunnel.listening)));
        sockets.forEach((socket, i) => void socket.write(`first ${i} `));
        for (const socket of sockets) await once(socket, 'readable');

        const { open } = tunnel.counts;
        const { stdout } = await client.run('echo a command beside them');
        const answers = await Promise.all(sockets.map(async (socket, i) => await ask(socket, `last ${i}`)));

        assert.equal(open, 200);
        assert.equal(await stdout.text(), 'a command beside them\n');
        assert.deepEqual(
          answers.map(String),
          sockets.map((_, i) => `first ${i} last ${i}`),
        );
      });

      it('ends a connection whose target refuses, and says why', async () => {
        await using tunnel = await client[way]('0:127.0.0.1:1', log);

        const end = await fate(await dial(tunnel.listening));
        const refused = await log.first('refused');

        assert.match(end, /ECONNRESET|end after 0/);
        assert.equal(refused.to, '127.0.0.1:1');
        assert.match(refused.error.message, /refused/i);
        assert.deepEqual(tunnel.counts, { open: 0, total: 1, refused: 1, sentBytes: 0, receivedBytes: 0 });
      });

      it('ends whoever asks when the target ends, though nobody told it to', async () => {
        await using target = await serving((socket) => socket.end('bye'));
        await using tunnel = await client[way](`0:127.0.0.1:${target.port}`);
        const socket = await dial(tunnel.listening);

        const answer = await rest(socket);
        socket.end();

        assert.equal(answer.toString(), 'bye');
      });

      it('breaks one connection where its target breaks it, and no other', async () => {
        await using target = await serving((socket) => {
          socket.once('data', (chunk: Buffer) => {
            if (chunk.toString() === 'die') socket.resetAndDestroy();
            else socket.write('alive');
          });
        });
        await using tunnel = await client[way](`0:127.0.0.1:${target.port}`);
        const [one, other] = [await dial(tunnel.listening), await dial(tunnel.listening)];

        one.write('die');
        const end = await fate(one);
        other.write('live');
        const [answer] = (await once(other, 'data')) as [Buffer];

        assert.match(end, /ECONNRESET|end after 0/);
        assert.equal(answer.toString(), 'alive');
        other.destroy();
      });

      it('holds the sender back while nobody reads', async () => {
        let taken = 0;
        await using target = await serving((socket) => {
          const chunk = Buffer.alloc(64 * 1024);
          const fill = (): void => {
            while (!socket.destroyed && taken < 256 * 1024 * 1024 && socket.write(chunk)) taken += chunk.length;
          };
          socket.on('drain', fill);
          fill();
        });
        await using tunnel = await client[way](`0:127.0.0.1:${target.port}`);
        const socket = await dial(tunnel.listening);
        await once(socket, 'readable');

        // Standing still is seen by nothing having been taken between two commands there and back.
        for (let before = -1; before !== taken; ) {
          before = taken;
          for (let i = 0; i < 5; i++) await client.run('sleep 0.05');
        }

        assert.ok(taken < 64 * 1024 * 1024, `${taken} bytes were taken from the target`);
        socket.destroy();
      });

      it('ends everything when it is closed, and listens no more', async () => {
        await using target = await serving(echo);
        const tunnel = await client[way](`0:127.0.0.1:${target.port}`, log);
        const socket = await dial(tunnel.listening);
        socket.write('x');
        await once(socket, 'readable');

        await tunnel.close();
        const end = await fate(socket);
        const again = await dial(tunnel.listening).catch(codeOf);

        assert.match(end, /ECONNRESET|end after 1/);
        assert.equal(again, 'ECONNREFUSED');
        assert.equal(tunnel.counts.open, 0);
        assert.equal(
          log.events.some(({ kind }) => kind === 'ended'),
          false,
        );
      });

      it('carries as many connections as it may, and cuts off the next', async () => {
        await using target = await serving(echo);
        await using tunnel = await client[way](`0:127.0.0.1:${target.port}`, { ...log, maxConnections: 1 });
        const first = await dial(tunnel.listening);
        first.write('x');
        await once(first, 'readable');

        const end = await dial(tunnel.listening).then(fate, codeOf);
        const refused = await log.first('refused');
        const answer = await ask(first, 'y');

        assert.match(String(end), /ECONNRESET|end after 0/);
        assert.equal(codeOf(refused.error), 'TUNNEL_FULL');
        assert.equal(answer.toString(), 'xy');
      });

      it('leads from a unix socket to a unix socket', async () => {
        const [from, to] = [path.join(directory, `${way}.from`), path.join(directory, `${way}.to`)];
        await using _target = await serving(measure, to);
        await using tunnel = await client[way](`${from}:${to}`);

        const answer = await ask(await dial(tunnel.listening), 'four');

        assert.deepEqual(tunnel.listening, { kind: 'unix', path: from });
        assert.equal(answer.toString(), '4 bytes');
      });
    });
  }

  describe('here', () => {
    it('listens on loopback alone unless told otherwise', async () => {
      await using narrow = await client.forwardLocal('0:127.0.0.1:1');
      await using wide = await client.forwardLocal('*:0:127.0.0.1:1');
      const { port } = narrow.listening as Endpoint & { kind: 'tcp' };
      const outside = Object.values(os.networkInterfaces())
        .flat()
        .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

      const taken = await client.forwardLocal(`127.0.0.1:${port}:127.0.0.1:1`).catch(codeOf);
      const beside = outside === undefined ? undefined : await client.forwardLocal(`${outside}:${port}:127.0.0.1:1`);
      const clash = await client.forwardLocal(`*:${(wide.listening as { port: number }).port}:127.0.0.1:1`).catch(codeOf);
      await beside?.close();

      assert.equal(taken, 'LISTEN_FAILED');
      assert.equal(clash, 'LISTEN_FAILED');
    });

    it('makes unix sockets for the own user alone, refuses a name that is taken, and cleans up', async () => {
      const [socket, file] = [path.join(directory, 'a.sock'), path.join(directory, 'a.file')];
      writeFileSync(file, 'precious');
      const tunnel = await client.forwardLocal(`${socket}:127.0.0.1:1`);

      const mode = statSync(socket).mode & 0o777;
      const second = await client.forwardLocal(`${socket}:127.0.0.1:1`).catch(codeOf);
      const overFile = await client.forwardLocal(`${file}:127.0.0.1:1`, { replaceSocket: true }).catch(codeOf);
      await tunnel.close();

      assert.equal(mode, 0o600);
      assert.equal(second, 'LISTEN_FAILED');
      assert.equal(overFile, 'LISTEN_FAILED');
      assert.equal(existsSync(socket), false);
      assert.equal(statSync(file).size, 8);
    });

    it('replaces an old socket file where it may', async () => {
      const socket = path.join(directory, 'old.sock');
      const made = spawnSync('python3', ['-c', `import socket; socket.socket(socket.AF_UNIX).bind(${JSON.stringify(socket)})`]);
      await using target = await serving(measure);

      await using tunnel = await client.forwardLocal(`${socket}:127.0.0.1:${target.port}`, { replaceSocket: true });
      const answer = await ask(await dial(tunnel.listening), 'four');

      assert.equal(made.status, 0);
      assert.equal(answer.toString(), '4 bytes');
    });
  });

  describe('on the host', () => {
    it('is refused where something listens already', async () => {
      await using taken = await serving(echo);

      const error: unknown = await client.forwardRemote(`127.0.0.1:${taken.port}:127.0.0.1:1`).catch((reason: unknown) => reason);

      assert.equal(codeOf(error), 'LISTEN_REFUSED');
    });

    it('listens on every address with GatewayPorts, for two tunnels at once', async () => {
      await using one = await serving((socket) => socket.end('one'));
      await using two = await serving((socket) => socket.end('two'));
      await using wide = await client.forwardRemote(`*:0:127.0.0.1:${one.port}`);
      await using narrow = await client.forwardRemote(`0:127.0.0.1:${two.port}`);

      const answers = await Promise.all([wide, narrow].map(async ({ listening }) => (await ask(await dial(listening), '')).toString()));

      assert.deepEqual(answers, ['one', 'two']);
    });

    it('hands over each connection with where it came from (paramiko), and can stop', async () => {
      const from = new Promise<number | undefined>((resolve) => {
        void client
          .listenRemote({ host: 'localhost', port: 0 }, (channel, peer) => {
            channel.end('hello');
            channel.resume();
            resolve(peer?.port);
          })
          .then(async (listener) => {
            const socket = await dial(here(listener.port));
            const { localPort } = socket;
            const answer = await ask(socket, '');
            await listener.close();
            assert.equal(answer.toString(), 'hello');
            assert.equal(localPort, await from);
            assert.equal(await dial(here(listener.port)).catch(codeOf), 'ECONNREFUSED');
          });
      });

      assert.equal(typeof (await from), 'number');
    });

    it('is a SOCKS proxy where no target is named', needs('curl'), async () => {
      await using target = await serving((socket) => socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nfrom here')));
      await using tunnel = await client.forwardRemote('0');
      const { port } = tunnel.listening as { port: number };

      const { stdout } = await client.run(`curl -s --max-time 10 --socks5 127.0.0.1:${port} http://127.0.0.1:${target.port}/`);

      assert.equal(await stdout.text(), 'from here');
    });
  });

  describe('a SOCKS proxy here', () => {
    for (const version of ['4', '4a', '5', '5-hostname']) {
      it(`serves curl --socks${version}`, needs('curl'), async () => {
        await using target = await serving((socket) => socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nthere')));
        await using tunnel = await client.forwardDynamic('0', log);
        const { port } = tunnel.listening as { port: number };
        const url = `http://${/a|hostname/.test(version) ? 'localhost' : '127.0.0.1'}:${target.port}/`;

        const answer = await curl([`--socks${version}`, `127.0.0.1:${port}`, url]);

        assert.equal(answer, 'there');
        assert.equal((await log.first('opened')).to, new URL(url).host);
      });
    }

    it('tells its client in the words of the protocol that the target refuses', async () => {
      await using tunnel = await client.forwardDynamic('0', log);

      const answer5 = await rest5(tunnel.listening, Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 1]));
      const answer4 = await rest5(tunnel.listening, Buffer.from([4, 1, 0, 1, 127, 0, 0, 1, 0]));
      const unnamed = await rest5(tunnel.listening, Buffer.from([5, 1, 0, 5, 1, 0, 3, 9, ...Buffer.from('x.invalid'), 0, 80]));

      assert.deepEqual([...answer5.subarray(0, 4)], [5, 0, 5, 5]);
      assert.deepEqual([...answer4.subarray(0, 2)], [0, 91]);
      assert.deepEqual([...unnamed.subarray(0, 4)], [5, 0, 5, 4]);
    });

    it('reaches IPv6 addresses', async (context) => {
      if (!Object.values(os.networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1')))
        return context.skip('no ::1');
      await using target = await serving((socket) => socket.end('six'), 0);
      await using tunnel = await client.forwardDynamic('0', log);

      // Nobody listens on ::1 at that port, which only a connection made there can tell.
      const address = [...Buffer.alloc(15), 1];
      const answer = await rest5(tunnel.listening, Buffer.from([5, 1, 0, 5, 1, 0, 4, ...address, target.port >> 8, target.port & 255]));

      assert.equal((await log.first('refused')).to, `[0:0:0:0:0:0:0:1]:${target.port}`);
      assert.deepEqual([...answer.subarray(0, 4)], [5, 0, 5, 5]);
    });
  });

  describe('an sshd that forbids', () => {
    let strict: OpenSshServer;
    let guest: SSHClient;

    before(async () => {
      strict = await OpenSshServer.start({
        config: ['PermitOpen 127.0.0.1:7', 'PermitListen 127.0.0.1:7', 'AllowStreamLocalForwarding no'],
      });
      guest = await connectKnown(strict);
    });
    after(async () => {
      await guest.close();
      await strict.stop();
    });

    it('targets: each connection is refused, with the name of the setting, and SOCKS says "not allowed"', async () => {
      await using tunnel = await guest.forwardLocal('0:127.0.0.1:9', log);
      await using proxy = await guest.forwardDynamic('0');

      const end = await fate(await dial(tunnel.listening));
      const { error } = await log.first('refused');
      const answer = await rest5(proxy.listening, Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 9]));

      assert.equal(end, 'ECONNRESET');
      assert.equal(codeOf(error), 'CHANNEL_REFUSED');
      assert.match((error as Error & { fix: string }).fix, /PermitOpen/);
      assert.deepEqual([...answer.subarray(0, 4)], [5, 0, 5, 2]);
    });

    it('ports and sockets to listen on, and sockets to reach', async () => {
      const listen = await guest.forwardRemote('0:127.0.0.1:9').catch(codeOf);
      const socket = await guest.forwardRemote(`${directory}/no.sock:127.0.0.1:9`).catch(codeOf);
      const direct = await guest.openDirectUnix(`${directory}/no.sock`).catch(codeOf);

      assert.deepEqual([listen, socket, direct], ['LISTEN_REFUSED', 'LISTEN_REFUSED', 'CHANNEL_REFUSED']);
    });
  });

  it('a connection that breaks ends its tunnels and everything in them', async () => {
    const doomed = await connectKnown(server);
    await using target = await serving(echo);
    const local = await doomed.forwardLocal(`0:127.0.0.1:${target.port}`, log);
    const remote = await doomed.forwardRemote(`0:127.0.0.1:${target.port}`);
    const socket = await dial(local.listening);
    socket.write('x');
    await once(socket, 'data');

    server.killSessions();
    const end = await fate(socket);
    await Promise.all([local.closed, remote.closed]);
    const again = await dial(local.listening).catch(codeOf);
    const ended = await log.first('ended');
    await doomed.close();
    // It was a session of the same server.
    client = await connectKnown(server);

    assert.equal(end, 'ECONNRESET');
    assert.equal(codeOf(ended.error), 'CONNECTION_LOST');
    assert.equal(again, 'ECONNREFUSED');
  });
});

async function rest5(listening: Endpoint, request: Buffer): Promise<Buffer> {
  const socket = await dial(listening);
  socket.write(request);
  const answer = await rest(socket);
  socket.end();
  return answer;
}

async function curl(words: readonly string[]): Promise<string> {
  const child = spawn(findProgram('curl') ?? 'curl', ['-s', '--max-time', '10', '--noproxy', '', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(child, 'close');
  return said;
}
