// Ctrl-C and SIGTERM: the first stops the run in order, the second leaves at once. It does not know what is running.
import { InterruptedError } from './errors.ts';
import { EXIT } from './exit-code.ts';

/** The part of a process that is needed here. */
export interface Interruptible {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): unknown;
}

/** Aborts with an InterruptedError; what repeats itself may be told first to do so no more. */
export class Interruption extends AbortController {
  #gently: (() => void) | undefined;

  /**
   * What the next SIGTERM calls, instead of aborting: the one after it aborts. Ctrl-C always aborts.
   *
   * @returns Forgets it.
   */
  readonly onTermination = (stop: () => void): (() => void) => {
    this.#gently = stop;
    return () => {
      this.#gently = undefined;
    };
  };

  /** @returns Whether somebody was there to be told. */
  endGently(): boolean {
    const stop = this.#gently;
    this.#gently = undefined;
    stop?.();
    return stop !== undefined;
  }
}

/**
 * Listens for interruptions for as long as the process lives.
 *
 * @param say - Tells the person that the first one was heard.
 */
export function interruptionOf(process: Interruptible, say: (text: string) => void): Interruption {
  const root = new Interruption();
  const interrupt = (): void => {
    if (root.signal.aborted) process.exit(EXIT.interrupted);
    else say('\nStopping what runs on the hosts; press Ctrl-C again to leave at once\n');
    root.abort(new InterruptedError());
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', () => {
    if (!root.signal.aborted && root.endGently()) say('\nEnding with this run; once more stops it\n');
    else interrupt();
  });
  return root;
}
