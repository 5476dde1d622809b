// The arithmetic of a rate, and many who share one; time is a number here.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Clock, RateLimit } from '#src/fleet/transfer/rate-limit';
import { TokenBucket } from '#src/fleet/transfer/token-bucket';

interface Piece {
  readonly bytes: number;
  readonly passedAtMs: number;
}

const pieces = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 1_000_000 }), idleMs: fc.integer({ min: 0, max: 3_000 }) }), {
  minLength: 1,
  maxLength: 60,
});
const rates = fc.integer({ min: 1_000, max: 50_000_000 });

/** When each piece passes, where whoever has one waits for it before the next. */
function passing(rate: number, asked: readonly { readonly bytes: number; readonly idleMs: number }[]): Piece[] {
  const bucket = new TokenBucket(rate);
  let [nowMs, paidAtMs] = [0, 0];
  return asked.map(({ bytes, idleMs }) => {
    nowMs += idleMs;
    paidAtMs = bucket.take(paidAtMs, bytes, nowMs);
    nowMs += bucket.waitMs(paidAtMs, bytes, nowMs);
    return { bytes, passedAtMs: nowMs };
  });
}

describe('a token bucket', () => {
  it('lets through no more than its rate in any stretch of time, but for what it saved and one piece', () => {
    fc.assert(
      fc.property(rates, pieces, (rate, asked) => {
        const passed = passing(rate, asked);

        for (const [first, from] of passed.entries()) {
          let sum = 0;
          for (const to of passed.slice(first)) {
            sum += to.bytes;
            const allowed = (rate / 1_000) * (to.passedAtMs - from.passedAtMs + 100) + to.bytes;
            assert.ok(sum <= allowed + 1, `${sum} bytes where ${allowed} may pass`);
          }
        }
      }),
    );
  });

  it('loses nothing of its rate while there is always somebody who waits', () => {
    fc.assert(
      fc.property(rates, pieces, (rate, asked) => {
        const passed = passing(
          rate,
          asked.map(({ bytes }) => ({ bytes, idleMs: 0 })),
        );

        const before = passed.slice(0, -1).reduce((sum, { bytes }) => sum + bytes, 0);
        assert.ok((passed.at(-1)?.passedAtMs ?? 0) <= (before / rate) * 1_000 + 1);
      }),
    );
  });
});

describe('a rate that many share', () => {
  const clock = (): Clock & { slept: number[] } => {
    let nowMs = 0;
    const slept: number[] = [];
    const sleep = async (ms: number, signal: AbortSignal | undefined): Promise<void> => {
      signal?.throwIfAborted();
      slept.push(ms);
      nowMs += ms;
      await Promise.resolve();
    };
    return { nowMs: () => nowMs, sleep, slept };
  };

  it('serves them in the order in which they came', async () => {
    const limit = new RateLimit(1_000, undefined, clock());
    const order: number[] = [];

    await Promise.all([1, 2, 3, 4].map(async (n) => await limit.pass(500, undefined).then(() => order.push(n))));

    assert.deepEqual(order, [1, 2, 3, 4]);
  });

  it('is not owed by those who gave up while they waited for their turn', async () => {
    const time = clock();
    const limit = new RateLimit(1_000, undefined, time);
    const abort = new AbortController();
    await limit.pass(1_000, undefined);

    const given = Array.from({ length: 10 }, async () => await limit.pass(1_000_000, abort.signal));
    abort.abort(new Error('enough'));
    const ended = await Promise.allSettled(given);
    await limit.pass(1, undefined);

    assert.ok(ended.every((one) => one.status === 'rejected' && (one.reason as Error).message === 'enough'));
    assert.ok(time.slept.reduce((sum, ms) => sum + ms, 0) <= 2 * 1_000_000);
  });
});
