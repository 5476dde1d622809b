// What can go wrong before or beside the hosts themselves.
import { type ErrorDetails, InputError, SshoalError } from '../base/errors.ts';

/** A variable that says how to reach a host makes no sense. Code `BAD_CONNECTION_VAR`. */
export class TargetError extends InputError {
  constructor(message: string, details: ErrorDetails) {
    super('BAD_CONNECTION_VAR', message, details);
  }
}

/** A host was named that the fleet does not have. Code `UNKNOWN_HOST`. */
export class UnknownHostError extends InputError {
  constructor(host: string) {
    super('UNKNOWN_HOST', `There is no host ${host} in this fleet`, { where: host, fix: 'Add its target to the fleet first' });
  }
}

/** Something that should never happen did, on one host; the others are not touched by it. Code `UNEXPECTED`. */
export class UnexpectedError extends SshoalError {
  constructor(host: string, cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super('UNEXPECTED', `This is a defect of sshoal: ${said}`, {
      where: host,
      fix: 'Please report it, with the output of the same command and -vvv',
      cause,
    });
  }
}

/** The thread that worked on a host ended in the middle. Code `SHARD_LOST`. */
export class ShardLostError extends SshoalError {
  constructor(host: string, died: string) {
    super('SHARD_LOST', `What worked on this host is gone: ${died}`, {
      where: host,
      fix: 'What was begun there may have run in part: look, then run it again for the hosts that failed, with --retry-failed',
    });
  }
}
