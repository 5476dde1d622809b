// What hosts answered, each answer kept once however many gave it. It does not know how an answer is shown.
import { createHash } from 'node:crypto';
import type { Outcome, OutcomeStatus } from '../fleet/events.ts';
import { Fold, type Group } from './fold.ts';
import type { Kept, OutputStore } from './output/output-store.ts';
import { errorOfMany, transferOf, verdictOf } from './text/outcome-text.ts';

/** Good news first, so that the bad is what stays on the screen. */
export const STATUSES: readonly OutcomeStatus[] = ['ok', 'cancelled', 'timed-out', 'failed', 'unreachable'];

/** One answer, as the first host gave it. */
export interface Answer {
  /** Without its output. */
  readonly outcome: Outcome;
  readonly stdout: Kept;
  readonly stderr: Kept;
}

/**
 * Folds outcomes by what they say: status, exit, error, and every byte of stdout and stderr.
 *
 * An outcome is hashed when it comes, and let go when its answer is known already.
 */
export class Gather {
  readonly #verb: string;
  readonly #store: OutputStore;
  readonly #byStatus = new Map<OutcomeStatus, Fold<Answer>>();
  readonly #counts = new Map<OutcomeStatus, number>();

  constructor(verb: string, store: OutputStore) {
    this.#verb = verb;
    this.#store = store;
  }

  /**
   * @param output - `dropped` where nobody will ask for it: then it neither takes room nor tells answers apart.
   * @returns The answer the host shares with those who said the same: the same value for all of them.
   */
  add(outcome: Outcome, output: 'kept' | 'dropped' = 'kept'): Answer {
    const { status, host } = outcome;
    const fold = this.#byStatus.get(status) ?? new Fold<Answer>();
    this.#byStatus.set(status, fold);
    this.#counts.set(status, this.countOf(status) + 1);
    const folded = output === 'kept' ? outcome : { ...outcome, stdout: undefined, stderr: undefined };
    const key = this.#keyOf(folded);
    const answer = fold.sampleOf(key) ?? answerOf(folded, (bytes) => this.#store.keep(bytes));
    fold.add(key, host, answer);
    return answer;
  }

  countOf(status: OutcomeStatus): number {
    return this.#counts.get(status) ?? 0;
  }

  /** The groups of one status; hosts and groups in the order of a list. */
  groupsOf(status: OutcomeStatus, order: readonly string[]): Group<Answer>[] {
    return this.#byStatus.get(status)?.inOrderOf(order) ?? [];
  }

  #keyOf(outcome: Outcome): string {
    const error = outcome.error === undefined ? undefined : errorOfMany(outcome.error, outcome.host);
    const words = [
      verdictOf(outcome),
      transferOf(outcome, this.#verb),
      error?.code,
      error?.message,
      error?.fix,
      outcome.truncated,
      outcome.changes,
    ];
    const hash = createHash('sha256').update(JSON.stringify(words));
    for (const bytes of [outcome.stdout, outcome.stderr]) {
      // The length goes first, so that what moves from one stream to the other makes a difference.
      hash.update(`\0${bytes?.length ?? 0}\0`).update(bytes ?? '');
    }
    return hash.digest('base64');
  }
}

/** The answer of one host by itself. @param keep - Where its output goes; by default it stays where it is. */
export function answerOf({ stdout, stderr, ...outcome }: Outcome, keep: (bytes: Uint8Array) => Kept = held): Answer {
  return { outcome, stdout: keep(stdout ?? new Uint8Array()), stderr: keep(stderr ?? new Uint8Array()) };
}

function held(bytes: Uint8Array): Kept {
  return { sizeBytes: bytes.byteLength, read: () => bytes };
}
