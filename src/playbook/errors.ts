// What is wrong with a playbook, before or while it is played.
import { type ErrorDetails, InputError } from '../base/errors.ts';

/**
 * A fault in a playbook's text. Codes: PLAYBOOK_NOT_FOUND, PLAYBOOK_SHAPE, UNKNOWN_KEYWORD, BAD_KEYWORD, NO_MODULE, TWO_MODULES,
 * BAD_PARAMETER, UNKNOWN_HANDLER, NOT_SUPPORTED_YET, NO_SUCH_TASK, FACT_CACHE_FAILED.
 */
export class PlaybookError extends InputError {}

/** Ansible may have it, and we do not. Codes: NOT_SUPPORTED_YET, UNKNOWN_MODULE. */
export class UnsupportedError extends PlaybookError {
  /** The module as it is written, or what else it is. */
  readonly subject: string;

  constructor(code: string, message: string, subject: string, details: ErrorDetails) {
    super(code, message, details);
    this.subject = subject;
  }
}

/** A fault that only shows while a task runs on a host; it fails that host. Codes: BAD_PARAMETER, FILE_NOT_FOUND, LOOKUP_FAILED, VARIABLE_LOOP, BAD_CONDITION, UNKNOWN_HANDLER, INCLUDE_TOO_DEEP, NOT_SUPPORTED_YET. */
export class TaskError extends InputError {}
