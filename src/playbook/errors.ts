// What is wrong with a playbook, before or while it is played.
import { InputError } from '../base/errors.ts';

/**
 * A fault in a playbook's text. Codes: PLAYBOOK_NOT_FOUND, PLAYBOOK_SHAPE, UNKNOWN_KEYWORD, BAD_KEYWORD, NO_MODULE, TWO_MODULES,
 * BAD_PARAMETER, UNKNOWN_HANDLER, NOT_SUPPORTED_YET, NO_SUCH_TASK.
 */
export class PlaybookError extends InputError {}

/** A fault that only shows while a task runs on a host; it fails that host. Codes: BAD_PARAMETER, FILE_NOT_FOUND, LOOKUP_FAILED, VARIABLE_LOOP, BAD_CONDITION, UNKNOWN_HANDLER, INCLUDE_TOO_DEEP, NOT_SUPPORTED_YET. */
export class TaskError extends InputError {}
