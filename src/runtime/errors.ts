// What the local runtime throws. The names and meanings are CPython's; the remedies are ours.
import { type ErrorDetails, SshoalError } from '../base/errors.ts';

/** A call that can never be right: a negative timeout, a semaphore below zero. CPython's ValueError. Code `RUNTIME_VALUE`. */
export class ValueError extends SshoalError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('RUNTIME_VALUE', message, details);
  }
}

/** A call at the wrong moment: releasing what is not held. CPython's RuntimeError or AssertionError. Code `RUNTIME_STATE`. */
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

/** A barrier was reset, aborted or timed out while someone waited. CPython's BrokenBarrierError. Code `BARRIER_BROKEN`. */
export class BrokenBarrierError extends SshoalError {
  constructor(message = 'The barrier is broken', details: ErrorDetails = {}) {
    super('BARRIER_BROKEN', message, { fix: 'Call reset() when all parties may start again', ...details });
  }
}

/** One step of a {@link DeadlockError}: who waits for what, and who has it. */
export interface Waiting {
  readonly thread: string;
  readonly waits: string;
  readonly heldBy: readonly string[];
}

/** A wait that could never end, because whoever could end it waits too. Code `DEADLOCK`. */
export class DeadlockError extends SshoalError {
  /** The whole circle; each step waits for the next one. */
  readonly cycle: readonly Waiting[];

  constructor(cycle: readonly Waiting[]) {
    const [first, ...rest] = cycle;
    const steps = rest.map((step) => ` which waits ${step.waits} held by ${step.heldBy.join(', ')}`);
    super('DEADLOCK', `${first?.thread} waits ${first?.waits} held by ${first?.heldBy.join(', ')}${steps.join('')}`, {
      fix: 'Take several locks in the same order everywhere, use an RLock for what one thread takes twice, or wait with a timeoutMs',
    });
    this.cycle = cycle;
  }
}

/** A result did not come within the time; the work goes on. CPython's TimeoutError. Code `WAIT_TIMED_OUT`. */
export class TimeoutError extends SshoalError {
  constructor(message: string) {
    super('WAIT_TIMED_OUT', message, { fix: 'Wait longer, or cancel what is not needed any more' });
  }
}

/** A future was cancelled before it ran. CPython's concurrent.futures.CancelledError. Code `FUTURE_CANCELLED`. */
export class CancelledError extends SshoalError {
  constructor() {
    super('FUTURE_CANCELLED', 'The future was cancelled', { fix: 'Look at cancelled() before asking for the result' });
  }
}

/** A future that has its result was given another. CPython's InvalidStateError. Code `FUTURE_STATE`. */
export class InvalidStateError extends SshoalError {
  constructor(message: string) {
    super('FUTURE_STATE', message, { fix: 'Set a result or an exception once' });
  }
}

/** An executor cannot work any more: its initializer failed. CPython's BrokenExecutor. Code `EXECUTOR_BROKEN`. */
export class BrokenExecutor extends SshoalError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('EXECUTOR_BROKEN', message, { fix: 'Mend the initializer, then make a new executor', ...details });
  }
}

/** The thread or process that ran a task died under it; other tasks go on. Code `WORKER_DIED`. */
export class WorkerDiedError extends SshoalError {
  constructor(message: string) {
    super('WORKER_DIED', message, { fix: 'Look at its output and memory limit; run the task again only if it may run twice' });
  }
}

/** The other end of a connection has closed, and everything it sent was read. CPython's EOFError. Code `END_OF_FILE`. */
export class EOFError extends SshoalError {
  constructor(message = 'The other end was closed') {
    super('END_OF_FILE', message, { fix: 'Stop receiving when the other side has nothing more to say' });
  }
}

/** The other end of a connection is gone. CPython's ConnectionError. */
export abstract class ConnectionError extends SshoalError {}

/** Nobody is there to take what is sent. CPython's BrokenPipeError. Code `PIPE_BROKEN`. */
export class BrokenPipeError extends ConnectionError {
  constructor(message = 'The other end is gone', details: ErrorDetails = {}) {
    super('PIPE_BROKEN', message, { fix: 'Keep the other side alive until everything is sent', ...details });
  }
}

/** A call that does not wait found nothing to take, or no room. CPython's BlockingIOError. Code `WOULD_BLOCK`. */
export class BlockingIOError extends SshoalError {
  constructor(message = 'It would have to wait') {
    super('WOULD_BLOCK', message, { fix: 'Let the event loop turn and try again, or wait with a Selector or the waiting call' });
  }
}

/** The other end of a socket hung up without a goodbye (a TCP RST). CPython's ConnectionResetError. Node's code: `ECONNRESET`. */
export class ConnectionResetError extends ConnectionError {
  constructor(details: ErrorDetails = {}) {
    super('ECONNRESET', 'Connection reset by peer', { fix: 'Close this connection; the other side is gone', ...details });
  }
}

/** The two ends of a connection have different keys. CPython's multiprocessing.AuthenticationError. Code `WRONG_AUTHKEY`. */
export class AuthenticationError extends SshoalError {
  constructor(message: string) {
    super('WRONG_AUTHKEY', message, { fix: 'Give both sides the same authkey' });
  }
}

/** A value that cannot travel to another thread or process. Code `NOT_SERIALIZABLE`. */
export class NotSerializableError extends SshoalError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('NOT_SERIALIZABLE', message, { fix: 'Send plain data: numbers, text, arrays, objects, Map, Set, Buffer, errors', ...details });
  }
}

/** A result was there, but could not travel back. CPython's MaybeEncodingError. Code `RESULT_NOT_SERIALIZABLE`. */
export class MaybeEncodingError extends SshoalError {
  constructor(reason: string) {
    super('RESULT_NOT_SERIALIZABLE', `The result of the task could not be sent back: ${reason}`, {
      fix: 'Return plain data: numbers, text, arrays, objects, Map, Set, Buffer, errors',
    });
  }
}

/** A function that another thread or process cannot find. Code `TARGET_NOT_FOUND`. */
export class TargetNotFoundError extends SshoalError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('TARGET_NOT_FOUND', message, { fix: 'Export the function from its module under the name you gave', ...details });
  }
}

/** A closure was given where only an exported function can travel. Code `TARGET_IS_CLOSURE`. */
export class ClosureTargetError extends SshoalError {
  constructor(name: string) {
    super('TARGET_IS_CLOSURE', `${name || 'An unnamed function'} cannot travel to another thread or process: functions travel by name`, {
      fix: "Export it from its module, and give ref(import.meta, 'itsName') or task(import.meta, itsName)",
    });
  }
}

/** An error of another thread or process, as text: the `cause` of the error that was rebuilt here. Code `REMOTE_TRACEBACK`. */
export class RemoteTraceback extends SshoalError {
  constructor(stack: string, where: string) {
    super('REMOTE_TRACEBACK', `in ${where}`, { where });
    this.stack = stack;
  }
}
