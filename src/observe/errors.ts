// What can go wrong while a run is watched. None of it is a fault of the run, and only the first stops one: before it begins.
import { type ErrorDetails, InputError, SshoalError } from '../base/errors.ts';

/** Nobody can be served metrics at that address. Code `METRICS_NOT_SERVED`. */
export class MetricsNotServedError extends InputError {
  constructor(message: string, details: ErrorDetails) {
    super('METRICS_NOT_SERVED', message, details);
  }
}

/** Lines of a log are lost. Code `LOG_INCOMPLETE`. */
export class LogIncompleteError extends SshoalError {
  constructor(message: string, details: ErrorDetails) {
    super('LOG_INCOMPLETE', message, details);
  }
}

/** A command that was to run after the run did not end well. Code `HOOK_FAILED`. */
export class HookError extends SshoalError {
  constructor(message: string, details: ErrorDetails) {
    super('HOOK_FAILED', message, details);
  }
}

/** A webhook was not taken. Code `WEBHOOK_FAILED`. */
export class WebhookError extends SshoalError {
  constructor(message: string, details: ErrorDetails) {
    super('WEBHOOK_FAILED', message, details);
  }
}
