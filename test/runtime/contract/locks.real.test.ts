// Lock and RLock, the same over every backend. The cases are those of CPython's lock_tests.py.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StateError, ValueError } from '#src/runtime/errors';
import { aWhile, backends, take } from './backend.ts';

for (const backend of backends) {
  describe(`Lock over ${backend.name}`, () => {
    it('lets nobody in while it is held, and everyone in turn afterwards, in order of arrival', async () => {
      const [lock, reports] = [backend.lock(), backend.queue<string>()];
      const guard = await lock.acquire();

      const visitors = [];
      for (const tag of ['a', 'b', 'c']) {
        visitors.push(backend.spawn('visit', lock, reports, tag));
        assert.deepEqual(await take(reports, 1), [`${tag} comes`]);
        await aWhile();
      }
      const before = await reports.qsize();
      guard?.release();

      assert.equal(before, 0);
      assert.deepEqual(await take(reports, 3), ['a has it', 'b has it', 'c has it']);
      for (const visitor of visitors) await visitor.join();
      assert.equal(await lock.locked(), false);
    });

    it('is not to be had by tryAcquire from elsewhere while it is held, nor within a time', async () => {
      const [lock, reports] = [backend.lock(), backend.queue<boolean>()];
      await lock.acquire();

      await backend.spawn('tryOnce', lock, reports).join();
      await backend.spawn('tryFor', lock, reports, 30).join();
      const held = await take(reports, 2);
      await lock.release();
      await backend.spawn('tryOnce', lock, reports).join();

      assert.deepEqual(held, [false, false]);
      assert.deepEqual(await take(reports, 1), [true]);
    });

    it('excludes: nobody reads and writes between another one reading and writing', async () => {
      const [lock, number] = [backend.lock(), backend.queue<number>(0)];
      await number.put(0);

      const units = [1, 2, 3].map(() => backend.spawn('addOnes', lock, number, 20));
      for (const unit of units) await unit.join();

      assert.equal(await number.get(), 60);
    });

    it('is free again after work that throws', async () => {
      const lock = backend.lock();

      const failing = lock.withLock(() => {
        throw new TypeError('as it happens');
      });

      await assert.rejects(failing, TypeError);
      assert.equal(await lock.locked(), false);
    });

    it('may be released by another one than who acquired it', async () => {
      const [lock, reports] = [backend.lock(), backend.queue<unknown>()];
      await lock.acquire();

      await backend.spawn('giveBack', lock, reports).join();

      assert.equal(await lock.locked(), false);
    });

    it('refuses to be released when nobody has it', async () => {
      const lock = backend.lock();

      await assert.rejects(async () => await lock.release(), StateError);

      assert.notEqual(await lock.tryAcquire(), null);
    });

    it('leaves no ghost in the line after a time that was over, or an abort', async () => {
      const lock = backend.lock();
      const guard = await lock.acquire();
      const reason = new Error('changed my mind');

      const late = await lock.acquire({ timeoutMs: 10 });
      const abort = new AbortController();
      const aborted = lock.acquire({ signal: abort.signal });
      abort.abort(reason);

      assert.equal(late, null);
      await assert.rejects(aborted, reason);
      await assert.rejects(lock.acquire({ signal: abort.signal }), reason);
      guard?.release();
      const again = await lock.acquire({ timeoutMs: 5_000 });
      assert.notEqual(again, null);
      again?.release();
      assert.equal(await lock.locked(), false);
    });

    it('refuses a negative time, and takes one beyond the longest timer', async () => {
      const lock = backend.lock();
      const guard = await lock.acquire();

      await assert.rejects(async () => await lock.acquire({ timeoutMs: -1 }), ValueError);
      const waiting = lock.acquire({ timeoutMs: 2 ** 33 });
      guard?.release();

      assert.notEqual(await waiting, null);
    });

    it('counts a guard that is released twice once', async () => {
      const [lock, reports] = [backend.lock(), backend.queue<boolean>()];
      const first = await lock.acquire();
      first?.release();
      await lock.acquire();

      first?.release();
      await backend.spawn('tryOnce', lock, reports).join();

      assert.deepEqual(await take(reports, 1), [false]);
    });

    it('is a deadlock, named whole, when two hold what the other wants', async () => {
      const [a, b, both, reports] = [backend.lock('a'), backend.lock('b'), backend.barrier(2), backend.queue<string | null>()];

      const units = [backend.spawn('twoLocks', a, b, both, reports), backend.spawn('twoLocks', b, a, both, reports)];
      const outcomes = await take(reports, 2);
      for (const unit of units) await unit.join();

      assert.equal(outcomes.filter((outcome) => outcome === 'DeadlockError').length, 1, String(outcomes));
    });
  });

  describe(`RLock over ${backend.name}`, () => {
    it('may be taken again by its owner, and is free after as many releases', async () => {
      const [lock, reports] = [backend.rlock(), backend.queue<unknown>()];
      const counts = [await lock.recursionCount()];

      await lock.acquire();
      counts.push(await lock.recursionCount());
      await lock.acquire();
      await lock.tryAcquire();
      counts.push(await lock.recursionCount());
      await backend.spawn('count', lock, reports).join();
      await lock.release();
      counts.push(await lock.recursionCount());
      await lock.release();
      await backend.spawn('tryOnce', lock, reports).join();
      await lock.release();
      await backend.spawn('tryOnce', lock, reports).join();

      assert.deepEqual(counts, [0, 1, 3, 2]);
      assert.deepEqual(await take(reports, 3), [0, false, true]);
    });

    it('is released by its owner only, and no more often than it was acquired', async () => {
      const [lock, reports] = [backend.rlock(), backend.queue<unknown>()];
      await lock.acquire();
      await lock.acquire();

      await backend.spawn('giveBack', lock, reports).join();
      await lock.release();
      await lock.release();

      assert.deepEqual(await take(reports, 1), ['StateError']);
      await assert.rejects(async () => await lock.release(), StateError);
    });
  });
}
