// Shared memory, blocking: what the methods that end in Sync do, in workers that block and in the thread that waits for them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DeadlockError, Empty, Full, ShutDown, StateError, ValueError } from '#src/runtime/errors';
import {
  Barrier,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  RLock,
  Semaphore,
  SharedArray,
  Value,
} from '#src/runtime/shared';
import { Thread } from '#src/runtime/threads/thread';
import { WorkerThread } from '#src/runtime/threads/worker-thread';
import { ref } from '#src/runtime/wire/function-ref';

const url = new URL('shared-targets.js', import.meta.url).href;

function start(name: string, ...args: unknown[]): WorkerThread {
  return new WorkerThread({ target: ref(url, name), args }).start();
}

describe('shared memory, blocking', () => {
  it('a lock excludes workers that block on it', async () => {
    const [lock, value] = [new Lock(), new Value('f64')];

    const workers = [1, 2, 3].map(() => start('countSync', lock, value, 20_000));
    for (const worker of workers) await worker.join();

    assert.equal(value.value, 60_000);
    assert.equal(lock.locked(), false);
  });

  it('update is whole, with one number and with many', async () => {
    const [value, numbers] = [new Value('i32', 5), new SharedArray('f64', [0, 0])];

    const workers = [1, 2].map(() => start('updateSync', value, numbers, 5_000));
    for (const worker of workers) await worker.join();

    assert.deepEqual([value.value, ...numbers], [10_005, 10_000, -10_000]);
    assert.deepEqual([numbers.get(-1), numbers.length, numbers.slice(0, 1)], [-10_000, 2, [10_000]]);
    assert.throws(() => numbers.get(2), ValueError);
    assert.throws(() => new SharedArray('i7' as never, 1), ValueError);
    assert.equal(await value.update((n) => n * 2), 20_010);
  });

  it('a lock of a worker that was ended goes to one that blocks, which is told', async () => {
    for (let round = 0; round < 8; round++) {
      const [lock, held, told] = [new Lock(), new Event(), new Queue<boolean>()];
      const holder = start('holdSync', lock, held);
      await held.wait();
      const next = start('takeSync', lock, told);

      holder.terminate();

      assert.equal(await told.get({ timeoutMs: 20_000 }), true);
      await holder.join();
      await next.join();
    }
  });

  it('queues hand over in order, block while they are full or empty, and end when they are shut down', async () => {
    const [items, sums] = [new Queue<number>(3), new Queue<number[]>()];

    const consumer = start('collectSync', items, sums);
    const producer = start('putSync', items, 500);
    await producer.join();
    items.shutdown();

    assert.deepEqual(
      await sums.get({ timeoutMs: 20_000 }),
      Array.from({ length: 500 }, (_, i) => i),
    );
    await consumer.join();
    assert.throws(() => items.putSync(1), ShutDown);
    assert.throws(() => items.getSync(), ShutDown);
  });

  it('many items at once keep their order and the bound', async () => {
    const items = new Queue<number>(10);

    const producer = start('putManySync', items, 1_000);
    const seen: number[] = [];
    while (seen.length < 1_000) {
      const some = await items.getMany(64);
      assert.ok(some.length <= 10);
      seen.push(...some);
    }
    await producer.join();

    assert.deepEqual(
      seen,
      Array.from({ length: 1_000 }, (_, i) => i),
    );
  });

  it('a queue grows with its items, in whatever order they come and go', () => {
    for (const items of [new Queue<string>(), new LifoQueue<string>()]) {
      const expected: string[] = [];
      for (let round = 0; round < 60; round++) {
        for (let i = 0; i < 5; i++) {
          const item = `${round}-${i} ${'ü'.repeat(round * 97)}`;
          items.putSync(item);
          expected.push(item);
        }
        for (let i = 0; i < 3; i++) assert.equal(items.getSync(), items instanceof LifoQueue ? expected.pop() : expected.shift());
      }
      assert.equal(items.qsize(), expected.length);
      items.putSync('x'.repeat(3 << 20));
      if (items instanceof LifoQueue) assert.equal(items.getSync().length, 3 << 20);
      while (!items.empty() && expected.length > 0)
        assert.equal(items.getSync(), items instanceof LifoQueue ? expected.pop() : expected.shift());
    }
  });

  it('a priority queue refuses what has no order, and stays as it was', () => {
    const items = new PriorityQueue<unknown>();
    items.putSync(3);

    assert.throws(() => items.putSync({ no: 'order' }), ValueError);
    items.putSync(1);

    assert.deepEqual([items.getSync(), items.getSync(), items.qsize()], [1, 3, 0]);
  });

  it('conditions and barriers wake those who block', async () => {
    const [condition, flag, barrier, indexes] = [new Condition(), new Value('i32'), new Barrier(3), new Queue<number>()];

    const waiting = start('awaitFlagSync', condition, flag, indexes);
    const parties = [1, 2].map(() => start('meetSync', barrier, indexes));
    await condition.withLock(() => {
      flag.value = 1;
      condition.notifyAll();
    });
    const own = await barrier.wait();

    const seen = new Set([own]);
    for (let i = 0; i < 3; i++) seen.add(await indexes.get({ timeoutMs: 20_000 }));
    assert.deepEqual(seen, new Set([0, 1, 2, 100]));
    for (const worker of [waiting, ...parties]) await worker.join();
  });

  it('time is over when it is, in the main thread too', () => {
    const [lock, semaphore, event, queue, condition, rlock, barrier] = [
      new Lock(),
      new Semaphore(0),
      new Event(),
      new Queue<number>(1),
      new Condition(),
      new RLock(),
      new Barrier(2),
    ];
    lock.acquireSync();
    queue.putSync(1);
    rlock.acquireSync();
    condition.acquireSync();

    assert.deepEqual([lock.acquireSync(5), lock.acquireSync(0), semaphore.acquireSync(5), event.waitSync(5)], [false, false, false, false]);
    assert.deepEqual(
      [condition.waitSync(0), condition.waitSync(5), rlock.acquireSync(), rlock.recursionCount(), queue.joinSync(5)],
      [false, false, true, 2, false],
    );
    assert.throws(() => queue.putSync(2, 5), Full);
    assert.throws(() => new Queue().getSync(0), Empty);
    assert.throws(() => lock.acquireSync(-1), ValueError);
    assert.throws(() => condition.waitSync(-1), ValueError);
    assert.throws(() => barrier.waitSync(5), /barrier is broken/);
    condition.notify();
    condition.release();
    assert.throws(() => condition.release(), StateError);
  });

  it('a thread that blocks on its own lock is told instead', async () => {
    const lock = new Lock({ name: 'own' });
    let outcome: unknown;

    await new Thread({
      name: 'T',
      target: () => {
        lock.acquireSync();
        try {
          lock.acquireSync();
        } catch (error) {
          outcome = error;
        }
        lock.release();
      },
    })
      .start()
      .join();

    assert.ok(outcome instanceof DeadlockError);
    assert.equal(outcome.message, 'T waits lock own held by T');
  });

  it('a queue is whole, in whatever instruction a worker that blocks was ended', async () => {
    for (let round = 0; round < 12; round++) {
      const [items, running] = [new Queue<number>(4), new Event()];
      const worker = start('churnSync', items, running);
      await running.wait();
      await new Promise((resolve) => setTimeout(resolve, round % 5));

      worker.terminate();
      await worker.join();

      assert.ok(items.qsize() <= 2, `round ${round}`);
      while (!items.empty()) assert.equal(typeof items.getSync(1_000), 'number');
      items.putSync(7);
      assert.equal(items.getSync(1_000), 7);
      items.close();
    }
  });
});
