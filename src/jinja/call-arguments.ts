// Arguments of filters, tests, methods and functions, matched to their names as Python does.
import { Float } from '../base/value.ts';
import { TemplateError } from './errors.ts';
import { str } from './printing.ts';
import { type Any, type CallArguments, isTruthy, numeric, typeOf, Undefined } from './values.ts';

export const NO_ARGUMENTS: CallArguments = { positional: [], keywords: new Map() };

/** Arguments by name, with readers that check their types. */
export class Bound {
  readonly #function: string;
  readonly #values: ReadonlyMap<string, Any>;

  constructor(name: string, values: ReadonlyMap<string, Any>) {
    this.#function = name;
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  any(name: string): Any | undefined {
    return this.#values.get(name);
  }

  /** @throws TemplateError where it was not given. */
  required(name: string): Any {
    const value = this.#values.get(name);
    if (value === undefined) throw new TemplateError(`${this.#function}() missing 1 required positional argument: '${name}'`);
    return value;
  }

  text(name: string): string;
  text<T>(name: string, otherwise: T): string | T;
  text<T>(name: string, ...otherwise: T[]): string | T {
    const value = this.#values.get(name);
    if (value === undefined && otherwise.length > 0) return otherwise[0] as T;
    return str(value ?? this.required(name));
  }

  truth(name: string, otherwise: boolean): boolean {
    const value = this.#values.get(name);
    return value === undefined ? otherwise : isTruthy(value);
  }

  /** A whole number; a bool counts, text does not. */
  int<T>(name: string, otherwise: T): number | T {
    const value = this.#values.get(name);
    if (value === undefined || value === null) return otherwise;
    if (value instanceof Undefined) return value.fail();
    const number = numeric(value);
    if (number === undefined || value instanceof Float)
      throw new TemplateError(`${this.#function}(): ${name} must be an int, and is a ${typeOf(value)}`);
    return Number(number);
  }
}

/**
 * Matches arguments to names.
 *
 * @param names - In order; one that starts with `*` takes the rest as a list, one with `**` the other keywords (neither appears in
 * the result: read them from `args` itself).
 * @throws TemplateError on too many, on unknown keywords, and on one given twice.
 */
export function bind(name: string, names: readonly string[], args: CallArguments): Bound {
  const plain = names.filter((one) => !one.startsWith('*'));
  const values = new Map<string, Any>();
  const star = names.findIndex((one) => one.startsWith('*'));
  args.positional.forEach((value, i) => {
    // What is named behind a star is given by keyword only.
    const parameter = star === -1 || i < star ? plain[i] : undefined;
    if (parameter !== undefined) values.set(parameter, value);
    else if (!names.some((one) => /^\*[^*]/.test(one)))
      throw new TemplateError(`${name}() takes at most ${plain.length} arguments, and got ${args.positional.length}`);
  });
  for (const [keyword, value] of args.keywords) {
    if (values.has(keyword)) throw new TemplateError(`${name}() got multiple values for argument '${keyword}'`);
    if (plain.includes(keyword)) values.set(keyword, value);
    else if (!names.some((one) => one.startsWith('**'))) {
      throw new TemplateError(
        `${name}() got an unexpected keyword argument '${keyword}'`,
        plain.length === 0 ? {} : { fix: `It takes ${plain.join(', ')}` },
      );
    }
  }
  return new Bound(name, values);
}
