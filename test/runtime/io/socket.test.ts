// Sockets over real loopback connections, as CPython's socket behaves there.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { TcpServer } from '#src/runtime/io/server';
import { TcpSocket } from '#src/runtime/io/socket';
import { Pair } from './pair.ts';

/** Calls until it need not wait any more. */
async function poll<T>(look: () => T): Promise<T> {
  for (;;) {
    try {
      return look();
    } catch (error) {
      if ((error as { code?: string }).code !== 'WOULD_BLOCK') throw error;
      await turn();
    }
  }
}

async function receiveAll(socket: TcpSocket): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let part = await socket.recv(50_000); part.length > 0; part = await socket.recv(50_000)) parts.push(part);
  return Buffer.concat(parts);
}

describe('TcpSocket', () => {
  it('gives at most what was asked for, and the rest next time', async () => {
    await using pair = await Pair.open();
    await pair.far.sendAll('hello');

    const parts = [await pair.near.recv(2), await pair.near.recv(2), await pair.near.recv(1024)];

    assert.deepEqual(parts.map(String), ['he', 'll', 'o']);
  });

  it('gives no bytes once the other end has sent its last, again and again, and may still answer', async () => {
    await using pair = await Pair.open();
    await pair.far.sendAll('bye');
    pair.far.shutdown();

    const got = [await pair.near.recv(1024), await pair.near.recv(1024), await pair.near.recv(1024)];
    await pair.near.sendAll('goodbye');
    const answer = await pair.far.recv(1024);

    assert.deepEqual(got.map(String), ['bye', '', '']);
    assert.equal(answer.toString(), 'goodbye');
  });

  it('throws ConnectionResetError with the code of Node after an RST, but first gives what came before it', async () => {
    await using pair = await Pair.open();
    await pair.far.sendAll('last words');
    const first = await pair.near.recv(4);
    const changed = new Promise<void>((resolve) => pair.near.watch(resolve));
    pair.far.reset();
    await changed;

    const rest = await pair.near.recv(1024);

    assert.equal(Buffer.concat([first, rest]).toString(), 'last words');
    for (const use of [() => pair.near.recv(1024), () => pair.near.sendAll('?')])
      await assert.rejects(use, { name: 'ConnectionResetError', code: 'ECONNRESET' });
    assert.throws(() => pair.near.recvNowait(1), { code: 'ECONNRESET' });
  });

  it('throws BrokenPipeError when it sends after shutdown()', async () => {
    await using pair = await Pair.open();
    pair.far.shutdown();

    await assert.rejects(pair.far.sendAll('more'), { code: 'PIPE_BROKEN' });
    assert.throws(() => pair.far.sendNowait('more'), { code: 'PIPE_BROKEN' });
  });

  it('gives up when the time is over or on an abort, and loses nothing that comes later', async () => {
    await using pair = await Pair.open();
    const abort = new AbortController();
    const waiting = pair.near.recv(1024, { signal: abort.signal });
    abort.abort(new Error('enough'));

    await assert.rejects(waiting, /enough/);
    await assert.rejects(pair.near.recv(1024, { signal: abort.signal }), /enough/);
    await assert.rejects(pair.near.recv(1024, { timeoutMs: 5 }), { code: 'WAIT_TIMED_OUT' });
    await assert.rejects(pair.near.recv(1024, { timeoutMs: 0 }), { code: 'WAIT_TIMED_OUT' });
    await pair.far.sendAll('late');
    assert.equal((await pair.near.recv(1024)).toString(), 'late');
  });

  it('gives to those who wait in order of arrival', async () => {
    await using pair = await Pair.open();
    const waiting = [pair.near.recv(1), pair.near.recv(1), pair.near.recv(1)];

    await pair.far.sendAll('abc');

    assert.deepEqual((await Promise.all(waiting)).map(String), ['a', 'b', 'c']);
  });

  it('throws BlockingIOError instead of waiting, in both directions', async () => {
    await using pair = await Pair.open();

    assert.throws(() => pair.near.recvNowait(1024), { name: 'BlockingIOError', code: 'WOULD_BLOCK' });
    const sent = pair.far.sendNowait('hello');
    const got = await poll(() => pair.near.recvNowait(1024));
    let room = 0;
    assert.throws(
      () => {
        for (;;) room += pair.far.sendNowait(Buffer.alloc(100_000));
      },
      { code: 'WOULD_BLOCK' },
    );

    assert.deepEqual([sent, got.toString()], [5, 'hello']);
    assert.ok(room > 0);
    assert.equal(pair.far.writable, false);
  });

  it('carries far more than any buffer holds, unharmed, although the reader is slow to begin', async () => {
    await using pair = await Pair.open();
    const data = Buffer.alloc(20_000_000, 'sixteen letters.');
    const sending = pair.far.sendAll(data).then(() => pair.far.shutdown());

    const got = await receiveAll(pair.near);
    await sending;

    assert.ok(got.equals(data));
  });

  it('makes the sender wait while nobody receives, so that memory is bounded', async () => {
    await using pair = await Pair.open();
    await assert.rejects(pair.near.recv(1, { timeoutMs: 0 }), { code: 'WAIT_TIMED_OUT' });

    const sending = pair.far.sendAll(Buffer.alloc(50_000_000), { timeoutMs: 100 });

    await assert.rejects(sending, { code: 'WAIT_TIMED_OUT' });
    const unread = pair.near.recvNowait(Number.MAX_SAFE_INTEGER).length;
    assert.ok(unread < 200_000, `${unread} bytes were unread`);
  });

  it('can be aborted while it sends', async () => {
    await using pair = await Pair.open();
    const abort = new AbortController();
    const sending = pair.far.sendAll(Buffer.alloc(50_000_000), { signal: abort.signal });

    abort.abort(new Error('enough'));

    await assert.rejects(sending, /enough/);
  });

  it('may be given its bytes back once they were sent', async () => {
    await using pair = await Pair.open();
    const data = Buffer.alloc(65_536, 'a');

    while (pair.far.writable) pair.far.sendNowait(data);
    data.fill('b');
    const receiving = receiveAll(pair.near);
    await pair.far.sendAll(data.fill('a'));
    data.fill('b');
    pair.far.shutdown();

    assert.equal((await receiving).includes('b'), false);
  });

  it('sends what was sent before it closes, and tells who waits', async () => {
    await using pair = await Pair.open();
    const waiting = assert.rejects(pair.far.recv(1), { code: 'RUNTIME_STATE' });
    const received = receiveAll(pair.near);

    await poll(() => pair.far.sendNowait('the end'));
    await pair.far.close();
    await pair.far.close();
    await waiting;

    assert.equal((await received).toString(), 'the end');
    for (const use of [() => pair.far.recv(1), () => pair.far.sendAll('x')]) await assert.rejects(use, { code: 'RUNTIME_STATE' });
    assert.deepEqual([pair.far.closed, pair.far.readable, pair.far.writable], [true, false, false]);
  });

  it('hangs up on one who does not receive when the time to close is over', async () => {
    await using pair = await Pair.open();
    while (pair.far.writable) pair.far.sendNowait(Buffer.alloc(65_536));

    await pair.far.close({ timeoutMs: 5 });

    assert.equal(pair.far.closed, true);
  });

  it('can be reset while it says goodbye, and more than once', async () => {
    await using pair = await Pair.open();
    const end = pair.near.recv(1).then(String, (error: { code: string }) => error.code);
    pair.far.shutdown();

    pair.far.reset();
    pair.far.reset();
    await pair.far.close();

    // Which one the other end sees depends on how far the goodbye has come.
    assert.ok(['', 'ECONNRESET'].includes(await end));
  });

  it('cannot be connected where nobody listens, nor after an abort', async () => {
    const server = await TcpServer.listen();
    const { address } = server;
    server.close();
    const abort = AbortSignal.abort(new Error('enough'));

    await assert.rejects(TcpSocket.connect(address), { code: 'ECONNREFUSED' });
    await assert.rejects(TcpSocket.connect(address, { signal: abort }), /enough/);
    await assert.rejects(TcpSocket.connect(address, { timeoutMs: 0 }), { code: 'WAIT_TIMED_OUT' });
  });

  it('can be given away unread, and is closed then, though the connection is not', async () => {
    await using pair = await Pair.open();
    await pair.far.sendAll('for another');

    const raw = pair.near.detach();
    await pair.near.close();
    const other = new TcpSocket(raw);
    const got = await other.recv(1024);
    await other.sendAll('thanks');
    const answer = await pair.far.recv(1024);
    assert.throws(() => other.detach(), { code: 'RUNTIME_STATE' });
    await other.close();

    assert.equal(pair.near.closed, true);
    assert.deepEqual([got.toString(), answer.toString()], ['for another', 'thanks']);
  });

  it('leaves no listener behind on what it gave away', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const raw = connect((server.address() as { port: number }).port, '127.0.0.1');
    await once(raw, 'connect');
    const events = ['data', 'end', 'error', 'close'];
    const before = events.map((event) => raw.listenerCount(event));

    const given = new TcpSocket(raw).detach();

    assert.equal(given, raw);
    assert.deepEqual(
      events.map((event) => raw.listenerCount(event)),
      before,
    );
    raw.destroy();
    server.close();
    await once(server, 'close');
  });

  it('refuses to receive nothing: no bytes mean the end', async () => {
    await using pair = await Pair.open();

    for (const size of [0, -1, 1.5]) await assert.rejects(pair.near.recv(size), { code: 'RUNTIME_VALUE' });
    await assert.rejects(pair.near.recv(1, { timeoutMs: -1 }), { code: 'RUNTIME_VALUE' });
  });
});
