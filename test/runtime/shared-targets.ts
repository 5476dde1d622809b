// What the tests have worker threads do while they block.
import { ShutDown } from '#src/runtime/errors';
import type { Barrier, Condition, Event, Lock, Queue, SharedArray, Value } from '#src/runtime/shared';

export function countSync(lock: Lock, value: Value, times: number): void {
  for (let i = 0; i < times; i++) {
    lock.withLockSync(() => {
      value.value += 1;
    });
  }
}

export function updateSync(value: Value, numbers: SharedArray, times: number): void {
  for (let i = 0; i < times; i++) {
    value.updateSync((n) => n + 1);
    numbers.updateSync(0, (n) => n + 1);
    numbers.updateSync(1, (n) => n - 1);
  }
}

export function holdSync(lock: Lock, held: Event): void {
  lock.acquireSync();
  held.set();
  for (;;);
}

export function takeSync(lock: Lock, told: Queue<boolean>): void {
  lock.acquireSync();
  told.putSync(lock.abandoned);
  lock.release();
}

export function putSync(items: Queue<number>, count: number): void {
  for (let i = 0; i < count; i++) items.putSync(i);
}

export function putManySync(items: Queue<number>, count: number): void {
  items.putManySync(Array.from({ length: count }, (_, i) => i));
}

export function collectSync(items: Queue<number>, sums: Queue<number[]>): void {
  const seen: number[] = [];
  try {
    for (;;) seen.push(items.getSync());
  } catch (error) {
    if (!(error instanceof ShutDown)) throw error;
  }
  sums.putSync(seen);
}

export function awaitFlagSync(condition: Condition, flag: Value, done: Queue<number>): void {
  condition.acquireSync();
  while (flag.value === 0) condition.waitSync();
  condition.release();
  done.putSync(100);
}

export function meetSync(barrier: Barrier, indexes: Queue<number>): void {
  indexes.putSync(barrier.waitSync());
}

export function churnSync(items: Queue<number>, running: Event): void {
  for (let i = 0; ; i++) {
    items.putSync(i);
    items.getSync();
    if (i === 10) running.set();
  }
}
