// Listening and accepting over real loopback connections.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { TcpServer } from '#src/runtime/io/server';
import { TcpSocket } from '#src/runtime/io/socket';

describe('TcpServer', () => {
  it('gives connections out in order of arrival, and says from where they are', async () => {
    using server = await TcpServer.listen();
    const clients: TcpSocket[] = [];
    for (let i = 0; i < 3; i++) clients.push(await TcpSocket.connect(server.address));

    const accepted = [await server.accept(), await server.accept(), await server.accept()];

    assert.deepEqual(
      accepted.map((conn) => conn.peer),
      clients.map((client) => client.address),
    );
    await Promise.all([...clients, ...accepted].map(async (socket) => await socket.close()));
  });

  it('throws BlockingIOError when nobody waits', async () => {
    using server = await TcpServer.listen();

    assert.throws(() => server.acceptNowait(), { name: 'BlockingIOError', code: 'WOULD_BLOCK' });
    const client = await TcpSocket.connect(server.address);
    while (!server.readable) await turn();
    const conn = server.acceptNowait();

    assert.deepEqual(conn.peer, client.address);
    assert.throws(() => server.acceptNowait(), { code: 'WOULD_BLOCK' });
    await Promise.all([client.close(), conn.close()]);
  });

  it('gives up waiting when the time is over or on an abort, and loses no connection by it', async () => {
    using server = await TcpServer.listen();
    const abort = new AbortController();
    const waiting = server.accept({ signal: abort.signal });
    abort.abort(new Error('enough'));

    await assert.rejects(waiting, /enough/);
    await assert.rejects(server.accept({ timeoutMs: 5 }), { code: 'WAIT_TIMED_OUT' });
    await assert.rejects(server.accept({ timeoutMs: -1 }), { code: 'RUNTIME_VALUE' });
    const [conn, client] = await Promise.all([server.accept(), TcpSocket.connect(server.address)]);
    await Promise.all([client.close(), conn.close()]);
  });

  it('reads nothing from a connection before it is asked for, so that those who wait cost no memory', async () => {
    using server = await TcpServer.listen();
    const client = await TcpSocket.connect(server.address);

    const sending = client.sendAll(Buffer.alloc(50_000_000), { timeoutMs: 50 });

    await assert.rejects(sending, { code: 'WAIT_TIMED_OUT' });
    const raw = (await server.accept()).detach();
    assert.deepEqual([raw.bytesRead, raw.readableLength], [0, 0]);
    raw.destroy();
    client.reset();
    await client.close();
  });

  it('accepts in a loop until it is closed; connections given out go on', async () => {
    const server = await TcpServer.listen();
    const conns: TcpSocket[] = [];
    const loop = (async () => {
      for await (const conn of server) conns.push(conn);
    })();
    const client = await TcpSocket.connect(server.address);
    while (conns.length === 0) await turn();

    server.close();
    server.close();
    await loop;
    await client.sendAll('still here');
    const got = await conns[0]?.recv(1024);

    assert.equal(String(got), 'still here');
    await Promise.all([client, ...conns].map(async (socket) => await socket.close()));
  });

  it('tells who waits, and who comes later, that it was closed, and hangs up on those not accepted', async () => {
    const server = await TcpServer.listen();
    const waiting = assert.rejects(server.accept(), { code: 'RUNTIME_STATE' });
    server.close();
    const other = await TcpServer.listen();
    const client = await TcpSocket.connect(other.address);
    while (!other.readable) await turn();
    other.close();

    await waiting;
    await assert.rejects(server.accept(), { code: 'RUNTIME_STATE' });
    assert.throws(() => server.acceptNowait(), { code: 'RUNTIME_STATE' });
    await assert.rejects(client.recv(1), { code: 'ECONNRESET' });
    assert.deepEqual([other.closed, other.readable], [true, false]);
    await client.close();
  });

  it('cannot listen where another does, but at once where one was closed', async () => {
    const server = await TcpServer.listen();
    const { port } = server.address;

    await assert.rejects(TcpServer.listen({ port }), { code: 'EADDRINUSE' });
    await assert.rejects(TcpServer.listen({ signal: AbortSignal.abort(new Error('enough')) }), /enough/);
    server.close();
    await turn();
    using again = await TcpServer.listen({ port });

    assert.equal(again.address.port, port);
  });
});
