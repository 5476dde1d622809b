// The same scenarios in CPython and here: the same answers, and errors that mean the same.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { Future, ThreadPoolExecutor } from '#src/runtime/futures';
import { Process, pipe } from '#src/runtime/multiprocessing';
import { LifoQueue, PriorityQueue, Queue } from '#src/runtime/queue';
import { Barrier, BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore } from '#src/runtime/threading';
import { ref } from '#src/runtime/wire/function-ref';
import { needs } from '../support/real.ts';

const SCRIPT = path.resolve(import.meta.dirname, '../../../test/runtime/cpython.py');
const target = (name: string): ReturnType<typeof ref> => ref(new URL('targets.js', import.meta.url).href, name);

/** CPython's names of what is called otherwise here. */
const NAMES: Readonly<Record<string, string>> = { RuntimeError: 'StateError', AssertionError: 'StateError' };
/** Where CPython raises ValueError for what is a wrong moment, not a wrong value, here. */
const WRONG_MOMENT = new Set(['semaphores', 'bounded', 'process_misuse']);

async function outcome<T>(work: () => T | Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    return (error as Error).name;
  }
}

const held = async (guard: unknown): Promise<boolean> => (await guard) !== null;
const nothing = async (work: () => unknown): Promise<unknown> => (await outcome(work)) ?? null;

const scenarios: Readonly<Record<string, () => Promise<unknown>>> = {
  async orders() {
    const result = [];
    for (const items of [new Queue<number>(), new LifoQueue<number>(), new PriorityQueue<number>()]) {
      for (const item of [111, 333, 222]) await items.put(item);
      result.push([await items.get(), await items.get(), await items.get()]);
    }
    return result;
  },
  async bounded() {
    const items = new Queue<number>(2);
    await items.put(1);
    const states = [items.empty(), items.full(), items.qsize()];
    await items.put(2);
    const answers: unknown[] = [
      states,
      items.full(),
      await outcome(() => items.putNowait(3)),
      await outcome(() => items.put(3, { timeoutMs: 10 })),
    ];
    answers.push(
      await items.get(),
      await items.get(),
      await outcome(() => items.getNowait()),
      await outcome(() => items.get({ timeoutMs: 10 })),
    );
    answers.push(await outcome(() => items.get({ timeoutMs: -1 })));
    for (let i = 0; i < 3; i++) answers.push(await nothing(() => items.taskDone()));
    return answers;
  },
  async locks() {
    const [lock, rlock] = [new Lock(), new RLock()];
    const answers: unknown[] = [await held(lock.tryAcquire()), await held(lock.tryAcquire()), lock.locked()];
    answers.push(await nothing(() => lock.release()), await nothing(() => lock.release()));
    answers.push(await held(rlock.tryAcquire()), await held(rlock.tryAcquire()));
    for (let i = 0; i < 3; i++) answers.push(await nothing(() => rlock.release()));
    return answers;
  },
  async semaphores() {
    const [bounded, plain] = [new BoundedSemaphore(2), new Semaphore(0)];
    const answers: unknown[] = [await held(bounded.tryAcquire()), await held(bounded.tryAcquire()), await held(bounded.tryAcquire())];
    answers.push(await nothing(() => bounded.release(2)), await nothing(() => bounded.release()), await nothing(() => plain.release(0)));
    answers.push(await outcome(() => new Semaphore(-1)), await nothing(() => plain.release()), await held(plain.tryAcquire()));
    return answers;
  },
  async events() {
    const event = new Event();
    const answers = [event.isSet(), await event.wait({ timeoutMs: 0 })];
    event.set();
    event.set();
    return [...answers, event.isSet(), await event.wait()];
  },
  async conditions() {
    const condition = new Condition();
    const waited = await condition.withLock(async () => await condition.wait({ timeoutMs: 10 }));
    return [waited, await outcome(() => condition.wait({ timeoutMs: 10 })), await nothing(() => condition.notify())];
  },
  async barriers() {
    const barrier = new Barrier(2);
    const broken = [await outcome(() => barrier.wait({ timeoutMs: 10 })), barrier.broken(), await outcome(() => barrier.wait())];
    barrier.reset();
    return [...broken, barrier.broken(), barrier.parties, barrier.nWaiting(), await new Barrier(1).wait()];
  },
  async future_states() {
    const [pending, running, cancelled, failed, done] = Array.from({ length: 5 }, () => new Future<number>()) as [
      Future<number>,
      Future<number>,
      Future<number>,
      Future<number>,
      Future<number>,
    ];
    running.setRunningOrNotifyCancel();
    cancelled.cancel();
    failed.setException(Object.assign(new Error('no'), { name: 'OSError' }));
    done.setResult(42);
    const states = [running, cancelled, failed, done].map((future) => [
      future.cancel(),
      future.cancelled(),
      future.running(),
      future.done(),
    ]);
    const results = [
      await outcome(() => pending.result({ timeoutMs: 10 })),
      await outcome(() => cancelled.result()),
      await outcome(() => failed.result()),
    ];
    return [...states, ...results, await done.result(), await nothing(() => done.setResult(1)), [pending.cancel(), pending.cancel()]];
  },
  async executors() {
    const pool = new ThreadPoolExecutor({ maxWorkers: 2 });
    const values: unknown[] = [];
    for await (const value of pool.map(
      (a: number, b: number) => a * b,
      [
        [1, 2, 3],
        [10, 20],
      ],
    ))
      values.push(value);
    await pool.shutdown();
    return [values, await outcome(() => pool.submit(Math.abs, 1)), await outcome(() => new ThreadPoolExecutor({ maxWorkers: 0 }))];
  },
  async pipes() {
    const [a, b] = pipe();
    const [reader, writer] = pipe({ duplex: false });
    await a.send([42, null, 'hello']);
    await a.sendBytes(Buffer.alloc(0));
    const answers = [
      await b.poll(),
      await b.recv(),
      (await b.recvBytes()).length,
      await b.poll({ timeoutMs: 10 }),
      await b.poll({ timeoutMs: -1 }),
    ];
    await a.close();
    return [
      ...answers,
      await outcome(() => b.recv()),
      (await nothing(() => reader.send(1))) !== 1,
      (await outcome(() => writer.recv())) !== 1,
    ];
  },
  async exit_codes() {
    const how: [string, unknown][] = [
      ['pid', undefined],
      ['throwIt', undefined],
      ['die', undefined],
      ...[null, 0, 3, 263, true, false].map((status): [string, unknown] => ['exitWith', status]),
    ];
    const children = how.map(([name, status]) => new Process({ target: target(name), args: [status] }).start());
    for (const child of children) await child.join();
    return children.map((child) => child.exitCode);
  },
  async process_misuse() {
    const child = new Process({ target: target('pid') });
    const answers: unknown[] = [child.pid, child.exitCode, child.isAlive(), await outcome(() => child.join())];
    child.start();
    answers.push(await outcome(() => child.start()));
    await child.join();
    child.close();
    return [...answers, await outcome(() => child.isAlive())];
  },
};

describe("beside CPython's own modules", needs('python3'), () => {
  let theirs: Record<string, unknown>;
  before(() => {
    theirs = JSON.parse(execFileSync('python3', [SCRIPT], { encoding: 'utf8' })) as Record<string, unknown>;
  });

  for (const [name, run] of Object.entries(scenarios)) {
    it(`${name.replaceAll('_', ' ')}: the same answers`, async () => {
      const ours = await run();

      assert.deepEqual(JSON.parse(JSON.stringify(ours)), translated(theirs[name], WRONG_MOMENT.has(name) ? ours : undefined));
    });
  }
});

/** CPython's answers with the names of here; where both a wrong value and a wrong moment are ValueErrors there, ours says which it is. */
function translated(answer: unknown, ours: unknown): unknown {
  if (Array.isArray(answer)) return answer.map((one, i) => translated(one, Array.isArray(ours) ? ours[i] : undefined));
  if (answer === 'ValueError' && ours === 'StateError') return ours;
  return typeof answer === 'string' ? (NAMES[answer] ?? answer) : answer;
}
