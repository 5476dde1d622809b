// Some hosts of a fleet, and what works on them: this thread, or one of their own. It does not know how hosts are divided.
import type { Questions } from '../../connection/seam.ts';
import type { Assignment, FleetEvent } from '../events.ts';
import type { Target } from '../target.ts';

/** What is to be done on hosts of one shard. */
export interface Job {
  readonly assignments: readonly Assignment[];
  /**
   * Takes an event.
   *
   * @param taken - To be called when the reader has it: until then it counts against what may wait.
   */
  readonly push: (event: FleetEvent, taken: () => void) => void;
  /** Who answers while connections are opened. */
  readonly questions: Questions;
  /** Ends what runs, and starts nothing more: every host left ends `cancelled`, or `timed-out` where that is the reason. */
  readonly signal: AbortSignal;
  /** Starts nothing more, and lets what runs come to its end. */
  readonly halt: AbortSignal;
}

export interface Shard {
  /** Takes hosts in; nothing is connected yet. */
  add(targets: readonly Target[]): void;
  /** Ends every assignment in exactly one `finished` event, whatever happens to its host or to the shard. */
  perform(job: Job): Promise<void>;
  /** Closes every connection. */
  close(): Promise<void>;
}
