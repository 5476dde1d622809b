// What can go wrong with the page and what it starts. It does not know who shows it.
import { type ErrorDetails, InputError, SshoalError } from '../base/errors.ts';

/** The page cannot be served. Codes `UI_ADDRESS_TAKEN`, `UI_NEEDS_PROXY`, `UI_FILE_MISSING`. */
export class PageError extends SshoalError {
  constructor(code: 'UI_ADDRESS_TAKEN' | 'UI_NEEDS_PROXY' | 'UI_FILE_MISSING', message: string, details: ErrorDetails) {
    super(code, message, details);
  }
}

/** The page asks for what makes no sense, or is not there. Codes `UI_BAD_REQUEST`, `UI_RUN_REFUSED`, `UI_NOT_FOUND`. */
export class RequestError extends InputError {
  constructor(code: 'UI_BAD_REQUEST' | 'UI_RUN_REFUSED' | 'UI_NOT_FOUND', message: string, details: ErrorDetails) {
    super(code, message, details);
  }
}

/** A run that the page started ended before it began with any host. Code `UI_RUN_DID_NOT_BEGIN`. */
export class RunDidNotBeginError extends SshoalError {
  constructor(message: string, details: ErrorDetails) {
    super('UI_RUN_DID_NOT_BEGIN', message, details);
  }
}
