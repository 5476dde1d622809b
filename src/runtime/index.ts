// The public names of `sshoal/runtime`, listed by hand. Nothing inside imports this file.

export { isMain } from './bootstrap/at-exit.ts';
export { exit } from './bootstrap/exit.ts';
export * from './errors.ts';
export * as futures from './futures.ts';
export * as io from './io.ts';
export * as multiprocessing from './multiprocessing.ts';
export * as queue from './queue.ts';
export type * from './seam.ts';
export * as shared from './shared.ts';
export * as threading from './threading.ts';
export { sleep, Thread } from './threads/thread.ts';
export { WorkerThread } from './threads/worker-thread.ts';
export { registerError } from './wire/error.ts';
export { FunctionRef, type RemoteTarget, ref, task } from './wire/function-ref.ts';
