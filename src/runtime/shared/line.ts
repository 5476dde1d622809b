// Standing in line in shared memory, blocking the thread or awaiting. It does not know what for.
import { currentAgent } from '../agent.ts';
import { StateError } from '../errors.ts';
import { need } from '../threads/thread.ts';
import { checkTimeout, TIMED_OUT, type Wait } from '../waiters.ts';
import type { Arena, Place } from './arena.ts';

/** One way to wait for an object. */
export interface Goal<R> {
  readonly object: Place;
  /** Which of its lines. */
  readonly line: number;
  /**
   * Takes what is wanted, or returns undefined: called inside the section, again and again.
   *
   * @param rank - How many stand before. @param waiter - The own record, once in line.
   */
  readonly attempt: (rank: number, waiter: Place | undefined) => R | undefined;
  /** Called inside the section before waiting for ever. @throws DeadlockError. */
  readonly check?: (() => void) | undefined;
  /** Called once the line is joined, outside the section, before the thread blocks. */
  readonly onEnter?: (() => void) | undefined;
  /** Called inside the section when the wait was given up. */
  readonly onGiveUp?: (() => void) | undefined;
}

/** How long a blocked thread sleeps before it looks whether somebody died without a word. */
const LOOK_EVERY_MS = 40;

interface WaitAsync {
  readonly async: boolean;
  readonly value: Promise<'ok' | 'timed-out'> | 'not-equal' | 'timed-out';
}

/** As every engine this runs on has it, and TypeScript's library of ES2023 does not. */
const atomics = Atomics as unknown as { waitAsync(words: Int32Array, index: number, value: number, timeoutMs?: number): WaitAsync };

/** Waits without blocking the thread. @throws As the goal; `signal.reason` on abort; ValueError on a negative timeout. */
export async function pursue<R>(arena: Arena, goal: Goal<R>, options: Wait): Promise<R | typeof TIMED_OUT> {
  const { timeoutMs, signal } = options;
  checkTimeout(timeoutMs);
  signal?.throwIfAborted();
  const begun = begin(arena, goal, options);
  if (begun.waiter === undefined) return begun.result;
  const { waiter } = begun;
  const word = arena.wakeWord(waiter);
  const deadline = deadlineOf(timeoutMs);
  const onAbort = (): void => void Atomics.notify(arena.words, word);
  // A pending waitAsync keeps no program alive.
  const counted = !currentAgent().daemon;
  if (counted) need(1);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      const left = deadline - performance.now();
      const waiting = left <= 0 ? undefined : atomics.waitAsync(arena.words, word, 0, Number.isFinite(left) ? left : undefined);
      if (waiting?.async === true) await waiting.value;
      const result = again(arena, goal, waiter);
      if (result !== undefined) return result;
      if (signal?.aborted === true) break;
      if (performance.now() >= deadline) return giveUp(arena, goal, waiter) ?? TIMED_OUT;
    }
    giveUp(arena, goal, waiter);
    throw signal.reason;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    if (counted) need(-1);
  }
}

/** Waits, and blocks the thread meanwhile. @param timeoutMs - Default: for ever. @throws As the goal; ValueError. */
export function pursueSync<R>(arena: Arena, goal: Goal<R>, timeoutMs: number | undefined): R | typeof TIMED_OUT {
  checkTimeout(timeoutMs);
  const begun = begin(arena, goal, { timeoutMs });
  if (begun.waiter === undefined) return begun.result;
  const { waiter } = begun;
  const word = arena.wakeWord(waiter);
  const deadline = deadlineOf(timeoutMs);
  goal.onEnter?.();
  for (;;) {
    const left = deadline - performance.now();
    if (left <= 0) return giveUp(arena, goal, waiter) ?? TIMED_OUT;
    if (Atomics.wait(arena.words, word, 0, Math.min(left, LOOK_EVERY_MS)) === 'timed-out') arena.sweepDead();
    const result = again(arena, goal, waiter);
    if (result !== undefined) return result;
  }
}

/** Takes what is wanted if it can be had now. */
export function attemptNow<R>(arena: Arena, goal: Goal<R>): R | undefined {
  return arena.section(() => goal.attempt(arena.rank(goal.object, goal.line), undefined));
}

type Begun<R> = { readonly result: R | typeof TIMED_OUT; readonly waiter?: undefined } | { readonly waiter: Place };

function begin<R>(arena: Arena, goal: Goal<R>, options: Wait): Begun<R> {
  const agent = currentAgent();
  const certain = options.timeoutMs === undefined && options.signal === undefined && !agent.shared;
  return arena.section(() => {
    const result = goal.attempt(arena.rank(goal.object, goal.line), undefined);
    if (result !== undefined) return { result };
    if (options.timeoutMs === 0) return { result: TIMED_OUT };
    if (certain) goal.check?.();
    const waiter = arena.enqueue(goal.object, goal.line, agent.ident, certain);
    // The lock's owner may have let go between the attempt and the line: it wakes those it finds there.
    const now = goal.attempt(arena.rank(goal.object, goal.line, waiter), waiter);
    if (now !== undefined) {
      arena.leave(waiter);
      return { result: now };
    }
    return { waiter };
  });
}

function again<R>(arena: Arena, goal: Goal<R>, waiter: Place): R | undefined {
  return arena.section(() => {
    if (arena.read(waiter) !== goal.object) throw new StateError('It was closed while this thread waited for it');
    Atomics.store(arena.words, arena.wakeWord(waiter), 0);
    const result = goal.attempt(arena.rank(goal.object, goal.line, waiter), waiter);
    if (result !== undefined) arena.leave(waiter);
    return result;
  });
}

/** Leaves the line, unless it was served at the last moment. */
function giveUp<R>(arena: Arena, goal: Goal<R>, waiter: Place): R | undefined {
  return arena.section(() => {
    const result = goal.attempt(arena.rank(goal.object, goal.line, waiter), waiter);
    arena.leave(waiter);
    if (result === undefined) goal.onGiveUp?.();
    return result;
  });
}

function deadlineOf(timeoutMs: number | undefined): number {
  return timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
}
