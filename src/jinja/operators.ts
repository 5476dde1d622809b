// Arithmetic with Python's rules: int stays int, // and % round down, + joins lists. It knows no syntax.
import { Float, type Value } from '../base/value.ts';
import type { BinaryOperator } from './ast.ts';
import { BudgetError, TemplateError } from './errors.ts';
import { formatPercent } from './percent-format.ts';
import { str } from './printing.ts';
import { type Any, isTuple, JinjaObject, numeric, tuple, typeOf, Undefined } from './values.ts';

/** Longest text or list that repetition may make. */
const MAX_REPEAT = 10_000_000;

/** An int as small as it can be: a bigint only where a number would lose digits. */
export function int(value: bigint | number): number | bigint {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : BigInt(value);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

export function binary(operator: BinaryOperator, a: Any, b: Any): Any {
  if (operator === '~') return str(a) + str(b);
  // Plain ints first: they are nearly all there is.
  if (typeof a === 'number' && typeof b === 'number') {
    if (operator === '+') return safe(a + b) ?? int(BigInt(a) + BigInt(b));
    if (operator === '-') return safe(a - b) ?? int(BigInt(a) - BigInt(b));
  }
  if (a instanceof Undefined) return a.fail();
  if (operator === '%' && typeof a === 'string') return formatPercent(a, b);
  if (b instanceof Undefined) return b.fail();
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== undefined && y !== undefined)
    return a instanceof Float || b instanceof Float ? floatResult(operator, Number(x), Number(y)) : intResult(operator, x, y);
  if (operator === '+') {
    if (typeof a === 'string' && typeof b === 'string') return a + b;
    if (Array.isArray(a) && Array.isArray(b) && isTuple(a) === isTuple(b)) return isTuple(a) ? tuple(joined(a, b)) : joined(a, b);
  }
  if (operator === '*') {
    const [m, n] = [a instanceof Float ? undefined : x, b instanceof Float ? undefined : y];
    if (n !== undefined && (typeof a === 'string' || Array.isArray(a))) return repeat(a, Number(n));
    if (m !== undefined && (typeof b === 'string' || Array.isArray(b))) return repeat(b, Number(m));
  }
  const operated =
    a instanceof JinjaObject ? a.operate(operator, b, false) : b instanceof JinjaObject ? b.operate(operator, a, true) : undefined;
  if (operated !== undefined) return operated;
  throw unsupported(operator, a, b);
}

export function sign(operator: '+' | '-', value: Any): Any {
  if (value instanceof Undefined) return value.fail();
  const number = numeric(value);
  if (number === undefined) throw new TemplateError(`bad operand type for unary ${operator}: '${typeOf(value)}'`);
  const signed = operator === '-' ? -number : number;
  return value instanceof Float ? new Float(Number(signed)) : int(signed === 0 ? 0 : signed);
}

/** Most digits, in bits, that a whole number may have: a few more multiplications of such numbers would take minutes. */
const MAX_BITS = 300_000;

function bits(value: bigint): number {
  return value > -0x100000000n && value < 0x100000000n
    ? 33 - Math.clz32(Number(value < 0n ? -value : value))
    : value.toString(16).length * 4;
}

function checkBits(count: number): true {
  if (count > MAX_BITS) throw new TemplateError('This number is too large');
  return true;
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

function intResult(operator: BinaryOperator, a: number | bigint, b: number | bigint): Any {
  const [x, y] = [BigInt(a), BigInt(b)];
  switch (operator) {
    case '+':
      return int(x + y);
    case '-':
      return int(x - y);
    case '*':
      return int(checkBits(bits(x) + bits(y)) && x * y);
    case '/':
      if (y === 0n) throw new TemplateError('division by zero');
      return new Float(Number(a) / Number(b));
    case '//':
    case '%': {
      if (y === 0n) throw new TemplateError('integer division or modulo by zero');
      const remainder = ((x % y) + y) % y;
      return int(operator === '%' ? remainder : (x - remainder) / y);
    }
    case '**':
      if (y < 0n) return floatResult('**', Number(a), Number(b));
      checkBits(bits(x) * Number(y));
      return int(x ** y);
    case '~':
      return `${a}${b}`;
  }
}

function floatResult(operator: BinaryOperator, a: number, b: number): Any {
  if (b === 0 && (operator === '/' || operator === '//' || operator === '%')) {
    throw new TemplateError(
      operator === '/' ? 'float division by zero' : operator === '%' ? 'float modulo' : 'float floor division by zero',
    );
  }
  switch (operator) {
    case '+':
      return new Float(a + b);
    case '-':
      return new Float(a - b);
    case '*':
      return new Float(a * b);
    case '/':
      return new Float(a / b);
    case '//':
      return new Float(Math.floor(a / b));
    case '%': {
      const remainder = a % b;
      return new Float(remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder);
    }
    case '**':
      if (a === 0 && b < 0) throw new TemplateError('0.0 cannot be raised to a negative power');
      if (a < 0 && !Number.isInteger(b)) throw new TemplateError('complex numbers are not supported');
      if (!Number.isFinite(a ** b) && Number.isFinite(a) && Number.isFinite(b)) throw new TemplateError('Numerical result out of range');
      return new Float(a ** b);
    case '~':
      return `${a}${b}`;
  }
}

function joined(a: readonly Value[], b: readonly Value[]): Value[] {
  if (a.length + b.length > MAX_REPEAT) throw new BudgetError('This list is too long');
  return [...a, ...b];
}

function repeat(what: string | Value[], times: number): Any {
  const count = Math.max(0, times);
  if (what.length * count > MAX_REPEAT) throw new TemplateError('This repetition is too long');
  if (typeof what === 'string') return what.repeat(count);
  const repeated = Array.from({ length: count }, () => what).flat(1);
  return isTuple(what) ? tuple(repeated) : repeated;
}

function unsupported(operator: string, a: Any, b: Any): TemplateError {
  if (operator === '+' && typeof a === 'string')
    return new TemplateError(`can only concatenate str (not "${typeOf(b)}") to str`, { fix: 'Use ~ to join text, or | string' });
  const named = operator === '**' ? '** or pow()' : operator;
  return new TemplateError(
    `unsupported operand type(s) for ${named}: '${typeOf(a)}' and '${typeOf(b)}'`,
    typeof b === 'string' ? { fix: 'Turn text into a number with | int' } : {},
  );
}
