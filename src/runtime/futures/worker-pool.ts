// An executor over worker threads. It does not know what the work is.
import { WorkerThread } from '../threads/worker-thread.ts';
import type { RemoteOptions, RemoteUnit } from '../units/remote-unit.ts';
import { RemotePoolExecutor } from './remote-pool.ts';

/**
 * Computes on other cores of this process: what a ThreadPoolExecutor cannot do, in Python and here. The functions are exported ones.
 *
 * A worker that dies fails only the tasks it had, and another one takes its place.
 *
 * @example
 * ```ts
 * await using pool = new WorkerPoolExecutor({ maxWorkers: 2 });
 * const sum = await pool.submit(ref(import.meta, 'add'), 1, 2).result();
 * ```
 */
export class WorkerPoolExecutor extends RemotePoolExecutor {
  protected override makeUnit(options: RemoteOptions): RemoteUnit {
    return new WorkerThread(options);
  }
}
