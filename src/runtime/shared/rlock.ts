// A lock between threads that its owner may take again. It does not know what it protects.
import type { LockOptions } from '../local/lock.ts';
import { Reentrant } from '../local/rlock.ts';
import { HANDLE, type Handle, onHandle, type Shareable } from '../wire/handle.ts';
import { Lock } from './lock.ts';

/** How often the owner has it: a word of the lock's own record, written by the owner alone. */
const COUNT = 4;

/** As the RLock of one isolate, between worker threads. The owner is a thread of a worker. */
export class RLock extends Reentrant<Lock> implements Shareable {
  constructor(options: LockOptions = {}, lock: Lock = new Lock(options)) {
    super(lock);
  }

  [HANDLE](): Handle {
    return { kind: 'shared.RLock', memory: true, lock: this.lock[HANDLE]() };
  }

  /** As acquire, blocking the thread. @returns False when the time is over. */
  acquireSync(timeoutMs?: number): boolean {
    if (this.owned()) this.count += 1;
    else if (this.lock.acquireSync(timeoutMs)) this.count = 1;
    else return false;
    return true;
  }

  withLockSync<T>(work: () => T): T {
    this.acquireSync();
    try {
      return work();
    } finally {
      this.release();
    }
  }

  /** As resume, blocking the thread. */
  resumeSync(depth: number): void {
    this.lock.acquireSync();
    this.count = depth;
  }

  close(): void {
    this.lock.close();
  }

  protected override get count(): number {
    return this.lock.arena.read(this.lock.place, COUNT);
  }

  protected override set count(count: number) {
    this.lock.arena.words[this.lock.place + COUNT] = count;
  }
}

onHandle('shared.RLock', (handle) => {
  const lock = handle.lock as Handle;
  return new RLock({}, new Lock(lock.about as LockOptions, lock));
});
