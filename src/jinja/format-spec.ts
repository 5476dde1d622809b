// Python's format specs, such as `>10`, `05.1f`, `,`: one value made text. It knows neither `%` nor braces.
import { Float } from '../base/value.ts';
import { exponential, fixed } from './decimals.ts';
import { BudgetError, TemplateError } from './errors.ts';
import { repr, str } from './printing.ts';
import { type Any, numeric, typeOf, Undefined } from './values.ts';

/** Widest field, and most digits. */
const MAX_WIDTH = 1_000_000;

export interface Spec {
  readonly fill: string;
  /** `<`, `>`, `^`, or `=` for filling between sign and digits. */
  readonly align: string;
  /** `+`, `-` or a blank. */
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  /** `,` or `_` between groups of digits, or nothing. */
  readonly grouping: string;
  readonly precision: number | undefined;
  /** The letter at its end, or nothing. */
  readonly type: string;
}

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** One value by a format spec. @throws TemplateError as Python does. */
export function formatSpec(value: Any, text: string): string {
  if (value instanceof Undefined) return value.fail();
  if (text === '') return str(value);
  const [all, fill, align, sign = '-', z, alternate, zero, width = '0', grouping = '', digits, type = ''] = SPEC.exec(text) ?? [];
  if (all === undefined) throw new TemplateError(`Invalid format specifier '${text}'`);
  const number = typeof value === 'boolean' && type === '' && grouping === '' && sign === '-' ? Number(value) : numeric(value);
  const isText = number === undefined;
  const spec: Spec = {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (isText ? '<' : zero === undefined ? '>' : '='),
    sign,
    alternate: alternate !== undefined,
    width: Number(width),
    grouping,
    precision: digits === undefined ? undefined : Number(digits),
    type,
  };
  if (isText) {
    if (z !== undefined) throw new TemplateError('Negative zero coercion (z) not allowed in string format specifier');
    return formatText(value, spec, text);
  }
  const isReal = value instanceof Float || 'eEfFgG%'.includes(type === '' ? '-' : type);
  if (z !== undefined && !isReal)
    throw new TemplateError("Negative zero coercion (z) not allowed in format specifier with integer format code 'd'");
  return isReal ? formatReal(Number(number), spec, value instanceof Float) : formatWhole(number, spec, typeOf(value));
}

function formatText(value: Any, spec: Spec, text: string): string {
  if (typeof value !== 'string') throw new TemplateError(`unsupported format string passed to ${typeOf(value)}.__format__`);
  if (spec.type !== '' && spec.type !== 's') throw new TemplateError(`Unknown format code '${spec.type}' for object of type 'str'`);
  if (spec.align === '=') throw new TemplateError("'=' alignment not allowed in string format specifier");
  if (spec.sign !== '-' || /^(?:.?[<>^])?-/.test(text)) throw new TemplateError('Sign not allowed in string format specifier');
  if (spec.alternate) throw new TemplateError('Alternate form (#) not allowed in string format specifier');
  if (spec.grouping !== '') throw new TemplateError(`Cannot specify '${spec.grouping}' with 's'.`);
  return pad(spec.precision === undefined ? value : [...value].slice(0, spec.precision).join(''), spec);
}

const BASES: Readonly<Record<string, number>> = { '': 10, d: 10, n: 10, x: 16, X: 16, o: 8, b: 2 };

/** An int by a spec of `d`, `x` and their like. */
export function formatWhole(number: number | bigint, spec: Spec, type = 'int'): string {
  if (spec.type === 'c') {
    if (spec.sign !== '-') throw new TemplateError("Sign not allowed with integer format specifier 'c'");
    if (spec.alternate) throw new TemplateError("Alternate form (#) not allowed with integer format specifier 'c'");
    return pad(character(number), spec);
  }
  const base = BASES[spec.type];
  if (base === undefined) throw new TemplateError(`Unknown format code '${spec.type}' for object of type '${type}'`);
  if (spec.precision !== undefined) throw new TemplateError('Precision not allowed in integer format specifier');
  if (spec.grouping === ',' && base !== 10) throw new TemplateError(`Cannot specify ',' with '${spec.type}'.`);
  if (spec.grouping !== '' && spec.type === 'n') throw new TemplateError(`Cannot specify '${spec.grouping}' with 'n'.`);
  const digits = (number < 0 ? -number : number).toString(base);
  const prefix = spec.alternate && base !== 10 ? `0${spec.type}` : '';
  return assembled(number < 0, prefix, spec.type === 'X' ? digits.toUpperCase() : digits, '', spec, base === 10 ? 3 : 4);
}

/** The character of a code point. @throws TemplateError when there is none. */
export function character(code: number | bigint): string {
  if (code < 0 || code > 0x10ffff) throw new TemplateError('%c arg not in range(0x110000)');
  return String.fromCodePoint(Number(code));
}

/** A float by a spec of `f`, `e`, `g` or `%`. @param isFloat - Whether no type at all means as Python prints it. */
export function formatReal(number: number, spec: Spec, isFloat = true): string {
  if ((spec.precision ?? 0) > MAX_WIDTH) throw new BudgetError('This precision is too large');
  if (!'eEfFgGn%'.includes(spec.type)) throw new TemplateError(`Unknown format code '${spec.type}' for object of type 'float'`);
  if (spec.grouping !== '' && spec.type === 'n') throw new TemplateError(`Cannot specify '${spec.grouping}' with 'n'.`);
  const isNegative = number < 0 || Object.is(number, -0);
  const magnitude = Math.abs(number);
  const text = Number.isFinite(magnitude)
    ? realDigits(magnitude, spec, isFloat)
    : `${Number.isNaN(magnitude) ? 'nan' : 'inf'}${spec.type === '%' ? '%' : ''}`;
  const shown = 'EFG'.includes(spec.type === '' ? '-' : spec.type) ? text.toUpperCase() : text;
  const [, whole = '', rest = ''] = /^(\d*)(.*)$/s.exec(shown) ?? [];
  return assembled(isNegative, '', whole, rest, spec, 3);
}

function realDigits(magnitude: number, spec: Spec, isFloat: boolean): string {
  const precision = spec.precision ?? 6;
  switch (spec.type.toLowerCase()) {
    case 'f':
      return withPoint(fixed(magnitude, precision), spec);
    case '%':
      return `${withPoint(fixed(magnitude * 100, precision), spec)}%`;
    case 'e':
      return withPoint(exponential(magnitude, precision), spec);
    case '':
      if (isFloat && spec.precision === undefined) return repr(new Float(magnitude));
      return general(magnitude, spec, true);
    default:
      return general(magnitude, spec, false);
  }
}

function withPoint(text: string, { alternate }: Spec): string {
  return alternate && !text.includes('.') ? text.replace(/^\d+/, '$&.') : text;
}

// As many digits as asked for in all, in whichever form is shorter.
function general(value: number, spec: Spec, isPlainFloat: boolean): string {
  const precision = Math.max(1, spec.precision ?? 6);
  const exponent = value === 0 ? 0 : Number(exponential(value, precision - 1).split('e')[1]);
  // A float with a precision and no type keeps a digit behind its point, and turns to exponents one digit earlier.
  const most = isPlainFloat ? precision - 1 : precision;
  const trim = (text: string): string =>
    spec.alternate ? withPoint(text, spec) : text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
  if (exponent < -4 || exponent >= most) return trim(exponential(value, precision - 1));
  const text = trim(fixed(value, Math.max(0, precision - 1 - exponent)));
  return isPlainFloat && !text.includes('.') ? `${text}.0` : text;
}

// Zeros that fill up to the width take part in the grouping.
function assembled(isNegative: boolean, prefix: string, whole: string, rest: string, spec: Spec, size: number): string {
  const sign = isNegative ? '-' : spec.sign === '-' ? '' : spec.sign;
  if (spec.width > MAX_WIDTH) throw new BudgetError('This field is too wide');
  if (spec.align !== '=') return pad(sign + prefix + grouped(whole, spec.grouping, size) + rest, spec);
  const room = spec.width - sign.length - prefix.length - rest.length;
  if (spec.fill !== '0' || spec.grouping === '') {
    const digits = grouped(whole, spec.grouping, size);
    return sign + prefix + spec.fill.repeat(Math.max(0, room - digits.length)) + digits + rest;
  }
  let filled = whole;
  while (grouped(filled, spec.grouping, size).length < room) filled = `0${filled}`;
  return sign + prefix + grouped(filled, spec.grouping, size) + rest;
}

function grouped(digits: string, separator: string, size: number): string {
  if (separator === '') return digits;
  return digits.replace(new RegExp(`\\B(?=(?:[\\da-fA-F]{${size}})+$)`, 'g'), separator);
}

/** Text filled up to the width of its field. @throws BudgetError on a field that is too wide. */
export function pad(text: string, { width, align, fill }: Spec): string {
  if (width > MAX_WIDTH) throw new BudgetError('This field is too wide');
  const room = Math.max(0, width - [...text].length);
  if (align === '<') return text + fill.repeat(room);
  if (align === '^') return fill.repeat(Math.floor(room / 2)) + text + fill.repeat(Math.ceil(room / 2));
  return fill.repeat(room) + text;
}
