// The one shape of an error people can act on. It does not know who prints it.
import type { Position } from './position.ts';

/** Where a fault stands: a place in a text, or words such as `10.0.3.7:22` or `--forks`. */
export type Where = string | Position;

/** What every sshoal error carries besides its message. */
export interface ErrorDetails {
  /** Where it went wrong. */
  readonly where?: Where | undefined;
  /** What to do about it, as an instruction. */
  readonly fix?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The root of all errors thrown by sshoal.
 *
 * `code` is stable and documented (docs/errors.md); `message` says what happened in one sentence without a full stop.
 */
export abstract class SshoalError extends Error {
  /** Stable, in capitals: `HOST_KEY_CHANGED`. */
  readonly code: string;
  readonly where: Where | undefined;
  readonly fix: string | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.where = details.where;
    this.fix = details.fix;
  }
}

/** One thing wrong with what a person wrote: a flag, an inventory, a playbook, a parameter. */
export class InputError extends SshoalError {}

/**
 * Several faults of one input, found in one pass, so that a person mends them all at once.
 *
 * @example
 * ```ts
 * const faults = new Faults();
 * faults.add(new InputError('UNKNOWN_KEYWORD', 'There is no task keyword `whn`', { fix: 'Did you mean `when`?' }));
 * faults.throwIfAny();
 * ```
 */
export class Faults {
  readonly #list: SshoalError[] = [];

  get list(): readonly SshoalError[] {
    return this.#list;
  }

  add(...errors: readonly SshoalError[]): void {
    this.#list.push(...errors);
  }

  /**
   * Runs `read`, and keeps the {@link SshoalError} it throws instead of passing it on.
   *
   * @returns What `read` returned, or undefined after a fault. Errors of other classes are bugs, and pass through.
   */
  collect<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (error instanceof FaultsError) this.add(...error.faults);
      else if (error instanceof SshoalError) this.add(error);
      else throw error;
      return undefined;
    }
  }

  /** @throws {@link FaultsError} (or the fault itself, if it is the only one) when anything was added. */
  throwIfAny(): void {
    const [first] = this.#list;
    if (first === undefined) return;
    throw this.#list.length === 1 ? first : new FaultsError(this.#list);
  }
}

/** More than one fault of the same input. */
export class FaultsError extends SshoalError {
  readonly faults: readonly SshoalError[];

  constructor(faults: readonly SshoalError[]) {
    super('FAULTS', `${faults.length} faults`);
    this.faults = [...faults];
  }
}
