// A deadlock of two locks, of one lock with itself, how each is told here, and the RLock that does without. (Rows C36, D46-D52.)
//
// 死锁 (deadlock): 各个线程彼此等待对方拥有的资源, each waits for what another has; 递归锁 (RLock): 把多把锁变成了一把锁, several locks made one
import { type Guard, isMain, sleep, Thread, threading } from 'sshoal/runtime';

type Mutex = threading.Lock | threading.RLock;

const THREADS = 10;

const say = (what: string): void => console.log(`${threading.currentThread().name}${what}`);

/** Of the document's programs only the one with the RLock says what it releases. */
const sayReleased = (mutex: Mutex, what: string): void => {
  if (mutex instanceof threading.RLock) say(what);
};

/** A, then B. */
async function f1(mutexA: Mutex, mutexB: Mutex): Promise<void> {
  using _a: Guard = await mutexA.acquire();
  say('在f1拿到了A锁');
  {
    using _b: Guard = await mutexB.acquire();
    say('在f1拿到了B锁');
  }
  sayReleased(mutexB, '在f1释放了B锁');
}

/** B, then A: crosswise. */
async function f2(mutexA: Mutex, mutexB: Mutex): Promise<void> {
  using _b: Guard = await mutexB.acquire();
  say('在f2中拿到了B锁');
  await sleep(5);
  {
    using _a: Guard = await mutexA.acquire();
    say('在f2拿到了A锁');
  }
  sayReleased(mutexA, '在f2释放了A锁');
}

async function task(mutexA: Mutex, mutexB: Mutex): Promise<void> {
  await f1(mutexA, mutexB);
  sayReleased(mutexA, '在f1释放了A锁');
  await f2(mutexA, mutexB);
  sayReleased(mutexB, '在f2释放了B锁');
}

/** Ten threads, watched for so long. */
async function run(title: string, mutexA: Mutex, mutexB: Mutex, timeoutMs: number): Promise<void> {
  console.log(`-- ${title}`);
  const threads = Array.from({ length: THREADS }, (_, i) =>
    new Thread({ target: task, args: [mutexA, mutexB], name: `Thread-${i + 1}`, daemon: true }).start(),
  );
  const deadline = performance.now() + timeoutMs;
  for (const thread of threads) await thread.join({ timeoutMs: deadline - performance.now() });
  console.log(`-- ${title}: ${threads.filter((thread) => thread.isAlive()).length} of ${THREADS} threads hang`);
}

async function recursion(): Promise<void> {
  console.log('-- 递归锁内部维护了Lock和counter变量: a lock and a counter');
  const mutex = new threading.RLock();
  const owner = async (): Promise<void> => {
    const guards = [await mutex.acquire(), await mutex.acquire(), await mutex.acquire()];
    console.log(`counter: ${mutex.recursionCount()}`);
    await new Thread({ target: stranger }).start().join();
    for (const guard of guards) {
      guard.release();
      console.log(`counter: ${mutex.recursionCount()}, locked: ${mutex.locked()}`);
    }
  };
  const stranger = (): void => {
    try {
      mutex.release();
    } catch (error) {
      console.log(`another thread: ${(error as Error).message}`);
    }
  };
  await new Thread({ target: owner }).start().join();
}

if (isMain(import.meta)) {
  threading.hooks.excepthook = ({ error, thread }) => console.log(`${thread.name}: ${String(error)}`);

  const asPython = { detect: false } as const;
  const [pythonA, pythonB] = [new threading.Lock(asPython), new threading.Lock(asPython)];
  await run('two locks, as in Python', pythonA, pythonB, 150);
  const pythonOne = new threading.Lock(asPython);
  await run('mutexA = mutexB = Lock(), as in Python', pythonOne, pythonOne, 150);

  // Who would close the circle is told, lets go of what it has, and the others go on.
  await run('two locks', new threading.Lock({ name: 'mutexA' }), new threading.Lock({ name: 'mutexB' }), 10_000);
  const one = new threading.Lock({ name: 'mutexA' });
  await run('mutexA = mutexB = Lock()', one, one, 10_000);

  const recursive = new threading.RLock();
  await run('mutexA = mutexB = RLock()', recursive, recursive, 10_000);
  await recursion();
}
