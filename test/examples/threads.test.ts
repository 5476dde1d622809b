// The examples about threads print what the documents say they print: order and counts, never times.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runExample } from './run-example.ts';

const JOIN = 'join: 真正的串行 (really one after another)';
const LOCK = 'lock: 局部代码串行 (only the part that changes what is shared)';
const tenThreads = Array.from({ length: 10 }, (_, i) => `Thread-${i + 1}`);

// They mostly sleep, so they sleep together; not too many at once, because some are many processes.
describe('examples about threads', { concurrency: 3 }, () => {
  it('thread-basics: by function and by class, serial and parallel, joined, counted, and the pids of three kinds', async () => {
    const sections = split(await runExample('thread-basics'));

    assert.deepEqual(sections, {
      'a thread by a function': ['jason is running', '主', 'jason is over'],
      'a thread by a class': ['jason is running', '主线程', 'jason is over'],
      'join waits for one thread, and only for that one': ['test... t1', 'test... t2', 'test...done t1', 'main thread', 'test...done t2'],
      '串行: start and join, one after another': ['t1', 't2', 't3'].flatMap((name) => [`test... ${name}`, `test...done ${name}`]),
      '并行: start all, then join all': [
        ...['t1', 't2', 't3'].map((name) => `test... ${name}`),
        ...['t1', 't2', 't3'].map((name) => `test...done ${name}`),
      ],
      'who runs, and how many': ['inside: Thread-7', 'outside: MainThread', 'active_count: 2, with the main one', 'active_count: 1'],
      'thread, worker thread and process: the same words, and whose pid': [
        'Thread: the pid of the main thread',
        'WorkerThread: the pid of the main thread',
        'Process: a pid of its own',
      ],
    });
  });

  it('daemon-threads: nobody waits for the slaves, nor for end123', async () => {
    const lines = await runExample('daemon-threads');

    assert.deepEqual(lines, [...Array<string>(10).fill('run thread...'), 'master is done...', '123', '456', 'main-------', 'end456']);
  });

  it('shared-data: a thread changes it, a worker thread only what lies in shared memory, a process nothing', async () => {
    const lines = await runExample('shared-data');

    assert.deepEqual(lines, [
      'changed by a thread: 999',
      'changed by a worker thread: 100',
      'changed by a process: 100',
      'changed by a worker thread, in shared memory: 999',
      'the main thread goes on with money = 5',
      'a thread begins with money = 5',
      'a worker thread begins with money = 100',
      'a process begins with money = 100',
    ]);
  });

  it('mutex-100-threads: 99 without a lock, 0 with any lock, and with join', async () => {
    const lines = await runExample('mutex-100-threads');

    assert.deepEqual(
      lines.map((line) => line.replace(/run time \d+ ms, /, '')),
      [
        'without a lock: value 99',
        'with mutex: value 0',
        'with the mutex of processes: value 0',
        'join instead of a lock: value 0',
        'with only the shared part locked: value 0',
      ],
    );
  });

  it('lock-or-join: with join one sees a ticket, with a lock one or more; one buys it, nineteen fail', async () => {
    const { [JOIN]: join = [], [LOCK]: lock = [] } = split(await runExample('lock-or-join'));

    assert.deepEqual(join, [
      '用户1 剩余票数1',
      '用户1购买成功',
      ...Array.from({ length: 19 }, (_, i) => [`用户${i + 2} 剩余票数0`, `用户${i + 2}失败`]).flat(),
    ]);
    assert.ok(count(lock, /剩余票数1$/) >= 1);
    assert.equal(count(lock, /剩余票数[01]$/), 20);
    assert.equal(count(lock, /购买成功$/), 1);
    assert.equal(count(lock, /失败$/), 19);
  });

  it('semaphore: five at once, twenty in all', async () => {
    const lines = await runExample('semaphore');

    const threads = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `Thread-${from + i} 上厕所`);
    assert.deepEqual(lines, [...threads(1, 5), 'free: 0, waiting: 15', ...threads(6, 20), 'free: 5, waiting: 0, most at once: 5']);
  });

  it('semaphore-or-pool: ten processes and four inside, or four processes', async () => {
    const lines = await runExample('semaphore-or-pool');

    const { 'semaphore(4)': semaphore = [], 'pool(4)': pool = [] } = split(lines);
    assert.ok(lines.includes('-- semaphore(4): 10 tasks by 10 processes'));
    for (const part of [semaphore, pool]) {
      assert.equal(part.length, 20);
      assert.ok(mostInside(part) <= 4);
    }
    assert.ok(new Set(pool.map((line) => /\d+/.exec(line)?.[0])).size <= 4);
  });

  it('traffic-light: the car stops at red and races at green', async () => {
    const lines = (await runExample('traffic-light')).map((line) => line.replaceAll('\u001b', ''));

    const lights = lines.filter((line) => line.includes('灯 '));
    const cars = lines.flatMap((line, i) => {
      const light = lines.slice(0, i).findLast((before) => before.includes('灯 '));
      return line.includes('[tesla]') ? [{ light, line }] : [];
    });
    assert.deepEqual(lights, [
      ...Array.from({ length: 10 }, (_, i) => `[41;1m红灯 ${10 - i}[0m`),
      ...Array.from({ length: 20 }, (_, i) => `[42;1m绿灯 ${20 - i}[0m`),
    ]);
    assert.ok(cars.some(({ line }) => line.includes('等红灯')) && cars.some(({ line }) => line.includes('飞奔')));
    for (const { light, line } of cars) {
      // It turns red without a word, after the last second of green.
      if (light?.includes('绿灯 1') === true) continue;
      const expected = light?.includes('绿灯') === true ? '[32;0m[tesla]在路上飞奔.....[0m' : '[31;0m[tesla]等红灯等的花都谢了.....[0m';
      assert.equal(line, expected, light);
    }
  });

  it('conn-mysql: connected at the second attempt, or an error after the third', async () => {
    const sections = split(await runExample('conn-mysql'));

    const attempt = (n: number): string[] => [1, 2].map((thread) => `Thread-${thread} 等待第${n}次链接mysql`);
    assert.deepEqual(sections, {
      'the check takes 0.8 s': [...attempt(1), 'Thread-3 正在检查mysql状态', ...attempt(2), 'Thread-1 链接ok', 'Thread-2 链接ok'],
      'the check takes 5 s': [
        ...attempt(1),
        'Thread-3 正在检查mysql状态',
        ...attempt(2),
        ...attempt(3),
        'Exception in thread Thread-1: ConnectionError: 链接失败',
        'Exception in thread Thread-2: ConnectionError: 链接失败',
      ],
    });
  });

  it('timer: calls once, and never when it was cancelled', async () => {
    const lines = await runExample('timer');

    assert.deepEqual(lines, ['started', 'hello, world 11', 'cancelled, and ended at once']);
  });

  it('three-queues: each in its order', async () => {
    const lines = await runExample('three-queues');

    assert.deepEqual(lines, [
      'Queue: 1 2 3',
      'LifoQueue: 3 2 1',
      'PriorityQueue: [9,"data3"] [10,"data1"] [11,"data2"]',
      'PriorityQueue, equals: [0,{"before":"both"}] [1,{"first":true}] [1,{"second":true}]',
    ]);
  });

  it('queue-basics: the sixth waits for room, and looking before acting is too late', async () => {
    const sections = split(await runExample('queue-basics'));

    assert.deepEqual(sections, {
      'Queue(5)': [
        'full: false',
        'full: true, qsize: 5',
        'put_nowait: Full',
        'put within 10 ms: Full',
        'the sixth waits',
        '111',
        'the sixth is in',
        '222',
        '333',
        '444',
        '555',
        '666',
        'get_nowait: Empty',
        'get within 10 ms: Empty',
      ],
      'Queue(), as large as memory': ['qsize: 10000, full: false'],
      'full() is old when it is read': ['a saw room: done', 'b saw room: Full'],
      'tryPut() and tryGet() ask and act at once': ['a: true, b: false', 'first: a, second: undefined'],
    });
  });

  it('deadlock-and-rlock: hangs as in Python, is told here, and an RLock does without', async () => {
    const lines = await runExample('deadlock-and-rlock');
    const sections = split(lines);

    const hangs = lines.filter((line) => line.endsWith('hang'));
    assert.deepEqual(hangs, [
      '-- two locks, as in Python: 10 of 10 threads hang',
      '-- mutexA = mutexB = Lock(), as in Python: 10 of 10 threads hang',
      '-- two locks: 0 of 10 threads hang',
      '-- mutexA = mutexB = Lock(): 0 of 10 threads hang',
      '-- mutexA = mutexB = RLock(): 0 of 10 threads hang',
    ]);
    const four = ['Thread-1在f1拿到了A锁', 'Thread-1在f1拿到了B锁', 'Thread-1在f2中拿到了B锁', 'Thread-2在f1拿到了A锁'];
    assert.deepEqual(sections['two locks, as in Python'], four);
    assert.deepEqual(sections['mutexA = mutexB = Lock(), as in Python'], four.slice(0, 1));
    assert.deepEqual(sections['two locks']?.slice(0, 5), [
      ...four,
      'Thread-1: DeadlockError: Thread-1 waits lock mutexA held by Thread-2 which waits lock mutexB held by Thread-1',
    ]);
    // The last one has nobody to wait for.
    assert.equal(sections['two locks']?.at(-1), 'Thread-10在f2拿到了A锁');
    assert.deepEqual(
      sections['mutexA = mutexB = Lock()'],
      tenThreads.flatMap((name) => [`${name}在f1拿到了A锁`, `${name}: DeadlockError: ${name} waits lock mutexA held by ${name}`]),
    );
  });

  it('deadlock-and-rlock: ten threads say their eight lines with an RLock, which counts', async () => {
    const sections = split(await runExample('deadlock-and-rlock'));

    const rlock = sections['mutexA = mutexB = RLock()'] ?? [];
    assert.equal(rlock.length, 80);
    for (const name of tenThreads) {
      assert.deepEqual(
        rlock.filter((line) => line.startsWith(`${name}在`)).map((line) => line.slice(name.length)),
        [
          '在f1拿到了A锁',
          '在f1拿到了B锁',
          '在f1释放了B锁',
          '在f1释放了A锁',
          '在f2中拿到了B锁',
          '在f2拿到了A锁',
          '在f2释放了A锁',
          '在f2释放了B锁',
        ],
      );
    }
    assert.deepEqual(sections['递归锁内部维护了Lock和counter变量: a lock and a counter'], [
      'counter: 3',
      'another thread: cannot release un-acquired lock',
      'counter: 2, locked: true',
      'counter: 1, locked: true',
      'counter: 0, locked: false',
    ]);
  });

  it('row-locks: another row does not wait, the same one does; a table lets in one at a time', async () => {
    const { '行锁: c does not wait, b does': rows = [], '表锁: one at a time': table = [] } = split(await runExample('row-locks'));

    assert.deepEqual(rows.slice(0, 2), ['a begins row 1', 'c begins row 2']);
    assert.ok(rows.indexOf('b begins row 1') > rows.indexOf('a ends row 1'));
    assert.equal(rows.at(-1), 'rows that cost anything now: 0');
    assert.deepEqual(table, ['a begins row 1', 'a ends row 1', 'b begins row 1', 'b ends row 1', 'c begins row 2', 'c ends row 2']);
  });

  it('thread-pool: 21 tasks on five named threads; seven pages parsed by a callback, and one whose callback fails', async () => {
    const { '21 tasks': tasks = [], 'get_page, parse_page': pages = [] } = split(await runExample('thread-pool'));

    const names = new Set(tasks.slice(0, 21).map((line) => line.replace(' is running', '')));
    assert.deepEqual(
      [...names].toSorted(),
      ['0', '1', '2', '3', '4'].map((n) => `ThreadPoolExecutor-0_${n}`),
    );
    assert.equal(tasks.at(-1), Array.from({ length: 21 }, (_, n) => n * n).join(' '));
    const urls = ['/1', '/2', '/3', '/4', '/5', '/6', '/7'];
    assert.deepEqual(after(pages, / get :(.*)/), [...urls, '/gone']);
    assert.deepEqual(after(pages, /^<ThreadPoolExecutor-1_[012]> parse :(.*)/), urls);
    assert.deepEqual(after(pages, /^url:(.*) size:100$/), urls);
    assert.ok(pages.indexOf('主进程') > pages.findLastIndex((line) => line.includes(' get :')));
    assert.equal(pages.at(-1), '/gone: null');
  });

  it('sleeps-400: all sleep, and all compute', async () => {
    const lines = await runExample('sleeps-400');

    assert.deepEqual(
      lines.map((line) => line.replace(/\d+ ms$/, 'so long')),
      [
        '400 threads that sleep 200 ms each: so long',
        'slept: 400',
        '1 that computes: so long',
        '4 that compute, threads: so long',
        '4 that compute, worker threads: so long',
      ],
    );
  });

  it('guards: three ways release when the work throws, and the bare one does not', async () => {
    const lines = await runExample('guards');

    assert.deepEqual(lines, [
      'acquire and release: TypeError, locked afterwards: true',
      'try and finally: TypeError, locked afterwards: false',
      'using: TypeError, locked afterwards: false',
      'withLock: TypeError, locked afterwards: false',
    ]);
  });
});

/** What was printed below each `-- title`. */
function split(lines: readonly string[]): Record<string, string[]> {
  const sections: Record<string, string[]> = {};
  let title = '';
  for (const line of lines) {
    if (line.startsWith('-- ')) title = line.slice(3);
    else sections[title] = [...(sections[title] ?? []), line];
  }
  return sections;
}

function count(lines: readonly string[], pattern: RegExp): number {
  return lines.filter((line) => pattern.test(line)).length;
}

/** What stands in the group of the pattern, sorted. */
function after(lines: readonly string[], pattern: RegExp): string[] {
  return lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).toSorted();
}

/** How many were in the toilet at once, as they told it. */
function mostInside(lines: readonly string[]): number {
  let [inside, most] = [0, 0];
  for (const line of lines) {
    inside += line.endsWith('正在上厕所') ? 1 : -1;
    most = Math.max(most, inside);
  }
  return most;
}
