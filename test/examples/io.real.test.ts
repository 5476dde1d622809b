// The examples about I/O models and TCP servers print what the documents say they print: order and answers, never times.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TcpServer } from '#src/runtime/io/server';
import { runExample } from './run-example.ts';

describe('examples about I/O models', { concurrency: 3 }, () => {
  it('io-blocking: the second client waits until the first leaves', async () => {
    assert.deepEqual(await runExample('io-blocking'), [
      'start....',
      'MainThread serves a client, and nobody else',
      'client 1 >>> HELLO',
      'client 1 >>> BYE',
      'client 1 leaves',
      'MainThread serves a client, and nobody else',
      'client 2 >>> HELLO',
      'client 2 leaves',
    ]);
  });

  it('io-threads: nobody holds up the others, not even two hundred', async () => {
    const lines = await runExample('io-threads');

    assertOrder(lines, ['client 1 >>> HELLO', 'client 1 >>> BYE', 'client 1 leaves']);
    assertOrder(lines, ['client 2 >>> HELLO', 'client 1 leaves']);
    assert.equal(lines.at(-1), '200 answered, by 200 threads');
  });

  it('io-thread-pool: who comes when all are busy waits until one leaves, and never are more served than there is room for', async () => {
    const lines = await runExample('io-thread-pool');

    assertOrder(lines, ['a pool of 2:', 'client 1 >>> HELLO', 'client 1 leaves', 'client 3 >>> HELLO', 'client 2 leaves']);
    const pools = lines.flatMap((line) => [...line.matchAll(/^pool of (\d): (\d) at once, 8 clients/g)]);
    assert.deepEqual(
      pools.map(([, size]) => size),
      ['1', '2', '4', '8'],
    );
    for (const [line, size, most] of pools) assert.ok(Number(most) >= 1 && Number(most) <= Number(size), line);
  });

  it('io-nonblocking: one thread polls a list of connections, from which the closed and the reset are removed', async () => {
    const lines = await runExample('io-nonblocking');

    assertOrder(lines, ['start....', 'conn_list: 1', 'conn_list: 2', 'client 2 >>> HELLO', 'client 1 >>> BYE']);
    assertOrder(lines, ['ConnectionResetError: Connection reset by peer', 'client 4 >>> STILL THERE?', 'conn_list: 0']);
  });

  it('io-multiplexing: one thread serves two clients by turns, and survives a reset', async () => {
    const lines = await runExample('io-multiplexing');

    assertOrder(lines, ['start....', 'addr 127.0.0.1, 2 connected', 'client 2 >>> HELLO', 'client 1 >>> BYE', 'client 2 >>> BYE']);
    assertOrder(lines, ['client 2 leaves', 'client 4 >>> STILL THERE?', 'client 4 leaves']);
    assert.deepEqual(row(lines, 'epoll'), ['no limit', 'no', 'yes', 'yes']);
  });

  it('io-selectors: the best selector there is here, answers with _SB, and closings', async () => {
    const lines = await runExample('io-selectors');

    const kinds: Partial<Record<NodeJS.Platform, string>> = { linux: 'EpollSelector', darwin: 'KqueueSelector', win32: 'IocpSelector' };
    assert.equal(lines[0], kinds[process.platform] ?? lines[0]);
    assertOrder(lines, ['client 1 >>> HELLO_SB', 'client 2 >>> HELLO_SB', 'client 2 leaves', 'client 1 >>> BYE_SB']);
    assertOrder(lines, ['client 1 leaves', 'ConnectionResetError', 'closing 127.0.0.1']);
    assert.equal(lines.filter((line) => line === 'closing 127.0.0.1').length, 3);
  });

  it('io-asynchronous: something else is done between asking and the end', async () => {
    assert.deepEqual(await runExample('io-asynchronous'), [
      'file: asked for',
      'file: doing something else',
      'file: completed: some data',
      'socket: asked for',
      'socket: doing something else',
      'socket: completed: some data',
    ]);
  });

  it('io-signal-driven: a signal and an event say that it is ready, and the kernel cannot be asked', async () => {
    const lines = await runExample('io-signal-driven');

    const signalled = ['the handler is set; doing something else', 'SIGIO: ready; read by myself: some data'];
    assert.deepEqual(lines, [
      ...(process.platform === 'win32' ? ['SIGIO: there is none on Windows'] : signalled),
      'readable: ready; read by myself: some data',
      'Node has no fcntl(O_ASYNC): the kernel cannot be asked to send SIGIO',
    ]);
  });

  it('io-comparison: each model is measured, with one client and with many', async () => {
    const lines = await runExample('io-comparison');

    assert.deepEqual(row(lines, 'asynchronous'), ['nobody', 'nobody']);
    for (const model of ['blocking, a thread each', 'polling without a pause', 'polling every 20 ms', 'select'])
      assert.match(row(lines, model).join(' | '), /^\d+ % \| \d+\.\d ms \| \d+ % \| \d+\.\d ms$/);
  });

  it('io-heavy-handler: what computes in the thread of the server delays all, in a worker thread nobody', async () => {
    const lines = await runExample('io-heavy-handler');

    assert.deepEqual(lines, [
      'in the thread of the server: hello waits for heavy',
      '  heavy >>> 539777',
      '  hello >>> at once',
      'in a worker thread: it does not',
      '  hello >>> at once',
      '  heavy >>> 539777',
    ]);
  });
});

describe('examples about TCP servers', { concurrency: 3 }, () => {
  it('tcp-server-threads: several are answered at the same time, and a reset is printed and stops nobody else', async () => {
    const lines = await runExample('tcp-server-threads');

    assertOrder(lines, ['client 1 >>> hellogun dan!', 'client 1 >>> bye gun dan!', 'client 1 leaves']);
    assertOrder(lines, ['hello', 'client 2 >>> hellogun dan!', 'client 1 leaves']);
    assertOrder(lines, ['I crash', 'ConnectionResetError: Connection reset by peer', 'still there?', 'client 4 >>> still there?gun dan!']);
    assert.equal(lines.filter((line) => /^addr \{ host: '127\.0\.0\.1', port: \d+ \}$/.test(line)).length, 4);
  });

  it('tcp-server-processes: each connection is answered by a process of its own', async () => {
    const lines = await runExample('tcp-server-processes');

    assertOrder(lines, ['client 1 >>> hellogun dan!', 'client 1 >>> bye gun dan!', 'client 1 leaves']);
    assertOrder(lines, ['client 2 >>> hellogun dan!', 'client 2 leaves', 'I crash', 'ConnectionResetError: Connection reset by peer']);
    assert.equal(lines.filter((line) => line === 'another process: true').length, 3);
  });

  it('tcp-client: says its words to the server at a port, and prints what is answered', async () => {
    using server = await TcpServer.listen();
    const serving = (async () => {
      await using conn = await server.accept();
      for (let data = await conn.recv(1024); data.length > 0; data = await conn.recv(1024)) await conn.sendAll(`<${data.toString()}>`);
    })();

    const lines = await runExample('tcp-client', String(server.address.port), 'hello', 'bye');
    await serving;

    assert.deepEqual(lines, ['>>> <hello>', '>>> <bye>']);
  });
});

/** That these lines were printed, in this order, whatever stands between. */
function assertOrder(lines: readonly string[], expected: readonly string[]): void {
  let from = 0;
  for (const line of expected) {
    const at = lines.indexOf(line, from);
    assert.notEqual(at, -1, `'${line}' should come after line ${from} of:\n${lines.join('\n')}`);
    from = at + 1;
  }
}

/** The cells of a row that console.table printed. */
function row(lines: readonly string[], name: string): string[] {
  const cells = lines.map((line) => line.split('│').map((cell) => cell.trim().replaceAll("'", ''))).find((found) => found[1] === name);
  assert.ok(cells, `no row ${name} in:\n${lines.join('\n')}`);
  return cells.slice(2, -1);
}
