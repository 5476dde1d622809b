// What can be wrong with a command line, and with answers only a person could give.
import { type ErrorDetails, InputError, SshoalError } from '../base/errors.ts';

/**
 * The command line cannot be understood. Codes `UNKNOWN_VERB`, `UNKNOWN_FLAG`, `MISSING_ARGUMENT`, `EXTRA_ARGUMENT`, `BAD_FLAG`,
 * `BAD_ARGUMENT`, `BAD_EXTRA_VARS`, `BAD_LOCAL_PATH`, `EDITOR_FAILED`.
 */
export class UsageError extends InputError {}

/**
 * A configuration that cannot be found or makes no sense: sshoal.yml, ansible.cfg, a variable of the environment. Codes
 * `CONFIG_NOT_FOUND`, `CONFIG_UNREADABLE`, `CONFIG_SYNTAX`, `CONFIG_REFUSED`, `UNKNOWN_SETTING`, `BAD_SETTING`, `SECRET_SETTING`.
 */
export class ConfigError extends InputError {}

/** A line of the shell that begins with `:` is no command, or not with these words. Codes `UNKNOWN_COMMAND`, `BAD_COMMAND`. */
export class ShellCommandError extends InputError {}

/** What was typed cannot be kept for next time. Code `HISTORY_UNWRITABLE`. */
export class HistoryError extends InputError {
  constructor(file: string, cause: unknown) {
    super('HISTORY_UNWRITABLE', `What is typed cannot be kept: ${(cause as Error).message}`, {
      where: file,
      fix: 'Let yourself write there, or set XDG_STATE_HOME to another directory',
      cause,
    });
  }
}

/** There is nobody to work on. Codes `NO_INVENTORY`, `NO_HOSTS`. */
export class NobodyError extends InputError {}

/** Another process plays under the same lock. Code `LOCKED`. */
export class LockedError extends InputError {
  constructor(message: string, details: ErrorDetails) {
    super('LOCKED', message, details);
  }
}

/** Nobody can be kept out: the lock has no place, or one that cannot be written. Code `LOCK_UNUSABLE`. */
export class LockUnusableError extends InputError {
  constructor(message: string, details: ErrorDetails) {
    super('LOCK_UNUSABLE', message, details);
  }
}

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
