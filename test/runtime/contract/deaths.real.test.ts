// What becomes of what the dead held, over the backends whose units can die in the middle of anything.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aWhile, backends, take } from './backend.ts';

for (const backend of backends.filter(({ mortal }) => mortal)) {
  describe(`after a death among ${backend.name}`, () => {
    it('a lock goes to the next in line, who is told', async () => {
      const [lock, reports, never] = [backend.lock(), backend.queue<string>(), backend.event()];
      const holder = backend.spawn('keep', lock, reports, never);
      await take(reports, 1);
      const next = backend.spawn('visit', lock, reports, 'next');
      await take(reports, 1);

      holder.end();

      assert.deepEqual(await take(reports, 1), ['next has it, abandoned']);
      await holder.join();
      await next.join();
      const guard = await lock.acquire({ timeoutMs: 5_000 });
      assert.equal(guard?.abandoned, false);
    });

    it('an RLock is free again, however deep it was held', async () => {
      const [lock, reports, never] = [backend.rlock(), backend.queue<string>(), backend.event()];
      const holder = backend.spawn('keep', lock, reports, never);
      await take(reports, 1);

      holder.end();
      const guard = await lock.acquire({ timeoutMs: 20_000 });

      assert.equal(guard?.abandoned, true);
      assert.equal(await lock.recursionCount(), 1);
      await holder.join();
    });

    it('a permit of a BoundedSemaphore comes back', async () => {
      const [semaphore, reports, never] = [backend.bounded(2), backend.queue<string>(), backend.event()];
      const holder = backend.spawn('keep', semaphore, reports, never);
      await take(reports, 1);
      await semaphore.acquire();

      holder.end();

      assert.notEqual(await semaphore.acquire({ timeoutMs: 20_000 }), null);
      assert.equal(await semaphore.tryAcquire(), null);
      await holder.join();
    });

    it('a wake-up is not lost with a waiter that dies just after it: the next one gets the lock', async () => {
      for (let round = 0; round < 5; round++) {
        const [lock, reports] = [backend.lock(), backend.queue<string>()];
        const guard = await lock.acquire();
        const first = backend.spawn('visit', lock, reports, 'first');
        await take(reports, 1);
        await aWhile();
        const second = backend.spawn('visit', lock, reports, 'second');
        await take(reports, 1);
        await aWhile();

        guard?.release();
        first.end();

        for (let seen = ''; !seen.startsWith('second'); ) [seen = ''] = await take(reports, 1);
        await first.join();
        await second.join();
      }
    });

    it('items that were taken and not dealt with go to another, and the queue can be joined', async () => {
      const [items, reports, never] = [backend.joinable<unknown>(), backend.queue<unknown>(), backend.event()];
      for (let i = 0; i < 5; i++) await items.put(i);
      const lost = backend.spawn('takeAndKeep', items, reports, 3, never);
      const kept = (await take(reports, 3)) as [string, number][];

      lost.end();
      await lost.join();
      const consumer = backend.spawn('takeAll', items, reports, 'other');
      const joined = await items.join({ timeoutMs: 20_000 });
      const seen = (await take(reports, 5)) as [string, number][];
      await items.put('stop');
      await consumer.join();

      assert.deepEqual(
        kept.map(([, item]) => item),
        [0, 1, 2],
      );
      assert.deepEqual(
        seen.map(([, item]) => item).toSorted((a, b) => a - b),
        [0, 1, 2, 3, 4],
      );
      assert.equal(joined, true);
    });

    it('a barrier whose party has died breaks instead of waiting for ever', async () => {
      const [barrier, reports] = [backend.barrier(3), backend.queue<unknown>()];
      const waiting = backend.spawn('meetAt', barrier, reports, 1);
      const dying = backend.spawn('meetAt', barrier, reports, 1);
      await take(reports, 2);
      while ((await barrier.nWaiting()) < 2) await aWhile();

      dying.end();

      assert.deepEqual(await take(reports, 1), [['after', 0, 'BrokenBarrierError']]);
      await dying.join();
      await waiting.join();
    });

    it('a lock and a queue are whole, in whatever instruction their user was ended', async () => {
      const [lock, items] = [backend.lock(), backend.queue<unknown>(4)];
      for (let round = 0; round < 8; round++) {
        const unit = backend.spawn('churn', items, lock);
        while ((await items.qsize()) === 0) await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setTimeout(resolve, round));

        unit.end();
        await unit.join();

        const guard = await lock.acquire({ timeoutMs: 20_000 });
        assert.notEqual(guard, null, `round ${round}`);
        guard?.release();
        // What it had put and not taken is there, whole; nothing else is.
        while (!(await items.empty())) assert.equal(typeof (await items.get({ timeoutMs: 5_000 })), 'number');
        await items.put('fresh');
        assert.equal(await items.get({ timeoutMs: 5_000 }), 'fresh');
      }
    });
  });
}
