// The door to the queues of this isolate, named as CPython's queue.
export { Empty, Full, ShutDown } from './errors.ts';
export { type Compare, PriorityQueue } from './local/priority-queue.ts';
export { LifoQueue, Queue, SimpleQueue } from './local/queue.ts';
