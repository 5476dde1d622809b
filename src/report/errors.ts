// What can go wrong with the files a report is written to. It does not know what stands in them.
import { type ErrorDetails, InputError, SshoalError } from '../base/errors.ts';

/** Files of an earlier run are in the way. Code `OUTPUT_EXISTS`. */
export class OutputExistsError extends InputError {
  constructor(message: string, details: ErrorDetails) {
    super('OUTPUT_EXISTS', message, details);
  }
}

/** A directory or file for output cannot be made or written: no permission, a full disk. Code `OUTPUT_UNWRITABLE`. */
export class OutputUnwritableError extends SshoalError {
  constructor(message: string, details: ErrorDetails) {
    super('OUTPUT_UNWRITABLE', message, details);
  }
}
