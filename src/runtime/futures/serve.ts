// What runs inside the worker of an executor: takes batches of tasks, sends back what they came to. It does not know who sends them.
import { performance } from 'node:perf_hooks';
import { MaybeEncodingError } from '../errors.ts';
import { parentLine } from '../units/parent-line.ts';
import { encode, isJson } from '../wire/codec.ts';
import { fromWire, toWire } from '../wire/convert.ts';
import { type FunctionRef, resolveRef } from '../wire/function-ref.ts';

/** How a task is called: with its arguments, or for each of many. */
export type Shape = 'call' | 'each';

/** A task on its way: number, function (an index into those told before), shape, arguments. */
export type WireTask = readonly [id: number, target: number, shape: Shape, args: unknown];

export type ToWorker =
  | { readonly kind: 'targets'; readonly first: number; readonly targets: readonly { readonly url: string; readonly name: string }[] }
  | { readonly kind: 'tasks'; readonly tasks: readonly WireTask[] | string }
  | { readonly kind: 'end' };

/** What a task came to: number, whether it went well, the value or the error. */
export type WireResult = readonly [id: number, ok: boolean, value: unknown];

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'broken'; readonly error: unknown }
  | { readonly kind: 'results'; readonly results: readonly WireResult[] | string; readonly count: number; readonly busyMs: number };

/** Results do not wait longer than this for those after them. */
const HOLD_MS = 2;

type Callable = (...all: unknown[]) => unknown;

/** Serves until it is told to end. The initializer runs first, once. */
export async function serveTasks(initializer: FunctionRef | null, initargs: readonly unknown[]): Promise<void> {
  const line = parentLine();
  const targets: FunctionRef[] = [];
  const found: (Callable | undefined)[] = [];
  let busy: Promise<void> = Promise.resolve();
  const ended = new Promise<void>((resolve) => {
    line.onMessage((given) => {
      const message = given as ToWorker;
      if (message.kind === 'targets') targets.push(...message.targets);
      else if (message.kind === 'tasks')
        busy = busy.then(
          async () => await serve(typeof message.tasks === 'string' ? (JSON.parse(message.tasks) as WireTask[]) : message.tasks, lookUp),
        );
      else if (message.kind === 'end') resolve();
    });
  });
  const lookUp = async (index: number): Promise<Callable> => {
    const known = found[index] ?? ((await resolveRef(targets[index] as FunctionRef)) as Callable);
    found[index] = known;
    return known;
  };
  try {
    if (initializer !== null) await ((await resolveRef(initializer)) as Callable)(...initargs);
  } catch (error) {
    line.send({ kind: 'broken', error: toWire(error) } satisfies FromWorker);
    await ended;
    return;
  }
  line.send({ kind: 'ready' } satisfies FromWorker);
  await ended;
  await busy;
}

async function serve(tasks: readonly WireTask[], lookUp: (index: number) => Promise<Callable>): Promise<void> {
  let results: WireResult[] = [];
  let since = performance.now();
  for (const task of tasks) {
    results.push(await run(task, lookUp));
    const now = performance.now();
    if (now - since < HOLD_MS && results.length < tasks.length) continue;
    send(results, now - since);
    results = [];
    since = now;
  }
  if (results.length > 0) send(results, performance.now() - since);
}

async function run([id, target, shape, given]: WireTask, lookUp: (index: number) => Promise<Callable>): Promise<WireResult> {
  try {
    const work = await lookUp(target);
    const args = fromWire(given) as unknown[];
    return [id, true, shape === 'call' ? await work(...args) : await each(work, args as unknown[][])];
  } catch (error) {
    return [id, false, error];
  }
}

async function each(work: Callable, calls: readonly (readonly unknown[])[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const args of calls) {
    const result = work(...args);
    results.push(result instanceof Promise ? await result : result);
  }
  return results;
}

function send(results: readonly WireResult[], busyMs: number): void {
  const outgoing = results.map(([id, ok, value]) => outward(id, ok, value));
  parentLine().send({
    kind: 'results',
    results: isJson(outgoing) ? JSON.stringify(outgoing) : outgoing,
    count: results.length,
    busyMs,
  } satisfies FromWorker);
}

// A result that cannot travel must not stop those that can.
function outward(id: number, ok: boolean, value: unknown): WireResult {
  try {
    const data = toWire(value);
    if (typeof data === 'object' && data !== null && !Array.isArray(data) && Object.getPrototypeOf(data) !== Object.prototype) encode(data);
    return [id, ok, data];
  } catch (error) {
    return [id, false, toWire(new MaybeEncodingError(error instanceof Error ? error.message : String(error)))];
  }
}
