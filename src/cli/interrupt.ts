// Ctrl-C and SIGTERM: the first stops the run in order, the second leaves at once. It does not know what is running.
import { InterruptedError } from './errors.ts';
import { EXIT } from './exit-code.ts';

/** The part of a process that is needed here. */
export interface Interruptible {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): unknown;
}

/**
 * Listens for interruptions for as long as the process lives.
 *
 * @param say - Tells the person that the first one was heard.
 * @returns Aborts with an InterruptedError on the first.
 */
export function interruptionOf(process: Interruptible, say: (text: string) => void): AbortController {
  const root = new AbortController();
  const interrupt = (): void => {
    if (root.signal.aborted) process.exit(EXIT.interrupted);
    else say('\nStopping what runs on the hosts; press Ctrl-C again to leave at once\n');
    root.abort(new InterruptedError());
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return root;
}
