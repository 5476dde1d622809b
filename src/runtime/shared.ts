// The door to what works across worker threads in shared memory, blocking or awaiting.
export { Barrier } from './shared/barrier.ts';
export { Condition } from './shared/condition.ts';
export { Event } from './shared/event.ts';
export { JoinableQueue } from './shared/joinable-queue.ts';
export { Lock } from './shared/lock.ts';
export { LifoQueue, PriorityQueue, Queue } from './shared/queue.ts';
export { RLock } from './shared/rlock.ts';
export { BoundedSemaphore, Semaphore } from './shared/semaphore.ts';
export { type NumberType, SharedArray, Value } from './shared/value.ts';
