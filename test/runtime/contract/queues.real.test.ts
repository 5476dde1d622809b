// The queues, the same over every backend. The cases are those of CPython's test_queue.py and _TestQueue.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Empty, Full, ShutDown, StateError, ValueError } from '#src/runtime/errors';
import { aWhile, backends, take } from './backend.ts';

for (const backend of backends) {
  describe(`queues over ${backend.name}`, () => {
    it('give their items in the order they promise', async () => {
      const orders = [];
      for (const items of [backend.queue<number>(), backend.lifo<number>(), backend.priority<number>()]) {
        for (const item of [111, 333, 222]) await items.put(item);
        orders.push(await take(items, 3));
      }

      assert.deepEqual(orders, [
        [111, 333, 222],
        [222, 333, 111],
        [111, 222, 333],
      ]);
    });

    it('give equal priorities in the order they were put, whatever they carry', async () => {
      const items = backend.priority<[number, unknown]>();

      for (const item of [
        [2, { b: 1 }],
        [1, { z: 1 }],
        [2, { a: 1 }],
        [1, 'text'],
      ] as [number, unknown][])
        await items.put(item);

      assert.deepEqual(await take(items, 4), [
        [1, { z: 1 }],
        [1, 'text'],
        [2, { b: 1 }],
        [2, { a: 1 }],
      ]);
    });

    it('are full at their size and no sooner, and empty when nothing is left', async () => {
      const items = backend.queue<number>(5);
      const states = [];

      for (let i = 0; i < 5; i++) {
        states.push([await items.empty(), await items.full(), await items.qsize()]);
        await items.putNowait(i);
      }
      const full = await items.full();

      assert.deepEqual(states, [
        [true, false, 0],
        [false, false, 1],
        [false, false, 2],
        [false, false, 3],
        [false, false, 4],
      ]);
      assert.equal(full, true);
      assert.equal(await items.tryPut(9), false);
      await assert.rejects(async () => await items.putNowait(9), Full);
      await assert.rejects(items.put(9, { timeoutMs: 5 }), Full);
      await assert.rejects(items.put(9, { timeoutMs: 0 }), Full);
      assert.deepEqual(await take(items, 5), [0, 1, 2, 3, 4]);
      assert.equal(await items.tryGet(), undefined);
      await assert.rejects(async () => await items.getNowait(), Empty);
      await assert.rejects(items.get({ timeoutMs: 5 }), Empty);
      await assert.rejects(items.get({ timeoutMs: 0 }), Empty);
    });

    it('let a producer wait for room, and a consumer for an item', async () => {
      const [items, reports] = [backend.queue<number>(1), backend.queue<unknown>()];
      await items.put(1);

      const producer = backend.spawn('putOne', items, reports, 2);
      assert.deepEqual(await take(reports, 1), ['puts']);
      await aWhile();
      const before = await reports.qsize();
      const first = await items.get();
      assert.deepEqual(await take(reports, 1), ['in']);
      const second = await items.get();
      const consumer = backend.spawn('getOne', items, reports);
      await take(reports, 1);
      await items.put(3);

      assert.deepEqual([before, first, second], [0, 1, 2]);
      assert.deepEqual(await take(reports, 1), [3]);
      await producer.join();
      await consumer.join();
    });

    it('carry what Python would: null, text, numbers, Map, Date, bytes, deep and long', async () => {
      const items = backend.queue<unknown>();
      const sent = [
        [42, null, 'hello'],
        new Map([
          [1, 'a'],
          ['1', 'b'],
        ] as [unknown, string][]),
        new Date(5),
        Buffer.from([0, 10, 255]),
        { a: [{ b: 'ü\n"' }] },
        2n ** 70n,
        'x'.repeat(300_000),
      ];

      for (const item of sent) await items.put(item);

      assert.deepEqual(await take(items, sent.length), sent);
    });

    it('lose nothing, double nothing and keep the order of each producer', async () => {
      const [items, reports] = [backend.queue<unknown>(16), backend.queue<[string, [number, number]]>()];
      const each = 150;

      const producers = [0, 1].map((who) =>
        backend.spawn(
          'putAll',
          Array.from({ length: each }, (_, i) => [who, i]),
          items,
        ),
      );
      const consumers = ['x', 'y'].map((tag) => backend.spawn('takeAll', items, reports, tag));
      const got = await take(reports, 2 * each);
      for (const producer of producers) await producer.join();
      for (const _ of consumers) await items.put('stop');
      for (const consumer of consumers) await consumer.join();

      const seen = new Set(got.map(([, item]) => item.join()));
      assert.equal(seen.size, 2 * each);
      for (const tag of ['x', 'y']) {
        for (const who of [0, 1]) {
          const order = got.filter(([by, [from]]) => by === tag && from === who).map(([, [, i]]) => i);
          assert.deepEqual(
            order,
            order.toSorted((a, b) => a - b),
          );
        }
      }
    });

    it('are joined when every item is dealt with, and refuse one taskDone too many', async () => {
      const [items, reports] = [backend.joinable<unknown>(), backend.queue<unknown>()];
      for (let i = 0; i < 6; i++) await items.put(i);

      const early = await items.join({ timeoutMs: 5 });
      const consumers = ['x', 'y'].map((tag) => backend.spawn('takeAll', items, reports, tag));
      const joined = await items.join({ timeoutMs: 20_000 });
      const dealtWith = await reports.qsize();
      for (const _ of consumers) await items.put('stop');
      for (const consumer of consumers) await consumer.join();
      await items.taskDone();
      await items.taskDone();

      assert.deepEqual([early, joined, dealtWith], [false, true, 6]);
      await assert.rejects(async () => await items.taskDone(), StateError);
    });

    it('give what is left after a shutdown, then say so to everyone who waits', async () => {
      const [items, reports] = [backend.queue<number>(), backend.queue<unknown>()];
      await items.put(1);
      await items.get();
      const waiting = backend.spawn('getOne', items, reports);
      await take(reports, 1);
      await aWhile();

      await items.shutdown();
      await items.shutdown();

      assert.deepEqual(await take(reports, 1), ['ShutDown']);
      await assert.rejects(async () => await items.tryPut(2), ShutDown);
      await waiting.join();
    });

    it('drop what is inside when the shutdown is immediate, so that nobody waits for it to be dealt with', async () => {
      const items = backend.joinable<number>();
      for (let i = 0; i < 3; i++) await items.put(i);
      const taken = await items.get();

      await items.shutdown({ immediate: true });
      const before = await items.join({ timeoutMs: 5 });
      await items.taskDone();

      assert.equal(taken, 0);
      assert.equal(before, false);
      assert.equal(await items.join({ timeoutMs: 5_000 }), true);
      await assert.rejects(items.get(), ShutDown);
    });

    it('can be iterated until they are shut down and drained', async () => {
      const items = backend.queue<number>();
      for (let i = 0; i < 3; i++) await items.put(i);
      await items.qsize();
      await items.shutdown();

      const seen: number[] = [];
      for await (const item of items) seen.push(item);

      assert.deepEqual(seen, [0, 1, 2]);
    });

    it('refuse a negative time and a size that is no whole number, and lose nothing by an abort', async () => {
      const items = backend.queue<number>(1);
      const abort = new AbortController();

      const getting = items.get({ signal: abort.signal });
      await aWhile();
      abort.abort(new Error('enough'));
      await assert.rejects(getting, /enough/);
      await items.put(1);
      const late = new AbortController();
      const putting = items.put(2, { signal: late.signal });
      await aWhile();
      late.abort(new Error('enough'));

      await assert.rejects(putting, /enough/);
      await assert.rejects(async () => await items.get({ timeoutMs: -1 }), ValueError);
      await assert.rejects(async () => await items.put(3, { timeoutMs: -1 }), ValueError);
      assert.throws(() => backend.queue(1.5), ValueError);
      assert.deepEqual([await items.get(), await items.qsize()], [1, 0]);
    });
  });
}
