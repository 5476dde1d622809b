// The bounded queue, as CPython's test_queue asks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Queue } from '#src/runtime/local/queue';

describe('Queue', () => {
  it('gives items back in the order they were put', async () => {
    const queue = new Queue<number>(5);
    for (const item of [111, 222, 333, 444, 555]) await queue.put(item);

    const full = queue.full();
    const items = [await queue.get(), await queue.get(), await queue.get(), await queue.get(), await queue.get()];

    assert.equal(full, true);
    assert.deepEqual(items, [111, 222, 333, 444, 555]);
    assert.equal(queue.empty(), true);
  });

  it('holds a producer back while it is full, and a consumer while it is empty', async () => {
    const queue = new Queue<string>(1);
    const log: string[] = [];
    await queue.put('a');
    const putting = queue.put('b').then(() => log.push('put b'));
    await turn();
    const before = [...log];

    await queue.get();
    await putting;
    await queue.get();
    const getting = queue.get().then((item) => log.push(`got ${item}`));
    await turn();
    await queue.put('c');
    await getting;

    assert.deepEqual(before, []);
    assert.deepEqual(log, ['put b', 'got c']);
  });

  it('throws Full and Empty when the time is over, at once for no time', async () => {
    const queue = new Queue<number>(1);
    await assert.rejects(queue.get({ timeoutMs: 0 }), { code: 'QUEUE_EMPTY' });
    await assert.rejects(queue.get({ timeoutMs: 5 }), { code: 'QUEUE_EMPTY' });
    await queue.put(1);

    await assert.rejects(queue.put(2, { timeoutMs: 0 }), { code: 'QUEUE_FULL' });
    await assert.rejects(queue.put(2, { timeoutMs: 5 }), { code: 'QUEUE_FULL' });
    assert.deepEqual([queue.tryPut(2), queue.tryGet(), queue.tryGet()], [false, 1, undefined]);
  });

  it('refuses negative times', async () => {
    const queue = new Queue<number>(1);

    await assert.rejects(queue.put(1, { timeoutMs: -1 }), { code: 'RUNTIME_VALUE' });
    await assert.rejects(queue.get({ timeoutMs: -1 }), { code: 'RUNTIME_VALUE' });
  });

  it('loses and doubles nothing between many producers and consumers', async () => {
    const queue = new Queue<number>(8);
    const seen: number[] = [];
    const consume = async (): Promise<void> => {
      for await (const item of queue) {
        if (item % 7 === 0) await turn();
        seen.push(item);
      }
    };
    const produce = async (from: number): Promise<void> => {
      for (let i = from; i < 2_000; i += 10) await queue.put(i);
    };

    const consumers = Array.from({ length: 10 }, consume);
    await Promise.all(Array.from({ length: 10 }, async (_, i) => await produce(i)));
    queue.shutdown();
    await Promise.all(consumers);

    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      [...Array(2_000).keys()],
    );
  });

  it('joins when every item was dealt with, and refuses one taskDone too many', async () => {
    const queue = new Queue<number>();
    await queue.put(1);
    await queue.put(2);
    let joined = false;
    const joining = queue.join().then(() => {
      joined = true;
    });

    queue.taskDone();
    await turn();
    const early = joined;
    queue.taskDone();
    await joining;

    assert.equal(early, false);
    assert.throws(() => queue.taskDone(), { code: 'RUNTIME_STATE' });
    assert.equal(await queue.join(), true);
  });

  it('drains after shutdown, then ends readers, and refuses writers', async () => {
    const queue = new Queue<number>(2);
    await queue.put(1);
    await queue.put(2);
    const blocked = queue.put(3);
    queue.shutdown();

    const drained: number[] = [];
    for await (const item of queue) drained.push(item);

    assert.deepEqual(drained, [1, 2]);
    await assert.rejects(blocked, { code: 'QUEUE_SHUT_DOWN' });
    await assert.rejects(queue.put(4), { code: 'QUEUE_SHUT_DOWN' });
    await assert.rejects(queue.get(), { code: 'QUEUE_SHUT_DOWN' });
  });

  it('drops what is inside on immediate shutdown, and lets join go', async () => {
    const queue = new Queue<number>();
    await queue.put(1);
    const joining = queue.join();

    queue.shutdown({ immediate: true });

    assert.equal(await joining, true);
    assert.equal(queue.qsize(), 0);
  });

  it('waits longer than one timer can, and still gives up its place on abort', async () => {
    const queue = new Queue<number>();
    const abort = new AbortController();
    const waiting = queue.get({ timeoutMs: 2 ** 40, signal: abort.signal });

    await turn();
    abort.abort(new Error('enough'));

    await assert.rejects(waiting, /enough/);
  });
});
