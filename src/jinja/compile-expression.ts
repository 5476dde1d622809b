// Expressions as closures: the tree is walked once, when it is compiled, and never again.

import { didYouMean } from '../base/suggest.ts';
import type { Dict, Value } from '../base/value.ts';
import { attribute, item, slice } from './access.ts';
import type { Argument, CompareOperator, Expression } from './ast.ts';
import { NO_ARGUMENTS } from './call-arguments.ts';
import { JinjaSyntaxError, TemplateError } from './errors.ts';
import type { Frame } from './frame.ts';

import { binary, sign } from './operators.ts';
import type { Place, Source } from './place.ts';
import {
  type Any,
  asDict,
  type CallArguments,
  compare,
  contains,
  data,
  dictKey,
  equals,
  isTruthy,
  iterate,
  JinjaObject,
  tuple,
  typeOf,
  Undefined,
} from './values.ts';

export type Evaluate = (frame: Frame) => Any;
export type Filter = (value: Any, args: CallArguments, frame: Frame) => Any;
export type Test = (value: Any, args: CallArguments, frame: Frame) => boolean;

/** What names of filters and tests mean, and which variables were used. */
export interface CompileContext {
  readonly source: Source;
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
  /** Filled with every name that the expression reads. */
  readonly names: Set<string>;
}

/** @throws JinjaSyntaxError JINJA_UNKNOWN_FILTER, JINJA_UNKNOWN_TEST, with a suggestion. */
export function compileExpression(node: Expression, context: CompileContext): Evaluate {
  const sub = (child: Expression): Evaluate => compileExpression(child, context);
  switch (node.kind) {
    case 'constant': {
      const { value } = node;
      return () => value;
    }
    case 'name': {
      const { name } = node;
      context.names.add(name);
      const place = placeOf(node, context);
      return (frame) => frame.get(name, place);
    }
    case 'list': {
      const parts = node.items.map(sub);
      if (node.tuple) return (frame) => tuple(parts.map((part) => element(part(frame))));
      return (frame) => parts.map((part) => element(part(frame)));
    }
    case 'dict': {
      const entries = node.entries.map(([key, value]) => [sub(key), sub(value)] as const);
      return (frame) => {
        const map: Dict = new Map();
        for (const [key, value] of entries) map.set(dictKey(key(frame)), element(value(frame)));
        return map;
      };
    }
    case 'attribute': {
      const [object, { name }] = [sub(node.object), node];
      const reference = { path: () => pathOf(node), place: placeOf(node, context) };
      return (frame) => attribute(object(frame), name, reference);
    }
    case 'item': {
      const [object, key] = [sub(node.object), sub(node.key)];
      const reference = { path: () => pathOf(node), place: placeOf(node, context) };
      return (frame) => item(object(frame), key(frame), reference);
    }
    case 'slice': {
      const [object, start, stop, step] = [
        sub(node.object),
        node.start && sub(node.start),
        node.stop && sub(node.stop),
        node.step && sub(node.step),
      ];
      const reference = { path: () => pathOf(node), place: placeOf(node, context) };
      return (frame) => slice(object(frame), [start?.(frame), stop?.(frame), step?.(frame)], reference);
    }
    case 'call':
      return compileCall(node, context);
    case 'filter':
      return compileFilter(node.name, sub(node.value), node.args, node.offset, context);
    case 'test':
      return compileTest(node, context);
    case 'binary': {
      const [left, right, { operator }] = [sub(node.left), sub(node.right), node];
      const place = placeOf(node, context);
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        frame.run.place = place;
        frame.run.step();
        return frame.run.made(binary(operator, a, b));
      };
    }
    case 'compare':
      return compileCompare(node, sub, placeOf(node, context));
    case 'and': {
      const [left, right] = [sub(node.left), sub(node.right)];
      return (frame) => {
        const value = left(frame);
        return isTruthy(value) ? right(frame) : value;
      };
    }
    case 'or': {
      const [left, right] = [sub(node.left), sub(node.right)];
      return (frame) => {
        const value = left(frame);
        return isTruthy(value) ? value : right(frame);
      };
    }
    case 'not': {
      const value = sub(node.value);
      return (frame) => !isTruthy(value(frame));
    }
    case 'sign': {
      const [value, { operator }] = [sub(node.value), node];
      return (frame) => sign(operator, value(frame));
    }
    case 'if': {
      const [test, value, otherwise] = [sub(node.test), sub(node.value), node.otherwise && sub(node.otherwise)];
      return (frame) => {
        if (isTruthy(test(frame))) return value(frame);
        return (
          otherwise?.(frame) ??
          new Undefined('the inline if', 'The condition of an inline if is false, and it has no else', { lenient: true })
        );
      };
    }
  }
}

// A list may hold what is no data only while nobody looks; an undefined element fails at once, naming itself.
function element(value: Any): Value {
  return value instanceof JinjaObject || value instanceof Undefined ? data(value) : value;
}

function compileCall(node: Extract<Expression, { kind: 'call' }>, context: CompileContext): Evaluate {
  const callee = compileExpression(node.callee, context);
  const args = compileArguments(node.args, context);
  const place = placeOf(node, context);
  return (frame) => {
    const target = callee(frame);
    if (target instanceof Undefined) return target.fail();
    const given = args(frame);
    frame.run.place = place;
    frame.run.step();
    if (target instanceof JinjaObject) return frame.run.made(target.call(given));
    throw new TemplateError(`'${typeOf(target)}' object is not callable`);
  };
}

export function compileFilter(name: string, value: Evaluate, args: readonly Argument[], offset: number, context: CompileContext): Evaluate {
  const filter = context.filters.get(plainName(name));
  if (filter === undefined) throw unknown('FILTER', name, context.filters.keys(), offset, context);
  const given = compileArguments(args, context);
  const place: Place = { source: context.source, offset };
  return (frame) => {
    const input = frame.run.made(value(frame));
    const all = given(frame);
    frame.run.place = place;
    frame.run.step();
    return frame.run.made(filter(input, all, frame));
  };
}

function compileTest(node: Extract<Expression, { kind: 'test' }>, context: CompileContext): Evaluate {
  const test = context.tests.get(plainName(node.name));
  if (test === undefined) throw unknown('TEST', node.name, context.tests.keys(), node.offset, context);
  const [value, args, { negated }] = [compileExpression(node.value, context), compileArguments(node.args, context), node];
  const place = placeOf(node, context);
  return (frame) => {
    const input = frame.run.made(value(frame));
    const all = args(frame);
    frame.run.place = place;
    frame.run.step();
    return test(input, all, frame) !== negated;
  };
}

function placeOf(node: Expression, context: CompileContext): Place {
  return { source: context.source, offset: node.offset };
}

/** What to write instead of filters that people know from Ansible, and that are not here on purpose. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  json_query: "There is no JMESPath here: use selectattr, map(attribute='...') and | first",
  xml_to_json: 'There is no XML here: take the text apart with regex_search',
  parse_xml: 'There is no XML here: take the text apart with regex_search',
  vault: 'Encrypt it beforehand: sshoal vault encrypt-string',
  unvault: 'Write the value as a !vault variable: it is decrypted when it is read',
};

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** A name without the collection that ansible knows it from. */
export function plainName(name: string): string {
  return name.replace(/^(?:ansible\.(?:builtin|legacy|utils|netcommon)|community\.general)\./, '');
}

function unknown(
  what: 'FILTER' | 'TEST',
  name: string,
  known: Iterable<string>,
  offset: number,
  context: CompileContext,
): JinjaSyntaxError {
  return new JinjaSyntaxError(`JINJA_UNKNOWN_${what}`, `There is no ${what.toLowerCase()} \`${name}\``, {
    place: { source: context.source, offset },
    fix: (what === 'FILTER' ? insteadOfFilter(name, context) : undefined) ?? otherName(what, name, known),
  });
}

function insteadOfFilter(name: string, { tests }: CompileContext): string | undefined {
  if (Object.hasOwn(ELSEWHERE, lastName(name))) return ELSEWHERE[lastName(name)];
  // `result | succeeded` was right before Ansible 2.9.
  return tests.has(plainName(name)) ? `It is a test: write \`is ${name}\` instead of \`| ${name}\`` : undefined;
}

function otherName(what: 'FILTER' | 'TEST', name: string, known: Iterable<string>): string {
  const kind = `${what.toLowerCase()}s`;
  // What a collection brings is Python.
  const [, collection] = /^(\w+\.\w+)\./.exec(name) ?? [];
  if (collection !== undefined && plainName(name) === name)
    return `The ${kind} of ${collection} are not there: say it with those of Ansible itself`;
  return didYouMean(name, known, `See the list of ${kind} in the documentation`);
}

function compileArguments(args: readonly Argument[], context: CompileContext): (frame: Frame) => CallArguments {
  if (args.length === 0) return () => NO_ARGUMENTS;
  const parts = args.map((arg) => ({ ...arg, value: compileExpression(arg.value, context) }));
  return (frame) => {
    const positional: Any[] = [];
    const keywords = new Map<string, Any>();
    for (const { kind, name, value } of parts) {
      const given = value(frame);
      if (kind === 'positional') positional.push(given);
      else if (kind === 'keyword') keywords.set(name, given);
      else if (kind === 'spread') for (const one of iterate(given)) positional.push(one);
      else for (const [key, one] of asDict(given, '**')) keywords.set(String(key), one);
    }
    return { positional, keywords };
  };
}

function compileCompare(
  { first, rest }: Extract<Expression, { kind: 'compare' }>,
  sub: (node: Expression) => Evaluate,
  place: Place,
): Evaluate {
  const start = sub(first);
  const [only] = rest;
  if (rest.length === 1 && only !== undefined) {
    const [operator, right] = [only[0], sub(only[1])];
    return (frame) => {
      const a = start(frame);
      const b = right(frame);
      frame.run.place = place;
      return holds(operator, a, b);
    };
  }
  const steps = rest.map(([operator, node]) => [operator, sub(node)] as const);
  return (frame) => {
    let left = start(frame);
    for (const [operator, evaluate] of steps) {
      const right = evaluate(frame);
      frame.run.place = place;
      if (!holds(operator, left, right)) return false;
      left = right;
    }
    return true;
  };
}

function holds(operator: CompareOperator, left: Any, right: Any): boolean {
  switch (operator) {
    case '==':
      return equals(left, right);
    case '!=':
      return !equals(left, right);
    case '<':
      return compare(left, right, '<') < 0;
    case '<=':
      return compare(left, right, '<=') <= 0;
    case '>':
      return compare(left, right, '>') > 0;
    case '>=':
      return compare(left, right, '>=') >= 0;
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
  }
}

/** An expression as a person would name it: `db.hosts[0]`. */
function pathOf(node: Expression): string {
  switch (node.kind) {
    case 'name':
      return node.name;
    case 'attribute':
      return `${pathOf(node.object)}.${node.name}`;
    case 'item':
      return `${pathOf(node.object)}[${node.key.kind === 'constant' ? JSON.stringify(node.key.value, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) : pathOf(node.key)}]`;
    case 'slice':
      return `${pathOf(node.object)}[:]`;
    case 'call':
      return `${pathOf(node.callee)}()`;
    case 'filter':
      return `${pathOf(node.value)} | ${node.name}`;
    default:
      return '...';
  }
}
