// Says who waits for whom, when many wait for long: for what is no certain deadlock, and looks like one. It ends no wait.
import { after, checkTimeout } from '../waiters.ts';
import { type Waiter, whoWaits } from './wait-graph.ts';

/** Who waits for whom, now. */
export class WaitReport {
  /** The longest first. */
  readonly waits: readonly Waiter[];

  constructor(waits: readonly Waiter[] = whoWaits()) {
    this.waits = waits;
  }

  /** A line for each: `Thread-2 waits 12.0 s for lock a held by Thread-1`. */
  toString(): string {
    if (this.waits.length === 0) return 'Nobody waits without a deadline';
    return this.waits
      .map(({ thread, waits, heldBy, forMs }) => `${thread} waits ${(forMs / 1_000).toFixed(1)} s for ${waits}${by(heldBy)}`)
      .join('\n');
  }

  /** The same for graphviz. */
  toDot(): string {
    const edges = this.waits.flatMap(({ thread, waits, heldBy }) =>
      (heldBy.length === 0 ? ['nobody known'] : heldBy).map(
        (holder) => `  ${quoted(thread)} -> ${quoted(holder)} [label=${quoted(waits)}];`,
      ),
    );
    return ['digraph waits {', ...edges, '}'].join('\n');
  }
}

/**
 * Calls back, again and again, as long as somebody has been waiting without a deadline for longer than `afterMs`.
 *
 * @returns What ends the watch; it keeps no program alive. @throws ValueError on a time below zero.
 */
export function watchStalls(afterMs: number, onStall: (report: WaitReport) => unknown): Disposable {
  checkTimeout(afterMs);
  let stop: () => void = () => undefined;
  const look = (): void => {
    const stalled = whoWaits().filter(({ forMs }) => forMs >= afterMs);
    if (stalled.length > 0) onStall(new WaitReport(stalled));
    stop = after(Math.max(1, afterMs), look, { keepsAlive: false });
  };
  stop = after(Math.max(1, afterMs), look, { keepsAlive: false });
  return { [Symbol.dispose]: () => stop() };
}

function by(holders: readonly string[]): string {
  return holders.length === 0 ? '' : ` held by ${holders.join(', ')}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
