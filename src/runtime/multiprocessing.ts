// The door to what works across processes, named as CPython's multiprocessing. Nothing inside but the bootstraps imports it.
export { exit } from './bootstrap/exit.ts';
export { Connection, type PipeOptions, pipe } from './process/pipe.ts';
export { Barrier, BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore } from './process/primitives.ts';
export { activeChildren, currentProcess, Process, type ProcessOptions, parentProcess } from './process/process.ts';
export { JoinableQueue, LifoQueue, PriorityQueue, Queue, SimpleQueue } from './process/queues.ts';
