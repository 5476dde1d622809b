// Filters about numbers and truth.
import { Float } from '../../base/value.ts';
import { fixed } from '../decimals.ts';
import { int } from '../operators.ts';
import { str } from '../printing.ts';
import { type Any, isTruthy, JinjaObject, numeric, typeOf, Undefined } from '../values.ts';
import { type FilterTable, fail } from './define.ts';

export const numberFilters: FilterTable = {
  int: [['default', 'base'], (value, args) => toInt(value, args.any('default') ?? 0, args.int('base', 10))],
  float: [['default'], (value, args) => toFloat(value, args.any('default') ?? new Float(0))],
  abs: [
    [],
    (value) => {
      const number = needNumber(value, 'abs');
      return value instanceof Float ? new Float(Math.abs(Number(number))) : int(number < 0 ? -number : number);
    },
  ],
  round: [
    ['precision', 'method'],
    (value, args) => {
      const [precision, method] = [args.int('precision', 0), args.text('method', 'common')];
      const rounded = round(Number(needNumber(value, 'round')), precision, method);
      // As Python: a whole number rounds to a whole number.
      return value instanceof Float || method !== 'common'
        ? new Float(rounded)
        : precision >= 0
          ? int(needNumber(value, 'round'))
          : rounded;
    },
  ],
  pow: [['y'], (value, args) => new Float(Number(needNumber(value, 'pow')) ** Number(needNumber(args.required('y'), 'pow')))],
  root: [['base'], (value, args) => real(Number(needNumber(value, 'root')) ** (1 / Number(args.any('base') ?? 2)))],
  log: [
    ['base'],
    (value, args) => {
      const number = Number(needNumber(value, 'log'));
      const base = args.has('base') ? Number(needNumber(args.required('base'), 'log')) : Math.E;
      if (number <= 0 || base <= 0) fail('math domain error');
      if (base === 1) fail('float division by zero');
      return new Float(base === 10 ? Math.log10(number) : args.has('base') ? Math.log(number) / Math.log(base) : Math.log(number));
    },
  ],
  bool: [[], (value) => toBool(value)],
  filesizeformat: [
    ['binary'],
    (value, args) => fileSize(Number(needNumber(toFloat(value, null), 'filesizeformat')), args.truth('binary', false)),
  ],
  human_readable: [
    ['isbits', 'unit'],
    (value, args) => humanReadable(Number(needNumber(value, 'human_readable')), args.truth('isbits', false), args.text('unit', undefined)),
  ],
  human_to_bytes: [
    ['default_unit', 'isbits'],
    (value, args) => humanToBytes(str(value), args.text('default_unit', ''), args.truth('isbits', false)),
  ],
  default: [
    ['default_value', 'boolean'],
    (value, args) =>
      value instanceof Undefined || (args.truth('boolean', false) && !isTruthy(value))
        ? args.has('default_value')
          ? args.required('default_value')
          : ''
        : value,
  ],
  d: [
    ['default_value', 'boolean'],
    (value, args) =>
      value instanceof Undefined || (args.truth('boolean', false) && !isTruthy(value))
        ? args.has('default_value')
          ? args.required('default_value')
          : ''
        : value,
  ],
  mandatory: [
    ['msg'],
    (value, args) => {
      if (!(value instanceof Undefined)) return value;
      return fail(
        args.has('msg') && args.any('msg') !== null ? args.text('msg') : `Mandatory variable '${value.path}' not defined.`,
        `Define ${value.path}`,
      );
    },
  ],
  type_debug: [[], (value) => typeOf(value)],
};

/** @throws TemplateError where no real number is the answer. */
function real(value: number): Float {
  return Number.isNaN(value) ? fail('math domain error') : new Float(value);
}

function needNumber(value: Any, use: string): number | bigint {
  const number = numeric(value);
  if (number === undefined) fail(`${use}() needs a number, and got a ${typeOf(value)}`, 'Turn text into a number with | int or | float');
  return number;
}

function toInt(value: Any, otherwise: Any, base: number): Any {
  if (value instanceof Float) return Number.isFinite(value.value) ? int(BigInt(Math.trunc(value.value))) : otherwise;
  const number = numeric(value);
  if (number !== undefined) return number;
  if (typeof value !== 'string') return otherwise;
  const text = value.trim().replace(/(?<=\d)_(?=\d)/g, '');
  const digits =
    base === 16
      ? text.replace(/^([+-]?)0x/i, '$1')
      : base === 8
        ? text.replace(/^([+-]?)0o/i, '$1')
        : base === 2
          ? text.replace(/^([+-]?)0b/i, '$1')
          : text;
  const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, base);
  if (new RegExp(`^[+-]?[${alphabet}]+$`, 'i').test(digits)) {
    const negative = digits.startsWith('-');
    const whole = [...digits.replace(/^[+-]/, '').toLowerCase()].reduce(
      (sum, digit) => sum * BigInt(base) + BigInt(alphabet.indexOf(digit)),
      0n,
    );
    return int(negative ? -whole : whole);
  }
  // As Jinja2: what is no int may still be a float.
  const real = toFloat(value, null);
  return real instanceof Float && Number.isFinite(real.value) ? int(BigInt(Math.trunc(real.value))) : otherwise;
}

function toFloat(value: Any, otherwise: Any): Any {
  const number = numeric(value);
  if (number !== undefined) return new Float(Number(number));
  if (typeof value !== 'string') return otherwise;
  const text = value.trim().replace(/(?<=\d)_(?=\d)/g, '');
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return new Float(Number(text));
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return new Float(text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  return /^[+-]?nan$/i.test(text) ? new Float(Number.NaN) : otherwise;
}

// Half to even, as Python's round().
function round(value: number, precision: number, method: string): number {
  const factor = 10 ** precision;
  if (method === 'ceil') return Math.ceil(value * factor) / factor;
  if (method === 'floor') return Math.floor(value * factor) / factor;
  if (method !== 'common') return fail('method must be common, ceil or floor');
  if (precision >= 0) return Number.isFinite(value) ? Number(fixed(value, Math.min(precision, 400))) : value;
  const step = 10 ** -precision;
  return roundEven(value / step) * step;
}

function roundEven(value: number): number {
  return Number(fixed(value, 0));
}

/** Ansible's words for truth; anything else is false. */
export function toBool(value: Any): Any {
  if (value === null || typeof value === 'boolean') return value;
  if (value instanceof JinjaObject) return true;
  const text = typeof value === 'string' ? value.toLowerCase() : str(value);
  return ['yes', 'on', '1', 'true', '1.0'].includes(text);
}

function fileSize(bytes: number, isBinary: boolean): string {
  const base = isBinary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const units = isBinary ? ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'] : ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(base)), units.length);
  return `${(bytes / base ** power).toFixed(1)} ${units[power - 1]}`;
}

const SUFFIXES = ['Y', 'Z', 'E', 'P', 'T', 'G', 'M', 'K'];

function humanReadable(size: number, bits: boolean, unit: string | undefined): string {
  const word = bits ? 'bits' : 'Bytes';
  const wanted = unit?.toUpperCase();
  for (const [i, suffix] of SUFFIXES.entries()) {
    const limit = 1024 ** (SUFFIXES.length - i);
    if ((wanted === undefined && size >= limit) || wanted === suffix) return `${(size / limit).toFixed(2)} ${suffix}${bits ? 'b' : 'B'}`;
  }
  return `${size.toFixed(2)} ${word}`;
}

function humanToBytes(text: string, unit: string, bits: boolean): Any {
  const match = /^\s*(\d*\.?\d+)\s*([A-Za-z]*)/.exec(text);
  if (match === null) return fail(`human_to_bytes() can't interpret following string: ${text}`);
  const last = match[2]?.at(1);
  if (last !== undefined && (last === 'b') !== bits)
    fail(`human_to_bytes() can't interpret following string: ${text}`, 'B are bytes, b are bits: say isbits=true');
  const letter = (match[2] || unit).slice(0, 1).toUpperCase();
  if (letter === '' || letter === 'B') return int(BigInt(roundEven(Number(match[1]))));
  const power = SUFFIXES.length - SUFFIXES.indexOf(letter);
  if (!SUFFIXES.includes(letter))
    return fail(`human_to_bytes() failed to convert ${text}: the suffix must be one of ${SUFFIXES.join(', ')}, B`);
  return int(BigInt(roundEven(Number(match[1]) * 1024 ** power)));
}
