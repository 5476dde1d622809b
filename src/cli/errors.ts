// What can be wrong with a command line, and with answers only a person could give.
import { type ErrorDetails, InputError, SshoalError } from '../base/errors.ts';

/**
 * The command line cannot be understood. Codes `UNKNOWN_VERB`, `UNKNOWN_FLAG`, `MISSING_ARGUMENT`, `EXTRA_ARGUMENT`, `BAD_FLAG`,
 * `BAD_EXTRA_VARS`, `BAD_LOCAL_PATH`, `EDITOR_FAILED`.
 */
export class UsageError extends InputError {}

/** There is nobody to work on. Codes `NO_INVENTORY`, `NO_HOSTS`. */
export class NobodyError extends InputError {}

/** Only a person could answer, and there is none. Code `NO_TERMINAL`. */
export class NoTerminalError extends InputError {
  constructor(message: string, details: ErrorDetails) {
    super('NO_TERMINAL', message, details);
  }
}

/** A person left: Ctrl-C at a question, or during the run. Code `INTERRUPTED`; the program exits with 130. */
export class InterruptedError extends SshoalError {
  constructor(details: ErrorDetails = {}) {
    super('INTERRUPTED', 'Interrupted', details);
  }
}

/** The demo did not do what it is there to show. Code `DEMO_FAILED`. */
export class DemoError extends SshoalError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('DEMO_FAILED', message, details);
  }
}
