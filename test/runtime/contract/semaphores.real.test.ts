// Semaphore and BoundedSemaphore, the same over every backend. The cases are those of CPython's lock_tests.py.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StateError, ValueError } from '#src/runtime/errors';
import { aWhile, backends, take } from './backend.ts';

for (const backend of backends) {
  describe(`Semaphore over ${backend.name}`, () => {
    it('lets in as many as it has permits, and others as permits come back', async () => {
      const [semaphore, reports] = [backend.semaphore(2), backend.queue<string>()];
      await semaphore.acquire();
      await semaphore.acquire();

      const visitors = ['a', 'b', 'c'].map((tag) => backend.spawn('visit', semaphore, reports, tag));
      const coming = await take(reports, 3);
      await aWhile();
      const before = await reports.qsize();
      await semaphore.release(2);

      assert.equal(before, 0);
      assert.deepEqual(coming.sort(), ['a comes', 'b comes', 'c comes']);
      assert.deepEqual((await take(reports, 3)).sort(), ['a has it', 'b has it', 'c has it']);
      for (const visitor of visitors) await visitor.join();
    });

    it('says exactly how many permits there are to those who only try', async () => {
      const [semaphore, reports] = [backend.semaphore(4), backend.queue<boolean>()];
      await semaphore.acquire();

      const units = [1, 2, 3].map(() => backend.spawn('tryOnce', semaphore, reports, 2));
      const outcomes = await take(reports, 6);
      for (const unit of units) await unit.join();

      assert.equal(outcomes.filter(Boolean).length, 3);
    });

    it('may be released without being acquired, as a signal', async () => {
      const [semaphore, reports] = [backend.semaphore(0), backend.queue<string>()];

      const visitor = backend.spawn('visit', semaphore, reports, 'a');
      assert.deepEqual(await take(reports, 1), ['a comes']);
      await semaphore.release();

      assert.deepEqual(await take(reports, 1), ['a has it']);
      await visitor.join();
    });

    it('refuses to begin below zero, and to release less than one', async () => {
      assert.throws(() => backend.semaphore(-1), ValueError);
      await assert.rejects(async () => await backend.semaphore(1).release(0), ValueError);
    });

    it('leaves no ghost in the line after an abort', async () => {
      const semaphore = backend.semaphore(0);
      const abort = new AbortController();

      const waiting = semaphore.acquire({ signal: abort.signal });
      abort.abort(new Error('enough'));

      await assert.rejects(waiting, /enough/);
      await semaphore.release();
      assert.notEqual(await semaphore.tryAcquire(), null);
      assert.equal(await semaphore.tryAcquire(), null);
    });
  });

  describe(`BoundedSemaphore over ${backend.name}`, () => {
    it('refuses more releases than acquires, and changes nothing then', async () => {
      for (const bound of [1, 2, 9]) {
        const semaphore = backend.bounded(bound);
        const permit = await semaphore.acquire();
        permit?.release();

        await assert.rejects(async () => await semaphore.release(), StateError);

        for (let i = 0; i < bound; i++) assert.notEqual(await semaphore.tryAcquire(), null);
        assert.equal(await semaphore.tryAcquire(), null);
      }
    });
  });
}
