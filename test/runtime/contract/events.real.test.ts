// Event, Condition and Barrier, the same over every backend. The cases are those of CPython's lock_tests.py.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BrokenBarrierError, StateError } from '#src/runtime/errors';
import { aWhile, backends, take } from './backend.ts';

for (const backend of backends) {
  describe(`Event over ${backend.name}`, () => {
    it('wakes everyone who waits, even when it is cleared at once', async () => {
      const [event, reports] = [backend.event(), backend.queue<unknown>()];
      const units = [1, 2, 3].map(() => backend.spawn('awaitEvent', event, reports));
      await take(reports, 3);
      await aWhile();

      await event.set();
      await event.clear();

      assert.deepEqual(await take(reports, 3), [true, true, true]);
      assert.equal(await event.isSet(), false);
      for (const unit of units) await unit.join();
    });

    it('is waited for no longer than asked, not at all when it is set, and not after an abort', async () => {
      const event = backend.event();
      const abort = new AbortController();
      const aborted = event.wait({ signal: abort.signal });
      abort.abort(new Error('enough'));

      await assert.rejects(aborted, /enough/);
      assert.equal(await event.wait({ timeoutMs: 0 }), false);
      assert.equal(await event.wait({ timeoutMs: 10 }), false);
      await event.set();
      await event.set();
      assert.equal(await event.wait(), true);
    });
  });

  describe(`Condition over ${backend.name}`, () => {
    it('wakes as many as are notified, in order of arrival, and none before the notifier lets go', async () => {
      const [condition, reports] = [backend.condition(), backend.queue<unknown>()];
      const units = [];
      for (const tag of [1, 2, 3]) {
        units.push(backend.spawn('awaitNotify', condition, reports, tag));
        await take(reports, 1);
        await aWhile();
      }

      const guard = await condition.acquire();
      await condition.notify(2);
      await aWhile();
      const early = await reports.qsize();
      guard?.release();
      // In which order the two then get the lock is their own affair.
      const two = (await take(reports, 2)).toSorted((a, b) => String(a).localeCompare(String(b)));
      await aWhile();
      const late = await reports.qsize();
      await condition.withLock(async () => await condition.notifyAll());

      assert.deepEqual(
        [early, two, late],
        [
          0,
          [
            [1, true],
            [2, true],
          ],
          0,
        ],
      );
      assert.deepEqual(await take(reports, 1), [[3, true]]);
      for (const unit of units) await unit.join();
    });

    it('waits for what is asked for, and gives its last value when the time is over', async () => {
      const [condition, stock, reports] = [backend.condition(), backend.queue<number>(), backend.queue<unknown>()];
      const patient = backend.spawn('awaitStock', condition, stock, reports);
      await take(reports, 1);
      await backend.spawn('awaitStock', condition, stock, reports, 20).join();
      const [, impatient] = await take(reports, 2);

      for (let i = 0; i < 4; i++) {
        await condition.withLock(async () => {
          await stock.put(i);
          await condition.notifyAll();
        });
      }

      assert.equal(impatient, false);
      assert.deepEqual(await take(reports, 1), [true]);
      await patient.join();
    });

    it('refuses to wait or notify without its lock, and has it again after a wait', async () => {
      const condition = backend.condition();

      await assert.rejects(async () => await condition.wait(), StateError);
      await assert.rejects(async () => await condition.notify(), StateError);
      await condition.withLock(async () => {
        assert.equal(await condition.wait({ timeoutMs: 10 }), false);
        await condition.notify();
      });
    });

    it('has its lock again when a wait is aborted', async () => {
      const condition = backend.condition();
      const abort = new AbortController();

      const waiting = condition.withLock(async () => {
        const wait = condition.wait({ signal: abort.signal });
        setTimeout(() => abort.abort(new Error('enough')), 10);
        await assert.rejects(wait, /enough/);
        await condition.notify();
      });

      await waiting;
      assert.notEqual(await condition.acquire({ timeoutMs: 5_000 }), null);
    });
  });

  describe(`Barrier over ${backend.name}`, () => {
    it('keeps all in step, round after round, and gives each an index of its own', async () => {
      const [barrier, reports] = [backend.barrier(3), backend.queue<[string, number, number?]>()];
      const rounds = 100;

      const units = [1, 2, 3].map(() => backend.spawn('meetAt', barrier, reports, rounds));
      const events = await take(reports, 6 * rounds);
      for (const unit of units) await unit.join();

      for (let round = 0; round < rounds; round++) {
        const before = events.findLastIndex(([when, which]) => when === 'before' && which === round);
        const after = events.findIndex(([when, which]) => when === 'after' && which === round);
        assert.ok(before < after, `round ${round}`);
        const indexes = events.filter(([when, which]) => when === 'after' && which === round).map((event) => event[2]);
        assert.deepEqual(new Set(indexes), new Set([0, 1, 2]));
      }
      assert.equal(await barrier.nWaiting(), 0);
    });

    it('breaks for all when it is aborted or when one gives up, and is whole again after a reset', async () => {
      const [barrier, reports] = [backend.barrier(3), backend.queue<[string, number, unknown?]>()];
      const units = [1, 2].map(() => backend.spawn('meetAt', barrier, reports, 1));
      await take(reports, 2);
      while ((await barrier.nWaiting()) < 2) await aWhile();

      await barrier.abort();
      const outcomes = await take(reports, 2);
      for (const unit of units) await unit.join();

      assert.deepEqual(
        outcomes.map((outcome) => outcome[2]),
        ['BrokenBarrierError', 'BrokenBarrierError'],
      );
      assert.equal(await barrier.broken(), true);
      await assert.rejects(barrier.wait(), BrokenBarrierError);
      await barrier.reset();
      await assert.rejects(barrier.wait({ timeoutMs: 10 }), BrokenBarrierError);
      await barrier.reset();
      assert.equal(await barrier.broken(), false);
    });

    it('runs its action once for each round, before anyone goes on, and breaks when it throws', async () => {
      const ran: string[] = [];
      const good = backend.barrier(2, () => ran.push('action'));
      const bad = backend.barrier(2, () => {
        throw new RangeError('as it happens');
      });

      const indexes = await Promise.all([good.wait(), good.wait()]);
      const outcomes = await Promise.allSettled([bad.wait(), bad.wait()]);

      assert.deepEqual(new Set(indexes), new Set([0, 1]));
      assert.deepEqual(ran, ['action']);
      assert.deepEqual(
        outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason.name as string).toSorted((a, b) => a.localeCompare(b)),
        ['BrokenBarrierError', 'RangeError'],
      );
    });
  });
}
