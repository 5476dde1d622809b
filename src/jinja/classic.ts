// How templates became values before ansible-core 2.19: everything is text first, and text that looks like a list, a dict or a bool is read
// back. It runs no template.
import { Float, type Value } from '../base/value.ts';
import type { Expression, Statement } from './ast.ts';
import { JinjaSyntaxError } from './errors.ts';
import { tokenizeExpression } from './lexer.ts';
import { int } from './operators.ts';
import { parseExpression } from './parse-expression.ts';
import { Tokens } from './tokens.ts';
import { dictKey, isTuple, tuple } from './values.ts';

/** Filters whose text stays text, as ansible's STRING_TYPE_FILTERS says by default. */
const MAKES_TEXT = new Set(['string', 'to_json', 'to_nice_json', 'to_yaml', 'to_nice_yaml', 'ppretty', 'json']);

/** Whether the text of this template is never read back: its only expression ends in a filter that makes text. */
export function staysText(body: readonly Statement[]): boolean {
  const [only] = body;
  return body.length === 1 && only?.kind === 'output' && only.value.kind === 'filter' && MAKES_TEXT.has(only.value.name);
}

/**
 * The value of a rendered text, as ansible 2.14 without jinja2_native.
 *
 * @example `classicValue('[1, 2]')` is a list, `classicValue('True')` a bool; `classicValue('5')` and `classicValue('{nope')` stay text.
 */
export function classicValue(text: string): Value {
  if (text === 'True' || text === 'False') return text === 'True';
  return /^[{[]/.test(text) ? (literal(text) ?? text) : text;
}

/** Whether what a variable alone came to keeps its type: numbers, bools, nothing; and tuples, which only results and items of loops are. */
export function keepsType(value: Value): boolean {
  return value === null || ['boolean', 'number', 'bigint'].includes(typeof value) || value instanceof Float || isTuple(value);
}

/** The value of a Python literal, with JSON's `true`, `false` and `null` among them. @returns undefined for anything else. */
function literal(text: string): Value | undefined {
  const source = { text, file: '<literal>' };
  try {
    const tokens = new Tokens(tokenizeExpression(source), source);
    const tree = parseExpression(tokens);
    return tokens.current.kind === 'end' ? constant(tree, text) : undefined;
  } catch (error) {
    // No literal is no mistake here: the text is meant as text.
    if (error instanceof JinjaSyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function constant(node: Expression, text: string): Value | undefined {
  switch (node.kind) {
    case 'constant':
      return node.value === null && !text.startsWith('None', node.offset) ? undefined : node.value;
    case 'name':
      return node.name === 'null' ? null : undefined;
    case 'list': {
      const items = node.items.map((item) => constant(item, text));
      if (items.includes(undefined)) return undefined;
      return node.tuple ? tuple(items as Value[]) : (items as Value[]);
    }
    case 'dict': {
      const map = new Map<ReturnType<typeof dictKey>, Value>();
      for (const [keyNode, valueNode] of node.entries) {
        const [key, value] = [constant(keyNode, text), constant(valueNode, text)];
        if (key === undefined || value === undefined || Array.isArray(key) || key instanceof Map) return undefined;
        map.set(dictKey(key), value);
      }
      return map;
    }
    case 'sign': {
      const number = constant(node.value, text);
      const factor = node.operator === '-' ? -1 : 1;
      if (number instanceof Float) return new Float(factor * number.value);
      if (typeof number !== 'number' && typeof number !== 'bigint') return undefined;
      return int(BigInt(factor) * BigInt(number));
    }
    default:
      return undefined;
  }
}
