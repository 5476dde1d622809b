// Process and WorkerThread: what runs in them, how they end, what they leave. The cases are those of CPython's _test_multiprocessing.py.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ClosureTargetError, StateError, TargetNotFoundError } from '#src/runtime/errors';
import {
  activeChildren,
  Connection,
  currentProcess,
  KeyedLock,
  Lock,
  Process,
  parentProcess,
  pipe,
  Queue,
} from '#src/runtime/multiprocessing';
import { Lock as SharedLock } from '#src/runtime/shared';
import { WorkerThread } from '#src/runtime/threads/worker-thread';
import { ref, task } from '#src/runtime/wire/function-ref';
import { Doubler, Lost, UpperCaser } from './targets.ts';

const url = new URL('targets.js', import.meta.url).href;
const target = (name: string): ReturnType<typeof ref> => ref(url, name);
const hasProc = process.platform === 'linux';

/** Whether a process is there, and no zombie. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; !done(); tries++) {
    assert.ok(tries < 2_000, 'it does not come');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('Process', () => {
  it('gets its arguments, and knows its name, its pid and its parent', async () => {
    const reports = new Queue<Record<string, unknown>>();

    const child = new Process({ target: target('introduce'), args: [reports, 1], kwargs: { b: 2 }, name: 'bob', daemon: true });
    const before = [child.pid, child.exitCode, child.isAlive()];
    child.start();
    const during = [child.isAlive(), activeChildren().includes(child)];
    const seen = await reports.get({ timeoutMs: 20_000 });
    await child.join();

    assert.deepEqual(before, [null, null, false]);
    assert.deepEqual(during, [true, true]);
    const { name: parent } = currentProcess();
    assert.deepEqual(seen, {
      a: 1,
      b: 2,
      name: 'bob',
      daemon: true,
      pid: child.pid,
      ppid: process.pid,
      parent,
      alive: true,
      thread: 'MainThread',
    });
    assert.deepEqual([child.exitCode, child.isAlive(), activeChildren().includes(child), child.ppid], [0, false, false, process.pid]);
    assert.equal(parentProcess(), null);
  });

  it('ends with the code that Python would give', async () => {
    const statuses: [unknown, number][] = [
      [undefined, 0],
      [null, 0],
      [0, 0],
      [3, 3],
      [263, 7],
      [true, 1],
      [false, 0],
      ['a reason', 1],
    ];

    const children = statuses.map(([status]) => new Process({ target: target('exitWith'), args: [status] }).start());
    const others = ['throwIt', 'leave', 'die'].map((name) => new Process({ target: target(name) }).start());
    for (const child of [...children, ...others]) await child.join();

    assert.deepEqual(
      children.map((child) => child.exitCode),
      statuses.map(([, code]) => code),
    );
    assert.deepEqual(
      others.map((child) => child.exitCode),
      [1, 7, -9],
    );
    assert.match(String(others[2]), /^<Process name='Process-\d+' pid=\d+ parent=\d+ stopped exitcode=-SIGKILL>$/);
  });

  it('is ended by terminate and kill, even while it is still starting or spins', async () => {
    const early = new Process({ target: target('spin') }).start();
    early.terminate();
    const spinning = new Process({ target: target('spin') }).start();
    await spinning.join({ timeoutMs: 0 });
    await spinning.join({ timeoutMs: -1 });
    const alive = spinning.isAlive();
    spinning.kill();
    await early.join();
    await spinning.join();

    assert.equal(alive, true);
    assert.deepEqual([early.exitCode, spinning.exitCode], [-15, -9]);
  });

  it('delivers what it has put before it ends, however it ends by itself', async () => {
    const reports = new Queue<number>();

    const child = new Process({ target: target('putThenExit'), args: [reports, 3_000, 5] }).start();
    await child.join();

    assert.deepEqual([child.exitCode, await reports.qsize()], [5, 3_000]);
  });

  it('waits for its threads, and not for daemons among them', async () => {
    const reports = new Queue<string>();

    await new Process({ target: target('leaveThreads'), args: [reports] }).start().join();

    assert.equal(await reports.get(), 'thread');
  });

  it('may start children of its own, and those theirs', async () => {
    const reports = new Queue<number[]>();

    await new Process({ target: target('haveChildren'), args: [reports, []] }).start().join();

    const seen: number[][] = [];
    while (!(await reports.empty())) seen.push(await reports.get());
    assert.deepEqual(seen, [[], [0], [0, 0], [0, 1], [1], [1, 0], [1, 1]]);
  });

  it('may not as a daemon', async () => {
    const reports = new Queue<string>();

    await new Process({ target: target('haveDaemonChild'), args: [reports], daemon: true }).start().join();

    assert.equal(await reports.get(), 'daemonic processes are not allowed to have children');
  });

  it('may be a class: its fields travel, its constructor does not run again', async () => {
    const [mine, theirs] = pipe();

    const child = new UpperCaser(theirs, '!').start();
    const heard = [];
    for (const word of ['hello', 'world']) {
      await mine.send(word);
      heard.push(await mine.recv({ timeoutMs: 20_000 }));
    }
    await mine.send(null);
    await child.join();

    assert.deepEqual(heard, ['HELLO!', 'WORLD!']);
    assert.equal(child.exitCode, 0);
    assert.throws(() => new Lost().start(), TargetNotFoundError);
  });

  it('is refused a target that cannot travel, at once, with what to do', async () => {
    const here = 1;

    assert.throws(() => new Process({ target: () => here }), ClosureTargetError);
    assert.throws(() => new Process({ target: 'square' as never }), TargetNotFoundError);
    assert.throws(() => ref('not a url', 'x'), TargetNotFoundError);
    const unknown = new Process({ target: target('noSuchFunction') }).start();
    await unknown.join();
    assert.equal(unknown.exitCode, 1);
    assert.doesNotThrow(() => new Process({ target: task({ url }, function pid() {}) }));
  });

  it('refuses what its state does not allow', async () => {
    const child = new Process({ target: target('pid') });

    await assert.rejects(child.join(), /can only join a started process/);
    assert.throws(() => child.sentinel, /process not started/);
    assert.throws(() => child.terminate(), StateError);
    child.start();
    assert.throws(() => child.start(), /cannot start a process twice/);
    assert.throws(() => {
      child.daemon = true;
    }, /process has already started/);
    assert.throws(() => child.close(), /Cannot close a process while it is still running/);
    await child.join();
    child.close();
    child.close();
    assert.throws(() => child.pid, /process object is closed/);
    assert.throws(() => child.isAlive(), /process object is closed/);
  });

  it('is not started by a module that is only just loaded as a target, which would go on for ever', async () => {
    const child = new Process({ target: ref(new URL('unguarded.js', import.meta.url).href, 'nothing') }).start();

    await child.join();

    assert.equal(child.exitCode, 1);
  });

  it('takes locks and queues as arguments only, and shared memory not at all', async () => {
    const queue = new Queue<unknown>();

    await assert.rejects(async () => await queue.put(new Lock()), /should only be shared between processes through inheritance/);
    assert.throws(() => new Process({ target: target('pid'), args: [new SharedLock()] }).start(), /lives in the memory of one process/);
    assert.throws(() => new Process({ target: target('pid'), args: [Symbol('no')] }).start(), /symbol cannot travel/);
    assert.throws(() => new Process({ target: target('pid'), args: [{ deep: [() => 1] }] }).start(), ClosureTargetError);
  });

  it('sees its parent end, when that is a process in the middle', async () => {
    const reports = new Queue<unknown>();

    const middle = new Process({ target: target('startSpinner'), args: [reports, { busy: false }] }).start();
    const [first, second] = [await reports.get({ timeoutMs: 20_000 }), await reports.get({ timeoutMs: 20_000 })];
    const [, , child] = [first, second].find(Array.isArray) as [string, number, number];
    const before = runs(child);
    middle.kill();
    await middle.join();

    assert.equal(before, hasProc);
    await until(() => !runs(child));
  });

  it('dies with a parent that was killed, even while it spins; a detached one lives on', {
    skip: hasProc ? false : 'only /proc tells',
  }, async () => {
    const reports = new Queue<unknown>();
    const middle = new Process({ target: target('startSpinner'), args: [reports, { busy: true }] }).start();
    const free = new Process({ target: target('startOrphan'), args: [reports] }).start();
    const seen: unknown[] = [];
    while (seen.length < 4) seen.push(await reports.get({ timeoutMs: 20_000 }));
    const [, , spinner] = seen.find((one) => Array.isArray(one) && one[0] === 'middle') as [string, number, number];
    const [, orphan] = seen.find((one) => Array.isArray(one) && one[0] === 'orphan') as [string, number];
    const before = [runs(spinner), runs(orphan)];

    middle.kill();
    free.kill();
    await middle.join();
    await free.join();
    await until(() => !runs(spinner));
    const after = runs(orphan);
    process.kill(orphan, 'SIGKILL');

    assert.deepEqual(before, [true, true]);
    assert.equal(after, true);
  });

  it('leaves no zombie when the loop turns, and is one while it does not', { skip: hasProc ? false : 'only /proc tells' }, async () => {
    const child = new Process({ target: target('pid') }).start();
    const pid = child.pid ?? 0;
    const state = (): string => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

    const deadline = Date.now() + 20_000;
    while (state() !== 'Z') assert.ok(Date.now() < deadline, 'the child does not end');
    await child.join();

    assert.equal(runs(pid), false);
    assert.throws(() => readFileSync(`/proc/${pid}/status`), { code: 'ENOENT' });
  });

  it('is quick enough to start that twenty end well, and twenty are ended well', async () => {
    const quick = Array.from({ length: 20 }, () => new Process({ target: target('pid') }).start());
    for (const child of quick) await child.join();
    const ended = Array.from({ length: 20 }, () => new Process({ target: target('spin') }).start());
    for (const child of ended) child.terminate();
    for (const child of ended) await child.join();

    assert.deepEqual(new Set(quick.map((child) => child.exitCode)), new Set([0]));
    assert.deepEqual(new Set(ended.map((child) => child.exitCode)), new Set([-15]));
  });
});

describe('KeyedLock across processes', () => {
  it('holds rows apart, and gives those of a dead process to the next', async () => {
    const [rows, reports] = [new KeyedLock(), new Queue<string>()];
    const keeper = new Process({ target: target('keepRow'), args: [rows, 'a', reports] }).start();
    await reports.get({ timeoutMs: 20_000 });

    const other = await rows.withLock('b', async () => await rows.locked('b'));
    const same = await rows.acquire('a', { timeoutMs: 10 });
    keeper.kill();
    const guard = await rows.acquire('a', { timeoutMs: 20_000 });

    assert.deepEqual([other, same, guard?.abandoned], [true, null, true]);
    await rows.release('a');
    assert.equal(await rows.locked('a'), false);
    await assert.rejects(rows.release('a'), StateError);
    await keeper.join();
  });
});

describe('deadlocks among processes', () => {
  it('end in an error that names the whole ring, for one of them, and the others go on', async () => {
    const [a, b, c] = [new Lock({ name: 'a' }), new Lock({ name: 'b' }), new Lock({ name: 'c' })];
    const { Barrier } = await import('#src/runtime/multiprocessing');
    const [all, reports] = [new Barrier(3), new Queue<string | [string, string]>()];

    const children = [
      [a, b],
      [b, c],
      [c, a],
    ].map(([own, next], i) => new Process({ target: target('ring'), args: [own, next, all, reports], name: `P${i}` }).start());
    const outcomes = [];
    for (let i = 0; i < 3; i++) outcomes.push(await reports.get({ timeoutMs: 20_000 }));
    for (const child of children) await child.join();

    const [error] = outcomes.filter(Array.isArray);
    assert.equal(outcomes.filter((outcome) => outcome === 'went on').length, 2);
    assert.match(
      String(error),
      /^DeadlockError,(P\d) waits lock \w held by P\d which waits lock \w held by P\d which waits lock \w held by \1$/,
    );
  });
});

describe('WorkerThread', () => {
  it('gets its arguments, shares the process, and has a number of its own', async () => {
    const reports = new Queue<Record<string, unknown>>();

    const worker = new WorkerThread({ target: target('introduce'), args: [reports, 1], kwargs: { b: 2 }, name: 'wendy' }).start();
    const seen = await reports.get({ timeoutMs: 20_000 });
    await worker.join();

    assert.deepEqual([seen.pid, seen.name, seen.a, seen.b], [process.pid, 'wendy', 1, 2]);
    assert.ok((worker.ident ?? 0) > 0);
    assert.equal(worker.exitCode, 0);
  });

  it('holds no more of what is new than it may', async () => {
    const reports = new Queue<number>();

    const worker = new WorkerThread({ target: target('tellYoungGeneration'), args: [reports], youngGenerationMiB: 6 }).start();
    const seen = await reports.get({ timeoutMs: 20_000 });
    await worker.join();

    assert.equal(seen, 6);
  });

  it('ends with 1 when it throws, with its own code when it exits, and is ended while it spins', async () => {
    const workers = ['throwIt', 'leave', 'spin'].map((name) => new WorkerThread({ target: target(name) }).start());
    workers[2]?.terminate();
    for (const worker of workers) await worker.join();

    assert.deepEqual(
      workers.map((worker) => worker.exitCode),
      [1, 7, -15],
    );
  });

  it('delivers what it has put before it ends, even by process.exit', async () => {
    const reports = new Queue<number>();

    const worker = new WorkerThread({ target: target('putThenExit'), args: [reports, 1_000, 5] }).start();
    await worker.join();

    assert.deepEqual([worker.exitCode, await reports.qsize()], [5, 1_000]);
  });

  it('may be a class', async () => {
    const reports = new Queue<number>();

    await new Doubler(21, reports).start().join();

    assert.equal(await reports.get(), 42);
  });

  it('takes what shares memory, and holds ends of pipes as a process does', async () => {
    const [mine, theirs] = pipe();

    const worker = new WorkerThread({ target: target('echo'), args: [theirs] }).start();
    await theirs.close();
    await mine.send('hello');
    const heard = await mine.recv({ timeoutMs: 20_000 });
    await mine.close();
    await worker.join();

    assert.equal(heard, 'hello');
    assert.ok(theirs instanceof Connection);
    assert.equal(worker.exitCode, 0);
  });
});
