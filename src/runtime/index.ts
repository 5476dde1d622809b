// The public names of `sshoal/runtime`, listed by hand. Nothing inside imports this file.
export { Empty, Full, ShutDown, StateError, ValueError } from './errors.ts';
export { Queue } from './local/queue.ts';
export { BoundedSemaphore, Permit, Semaphore } from './local/semaphore.ts';
export type { Wait } from './waiters.ts';
