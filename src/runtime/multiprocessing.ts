// The door to what works across processes, named as CPython's multiprocessing.
export { exit } from './bootstrap/exit.ts';
export { type Address, connectTo, Listener, type ListenerOptions, SocketConnection } from './connection/listener.ts';
export { type Waitable, wait } from './connection/wait.ts';
export { AsyncResult, type Callbacks, Pool, type PoolOptions } from './futures/pool.ts';
export { DictProxy, ListProxy, Manager, ValueProxy } from './process/manager.ts';
export { Connection, type PipeOptions, pipe } from './process/pipe.ts';
export { Barrier, BoundedSemaphore, Condition, Event, KeyedLock, Lock, RLock, Semaphore } from './process/primitives.ts';
export { activeChildren, currentProcess, Process, type ProcessOptions, parentProcess } from './process/process.ts';
export { JoinableQueue, LifoQueue, PriorityQueue, Queue, SimpleQueue } from './process/queues.ts';
