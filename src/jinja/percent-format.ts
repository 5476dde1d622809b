// Python's `%` formatting and str.format. They make text of values and know no template.
import { Float, isDict } from '../base/value.ts';
import { TemplateError } from './errors.ts';
import { repr, str } from './printing.ts';
import { type Any, type CallArguments, dictKey, isTuple, numeric, typeOf, Undefined } from './values.ts';

const MAX_WIDTH = 1_000_000;

/** `'%s: %05.1f' % (a, b)`; a lone value needs no tuple, a dict serves `%(name)s`. @throws TemplateError as Python does. */
export function formatPercent(format: string, value: Any): string {
  const args: readonly Any[] = Array.isArray(value) && isTuple(value) ? value : [value];
  let used = 0;
  const next = (): Any => {
    if (used >= args.length) throw new TemplateError('not enough arguments for format string');
    return args[used++] ?? null;
  };
  const text = format.replace(
    /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([a-zA-Z%]?)/g,
    (_all, name, flags, width, precision, type) => {
      if (type === '%') return '%';
      const wide = width === '*' ? Number(next()) : width === undefined ? 0 : Number(width);
      const precise = precision === '*' ? Number(next()) : precision === undefined ? undefined : Number(precision);
      let item: Any;
      if (name === undefined) item = next();
      else {
        if (!isDict(value)) throw new TemplateError('format requires a mapping');
        used = 1;
        item = value.get(name) ?? missing(name);
      }
      const spec: Spec = {
        fill: flags.includes('0') && !flags.includes('-') ? '0' : ' ',
        align: flags.includes('-') ? '<' : flags.includes('0') ? '=' : '>',
        sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-',
        alternate: flags.includes('#'),
        width: wide,
        grouping: '',
        precision: precise,
        type,
      };
      return percentItem(item, spec);
    },
  );
  if (used < args.length && !isDict(value)) throw new TemplateError('not all arguments converted during string formatting');
  return text;
}

function percentItem(item: Any, spec: Spec): string {
  if (spec.type === 's' || spec.type === 'r' || spec.type === 'a') {
    const text = spec.type === 's' ? str(item) : repr(item);
    return pad(spec.precision === undefined ? text : [...text].slice(0, spec.precision).join(''), {
      ...spec,
      align: spec.align === '=' ? '>' : spec.align,
      fill: ' ',
    });
  }
  if (spec.type === 'c' && typeof item === 'string') return pad(item, spec);
  if (spec.type === '') throw new TemplateError('incomplete format');
  const number = numeric(item);
  if (number === undefined) throw new TemplateError(`%${spec.type} format: a real number is required, not ${typeOf(item)}`);
  if ('diu'.includes(spec.type)) return formatNumber(typeof number === 'bigint' ? number : Math.trunc(number), { ...spec, type: 'd' });
  return formatNumber(number, spec);
}

interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

/** `'{} {name:>10} {0[key]}'.format(...)`. @throws TemplateError as Python does. */
export function formatBraces(format: string, args: CallArguments): string {
  let automatic = 0;
  const field = (body: string): string => {
    const [, path = '', conversion = '', spec = ''] = /^([^!:]*)(?:!([rsa]))?(?::(.*))?$/s.exec(body) ?? [];
    const [, first = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(path) ?? [];
    let value: Any | undefined =
      first === '' ? args.positional[automatic++] : /^\d+$/.test(first) ? args.positional[Number(first)] : args.keywords.get(first);
    if (value === undefined)
      throw new TemplateError(
        first === '' || /^\d+$/.test(first) ? 'Replacement index out of range for positional args tuple' : `'${first}'`,
      );
    for (const [, attribute, key] of rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) value = step(value ?? null, attribute ?? key ?? '');
    const converted =
      conversion === 'r' || conversion === 'a' ? repr(value ?? null) : conversion === 's' ? str(value ?? null) : (value ?? null);
    return formatSpec(converted, expandNested(spec, field));
  };
  let out = '';
  for (let i = 0; i < format.length; ) {
    const char = format[i] ?? '';
    if ((char === '{' || char === '}') && format[i + 1] === char) {
      out += char;
      i += 2;
    } else if (char === '{') {
      const end = closing(format, i);
      out += field(format.slice(i + 1, end));
      i = end + 1;
    } else if (char === '}') throw new TemplateError("Single '}' encountered in format string");
    else {
      out += char;
      i++;
    }
  }
  return out;
}

function closing(format: string, open: number): number {
  let depth = 0;
  for (let i = open; i < format.length; i++) {
    if (format[i] === '{') depth++;
    if (format[i] === '}' && --depth === 0) return i;
  }
  throw new TemplateError("expected '}' before end of string");
}

function expandNested(spec: string, field: (body: string) => string): string {
  return spec.replace(/\{([^{}]*)\}/g, (_all, body: string) => field(body));
}

// Only data is stepped into: no attribute of any object is reachable this way.
function step(value: Any, name: string): Any {
  if (isDict(value)) return value.get(name) ?? value.get(dictKey(Number(name))) ?? missing(name);
  if (Array.isArray(value) && /^\d+$/.test(name)) return value[Number(name)] ?? missing(name);
  return missing(name);
}

function missing(name: string): never {
  throw new TemplateError(`'${name}'`);
}

/** One value by a format spec such as `>10`, `05.1f`, `,`. */
export function formatSpec(value: Any, text: string): string {
  if (value instanceof Undefined) return value.fail();
  if (text === '') return str(value);
  const match = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su.exec(text);
  if (match === null) throw new TemplateError(`Invalid format specifier '${text}'`);
  const [, fill, align, sign = '-', alternate, zero, width = '0', grouping = '', precision, type = ''] = match;
  const number = numeric(value);
  const spec: Spec = {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero !== undefined ? '=' : number === undefined ? '<' : '>'),
    sign,
    alternate: alternate !== undefined,
    width: Number(width),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
  if (typeof value === 'boolean' && type === '') return pad(str(value), spec);
  if (number === undefined || type === 's') {
    if (type !== '' && type !== 's') throw new TemplateError(`Unknown format code '${type}' for object of type '${typeOf(value)}'`);
    const shown = str(value);
    return pad(spec.precision === undefined ? shown : [...shown].slice(0, spec.precision).join(''), spec);
  }
  return formatNumber(
    number,
    value instanceof Float && type === '' ? { ...spec, type: spec.precision === undefined ? 'repr' : 'g' } : spec,
  );
}

function formatNumber(number: number | bigint, spec: Spec): string {
  const negative = number < 0 || Object.is(number, -0);
  const magnitude = negative ? -number : number;
  const shown = group(digits(magnitude, spec), spec);
  const sign = negative ? '-' : spec.sign === '-' ? '' : spec.sign;
  if (spec.align !== '=') return pad(sign + shown, spec);
  return sign + spec.fill.repeat(Math.max(0, Math.min(spec.width, MAX_WIDTH) - shown.length - sign.length)) + shown;
}

function digits(magnitude: number | bigint, spec: Spec): string {
  const precision = spec.precision ?? 6;
  const real = Number(magnitude);
  switch (spec.type) {
    case '':
    case 'd':
    case 'n':
      return magnitude.toString();
    case 'repr':
      return repr(new Float(real));
    case 'x':
      return (spec.alternate ? '0x' : '') + magnitude.toString(16);
    case 'X':
      return (spec.alternate ? '0X' : '') + magnitude.toString(16).toUpperCase();
    case 'o':
      return (spec.alternate ? '0o' : '') + magnitude.toString(8);
    case 'b':
      return (spec.alternate ? '0b' : '') + magnitude.toString(2);
    case 'c':
      return String.fromCodePoint(real);
    case 'f':
    case 'F':
      return real.toFixed(precision);
    case '%':
      return `${(real * 100).toFixed(precision)}%`;
    case 'e':
    case 'E': {
      const text = real.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
      return spec.type === 'E' ? text.toUpperCase() : text;
    }
    case 'g':
    case 'G': {
      const text = general(real, precision === 0 ? 1 : precision);
      return spec.type === 'G' ? text.toUpperCase() : text;
    }
    default:
      throw new TemplateError(`Unknown format code '${spec.type}'`);
  }
}

function general(value: number, precision: number): string {
  const exponent = value === 0 ? 0 : Number(/e([+-]\d+)$/.exec(value.toExponential(precision - 1))?.[1] ?? 0);
  if (exponent < -4 || exponent >= precision) {
    return value
      .toExponential(precision - 1)
      .replace(/\.?0+e/, 'e')
      .replace(/e([+-])(\d)$/, 'e$10$2');
  }
  const fixed = value.toFixed(Math.max(0, precision - 1 - exponent));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}

function group(text: string, spec: Spec): string {
  if (spec.grouping === '') return text;
  return text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, spec.grouping));
}

function pad(text: string, spec: Spec): string {
  const room = Math.max(0, Math.min(spec.width, MAX_WIDTH) - [...text].length);
  if (spec.align === '<') return text + spec.fill.repeat(room);
  if (spec.align === '^') return spec.fill.repeat(Math.floor(room / 2)) + text + spec.fill.repeat(Math.ceil(room / 2));
  return spec.fill.repeat(room) + text;
}
