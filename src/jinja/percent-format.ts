// Python's `%` formatting and str.format. They make text of values and know no template.
import { Float, isDict } from '../base/value.ts';
import { TemplateError } from './errors.ts';
import { character, formatReal, formatSpec, formatWhole, pad, type Spec } from './format-spec.ts';
import { repr, str } from './printing.ts';
import { type Any, type CallArguments, dictKey, isTuple, numeric, typeOf } from './values.ts';

/** `'%s: %05.1f' % (a, b)`; a lone value needs no tuple, a dict serves `%(name)s`. @throws TemplateError as Python does. */
export function formatPercent(format: string, value: Any): string {
  const args: readonly Any[] = Array.isArray(value) && isTuple(value) ? value : [value];
  let used = 0;
  const next = (): Any => {
    if (used >= args.length) throw new TemplateError('not enough arguments for format string');
    return args[used++] ?? null;
  };
  const text = format.replace(
    /%(?:\(([^()]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([a-zA-Z%]?)/g,
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
  // As in CPython, whatever has items may stand for a dict, and need not be used up.
  if (used < args.length && !isDict(value) && (!Array.isArray(value) || isTuple(value)))
    throw new TemplateError('not all arguments converted during string formatting');
  return text;
}

function percentItem(item: Any, spec: Spec): string {
  if (spec.type === 's' || spec.type === 'r' || spec.type === 'a') {
    const text = spec.type === 's' ? str(item) : spec.type === 'r' ? repr(item) : ascii(item);
    return pad(spec.precision === undefined ? text : [...text].slice(0, spec.precision).join(''), {
      ...spec,
      align: spec.align === '=' ? '>' : spec.align,
      fill: ' ',
    });
  }
  if (spec.type === '') throw new TemplateError('incomplete format');
  const number = numeric(item);
  if (spec.type === 'c') return pad(percentCharacter(item), { ...spec, align: spec.align === '=' ? '>' : spec.align, fill: ' ' });
  const isWhole = 'diuxXo'.includes(spec.type);
  if (!isWhole && !'eEfFgG'.includes(spec.type)) throw new TemplateError(`unsupported format character '${spec.type}'`);
  if (number === undefined) throw new TemplateError(`%${spec.type} format: a real number is required, not ${typeOf(item)}`);
  if (!isWhole) return formatReal(Number(number), spec);
  if (item instanceof Float && 'xXo'.includes(spec.type))
    throw new TemplateError(`%${spec.type} format: an integer is required, not float`);
  if (item instanceof Float && !Number.isFinite(item.value)) throw new TemplateError(`cannot convert float ${repr(item)} to integer`);
  const whole = item instanceof Float ? BigInt(Math.trunc(item.value)) : number;
  // A precision of an int is the least count of its digits.
  const { precision, ...others } = spec;
  const shown = formatWhole(whole, { ...others, precision: undefined, type: 'diu'.includes(spec.type) ? 'd' : spec.type });
  return precision === undefined ? shown : shown.replace(/\d+/, (digits) => digits.padStart(Math.min(precision, 1_000), '0'));
}

function percentCharacter(item: Any): string {
  if (typeof item === 'string' && [...item].length === 1) return item;
  const number = item instanceof Float ? undefined : numeric(item);
  if (number === undefined) throw new TemplateError('%c requires int or char');
  return character(number);
}

/** As Python's `ascii()`. */
function ascii(value: Any): string {
  return repr(value).replace(/[\u{80}-\u{10ffff}]/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16);
    return code.length <= 2 ? `\\x${code}` : code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
  });
}

/** `'{} {name:>10} {0[key]}'.format(...)`. @throws TemplateError as Python does. */
export function formatBraces(format: string, args: CallArguments): string {
  let automatic = 0;
  let isNumbered: boolean | undefined;
  const field = (body: string): string => {
    const [, path = '', conversion = '', spec = ''] = /^([^!:]*)(?:!([^:]*))?(?::(.*))?$/s.exec(body) ?? [];
    const [, first = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(path) ?? [];
    if (!/^[rsa]?$/.test(conversion)) throw new TemplateError(`Unknown conversion specifier ${conversion}`);
    if (first === '' || /^\d+$/.test(first)) {
      if (isNumbered === (first === ''))
        throw new TemplateError(
          `cannot switch from ${isNumbered ? 'manual field specification to automatic field numbering' : 'automatic field numbering to manual field specification'}`,
        );
      isNumbered = first !== '';
    }
    let value: Any | undefined =
      first === '' ? args.positional[automatic++] : /^\d+$/.test(first) ? args.positional[Number(first)] : args.keywords.get(first);
    if (value === undefined)
      throw new TemplateError(
        first === '' || /^\d+$/.test(first) ? 'Replacement index out of range for positional args tuple' : `'${first}'`,
      );
    for (const [, attribute, key] of rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) value = step(value ?? null, attribute ?? key ?? '');
    const converted =
      conversion === 'r'
        ? repr(value ?? null)
        : conversion === 'a'
          ? ascii(value ?? null)
          : conversion === 's'
            ? str(value ?? null)
            : (value ?? null);
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
