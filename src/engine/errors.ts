// What can go wrong between controllers. It does not know what happened on any host.
import { type ErrorDetails, SshoalError } from '../base/errors.ts';

/**
 * A run could not be handed to other controllers, or not brought to its end by them. Codes: `ENGINE_PACKAGES_MISSING`,
 * `ENGINE_BAD_ADDRESS`, `ENGINE_UNREACHABLE`, `ENGINE_LOST`, `ENGINE_NO_WORKERS`, `ENGINE_KEY_UNREADABLE`, `ENGINE_KEY_DIFFERS`,
 * `ENGINE_FORGED`, `ENGINE_VERSION`, `ENGINE_NOT_ALLOWED`, `ENGINE_UNSUPPORTED`, `ENGINE_PLAN_DIFFERS`, `ENGINE_RUN_NOT_FOUND`.
 */
export class EngineError extends SshoalError {}

/** Worker after worker was lost while it did the same on a host. Code `WORKER_LOST`. */
export class WorkerLostError extends SshoalError {
  constructor(host: string, attempts: number) {
    super('WORKER_LOST', `Nobody is left who would do it: ${attempts} workers were lost while they did`, {
      where: host,
      fix: 'It may have run in part: look at the host, and at what ends the workers; then run it again for the hosts that failed',
    });
  }
}

/** Somebody else has taken over what this controller did: whatever it still says counts no more. It is shown to nobody. Code `ENGINE_FENCED`. */
export class FencedError extends SshoalError {
  constructor(what: string) {
    super('ENGINE_FENCED', `Somebody else has taken over ${what}`, { where: what, fix: 'Nothing is to be done: the run goes on there' });
  }
}

/** @param cause - What told so: a tag that does not fit, data that cannot be read. */
export function forged(what: string, details: ErrorDetails = {}): EngineError {
  return new EngineError('ENGINE_FORGED', `This is not what was sealed, or was meant for another place: ${what}`, {
    fix: 'Somebody else writes to this Redis, or uses another key: see who can, and give all the same --engine-key-file',
    ...details,
  });
}
