// The door to what works among the threads of this isolate, named as CPython's threading.
export { WaitReport, watchStalls } from './detect/stall.ts';
export { Barrier, type BarrierOptions } from './local/barrier.ts';
export { Condition } from './local/condition.ts';
export { Event } from './local/event.ts';
export { KeyedLock } from './local/keyed-lock.ts';
export { Lock, type LockOptions } from './local/lock.ts';
export { RLock } from './local/rlock.ts';
export { BoundedSemaphore, Semaphore } from './local/semaphore.ts';
export {
  activeCount,
  currentThread,
  type Excepthook,
  enumerate,
  hooks,
  mainThread,
  sleep,
  type Target,
  Thread,
  ThreadExit,
  type UnitOptions,
} from './threads/thread.ts';
export { Timer } from './threads/timer.ts';
