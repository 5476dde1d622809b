// Counting permits, as CPython's lock_tests ask, and in order of arrival.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { BoundedSemaphore, Semaphore } from '#src/runtime/local/semaphore';
import type { Guard } from '#src/runtime/seam';

describe('Semaphore', () => {
  it('hands out no more permits than it has, and those released to waiters in order of arrival', async () => {
    const semaphore = new Semaphore(7);
    const order: number[] = [];
    const taken = Array.from({ length: 20 }, async (_, i) => {
      await semaphore.acquire();
      order.push(i);
    });

    await turn();
    const first = order.length;
    semaphore.release(6);
    await turn();
    const second = order.length;
    semaphore.release(7);
    await Promise.all(taken);

    assert.deepEqual([first, second], [7, 13]);
    assert.deepEqual(order, [...Array(20).keys()]);
  });

  it('gives the permit back at the end of a block, also when the block throws', async () => {
    const semaphore = new Semaphore(1);

    const failing = async (): Promise<void> => {
      using _permit = await semaphore.acquire();
      throw new TypeError('inside');
    };

    await assert.rejects(failing, TypeError);
    assert.equal(semaphore.value, 1);
  });

  it('answers null when the time is over, and gives the place in the line up', async () => {
    const semaphore = new Semaphore(0);

    const [late, now] = await Promise.all([semaphore.acquire({ timeoutMs: 5 }), semaphore.acquire({ timeoutMs: 0 })]);
    semaphore.release();

    assert.deepEqual([late, now], [null, null]);
    assert.deepEqual([semaphore.value, semaphore.waiting], [1, 0]);
  });

  it('rejects with the reason of an abort, and leaves no ghost in the line', async () => {
    const semaphore = new Semaphore(0);
    const abort = new AbortController();
    const waiting = semaphore.acquire({ signal: abort.signal });

    abort.abort(new Error('enough'));

    await assert.rejects(waiting, /enough/);
    await assert.rejects(semaphore.acquire({ signal: abort.signal }), /enough/);
    assert.equal(semaphore.waiting, 0);
  });

  it('gives nothing to a newcomer that a waiter was promised', async () => {
    const semaphore = new Semaphore(1);
    const held = semaphore.tryAcquire() as Guard;
    const waiting = semaphore.acquire();

    held.release();
    const newcomer = semaphore.tryAcquire();

    assert.equal(newcomer, null);
    assert.ok(await waiting);
  });

  it('refuses values that make no sense', async () => {
    assert.throws(() => new Semaphore(-1), { code: 'RUNTIME_VALUE' });
    assert.throws(() => new Semaphore(1).release(0), { code: 'RUNTIME_VALUE' });
    await assert.rejects(new Semaphore(0).acquire({ timeoutMs: -1 }), { code: 'RUNTIME_VALUE' });
  });
});

describe('BoundedSemaphore', () => {
  it('refuses one release too many, and changes nothing then', () => {
    for (let bound = 1; bound < 10; bound++) {
      const semaphore = new BoundedSemaphore(bound);
      const permits = Array.from({ length: bound }, () => semaphore.tryAcquire());
      for (const permit of permits) permit?.release();

      assert.throws(() => semaphore.release(), { code: 'RUNTIME_STATE' });
      assert.equal(semaphore.value, bound);
    }
  });

  it('counts a permit released twice once', () => {
    const semaphore = new BoundedSemaphore(2);
    const [one] = [semaphore.tryAcquire(), semaphore.tryAcquire()];

    one?.release();
    one?.release();

    assert.equal(semaphore.value, 1);
  });
});
