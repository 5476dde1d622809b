// Futures, executors and pools, the same over threads, worker threads and processes. The cases are those of CPython's test_concurrent_futures.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BrokenExecutor,
  CancelledError,
  DeadlockError,
  InvalidStateError,
  MaybeEncodingError,
  StateError,
  TimeoutError,
  ValueError,
  WorkerDiedError,
} from '#src/runtime/errors';
import { asCompleted, Future, ProcessPoolExecutor, ThreadPoolExecutor, WorkerPoolExecutor, wait } from '#src/runtime/futures';
import type { RemotePoolExecutor } from '#src/runtime/futures/remote-pool';
import { Barrier, Pool } from '#src/runtime/multiprocessing';
import { currentThread, sleep } from '#src/runtime/threads/thread';
import { ref } from '#src/runtime/wire/function-ref';
import { OwnError } from './targets.ts';

const url = new URL('targets.js', import.meta.url).href;
const target = (name: string): ReturnType<typeof ref> => ref(url, name);

describe('Future', () => {
  it('goes from pending to running to finished, and cannot be cancelled on the way', async () => {
    const future = new Future<number>();
    const states = [future.state];

    future.setRunningOrNotifyCancel();
    states.push(future.state);
    const cancelled = future.cancel();
    future.setResult(42);
    states.push(future.state);

    assert.deepEqual(states, ['pending', 'running', 'finished']);
    assert.equal(cancelled, false);
    assert.deepEqual([await future.result(), await future.exception()], [42, null]);
    assert.throws(() => future.setResult(1), InvalidStateError);
    assert.throws(() => future.setException(new Error('no')), InvalidStateError);
    assert.throws(() => future.setRunningOrNotifyCancel(), InvalidStateError);
    assert.equal(String(future), '<Future state=finished returned number>');
  });

  it('is cancelled before it begins, once and for all', async () => {
    const future = new Future<number>();

    assert.deepEqual([future.cancel(), future.cancel(), future.cancelled(), future.setRunningOrNotifyCancel()], [true, true, true, false]);
    await assert.rejects(future.result(), CancelledError);
  });

  it('is waited for no longer than asked', async () => {
    const future = new Future<number>();
    const abort = new AbortController();

    const aborted = future.result({ signal: abort.signal });
    abort.abort(new Error('enough'));

    await assert.rejects(aborted, /enough/);
    await assert.rejects(future.result({ timeoutMs: 5 }), TimeoutError);
    await assert.rejects(future.exception({ timeoutMs: 0 }), TimeoutError);
  });

  it('calls back in order, late ones at once, and survives those that fail', async () => {
    const seen: string[] = [];
    const future = new Future<number>();
    const said = await silenced(() => {
      future.addDoneCallback((done) => seen.push(`first ${done === future}`));
      future.addDoneCallback(() => {
        throw new Error('callbacks may fail');
      });
      future.addDoneCallback(() => seen.push('second'));
      future.setException(new Error('the work failed'));
      future.addDoneCallback(() => seen.push('late'));
    });

    assert.deepEqual(seen, ['first true', 'second', 'late']);
    assert.match(said, /exception calling callback for <Future state=finished raised Error>/);
  });
});

describe('wait and asCompleted', () => {
  const futures = (count: number): Future<number>[] => Array.from({ length: count }, () => new Future<number>());

  it('wait until all have ended, the first has, or the first has failed', async () => {
    const [a, b, c] = futures(3) as [Future<number>, Future<number>, Future<number>];
    a.setResult(1);

    const first = await wait([a, b, c], { returnWhen: 'FIRST_COMPLETED' });
    const failing = wait([a, b, c], { returnWhen: 'FIRST_EXCEPTION' });
    b.setException(new Error('no'));
    const failed = await failing;
    const late = await wait([a, b, c], { timeoutMs: 5 });
    c.cancel();
    const all = await wait([a, b, c, c]);

    assert.deepEqual([first.done.size, failed.done.size, late.notDone.size, all.done.size, all.notDone.size], [1, 2, 1, 3, 0]);
    await assert.rejects(wait([a], { returnWhen: 'X' as never }), /Invalid return condition: 'X'/);
  });

  it('give the futures as they end, each once, and say how many did not', async () => {
    const [a, b, c, d] = futures(4) as [Future<number>, Future<number>, Future<number>, Future<number>];
    c.setResult(3);
    setTimeout(() => a.setResult(1), 1);

    const seen: number[] = [];
    const reading = (async () => {
      for await (const future of asCompleted([a, b, c, d, c], { timeoutMs: 40 })) seen.push(await future.result());
    })();

    await assert.rejects(reading, /2 \(of 4\) futures unfinished/);
    assert.deepEqual(seen, [3, 1]);
  });
});

describe('ThreadPoolExecutor', () => {
  it('runs as many at a time as it may, on threads that are used again, and gives them names', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 3, threadNamePrefix: 'crew' });
    let [now, most] = [0, 0];
    const work = async (): Promise<string> => {
      most = Math.max(most, ++now);
      await sleep(2);
      now--;
      return currentThread().name;
    };

    const names = new Set<string>();
    for (const future of Array.from({ length: 12 }, () => pool.submit<string>(work))) names.add(await future.result());

    assert.equal(most, 3);
    assert.deepEqual(names, new Set(['crew_0', 'crew_1', 'crew_2']));
  });

  it('needs one thread for what comes one after another', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 8, threadNamePrefix: 'one' });
    const names: string[] = [];

    for (let i = 0; i < 3; i++) names.push(await pool.submit<string>(() => currentThread().name).result());

    assert.deepEqual(names, ['one_0', 'one_0', 'one_0']);
  });

  it('maps in order, and cancels the rest when nobody reads on', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const seen: number[] = [];
    const ran: number[] = [];
    const work = async (n: number, m: number): Promise<number> => {
      ran.push(n);
      await sleep(1);
      return n * m;
    };

    for await (const value of pool.map<number>(work, [
      [1, 2, 3, 4, 5, 6],
      [10, 10, 10, 10, 10, 10],
    ])) {
      seen.push(value);
      if (value === 20) break;
    }
    await pool.submit(() => undefined).result();

    assert.deepEqual(seen, [10, 20]);
    assert.ok(ran.length < 6);
    assert.throws(() => pool.map(work, [[1]], { chunksize: 0 }), /chunksize must be >= 1/);
    assert.throws(() => pool.map(work, [[1]], { buffersize: 0 }), ValueError);
  });

  it('takes nothing after its shutdown, ends what it has, and cancels what has not begun if asked', async () => {
    const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const running = pool.submit(async () => await sleep(5));
    const waiting = pool.submit(() => 1);
    await sleep(1);

    await pool.shutdown({ cancelFutures: true });
    await pool.shutdown();

    assert.deepEqual([running.state, waiting.state], ['finished', 'cancelled']);
    assert.throws(() => pool.submit(() => 1), /cannot schedule new futures after shutdown/);
    assert.throws(() => new ThreadPoolExecutor({ maxWorkers: 0 }), /max_workers must be greater than 0/);
  });

  it('is broken for what waits and for what comes when its initializer fails', async () => {
    const pool = new ThreadPoolExecutor({
      maxWorkers: 1,
      initializer: () => {
        throw new Error('not today');
      },
    });
    let first: Future<unknown> | undefined;
    const said = await silenced(async () => {
      first = pool.submit(() => 1);
      await assert.rejects(first.result(), BrokenExecutor);
    });

    assert.throws(() => pool.submit(() => 1), BrokenExecutor);
    assert.match(said, /Exception in initializer:/);
    await pool.shutdown();
  });

  it('sees a task that waits for one its own saturated pool would have to do', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });

    const outer = pool.submit(async () => await pool.submit(() => 1).result());

    await assert.rejects(outer.result(), DeadlockError);
  });
});

const pools: readonly {
  readonly name: string;
  readonly make: (options?: ConstructorParameters<typeof WorkerPoolExecutor>[0]) => RemotePoolExecutor;
  readonly dies: string;
}[] = [
  { name: 'WorkerPoolExecutor', make: (options) => new WorkerPoolExecutor(options), dies: 'explode' },
  { name: 'ProcessPoolExecutor', make: (options) => new ProcessPoolExecutor(options), dies: 'die' },
];

for (const { name, make, dies } of pools) {
  describe(name, () => {
    it('runs many tasks on few workers, and gives each its own result', async () => {
      await using pool = make({ maxWorkers: 2 });

      const futures = Array.from({ length: 500 }, (_, n) => pool.submit<number>(target('square'), n));
      const results = [];
      for (const future of futures) results.push(await future.result());

      assert.deepEqual(
        results,
        Array.from({ length: 500 }, (_, n) => n * n),
      );
      assert.ok(pool.units.length <= 2);
    });

    it('starts one worker for what comes one after another, and as many as it may when all are busy', async () => {
      await using pool = make({ maxWorkers: 3 });

      for (let i = 0; i < 3; i++) await pool.submit(target('square'), i).result();
      const one = pool.units.length;
      const slow = Array.from({ length: 9 }, () => pool.submit(target('slowSquare'), 2, 20));
      for (const future of slow) await future.result();

      assert.deepEqual([one, pool.units.length], [1, 3]);
    });

    it('ends workers that had not even begun when they were told to', async () => {
      for (let i = 0; i < 5; i++) {
        const pool = make({ maxWorkers: 2 });
        pool.warmUp();
        await pool.shutdown();
        assert.equal(pool.units.length, 0);
      }
    });

    it('brings errors back with class, fields, cause and where they came from', async () => {
      await using pool = make({ maxWorkers: 1 });

      const own = await pool.submit(target('fail'), 3).exception();
      const chained = (await pool.submit(target('failWithCause')).exception()) as Error;

      assert.ok(own instanceof OwnError);
      assert.deepEqual([own.message, own.detail], ['no 3', { n: 3, at: new Date(0) }]);
      assert.match((own.cause as Error).stack ?? '', /targets\.js/);
      assert.ok(chained instanceof RangeError && chained.cause instanceof TypeError);
      assert.equal((chained.cause.cause as Error).name, 'RemoteTraceback');
    });

    it('says what cannot travel, there and back, and goes on', async () => {
      await using pool = make({ maxWorkers: 1 });

      for (let i = 0; i < 20; i++) assert.ok((await pool.submit(target('closure')).exception()) instanceof MaybeEncodingError);
      assert.throws(() => pool.submit(target('square'), () => 1), /cannot travel/);
      assert.throws(() => pool.submit(() => 1), /cannot travel/);
      const loop = await pool.submit<{ name: string; self: unknown }>(target('circular')).result();
      await assert.rejects(pool.submit(target('noSuchFunction')).result(), /has no export 'noSuchFunction'/);

      assert.equal(loop.self, loop);
      assert.equal(await pool.submit(target('square'), 4).result(), 16);
    });

    it('fails only the tasks of a worker that dies, and goes on with another', async () => {
      await using pool = make({ maxWorkers: 2 });
      const slow = pool.submit(target('slowSquare'), 3, 150);

      const dead = pool.submit(target(dies));
      const after = pool.submit(target('square'), 5);

      await assert.rejects(dead.result(), WorkerDiedError);
      assert.deepEqual([await slow.result(), await after.result()], [9, 25]);
    });

    it('runs its initializer once in each worker, and is broken when it fails', async () => {
      await using good = make({ maxWorkers: 1, initializer: target('initialize'), initargs: [7] });
      await using bad = make({ maxWorkers: 1, initializer: target('failToInitialize') });

      assert.equal(await good.submit(target('wasInitialized')).result(), 7);
      const [first, second] = [bad.submit(target('square'), 1), bad.submit(target('square'), 2)];
      await assert.rejects(first.result(), BrokenExecutor);
      await assert.rejects(second.result(), BrokenExecutor);
      assert.throws(() => bad.submit(target('square'), 3), BrokenExecutor);
    });

    it('lets a worker go after so many tasks', async () => {
      await using pool = make({ maxWorkers: 1, maxTasksPerChild: 2 });
      const before = new Set<unknown>();

      for (let i = 0; i < 5; i++) {
        await pool.submit(target('square'), i).result();
        for (const unit of pool.units) before.add(unit);
      }

      assert.equal(before.size, 3);
      assert.throws(() => make({ maxTasksPerChild: 0 }), /max_tasks_per_child must be >= 1/);
    });

    it('maps in order, in chunks too, and gives the first error', async () => {
      await using pool = make({ maxWorkers: 2 });

      const plain: number[] = [];
      for await (const value of pool.map<number>(target('add'), [
        [1, 2, 3],
        [10, 20, 30],
      ]))
        plain.push(value);
      const chunked: number[] = [];
      for await (const value of pool.map<number>(target('square'), [Array.from({ length: 25 }, (_, i) => i)], { chunksize: 4 }))
        chunked.push(value);

      assert.deepEqual(plain, [11, 22, 33]);
      assert.deepEqual(
        chunked,
        Array.from({ length: 25 }, (_, i) => i * i),
      );
      await assert.rejects(pool.map(target('fail'), [[1]]).next(), /no 1/);
      await assert.rejects(pool.map(target('slowSquare'), [[1], [5_000]], { timeoutMs: 10 }).next(), TimeoutError);
      await pool.terminate();
    });

    it('cancels what has not left, and ends at once when it is terminated', async () => {
      const pool = make({ maxWorkers: 1 });
      const running = pool.submit(target('forever'));
      const waiting = pool.submit(target('square'), 1);
      const cancelled = waiting.cancel();
      const left = pool.submit(target('square'), 2);
      while (!running.running()) await sleep(1);

      await pool.terminate();

      assert.equal(cancelled, true);
      await assert.rejects(running.result(), CancelledError);
      await assert.rejects(left.result(), CancelledError);
    });
  });
}

describe('Pool', () => {
  it('applies, maps and starmaps, on as many processes as it has', async () => {
    await using pool = new Pool(3, { initializer: target('arrangeMeeting'), initargs: [new Barrier(3)] });

    const pids = new Set(await pool.map<number>(target('pidAtMeeting'), [1, 2, 3], 1));
    const values = [
      await pool.apply(target('square'), [4]),
      await pool.map(target('square'), [1, 2, 3]),
      await pool.starmap(target('add'), [
        [1, 2],
        [3, 4],
      ]),
      await pool.map(target('square'), []),
    ];

    assert.equal(pids.size, 3);
    assert.deepEqual(values, [16, [1, 4, 9], [3, 7], []]);
  });

  it('gives results one by one: in order, or as they come', async () => {
    await using pool = new Pool(2);

    const ordered: number[] = [];
    for await (const value of pool.imap<number>(target('square'), [5, 1, 3])) ordered.push(value);
    const any: number[] = [];
    for await (const value of pool.imapUnordered<number>(target('square'), [5, 1, 3], 2)) any.push(value);

    assert.deepEqual(ordered, [25, 1, 9]);
    assert.deepEqual(
      any.sort((a, b) => a - b),
      [1, 9, 25],
    );
  });

  it('calls back here, with the value or the error', async () => {
    await using pool = new Pool(1);
    const seen: unknown[] = [];

    const good = pool.applyAsync<number>(target('square'), [3], { callback: (value) => seen.push(value, process.pid) });
    const bad = pool.applyAsync(target('fail'), [3], { errorCallback: (error) => seen.push((error as Error).message) });
    await assert.rejects(good.successful(), /not ready/);
    await good.wait();
    await bad.wait();
    await sleep(1);

    assert.deepEqual(seen, [9, process.pid, 'no 3']);
    assert.deepEqual([good.ready(), await good.successful(), await bad.successful(), await good.get()], [true, true, false, 9]);
    await assert.rejects(bad.get(), OwnError);
    await assert.rejects(pool.applyAsync(target('slowSquare'), [1, 500]).get({ timeoutMs: 5 }), TimeoutError);
  });

  it('waits for every part of a map before it gives the first error', async () => {
    await using pool = new Pool(2);

    await assert.rejects(pool.map(target('fail'), [1, 2, 3, 4], 1), /no 1/);
  });

  it('is closed before it is joined, and takes nothing afterwards', async () => {
    const pool = new Pool(1);
    const last = pool.applyAsync(target('slowSquare'), [3, 20]);

    await assert.rejects(pool.join(), /Pool is still running/);
    pool.close();
    assert.throws(() => pool.applyAsync(target('square'), [1]), StateError);
    await pool.join();

    assert.equal(await last.get(), 9);
    assert.throws(() => new Pool(0), /Number of processes must be at least 1/);
  });

  it('loses no task of a process that dies: its result says so', async () => {
    await using pool = new Pool(1);

    await assert.rejects(pool.apply(target('die')), WorkerDiedError);

    assert.equal(await pool.apply(target('square'), [3]), 9);
  });
});

/** What `work` writes to stderr, which is not shown. */
async function silenced(work: () => unknown): Promise<string> {
  const { stderr } = process;
  const write = stderr.write.bind(stderr);
  let said = '';
  stderr.write = ((chunk: string) => {
    said += chunk;
    return true;
  }) as typeof stderr.write;
  try {
    await work();
  } finally {
    stderr.write = write;
  }
  return said;
}
