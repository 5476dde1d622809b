// What templates throw.

import { type ErrorDetails, InputError } from '../base/errors.ts';
import type { Position } from '../base/position.ts';

/** A template that cannot be parsed, or names a filter or test that does not exist. Codes JINJA_SYNTAX, JINJA_UNKNOWN_FILTER, JINJA_UNKNOWN_TEST. */
export class JinjaSyntaxError extends InputError {}

/** A variable or attribute that is not there was used for more than asking whether it is. Code UNDEFINED_VARIABLE. */
export class UndefinedError extends InputError {
  /** The variable with its path, as it was written: `db.hosts[0]`. */
  readonly variable: string;

  constructor(variable: string, message: string, details: ErrorDetails = {}) {
    super('UNDEFINED_VARIABLE', message, { fix: `Define it, or give it a default: {{ ${variable} | default('...') }}`, ...details });
    this.variable = variable;
  }
}

/** An operation that its values do not allow, in Python's words. Code TEMPLATE_FAILED. */
export class TemplateError extends InputError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('TEMPLATE_FAILED', message, details);
  }
}

/** A template that took too many steps or wrote too much. Code TEMPLATE_BUDGET. */
export class BudgetError extends InputError {
  constructor(message: string) {
    super('TEMPLATE_BUDGET', message, { fix: 'Look for a loop without end, or for a list that is far too long' });
  }
}

/** The same error, with the place where it happened if it had none. */
export function withPlace(thrown: unknown, place: Position | undefined): unknown {
  // What JavaScript says when nesting or text outgrow it: the template's doing, not a defect of ours.
  const error = thrown instanceof RangeError ? new BudgetError(`This template is too deep or too long: ${thrown.message}`) : thrown;
  if (place === undefined || !(error instanceof InputError) || error.where !== undefined) return error;
  const details = { where: place, fix: error.fix, cause: error };
  if (error instanceof UndefinedError) return new UndefinedError(error.variable, error.message, details);
  if (error instanceof TemplateError) return new TemplateError(error.message, details);
  return error;
}
