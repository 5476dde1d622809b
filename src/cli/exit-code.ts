// The exit codes of the program, the same for every verb. They do not say which host it was.
import type { OutcomeStatus } from '../fleet/events.ts';
import type { TaskStatus } from '../playbook/events.ts';

export const EXIT = {
  ok: 0,
  /** A flag, inventory or playbook is wrong, or sshoal has a defect: nothing else than the error was the matter. */
  usage: 1,
  /** A command, transfer or task failed or ran out of time on some host, or a file of its output could not be written. */
  failed: 2,
  /** A drift check found a host that is not as the playbook wants it, and could look at all of them. */
  drift: 3,
  /** Some host could not be reached; wins over `failed`, as in ansible. */
  unreachable: 4,
  /** With distinct codes: hosts ran out of time, and nothing else was the matter. */
  timedOut: 5,
  /** With distinct codes: hosts ended badly in several ways. */
  several: 6,
  /** With distinct codes: hosts were not begun with, because of a limit, and no other ended badly. */
  cancelled: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each code means, for the help and the manual. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'everything is well'],
  [EXIT.usage, 'a flag, an inventory or a playbook is wrong; nothing was done'],
  [EXIT.failed, 'a host failed or ran out of time, or a file for output could not be written'],
  [EXIT.drift, 'with play --drift: a host differs from the playbook'],
  [EXIT.unreachable, 'a host could not be reached (also if others failed, as in ansible)'],
  [EXIT.timedOut, 'with --exit-codes distinct: hosts ran out of time (2 otherwise)'],
  [EXIT.several, 'with --exit-codes distinct: hosts failed, ran out of time or could not be reached, more than one of these'],
  [EXIT.cancelled, 'with --exit-codes distinct: a limit kept hosts from being begun with, and nothing else was wrong (2 otherwise)'],
  [EXIT.interrupted, 'interrupted: Ctrl-C or SIGTERM'],
];

/** `compatible`: as ansible-playbook's; `distinct`: each way to end badly has its own. */
export const EXIT_CODES = ['compatible', 'distinct'] as const;
export type ExitCodes = (typeof EXIT_CODES)[number];

/** Gathers how hosts ended, and says what the program exits with. */
export class Verdict {
  readonly #seen = new Set<OutcomeStatus | TaskStatus>();
  readonly #codes: ExitCodes;

  constructor(codes: ExitCodes = 'compatible') {
    this.#codes = codes;
  }

  /** @param ignored - A failure that was told not to count. `changed` counts where nothing was to be: in a drift check. */
  add(status: OutcomeStatus | TaskStatus, ignored = false): void {
    if (!ignored) this.#seen.add(status);
  }

  /** @param signal - Once aborted, nothing that hosts say counts any more. */
  exitCode(signal: AbortSignal): ExitCode {
    if (signal.aborted) return EXIT.interrupted;
    if (this.#codes === 'distinct') return this.#distinctCode();
    if (this.#seen.has('unreachable')) return EXIT.unreachable;
    // Cancelled by nobody: not begun with, because too many others failed.
    if ((['failed', 'timed-out', 'cancelled'] as const).some((status) => this.#seen.has(status))) return EXIT.failed;
    return this.#seen.has('changed') ? EXIT.drift : EXIT.ok;
  }

  #distinctCode(): ExitCode {
    const codes = (
      [
        ['failed', EXIT.failed],
        ['timed-out', EXIT.timedOut],
        ['unreachable', EXIT.unreachable],
      ] as const
    ).flatMap(([status, code]) => (this.#seen.has(status) ? [code] : []));
    const [only] = codes;
    if (only !== undefined) return codes.length === 1 ? only : EXIT.several;
    if (this.#seen.has('cancelled')) return EXIT.cancelled;
    return this.#seen.has('changed') ? EXIT.drift : EXIT.ok;
  }
}
