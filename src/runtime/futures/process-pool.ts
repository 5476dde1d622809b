// An executor over processes. It does not know what the work is.
import { Process } from '../process/process.ts';
import type { RemoteOptions, RemoteUnit } from '../units/remote-unit.ts';
import { RemotePoolExecutor } from './remote-pool.ts';

/**
 * As CPython's `concurrent.futures.ProcessPoolExecutor`; but a worker that dies fails only the tasks it had (WorkerDiedError), and another
 * one takes its place. The functions are exported ones.
 */
export class ProcessPoolExecutor extends RemotePoolExecutor {
  protected override makeUnit(options: RemoteOptions): RemoteUnit {
    return new Process(options);
  }
}
