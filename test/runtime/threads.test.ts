// Thread: fibers with an identity. The cases are those of CPython's test_threading.py.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaitReport, watchStalls } from '#src/runtime/detect/stall';
import { DeadlockError, StateError, ValueError } from '#src/runtime/errors';
import { Event } from '#src/runtime/local/event';
import { KeyedLock } from '#src/runtime/local/keyed-lock';
import { Lock } from '#src/runtime/local/lock';
import { RLock } from '#src/runtime/local/rlock';
import { BoundedSemaphore } from '#src/runtime/local/semaphore';
import { activeCount, currentThread, enumerate, hooks, mainThread, sleep, Thread, ThreadExit } from '#src/runtime/threads/thread';
import { Timer } from '#src/runtime/threads/timer';

describe('Thread', () => {
  it('runs its target with its arguments, after its starter has gone on', async () => {
    const seen: unknown[] = [];

    const thread = new Thread({ target: (...args: unknown[]) => seen.push(args), args: [1, 'two'], kwargs: { three: 3 } }).start();
    seen.push('started');
    await thread.join();

    assert.deepEqual(seen, ['started', [1, 'two', { three: 3 }]]);
  });

  it('may be a class with a run() of its own', async () => {
    class Doubler extends Thread {
      result = 0;
      readonly n: number;

      constructor(n: number) {
        super();
        this.n = n;
      }

      override async run(): Promise<void> {
        await sleep(1);
        this.result = this.n * 2;
      }
    }

    const thread = new Doubler(21).start();
    await thread.join();

    assert.equal(thread.result, 42);
  });

  it('knows who it is wherever it awaits, with one number for each and one main thread', async () => {
    const names: string[] = [];
    const say = async (): Promise<void> => {
      await sleep(1);
      names.push(currentThread().name);
    };

    const threads = ['a', 'b'].map((name) => new Thread({ target: say, name }).start());
    const before = [activeCount(), enumerate().length];
    for (const thread of threads) await thread.join();

    assert.deepEqual(names, ['a', 'b']);
    assert.deepEqual(before, [3, 3]);
    assert.equal(activeCount(), 1);
    assert.equal(currentThread(), mainThread());
    assert.equal(mainThread().name, 'MainThread');
    assert.notEqual(threads[0]?.ident, threads[1]?.ident);
  });

  it('has a name that says what it runs, and any name it is given, as text', () => {
    const work = (): undefined => undefined;

    const [named, unnamed, numbered] = [new Thread({ target: work }), new Thread(), new Thread({ name: 7 })];

    assert.match(named.name, /^Thread-\d+ \(work\)$/);
    assert.match(unnamed.name, /^Thread-\d+$/);
    assert.equal(numbered.name, '7');
    assert.match(String(unnamed), /^<Thread\(Thread-\d+, initial\)>$/);
  });

  it('refuses to be started twice, joined before its start or by itself, and made a daemon late', async () => {
    let own: unknown;
    const thread: Thread = new Thread({
      target: async () => {
        own = await thread.join().catch((error: unknown) => error);
      },
    });

    await assert.rejects(thread.join(), /cannot join thread before it is started/);
    thread.start();
    assert.throws(() => thread.start(), /threads can only be started once/);
    assert.throws(() => {
      thread.daemon = true;
    }, /cannot set daemon status of active thread/);
    await thread.join();

    assert.ok(own instanceof StateError);
    assert.match(own.message, /cannot join current thread/);
    await assert.rejects(mainThread().join(), StateError);
  });

  it('is joined by many, each as long as it likes', async () => {
    const go = new Event();
    const thread = new Thread({ target: async () => await go.wait() }).start();

    await thread.join({ timeoutMs: 5 });
    await thread.join({ timeoutMs: -1 });
    const alive = thread.isAlive();
    const joins = Array.from({ length: 19 }, async () => await thread.join());
    const abort = new AbortController();
    const aborted = thread.join({ signal: abort.signal });
    abort.abort(new Error('enough'));
    await assert.rejects(aborted, /enough/);
    go.set();
    await Promise.all(joins);

    assert.equal(alive, true);
    assert.equal(thread.isAlive(), false);
    await thread.join();
  });

  it('passes on being a daemon to those it starts, unless they say otherwise', async () => {
    const daemons: boolean[] = [];
    const start = (): void => void daemons.push(new Thread().daemon, new Thread({ daemon: false }).daemon);

    await new Thread({ target: start, daemon: true }).start().join();
    await new Thread({ target: start }).start().join();

    assert.deepEqual(daemons, [true, false, false, false]);
  });

  it('gives what it throws to the hook, and ThreadExit to nobody', async () => {
    const failures: unknown[] = [];
    const usual = hooks.excepthook;
    hooks.excepthook = ({ error, thread }) => failures.push([(error as Error).message, thread.name]);

    try {
      await new Thread({ name: 'bad', target: () => Promise.reject(new Error('as it happens')) }).start().join();
      await new Thread({
        target: () => {
          throw new ThreadExit();
        },
      })
        .start()
        .join();
    } finally {
      hooks.excepthook = usual;
    }

    assert.deepEqual(failures, [['as it happens', 'bad']]);
  });

  it('leaves what it held to the next, who is told', async () => {
    const [lock, semaphore] = [new Lock(), new BoundedSemaphore(1)];
    const warned = new Promise((resolve) => process.once('warning', resolve));
    const taking = async (): Promise<void> => {
      await lock.acquire();
      await semaphore.acquire();
    };

    await new Thread({ target: taking, name: 'careless' }).start().join();
    const guard = await lock.acquire();

    assert.equal(guard.abandoned, true);
    assert.notEqual(semaphore.tryAcquire(), null);
    assert.match(String(await warned), /AbandonedLockWarning: careless ended holding 2/);
  });

  it('costs so little that ten thousand may sleep at once', async () => {
    const threads = Array.from({ length: 10_000 }, () => new Thread({ target: async () => await sleep(5) }).start());

    for (const thread of threads) await thread.join();

    assert.equal(activeCount(), 1);
  });
});

describe('deadlocks among threads', () => {
  const inThread = async (work: () => unknown, name: string): Promise<unknown> => {
    let outcome: unknown;
    await new Thread({
      name,
      target: async () => {
        try {
          outcome = await work();
        } catch (error) {
          outcome = error;
        }
      },
    })
      .start()
      .join();
    return outcome;
  };

  it('end in an error that names the whole circle, for one of them, and the others go on', async () => {
    const [a, b] = [new Lock({ name: 'mutexA' }), new Lock({ name: 'mutexB' })];
    const twice = async (first: Lock, second: Lock): Promise<string> => {
      using _one = await first.acquire();
      await sleep(5);
      using _two = await second.acquire();
      return 'went on';
    };

    const outcomes = await Promise.all([inThread(async () => await twice(a, b), 'T1'), inThread(async () => await twice(b, a), 'T2')]);

    const [error] = outcomes.filter((outcome) => outcome instanceof DeadlockError);
    assert.ok(error !== undefined);
    assert.match(error.message, /^(T[12]) waits lock mutex[AB] held by (T[12]) which waits lock mutex[AB] held by \1$/);
    assert.equal(error.cycle.length, 2);
    assert.deepEqual(
      outcomes.filter((outcome) => !(outcome instanceof DeadlockError)),
      ['went on'],
    );
  });

  it('are seen when a thread takes its own lock again; an RLock it may', async () => {
    const [lock, rlock] = [new Lock({ name: 'own' }), new RLock()];

    const alone = await inThread(async () => {
      await lock.acquire();
      await lock.acquire();
    }, 'T');
    const again = await inThread(async () => {
      using _one = await rlock.acquire();
      using _two = await rlock.acquire();
      return 'went on';
    }, 'T');

    assert.ok(alone instanceof DeadlockError);
    assert.equal(alone.message, 'T waits lock own held by T');
    assert.equal(again, 'went on');
  });

  it('are seen through joins', async () => {
    const ready = new Event();
    const threads: Thread[] = [];
    const outcome = inThread(async () => {
      const first = currentThread();
      threads.push(new Thread({ name: 'second', target: async () => await first.join() }).start());
      ready.set();
      await sleep(5);
      await threads[0]?.join();
    }, 'first');

    assert.match(String(await outcome), /DeadlockError: first waits thread second held by second which waits thread first held by first/);
  });

  it('are seen through all the holders of a semaphore, and not while one of them can move', async () => {
    const semaphore = new BoundedSemaphore(1, { name: 'places' });
    const busy = new BoundedSemaphore(2);

    const own = await inThread(async () => {
      await semaphore.acquire();
      await semaphore.acquire();
    }, 'T');
    const other = inThread(async () => {
      using _permit = await busy.acquire();
      await sleep(20);
      return 'done';
    }, 'other');
    const patient = await inThread(async () => {
      using _one = await busy.acquire();
      using _two = await busy.acquire();
      return 'went on';
    }, 'patient');

    assert.ok(own instanceof DeadlockError);
    assert.deepEqual([await other, patient], ['done', 'went on']);
  });

  it('are waited out where that is asked for, and where the wait has an end', async () => {
    const [asked, timed] = [new Lock({ detect: false }), new Lock()];

    const outcome = inThread(async () => {
      await asked.acquire();
      await asked.acquire();
      return 'went on';
    }, 'T');
    await sleep(10);
    asked.release();
    const late = await inThread(async () => {
      await timed.acquire();
      return await timed.acquire({ timeoutMs: 5 });
    }, 'T');

    assert.equal(await outcome, 'went on');
    assert.equal(late, null);
  });

  it('are not imagined among the flows of the main program, which share one name', async () => {
    const lock = new Lock();
    const first = await lock.acquire();

    const second = lock.acquire();
    first.release();

    (await second).release();
    assert.equal(lock.locked(), false);
  });
});

describe('a report of who waits', () => {
  it('names everyone who has waited for long, for what, and who has it', async () => {
    const lock = new Lock({ name: 'door' });
    const reports: WaitReport[] = [];
    const holder = new Thread({
      name: 'holder',
      target: async () => {
        using _guard = await lock.acquire();
        await sleep(40);
      },
    }).start();
    const patient = new Thread({ name: 'patient', target: async () => (await lock.acquire()).release() }).start();
    using _watch = watchStalls(5, (report) => reports.push(report));

    await holder.join();
    await patient.join();

    assert.match(String(reports[0]), /^patient waits 0\.\d s for lock door held by holder$/);
    assert.equal(reports[0]?.toDot(), 'digraph waits {\n  "patient" -> "holder" [label="lock door"];\n}');
    assert.equal(String(new WaitReport()), 'Nobody waits without a deadline');
  });
});

describe('Timer', () => {
  it('calls once, later, with its arguments', async () => {
    const seen: unknown[] = [];

    const timer = new Timer(5, (...args: unknown[]) => seen.push(args), { args: [11] }).start();
    const before = [...seen];
    await timer.join();

    assert.deepEqual([before, seen], [[], [[11]]]);
  });

  it('never calls when it is cancelled before, and is over at once', async () => {
    const seen: unknown[] = [];

    const timer = new Timer(3_600_000, () => seen.push('called')).start();
    timer.cancel();
    await timer.join();

    assert.deepEqual(seen, []);
    assert.throws(() => new Timer(-1, () => undefined), ValueError);
  });
});

describe('KeyedLock', () => {
  it('lets those with different keys go on together, those with the same one after another', async () => {
    const rows = new KeyedLock<string>();
    const seen: string[] = [];
    const work = async (key: string, tag: string): Promise<void> =>
      await rows.withLock(key, async () => {
        seen.push(`${tag} in`);
        await sleep(5);
        seen.push(`${tag} out`);
      });

    await Promise.all([work('a', 'a1'), work('a', 'a2'), work('b', 'b1')]);

    assert.deepEqual(seen, ['a1 in', 'b1 in', 'a1 out', 'a2 in', 'b1 out', 'a2 out']);
    assert.equal(rows.size, 0);
  });

  it('forgets a key whose wait was given up', async () => {
    const rows = new KeyedLock<number>();
    const guard = await rows.acquire(1);

    assert.equal(await rows.acquire(1, { timeoutMs: 1 }), null);
    guard.release();

    assert.equal(rows.size, 0);
    assert.equal(rows.locked(1), false);
  });
});
