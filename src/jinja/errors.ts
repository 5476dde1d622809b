// What templates throw.

import { type ErrorDetails, InputError } from '../base/errors.ts';
import type { Position } from '../base/position.ts';
import { inFile, type Place, within } from './place.ts';

interface JinjaDetails extends ErrorDetails {
  /** The place within the text of the template or expression. */
  readonly place?: Place | undefined;
}

/** What all errors of templates have: `where` is a place in a file, as far as known; `within` is one in the template's own text. */
abstract class JinjaError extends InputError {
  readonly place: Place | undefined;

  constructor(code: string, message: string, details: JinjaDetails) {
    const where = details.where ?? (details.place && inFile(details.place));
    super(code, message, { ...details, where });
    this.place = details.place;
  }

  /** Line and column within the template or expression itself, counted from 1. A caller that knows where it stands can add the two. */
  get within(): Position | undefined {
    return this.place && within(this.place);
  }
}

/** A template that cannot be parsed, or names a filter or test that does not exist. Codes JINJA_SYNTAX, JINJA_UNKNOWN_FILTER, JINJA_UNKNOWN_TEST. */
export class JinjaSyntaxError extends JinjaError {
  constructor(code: 'JINJA_SYNTAX' | 'JINJA_UNKNOWN_FILTER' | 'JINJA_UNKNOWN_TEST', message: string, details: JinjaDetails) {
    // Nobody else shows a text without a file, so its own line and column are better than nothing.
    super(code, message, { where: details.place && (inFile(details.place) ?? within(details.place)), ...details });
  }
}

/** A variable or attribute that is not there was used for more than asking whether it is. Code UNDEFINED_VARIABLE. */
export class UndefinedError extends JinjaError {
  /** The variable with its path, as it was written: `db.hosts[0]`. */
  readonly variable: string;

  constructor(variable: string, message: string, details: JinjaDetails = {}) {
    super('UNDEFINED_VARIABLE', message, { fix: `Define it, or give it a default: {{ ${variable} | default('...') }}`, ...details });
    this.variable = variable;
  }
}

/** An operation that its values do not allow, in Python's words. Code TEMPLATE_FAILED. */
export class TemplateError extends JinjaError {
  constructor(message: string, details: JinjaDetails = {}) {
    super('TEMPLATE_FAILED', message, details);
  }
}

/** A template that took too many steps or too long, or made too much. Code TEMPLATE_BUDGET. */
export class BudgetError extends JinjaError {
  constructor(message: string, details: JinjaDetails = {}) {
    super('TEMPLATE_BUDGET', message, { fix: 'Look for a loop without end, or for a list that is far too long', ...details });
  }
}

/** The same error, with the place where it happened if it had none. */
export function withPlace(thrown: unknown, place: Place | undefined): unknown {
  // What JavaScript says when nesting or text outgrow it: the template's doing, not a defect of ours.
  const error = thrown instanceof RangeError ? new BudgetError(`This template is too deep or too long: ${thrown.message}`) : thrown;
  if (place === undefined || !(error instanceof JinjaError) || error.place !== undefined || error.where !== undefined) return error;
  const details = { place, fix: error.fix, cause: error };
  if (error instanceof UndefinedError) return new UndefinedError(error.variable, error.message, details);
  if (error instanceof TemplateError) return new TemplateError(error.message, details);
  return error instanceof BudgetError ? new BudgetError(error.message, details) : error;
}
