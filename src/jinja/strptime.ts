// Dates read from text, as Python's datetime.strptime does in the C locale.
import { DateTime } from './dates.ts';
import { TemplateError } from './errors.ts';
import { repr } from './printing.ts';
import { DAYS, MONTHS } from './strftime.ts';

const short = (names: readonly string[]): string => names.map((name) => name.slice(0, 3)).join('|');
const PARTS: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  y: '\\d{2}',
  m: '1[0-2]|0[1-9]|[1-9]',
  d: '3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]',
  H: '2[0-3]|[01]\\d|\\d',
  I: '1[0-2]|0[1-9]|[1-9]',
  M: '[0-5]\\d|\\d',
  S: '6[01]|[0-5]\\d|\\d',
  f: '\\d{1,6}',
  j: '36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]',
  p: 'AM|PM',
  b: short(MONTHS),
  B: MONTHS.join('|'),
  a: short(DAYS),
  A: DAYS.join('|'),
  z: '[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d)?|Z',
  Z: 'UTC|GMT',
};
const WHOLE: Readonly<Record<string, string>> = { T: '%H:%M:%S', D: '%m/%d/%y', F: '%Y-%m-%d', R: '%H:%M' };

/** @throws TemplateError on a directive that is not known, and on a text that does not match. */
export function strptime(text: string, format: string): DateTime {
  const pattern = format
    .replace(/%([TDFR])/g, (_all, letter: string) => WHOLE[letter] ?? '')
    .replace(/%(.?)|\s+|[\\^$.*+?()[\]{}|]/gs, (all, letter: string | undefined) => {
      if (letter === undefined) return /\s/.test(all) ? '\\s+' : `\\${all}`;
      if (letter === '%') return '%';
      const part = PARTS[letter];
      if (part === undefined) throw new TemplateError(`${repr(letter)} is a bad directive in format ${repr(format)}`);
      return `(?<${letter}>${part})`;
    });
  const found = new RegExp(`^(?:${pattern})$`, 'i').exec(text)?.groups;
  if (found === undefined) throw new TemplateError(`time data ${repr(text)} does not match format ${repr(format)}`);
  const { b, B, d, f, I, j, m, p, y, z, Z } = found;
  const number = (name: string, otherwise: number): number => (found[name] === undefined ? otherwise : Number(found[name]));
  const twoDigits = number('y', 0);
  const year = y === undefined ? number('Y', 1900) : twoDigits + (twoDigits < 69 ? 2000 : 1900);
  const named = (b ?? B)?.slice(0, 3).toLowerCase();
  const month = named === undefined ? number('m', 1) : MONTHS.findIndex((name) => name.toLowerCase().startsWith(named)) + 1;
  const half = p?.toUpperCase();
  const hour = I === undefined ? number('H', 0) : (number('I', 0) % 12) + (half === 'PM' ? 12 : 0);
  const isByDayOfYear = j !== undefined && d === undefined && m === undefined;
  const [month0, day] = isByDayOfYear ? [0, number('j', 1)] : [month - 1, number('d', 1)];
  const shownMs = Date.UTC(year, month0, day, hour, number('M', 0), number('S', 0));
  if (!isByDayOfYear && new Date(shownMs).getUTCDate() !== day) throw new TemplateError('day is out of range for month');
  return new DateTime({ shownMs, microsecond: Number((f ?? '').padEnd(6, '0')), offset: offsetOf(z), zone: Z });
}

function offsetOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)/.exec(text) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
}
