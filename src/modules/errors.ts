// What can be wrong with a task before it runs. It does not know where in a file the task stands.
import { InputError } from '../base/errors.ts';

/**
 * A module or its arguments that cannot be read. Codes `UNKNOWN_MODULE`, `BAD_ARGUMENTS` (a `k=v` line that does not
 * split) and `BAD_PATTERN` (a regular expression this controller cannot run as Python would).
 */
export class ModuleError extends InputError {}

/**
 * A file of a `library` directory that cannot be used as a module; it matters only where a task names it. Codes `LIBRARY_PYTHON`,
 * `LIBRARY_NOT_SH` (another language), `LIBRARY_HEAD` (the comments at the top do not say what the module takes),
 * `LIBRARY_TYPESCRIPT` (this Node runs no TypeScript), `LIBRARY_MODULE` (it cannot be imported, or exports no module) and
 * `LIBRARY_UNREADABLE`.
 */
export class LibraryError extends InputError {}
