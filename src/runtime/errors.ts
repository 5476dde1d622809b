// What the local runtime throws. The names and meanings are CPython's; the remedies are ours.
import { type ErrorDetails, SshoalError } from '../base/errors.ts';

/** A call that can never be right: a negative timeout, a semaphore below zero. CPython's ValueError. Code `RUNTIME_VALUE`. */
export class ValueError extends SshoalError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('RUNTIME_VALUE', message, details);
  }
}

/** A call at the wrong moment: releasing what is not held. CPython's RuntimeError. Code `RUNTIME_STATE`. */
export class StateError extends SshoalError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('RUNTIME_STATE', message, details);
  }
}

/** Nothing came within the time. CPython's queue.Empty. Code `QUEUE_EMPTY`. */
export class Empty extends SshoalError {
  constructor() {
    super('QUEUE_EMPTY', 'The queue is empty', { fix: 'Wait longer, or put something in' });
  }
}

/** No room came within the time. CPython's queue.Full. Code `QUEUE_FULL`. */
export class Full extends SshoalError {
  constructor() {
    super('QUEUE_FULL', 'The queue is full', { fix: 'Wait longer, take something out, or make the queue larger' });
  }
}

/** The queue was shut down. CPython 3.13's queue.ShutDown. Code `QUEUE_SHUT_DOWN`. */
export class ShutDown extends SshoalError {
  constructor() {
    super('QUEUE_SHUT_DOWN', 'The queue was shut down', { fix: 'Stop putting and getting after shutdown()' });
  }
}
