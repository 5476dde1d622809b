// What can go wrong with journals. It does not know who reads or writes them.
import { troubleOf } from '../base/disk-trouble.ts';
import { type ErrorDetails, InputError, SshoalError } from '../base/errors.ts';

/**
 * A journal that cannot be read. Codes `JOURNAL_DAMAGED`: it was changed, or the disk has lost a part that is not its end;
 * `JOURNAL_NEWER`: a later sshoal has written it.
 */
export class JournalReadError extends SshoalError {
  /** @param line - Counted from 1, where it is known. */
  static damaged(file: string, line: number | undefined, reason: string): JournalReadError {
    return new JournalReadError('JOURNAL_DAMAGED', `The journal is damaged: ${reason}`, {
      where: line === undefined ? file : `${file}:${line}`,
      fix: 'What is before can be read by hand; remove the file to be rid of it',
    });
  }
}

/**
 * A run is asked for that there is not, or not so. Codes `RUN_NOT_FOUND`, `RUN_AMBIGUOUS`, `RUN_STILL_GOING`, `RUN_ENDED`,
 * `RUN_HAS_NO_PLAN`, `RUN_PLAN_CHANGED`.
 */
export class RunNameError extends InputError {}

/** The journal of a run has not all of what happened; the run itself went on. Code `JOURNAL_INCOMPLETE`. */
export class JournalIncompleteError extends SshoalError {
  constructor(file: string, cause: unknown) {
    const { reason, fix } = troubleOf(cause as NodeJS.ErrnoException);
    const room = 'with XDG_STATE_HOME, or do without a journal: --no-journal';
    super('JOURNAL_INCOMPLETE', `The journal of this run is not complete: ${reason}`, { where: file, fix: `${fix} ${room}`, cause });
  }
}

/** An error that a journal tells of, with the code, place and remedy it had then. */
export class RecordedError extends SshoalError {
  constructor(code: string, message: string, details: ErrorDetails) {
    super(code, message, details);
  }
}
