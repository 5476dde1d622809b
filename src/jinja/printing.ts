// Values as Python prints them: str() and repr(). It makes text, and changes nothing.
import { Float, isDict, Sealed } from '../base/value.ts';
import { type Any, IterableObject, isTuple, items, JinjaObject, Undefined } from './values.ts';

/** As Python's `str()`, which is what `{{ }}` writes. @throws UndefinedError. */
export function str(value: Any): string {
  if (typeof value === 'string') return value;
  if (value instanceof Undefined) return value.lenient ? '' : value.fail();
  return repr(value);
}

/** As `{{ }}` writes it in ansible 2.14: None is nothing, and what can be walked through is a list. */
export function written(value: Any): string {
  if (value === null) return '';
  return str(value instanceof IterableObject ? items(value) : value);
}

/** As Python's `repr()`, which is how values look inside lists and dicts. */
export function repr(value: Any): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'string':
      return reprText(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
    case 'bigint':
      return value.toString();
    default:
      break;
  }
  if (value instanceof Float) return reprFloat(value.value);
  if (value instanceof Sealed) return reprText(value.open());
  if (value instanceof Undefined) return value.fail();
  if (Array.isArray(value)) {
    const items = value.map(repr);
    if (!isTuple(value)) return `[${items.join(', ')}]`;
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
  }
  if (isDict(value)) return `{${[...value].map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`;
  if (value instanceof IterableObject)
    return value.typeName === 'range' ? value.text() : `${value.typeName}([${[...value.iterate()].map(repr).join(', ')}])`;
  if (value instanceof JinjaObject) return value.text();
  return '';
}

/** As Python prints a float: `7.0`, `1e+16`, `1e-05`, `inf`, `nan`. */
export function reprFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const text = String(value);
  // JavaScript changes to exponents at 1e21 and 1e-7, Python at 1e16 and 1e-5.
  const scientific = text.includes('e') || exponent >= 16 || exponent < -4 ? value.toExponential() : undefined;
  if (scientific !== undefined && (exponent >= 16 || exponent < -4)) return scientific.replace(/e([+-])(\d)$/, 'e$10$2');
  return text.includes('.') || text.includes('e') ? text : `${text}.0`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(quote, `\\${quote}`)
    .replace(UNPRINTABLE, (char) => {
      const code = char.charCodeAt(0);
      return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    });
  return `${quote}${escaped}${quote}`;
}
