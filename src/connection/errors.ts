// What can go wrong on a line to a host, whatever carries it.
import { type ErrorDetails, SshoalError } from '../base/errors.ts';

/** The line could not be opened: the host is unreachable. Codes such as `CONNECT_REFUSED`, `AUTH_FAILED`, `HOST_KEY_UNKNOWN`. */
export class ConnectError extends SshoalError {}

/** What a script had written when it was cut short. */
export interface PartialOutput {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** A script or transfer that did not come to its own end. */
export abstract class InterruptedError extends SshoalError {
  /** What came before, where it was a script. */
  readonly output: PartialOutput | undefined;

  constructor(code: string, message: string, details: ErrorDetails & { readonly output?: PartialOutput | undefined } = {}) {
    super(code, message, details);
    this.output = details.output;
  }
}

/** The line broke in the middle; what ran on the host may still run or not have run to its end. Code `CONNECTION_LOST`. */
export class ConnectionLostError extends InterruptedError {
  constructor(message: string, details: ConstructorParameters<typeof InterruptedError>[2] = {}) {
    super('CONNECTION_LOST', message, details);
  }
}

/** A deadline passed; the remote processes were ended. Code `TIMED_OUT`. */
export class TimedOutError extends InterruptedError {
  constructor(message: string, details: ConstructorParameters<typeof InterruptedError>[2] = {}) {
    super('TIMED_OUT', message, details);
  }
}

/** Someone cancelled; the remote processes were ended. Code `CANCELLED`. */
export class CancelledError extends InterruptedError {
  constructor(message = 'Cancelled', details: ConstructorParameters<typeof InterruptedError>[2] = {}) {
    super('CANCELLED', message, details);
  }
}

/** Another user could not be become: wrong or missing password, not allowed, no such method. Code `BECOME_FAILED`. */
export class BecomeError extends SshoalError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('BECOME_FAILED', message, details);
  }
}

/** What a script was to read could not be read here; the script was ended. Code `INPUT_UNREADABLE`. */
export class ScriptInputError extends SshoalError {
  constructor(cause: unknown, where: string) {
    super('INPUT_UNREADABLE', `What the script was to read cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      where,
      fix: 'Leave the source of the input alone until every host has read it',
      cause,
    });
  }
}

/** A file could not be sent or fetched; the old file is as it was. Codes such as `ENOENT`, `EACCES`, `ENOSPC`, `SOURCE_CHANGED`. */
export class TransferError extends SshoalError {}

/** Tunnels were asked for over a kind of connection that carries none. Code `FORWARDING_UNSUPPORTED`. */
export class ForwardingUnsupportedError extends SshoalError {
  constructor({ name, kind }: { readonly name: string; readonly kind: string }) {
    super('FORWARDING_UNSUPPORTED', `A connection of the kind ${kind} carries no tunnels`, {
      where: name,
      fix: 'Reach the host with ansible_connection=ssh',
    });
  }
}
