// What can be wrong with a task before it runs. It does not know where in a file the task stands.
import { InputError } from '../base/errors.ts';

/**
 * A module or its arguments that cannot be read. Codes `UNKNOWN_MODULE`, `BAD_ARGUMENTS` (a `k=v` line that does not
 * split) and `BAD_PATTERN` (a regular expression this controller cannot run as Python would).
 */
export class ModuleError extends InputError {}
