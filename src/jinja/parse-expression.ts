// Expressions, by recursive descent, with Jinja2's precedences. It makes a tree and evaluates nothing.
import { Float } from '../base/value.ts';
import type { Argument, BinaryOperator, CompareOperator, Expression } from './ast.ts';
import { syntaxError } from './lexer.ts';
import type { Tokens } from './tokens.ts';

/** Reads one expression. @param tokens - Left behind it. @throws JinjaSyntaxError with its place. */
export function parseExpression(tokens: Tokens): Expression {
  return conditional(tokens);
}

/** Reads an expression that may be a tuple without brackets: `a, b`. */
export function parseTuple(tokens: Tokens, one: (tokens: Tokens) => Expression = conditional): Expression {
  const { offset } = tokens.current;
  const first = one(tokens);
  if (!tokens.at(',')) return first;
  const items = [first];
  while (tokens.accept(',')) {
    if (tokens.current.kind === 'block-end' || tokens.current.kind === 'output-end' || tokens.current.kind === 'end' || tokens.at(')'))
      break;
    items.push(one(tokens));
  }
  return { kind: 'list', items, tuple: true, offset };
}

/** An expression without `x if y`, for the source of a for with an `if` of its own. */
export function parseNoCondition(tokens: Tokens): Expression {
  return or(tokens);
}

/** Arguments behind a `(`, up to and with the `)`. */
export function parseArguments(tokens: Tokens): Argument[] {
  const args: Argument[] = [];
  while (!tokens.accept(')')) {
    if (args.length > 0) tokens.expect(',');
    if (tokens.accept(')')) break;
    if (tokens.accept('**')) args.push({ kind: 'spread-keywords', name: '', value: conditional(tokens) });
    else if (tokens.accept('*')) args.push({ kind: 'spread', name: '', value: conditional(tokens) });
    else if (tokens.current.kind === 'name' && tokens.next.kind === 'operator' && tokens.next.text === '=') {
      const name = tokens.current.text;
      if (args.some((arg) => arg.kind === 'keyword' && arg.name === name)) throw tokens.unexpected(`The argument ${name} is given twice`);
      tokens.advance();
      tokens.expect('=');
      args.push({ kind: 'keyword', name, value: conditional(tokens) });
    } else if (args.some((arg) => arg.kind === 'keyword')) throw tokens.unexpected('A keyword argument expected, since one came before');
    else args.push({ kind: 'positional', name: '', value: conditional(tokens) });
  }
  return args;
}

/** A dotted name, as of a filter or test. */
export function parseDottedName(tokens: Tokens): string {
  let name = tokens.name();
  while (tokens.accept('.')) name += `.${tokens.name()}`;
  return name;
}

function conditional(tokens: Tokens): Expression {
  const { offset } = tokens.current;
  let value = or(tokens);
  while (tokens.accept('if')) {
    const test = or(tokens);
    value = { kind: 'if', test, value, otherwise: tokens.accept('else') ? conditional(tokens) : undefined, offset };
  }
  return value;
}

function or(tokens: Tokens): Expression {
  let left = and(tokens);
  while (tokens.at('or')) left = { kind: 'or', offset: tokens.advance().offset, left, right: and(tokens) };
  return left;
}

function and(tokens: Tokens): Expression {
  let left = not(tokens);
  while (tokens.at('and')) left = { kind: 'and', offset: tokens.advance().offset, left, right: not(tokens) };
  return left;
}

function not(tokens: Tokens): Expression {
  if (tokens.at('not') && tokens.next.text !== 'in') return { kind: 'not', offset: tokens.advance().offset, value: not(tokens) };
  return compare(tokens);
}

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;

function compare(tokens: Tokens): Expression {
  const { offset } = tokens.current;
  const first = binary(tokens, 0);
  const rest: [CompareOperator, Expression][] = [];
  for (;;) {
    const operator = COMPARISONS.find((candidate) => tokens.at(candidate));
    if (operator !== undefined) {
      tokens.advance();
      rest.push([operator, binary(tokens, 0)]);
    } else if (tokens.accept('in')) rest.push(['in', binary(tokens, 0)]);
    else if (tokens.at('not') && tokens.next.text === 'in') {
      tokens.advance();
      tokens.advance();
      rest.push(['not in', binary(tokens, 0)]);
    } else return rest.length === 0 ? first : { kind: 'compare', first, rest, offset };
  }
}

// From loosest to tightest, as Jinja2: + and - bind looser than ~, which binds looser than * and /.
const BINARY: readonly (readonly BinaryOperator[])[] = [['+', '-'], ['~'], ['*', '/', '//', '%']];

function binary(tokens: Tokens, level: number): Expression {
  const operators = BINARY[level];
  if (operators === undefined) return power(tokens);
  let left = binary(tokens, level + 1);
  for (;;) {
    const operator = operators.find((candidate) => tokens.at(candidate));
    if (operator === undefined) return left;
    left = { kind: 'binary', offset: tokens.advance().offset, operator, left, right: binary(tokens, level + 1) };
  }
}

// Filters bind tighter than **, and ** groups from the left: Jinja2's way, not Python's.
function power(tokens: Tokens): Expression {
  let left = unary(tokens, true);
  while (tokens.at('**')) left = { kind: 'binary', operator: '**', offset: tokens.advance().offset, left, right: unary(tokens, true) };
  return left;
}

function unary(tokens: Tokens, withFilters: boolean): Expression {
  const { offset } = tokens.current;
  let value: Expression;
  if (tokens.at('-', '+')) {
    const operator = tokens.advance().text as '-' | '+';
    value = { kind: 'sign', operator, value: unary(tokens, false), offset };
  } else value = primary(tokens);
  value = postfix(tokens, value);
  return withFilters ? filtersAndTests(tokens, value) : value;
}

function primary(tokens: Tokens): Expression {
  const { kind, text, offset } = tokens.current;
  switch (kind) {
    case 'name':
      tokens.advance();
      return constantName(text, offset) ?? { kind: 'name', name: text, offset };
    case 'string': {
      let value = '';
      while (tokens.current.kind === 'string') value += tokens.advance().text;
      return { kind: 'constant', value, offset };
    }
    case 'integer': {
      tokens.advance();
      const whole = BigInt(text.replaceAll('_', ''));
      return { kind: 'constant', value: whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : whole, offset };
    }
    case 'float':
      tokens.advance();
      return { kind: 'constant', value: new Float(Number(text.replaceAll('_', ''))), offset };
    default:
      if (tokens.accept('(')) return parenthesised(tokens, offset);
      if (tokens.accept('[')) return list(tokens, offset);
      if (tokens.accept('{')) return dictionary(tokens, offset);
      throw tokens.unexpected('An expression expected');
  }
}

function constantName(name: string, offset: number): Expression | undefined {
  if (name === 'true' || name === 'True') return { kind: 'constant', value: true, offset };
  if (name === 'false' || name === 'False') return { kind: 'constant', value: false, offset };
  if (name === 'none' || name === 'None') return { kind: 'constant', value: null, offset };
  return undefined;
}

function parenthesised(tokens: Tokens, offset: number): Expression {
  if (tokens.accept(')')) return { kind: 'list', items: [], tuple: true, offset };
  const value = parseTuple(tokens);
  tokens.expect(')');
  return value;
}

function list(tokens: Tokens, offset: number): Expression {
  const items: Expression[] = [];
  while (!tokens.accept(']')) {
    if (items.length > 0) tokens.expect(',');
    if (tokens.accept(']')) break;
    items.push(conditional(tokens));
  }
  return { kind: 'list', items, tuple: false, offset };
}

function dictionary(tokens: Tokens, offset: number): Expression {
  const entries: [Expression, Expression][] = [];
  while (!tokens.accept('}')) {
    if (entries.length > 0) tokens.expect(',');
    if (tokens.accept('}')) break;
    const key = conditional(tokens);
    tokens.expect(':');
    entries.push([key, conditional(tokens)]);
  }
  return { kind: 'dict', entries, offset };
}

function postfix(tokens: Tokens, start: Expression): Expression {
  let value = start;
  for (;;) {
    const { offset } = tokens.current;
    if (tokens.accept('.')) {
      if (tokens.current.kind === 'integer')
        value = { kind: 'item', object: value, key: { kind: 'constant', value: Number(tokens.advance().text), offset }, offset };
      else value = { kind: 'attribute', object: value, name: tokens.name(), offset };
    } else if (tokens.accept('[')) value = subscript(tokens, value, offset);
    else if (tokens.accept('(')) value = { kind: 'call', callee: value, args: parseArguments(tokens), offset };
    else return value;
  }
}

function subscript(tokens: Tokens, object: Expression, offset: number): Expression {
  const part = (): Expression | undefined => (tokens.at(':', ']') ? undefined : conditional(tokens));
  const start = part();
  if (start !== undefined && tokens.accept(']')) return { kind: 'item', object, key: start, offset };
  tokens.expect(':');
  const stop = part();
  const step = tokens.accept(':') ? part() : undefined;
  tokens.expect(']');
  return { kind: 'slice', object, start, stop, step, offset };
}

function filtersAndTests(tokens: Tokens, start: Expression): Expression {
  let value = start;
  for (;;) {
    const { offset } = tokens.current;
    if (tokens.accept('|')) {
      const name = parseDottedName(tokens);
      value = { kind: 'filter', name, value, args: tokens.accept('(') ? parseArguments(tokens) : [], offset };
    } else if (tokens.accept('is')) {
      value = test(tokens, value, offset);
      if (tokens.at('is'))
        throw syntaxError(
          tokens.source,
          tokens.current.offset,
          'Tests cannot be chained',
          'Put the first into brackets, or join them with and',
        );
    } else if (tokens.at('(')) {
      tokens.advance();
      value = { kind: 'call', callee: value, args: parseArguments(tokens), offset };
    } else return value;
  }
}

// A test takes one argument without brackets: `x is divisibleby 3`.
function test(tokens: Tokens, value: Expression, offset: number): Expression {
  const negated = tokens.accept('not');
  const name = parseDottedName(tokens);
  const args: Argument[] = [];
  if (tokens.accept('(')) args.push(...parseArguments(tokens));
  else if (startsArgument(tokens)) args.push({ kind: 'positional', name: '', value: postfix(tokens, primary(tokens)) });
  return { kind: 'test', name, value, args, negated, offset };
}

function startsArgument(tokens: Tokens): boolean {
  const { kind } = tokens.current;
  if (kind === 'string' || kind === 'integer' || kind === 'float') return true;
  if (kind === 'name') return !tokens.at('else', 'or', 'and', 'is', 'if', 'not', 'in');
  return tokens.at('(', '[', '{');
}
