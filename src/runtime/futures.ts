// The door to executors and futures, named as CPython's concurrent.futures.
export { Executor, type MapOptions, type ShutdownOptions } from './futures/executor.ts';
export { Future, type FutureState } from './futures/future.ts';
export { ProcessPoolExecutor } from './futures/process-pool.ts';
export type { RemotePoolOptions } from './futures/remote-pool.ts';
export { ThreadPoolExecutor, type ThreadPoolOptions } from './futures/thread-pool.ts';
export {
  ALL_COMPLETED,
  asCompleted,
  type DoneAndNotDone,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  type ReturnWhen,
  wait,
} from './futures/wait.ts';
export { WorkerPoolExecutor } from './futures/worker-pool.ts';
