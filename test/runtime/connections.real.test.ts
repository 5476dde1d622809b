// Pipes, listeners, wait and managers. The cases are those of CPython's _test_multiprocessing.py.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, it } from 'node:test';
import { AuthenticationError, BrokenPipeError, Empty, EOFError, StateError, ValueError } from '#src/runtime/errors';
import { connectTo, Listener, Lock, Manager, Process, pipe, Queue, wait } from '#src/runtime/multiprocessing';
import { ref } from '#src/runtime/wire/function-ref';

const url = new URL('targets.js', import.meta.url).href;
const target = (name: string): ReturnType<typeof ref> => ref(url, name);

describe('pipe', () => {
  it('carries whole messages both ways: empty ones, long ones, whatever Python would send', async () => {
    const [a, b] = pipe();
    const messages = [[42, null, 'hello'], '', Buffer.alloc(0), new Map([[0.25, null]]), 'x'.repeat(16 << 20)];

    for (const message of messages) await a.send(message);
    await b.send('back');
    const heard = [];
    for (const _ of messages) heard.push(await b.recv());

    assert.deepEqual(heard, messages);
    assert.equal(await a.recv(), 'back');
  });

  it('does not block a sender whose message nobody has read yet, so that it can be joined first', async () => {
    const [mine, theirs] = pipe();

    const child = new Process({ target: target('talk'), args: [theirs] }).start();
    await child.join();
    await theirs.close();

    assert.deepEqual(await mine.recv(), [42, null, 'hello']);
    await assert.rejects(mine.recv(), EOFError);
    await assert.rejects(mine.send('nobody'), BrokenPipeError);
  });

  it('ends when the process at the other end is killed', async () => {
    const [mine, theirs] = pipe();
    const child = new Process({ target: target('echo'), args: [theirs] }).start();
    await theirs.close();
    await mine.send(1);
    const heard = await mine.recv({ timeoutMs: 20_000 });

    child.kill();

    assert.equal(heard, 1);
    await assert.rejects(mine.recv({ timeoutMs: 20_000 }), EOFError);
    await child.join();
  });

  it('says whether something has come, without taking it, and no longer than asked', async () => {
    const [a, b] = pipe();

    const before = [await b.poll(), await b.poll({ timeoutMs: -1 }), await b.poll({ timeoutMs: 5 })];
    await a.send('one');
    await a.send('two');
    const after = [await b.poll(), await b.poll({ timeoutMs: undefined })];
    const heard = [await b.recv(), await b.recv()];
    await a.close();
    const atEnd = await b.poll();

    assert.deepEqual([before, after, heard, atEnd], [[false, false, false], [true, true], ['one', 'two'], true]);
    await assert.rejects(b.recv({ timeoutMs: 5 }), EOFError);
  });

  it('of one direction refuses the other', async () => {
    const [reader, writer] = pipe({ duplex: false });

    await writer.sendBytes(Buffer.from('abc'));

    await assert.rejects(reader.send(1), /connection is read-only/);
    await assert.rejects(writer.recv(), /connection is write-only/);
    await assert.rejects(reader.recvBytes(2), ValueError);
    await writer.sendBytes(Buffer.from('abc'));
    assert.equal((await reader.recvBytes()).toString(), 'abc');
    await reader.close();
    await reader.close();
    await assert.rejects(reader.recv(), StateError);
  });

  it('may be sent through a queue, and stays open on the way', async () => {
    const queue = new Queue<unknown>();
    const [a, b] = pipe();

    await queue.put({ end: b });
    await b.close();
    const { end } = (await queue.get()) as { end: typeof b };
    await a.send('hello');

    assert.equal(await end.recv(), 'hello');
  });
});

describe('Listener and connectTo', () => {
  it('let those talk who know the key, over TCP and socket files', async () => {
    const places = [{ host: '127.0.0.1', port: 0 }, `/tmp/sshoal-listener-${process.pid}`];
    for (const address of process.platform === 'win32' ? places.slice(0, 1) : places) {
      await using listener = await Listener.open(address, { authkey: Buffer.from('secret') });
      const accepting = listener.accept();
      await using client = await connectTo(listener.address, { authkey: Buffer.from('secret') });
      await using server = await accepting;

      await client.send({ big: 2n ** 65n, text: 'x'.repeat(2 << 20) });
      const heard = (await server.recv()) as { big: bigint; text: string };
      await server.send('thanks');

      assert.deepEqual([heard.big, heard.text.length, await client.recv()], [2n ** 65n, 2 << 20, 'thanks']);
      await assert.rejects(client.recv({ timeoutMs: 5 }), Empty);
    }
  });

  it('tell both sides when the keys differ', async () => {
    await using listener = await Listener.open({ host: '127.0.0.1', port: 0 }, { authkey: Buffer.from('right') });

    const accepting = listener.accept();
    const connecting = connectTo(listener.address, { authkey: Buffer.from('') });
    const [served, connected] = await Promise.allSettled([accepting, connecting]);

    assert.deepEqual(
      [served, connected].map((outcome) => (outcome as PromiseRejectedResult).reason.message),
      ['digest received was wrong', 'digest sent was rejected'],
    );
    assert.ok((served as PromiseRejectedResult).reason instanceof AuthenticationError);
  });

  it('believe nobody who says nothing that makes sense, and go on with others', async () => {
    await using listener = await Listener.open({ host: '127.0.0.1', port: 0 });
    const { port } = listener.address as { port: number };

    for (const noise of ['', 'GET / HTTP/1.1\r\n\r\n', 'x'.repeat(1_000)]) {
      const accepting = listener.accept();
      const socket = net.connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.on('error', () => undefined);
      socket.end(noise);
      await assert.rejects(accepting, (error) => error instanceof AuthenticationError || error instanceof EOFError);
      socket.destroy();
    }
    const accepting = listener.accept();
    await using client = await connectTo(listener.address);
    await using server = await accepting;
    await client.send('hello');

    assert.equal(await server.recv(), 'hello');
  });

  it('end with the other side, after everything it had sent', async () => {
    await using listener = await Listener.open({ host: '127.0.0.1', port: 0 });
    const accepting = listener.accept();
    const client = await connectTo(listener.address);
    await using server = await accepting;

    for (let i = 0; i < 100; i++) await client.send(i);
    await client.close();
    const heard = [];
    for (let i = 0; i < 100; i++) heard.push(await server.recv());

    assert.deepEqual(
      heard,
      Array.from({ length: 100 }, (_, i) => i),
    );
    await assert.rejects(server.recv(), EOFError);
    await assert.rejects(client.send('late'), BrokenPipeError);
  });
});

describe('wait', () => {
  it('gives those that have something to read, and processes that have ended', async () => {
    const [a, b] = pipe();
    const [c, d] = pipe();
    const child = new Process({ target: target('pid') }).start();

    const none = await wait([b, d], { timeoutMs: 5 });
    await a.send(1);
    const some = await wait([b, d]);
    const ended = await wait([d, child.sentinel], { timeoutMs: 20_000 });
    await c.send(2);
    const all = await wait([b, d, child.sentinel], { timeoutMs: -1 });

    assert.deepEqual([none, some, ended, all], [[], [b], [child], [b, d, child]]);
    assert.deepEqual(await wait([]), []);
  });
});

describe('Manager', () => {
  it('shares dicts whose keys keep their type, and lists, with whoever holds them', async () => {
    await using manager = await Manager.start();
    const dict = manager.dict<unknown, unknown>([
      ['1', 'one'],
      [1, '1'],
      [0.25, null],
    ]);
    const list = manager.list<number>([0, 1, 2, 3, 4]);

    const children = [1, 2, 3].map(() => new Process({ target: target('appendPid'), args: [list] }).start());
    for (const child of children) await child.join();
    await list.reverse();

    assert.deepEqual(
      await dict.toMap(),
      new Map<unknown, unknown>([
        ['1', 'one'],
        [1, '1'],
        [0.25, null],
      ]),
    );
    assert.deepEqual((await list.toArray()).slice(-5), [4, 3, 2, 1, 0]);
    assert.deepEqual(new Set((await list.toArray()).slice(0, 3)), new Set(children.map((child) => child.pid)));
    assert.deepEqual([await list.at(-1), await list.size(), await dict.size(), await dict.has('2')], [0, 8, 3, false]);
    await assert.rejects(list.at(8), /IndexError/);
    await assert.rejects(dict.pop('2'), /KeyError: 2/);
    assert.equal(await dict.pop(1), '1');
    assert.equal(await dict.setDefault('new', 5), 5);
  });

  it('makes each call whole by itself; two calls need a lock, or add', async () => {
    await using manager = await Manager.start();
    const counts = manager.dict<string, number>([['n', 60]]);
    const lock = manager.lock();

    const locked = [1, 2, 3].map(() => new Process({ target: target('decrement'), args: [counts, lock, 20] }).start());
    for (const child of locked) await child.join();
    const after = await counts.get('n');
    const sums = await Promise.all(Array.from({ length: 20 }, async () => await counts.add('n', 1)));

    assert.equal(after, 0);
    assert.deepEqual(
      sums.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    assert.equal(await counts.get('n'), 20);
  });

  it('keeps a proxy inside another one what it is: shared', async () => {
    await using manager = await Manager.start();
    const outer = manager.dict<string, unknown>();
    const inner = manager.list([1]);

    await outer.set('inner', inner);
    await ((await outer.get('inner')) as typeof inner).push(2);

    assert.deepEqual(await inner.toArray(), [1, 2]);
  });

  it('has every primitive, and values and namespaces', async () => {
    await using manager = await Manager.start();
    const [condition, semaphore, bounded, event, barrier] = [
      manager.condition(),
      manager.semaphore(2),
      manager.boundedSemaphore(1),
      manager.event(),
      manager.barrier(1),
    ];
    const [queue, joinable, value, names, rlock] = [
      manager.queue<number>(1),
      manager.joinableQueue<number>(),
      manager.value(1.5),
      manager.namespace({ x: 1 }),
      manager.rlock(),
    ];

    await event.set();
    await queue.put(1);
    await joinable.put(2);
    await value.set(2.5);
    await names.set('y', 'z');

    assert.equal(await condition.withLock(async () => await condition.wait({ timeoutMs: 5 })), false);
    assert.deepEqual(
      [(await semaphore.tryAcquire()) !== null, (await bounded.tryAcquire()) !== null, await bounded.tryAcquire()],
      [true, true, null],
    );
    assert.deepEqual(
      [await event.wait(), await barrier.wait(), await queue.full(), await joinable.get(), await value.get()],
      [true, 0, true, 2, 2.5],
    );
    assert.deepEqual(
      await names.toMap(),
      new Map<string, unknown>([
        ['x', 1],
        ['y', 'z'],
      ]),
    );
    assert.equal(await rlock.withLock(async () => await rlock.recursionCount()), 1);
  });

  it('answers with an error to everyone when it has ended, even those who wait', async () => {
    const manager = await Manager.start();
    const lock = manager.lock();
    await lock.acquire();
    const waiting = lock.acquire();

    manager.process.kill();

    await assert.rejects(waiting, BrokenPipeError);
    await assert.rejects(lock.locked(), BrokenPipeError);
    await manager.shutdown();
    assert.notEqual(new Lock(), undefined);
  });
});
