// Values with templates in them, made into values without. It does not know where variables come from.
import type { Position } from '../../base/position.ts';
import { type Dict, isDict, Sealed, type Value } from '../../base/value.ts';
import { Environment, type EnvironmentOptions } from '../../jinja/environment.ts';
import type { Scope } from '../../jinja/frame.ts';
import { isTruthy } from '../../jinja/values.ts';
import { OpeningDict } from './opening-dict.ts';

/** A parameter with this value is as if it had not been written. */
export const OMIT = '__omit_place_holder__1e5b0b7c6f3d4a2e9c8d7f6a5b4c3d2e';

/** Evaluates templates with a scope. */
export class Templar {
  readonly jinja: Environment;
  /** Whether values are made as ansible 2.14 makes them. */
  readonly classic: boolean;

  constructor(options: EnvironmentOptions = {}) {
    this.jinja = new Environment(options);
    this.classic = options.results === 'classic';
  }

  /**
   * The value with every template in it evaluated. A text that is exactly one `{{ }}` becomes that very value, with its type. What is
   * encrypted is opened, as ansible 2.14 in a dict only when it is asked for there, and is no template.
   *
   * @param at - Where the value stands, for errors.
   * @throws VaultError on what cannot be opened, and what templates throw.
   */
  value(raw: Value, scope: Scope, at?: Position): Value {
    if (typeof raw === 'string')
      return raw.includes('{') ? this.jinja.compileTemplate(raw, at, { literalBackslashes: true }).evaluate(scope) : raw;
    if (raw instanceof Sealed) return raw.open();
    if (Array.isArray(raw)) return raw.map((item) => this.value(item, scope, at));
    if (!isDict(raw)) return raw;
    const map: Dict = isPartlySealed(raw) ? new OpeningDict() : new Map();
    // As in Ansible, a key is a key, whatever it looks like.
    for (const [key, item] of raw) map.set(key, item instanceof Sealed ? item : this.value(item, scope, at));
    return map;
  }

  /**
   * The truth of a condition: text is an expression, anything else stands for itself. Nothing at all is true, as in Ansible.
   *
   * @param onOther - Is told of an expression that comes to neither true nor false; its truth is that of Python.
   */
  test(condition: Value, scope: Scope, at?: Position, onOther?: (value: Value) => void): boolean {
    if (typeof condition === 'boolean') return condition;
    if (condition === null || condition === '') return true;
    if (condition instanceof Sealed) return this.test(condition.open(), scope, at);
    if (typeof condition !== 'string') return isTruthy(condition);
    if (!TEMPLATED.test(condition)) return this.jinja.compileExpression(condition, at).test(scope, onOther);
    const made = this.value(condition, scope, at);
    if (typeof made !== 'string' || made === '') return isTruthy(made);
    // As ansible 2.14, what the templates in a condition come to is the condition. It may come from a host: it can look nothing up.
    const unarmed = { get: (name: string) => (LOOKUPS.has(name) ? undefined : scope.get(name)) };
    return this.jinja.compileExpression(made, at).test(unarmed);
  }

  /** The value of a name or an expression; the `{{ }}` that some people write around it are only brackets. */
  expression(text: string, scope: Scope, at?: Position): Value {
    const bare = text.includes('{{') ? text.replaceAll('{{', '(').replaceAll('}}', ')') : text;
    return this.jinja.compileExpression(bare, at).evaluate(scope);
  }
}

const TEMPLATED = /\{\{|\{%/;
const LOOKUPS: ReadonlySet<string> = new Set(['lookup', 'query', 'q']);

function isPartlySealed(map: Dict): boolean {
  if (map instanceof OpeningDict) return true;
  for (const item of map.values()) if (item instanceof Sealed) return true;
  return false;
}

/** The arguments without those that were left out by `omit`, at any depth. */
export function withoutOmitted(value: Value): Value {
  if (Array.isArray(value)) return value.filter((item) => item !== OMIT).map(withoutOmitted);
  if (!isDict(value)) return value;
  return new Map([...value].filter(([, item]) => item !== OMIT).map(([key, item]) => [key, withoutOmitted(item)]));
}
