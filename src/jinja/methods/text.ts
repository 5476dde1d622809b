// Python's methods of str, as templates may call them.
import { type Dict, isDict, type Value } from '../../base/value.ts';
import type { Bound } from '../call-arguments.ts';
import { BudgetError, TemplateError } from '../errors.ts';
import { formatBraces } from '../percent-format.ts';
import { str } from '../printing.ts';
import { type Any, asDict, items, tuple } from '../values.ts';
import type { MethodTable } from './table.ts';

const WHITE = '\\s\\x1c-\\x1f\\x85';
const BLANK = new RegExp(`[${WHITE}]`);

export const textMethods: MethodTable<string> = {
  upper: [[], (text) => text.toUpperCase()],
  lower: [[], (text) => text.toLowerCase()],
  casefold: [[], (text) => text.toLowerCase().replaceAll('ß', 'ss')],
  swapcase: [[], (text) => [...text].map((char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase())).join('')],
  capitalize: [[], (text) => capitalize(text)],
  title: [[], (text) => text.toLowerCase().replace(/\p{L}+/gu, (word) => capitalize(word))],
  strip: [['chars'], (text, args) => strip(text, args, true, true)],
  lstrip: [['chars'], (text, args) => strip(text, args, true, false)],
  rstrip: [['chars'], (text, args) => strip(text, args, false, true)],
  split: [['sep', 'maxsplit'], (text, args) => split(text, separator(args), args.int('maxsplit', -1))],
  rsplit: [['sep', 'maxsplit'], (text, args) => rsplit(text, separator(args), args.int('maxsplit', -1))],
  splitlines: [['keepends'], (text, args) => splitLines(text, args.truth('keepends', false))],
  join: [['iterable'], (text, args) => joinTexts(text, args.required('iterable'))],
  replace: [['old', 'new', 'count'], (text, args) => replace(text, args.text('old'), args.text('new'), args.int('count', -1))],
  startswith: [
    ['prefix', 'start', 'end'],
    (text, args) => affixes(args.required('prefix')).some((affix) => part(text, args)?.text.startsWith(affix) ?? false),
  ],
  endswith: [
    ['suffix', 'start', 'end'],
    (text, args) => affixes(args.required('suffix')).some((affix) => part(text, args)?.text.endsWith(affix) ?? false),
  ],
  find: [['sub', 'start', 'end'], (text, args) => find(text, args, 'indexOf')],
  rfind: [['sub', 'start', 'end'], (text, args) => find(text, args, 'lastIndexOf')],
  index: [['sub', 'start', 'end'], (text, args) => found(find(text, args, 'indexOf'))],
  rindex: [['sub', 'start', 'end'], (text, args) => found(find(text, args, 'lastIndexOf'))],
  count: [
    ['sub', 'start', 'end'],
    (text, args) => {
      const [inside, sub] = [part(text, args)?.text, args.text('sub')];
      if (inside === undefined) return 0;
      return sub === '' ? [...inside].length + 1 : inside.split(sub).length - 1;
    },
  ],
  format: [['*args', '**kwargs'], (text, _args, all) => formatBraces(text, all)],
  isdigit: [[], (text) => /^\p{Nd}+$/u.test(text)],
  isnumeric: [[], (text) => /^\p{N}+$/u.test(text)],
  isdecimal: [[], (text) => /^\p{Nd}+$/u.test(text)],
  isalpha: [[], (text) => /^\p{L}+$/u.test(text)],
  isalnum: [[], (text) => /^[\p{L}\p{N}]+$/u.test(text)],
  isspace: [[], (text) => new RegExp(`^[${WHITE}]+$`).test(text)],
  islower: [[], (text) => text === text.toLowerCase() && text !== text.toUpperCase()],
  isupper: [[], (text) => text === text.toUpperCase() && text !== text.toLowerCase()],
  istitle: [[], (text) => /\p{L}/u.test(text) && text === text.toLowerCase().replace(/\p{L}+/gu, (word) => capitalize(word))],
  isascii: [[], (text) => /^\p{ASCII}*$/u.test(text)],
  isprintable: [[], (text) => !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(text)],
  isidentifier: [[], (text) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text)],
  zfill: [['width'], (text, args) => zfill(text, args.int('width', 0))],
  ljust: [['width', 'fillchar'], (text, args) => text + fill(text, args)],
  rjust: [['width', 'fillchar'], (text, args) => fill(text, args) + text],
  center: [['width', 'fillchar'], (text, args) => center(text, args.int('width', 0), args.text('fillchar', ' '))],
  removeprefix: [['prefix'], (text, args) => (text.startsWith(args.text('prefix')) ? text.slice(args.text('prefix').length) : text)],
  removesuffix: [
    ['suffix'],
    (text, args) => (args.text('suffix') !== '' && text.endsWith(args.text('suffix')) ? text.slice(0, -args.text('suffix').length) : text),
  ],
  partition: [['sep'], (text, args) => partition(text, args.text('sep'), text.indexOf(args.text('sep')), false)],
  rpartition: [['sep'], (text, args) => partition(text, args.text('sep'), text.lastIndexOf(args.text('sep')), true)],
  translate: [['table'], (text, args) => translate(text, asDict(args.required('table'), 'translate'))],
  maketrans: [['x', 'y', 'z'], (_text, args) => makeTable(args)],
  expandtabs: [['tabsize'], (text, args) => expandTabs(text, checkWidth(args.int('tabsize', 8)))],
};

export function capitalize(text: string): string {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('').toLowerCase();
}

/**
 * Text without the given characters (default white space) at its ends. It walks from either end: a pattern that is anchored at the end
 * only would take quadratically long on blanks in the middle.
 */
export function stripText(text: string, chars: string | undefined, left: boolean, right: boolean): string {
  const drops = dropped(chars);
  let [start, end] = [0, text.length];
  if (left) while (start < end && drops(charAt(text, start))) start += charAt(text, start).length;
  if (right) while (end > start && drops(charBefore(text, end))) end -= charBefore(text, end).length;
  return text.slice(start, end);
}

function dropped(chars: string | undefined): (char: string) => boolean {
  if (chars === undefined) return (char) => BLANK.test(char);
  const set = new Set(chars);
  return (char) => set.has(char);
}

function charAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

function charBefore(text: string, end: number): string {
  const pair = end > 1 ? charAt(text, end - 2) : '';
  return pair.length === 2 ? pair : text.charAt(end - 1);
}

function strip(text: string, args: Bound, left: boolean, right: boolean): string {
  const chars = args.any('chars');
  return stripText(text, chars === undefined || chars === null ? undefined : str(chars), left, right);
}

function separator(args: Bound): string | undefined {
  const sep = args.any('sep');
  if (sep === '') throw new TemplateError('empty separator');
  return sep === undefined || sep === null ? undefined : str(sep);
}

export function split(text: string, sep: string | undefined, max: number): Value[] {
  if (sep === undefined) {
    const trimmed = stripText(text, undefined, true, false);
    if (max < 0)
      return stripText(trimmed, undefined, false, true)
        .split(new RegExp(`[${WHITE}]+`))
        .filter((word) => word !== '');
    const parts: string[] = [];
    let rest = trimmed;
    while (rest !== '' && parts.length < max) {
      const gap = new RegExp(`[${WHITE}]+`).exec(rest);
      if (gap === null) break;
      parts.push(rest.slice(0, gap.index));
      rest = rest.slice(gap.index + gap[0].length);
    }
    return rest === '' ? parts : [...parts, rest];
  }
  const parts = text.split(sep);
  return max < 0 || parts.length <= max + 1 ? parts : [...parts.slice(0, max), parts.slice(max).join(sep)];
}

function rsplit(text: string, sep: string | undefined, max: number): Value[] {
  if (max < 0) return split(text, sep, max);
  if (sep === undefined) {
    const tail: string[] = [];
    let rest = stripText(text, undefined, false, true);
    for (; rest !== '' && tail.length < max; rest = stripText(rest, undefined, false, true)) {
      let start = rest.length;
      while (start > 0 && !BLANK.test(rest.charAt(start - 1))) start--;
      tail.unshift(rest.slice(start));
      rest = rest.slice(0, start);
    }
    return rest === '' ? tail : [rest, ...tail];
  }
  const parts = text.split(sep);
  return parts.length <= max + 1 ? parts : [parts.slice(0, parts.length - max).join(sep), ...parts.slice(parts.length - max)];
}

export function splitLines(text: string, keepEnds: boolean): Value[] {
  const lines = text.match(/[^\n\r]*(?:\r\n|\n|\r)|[^\n\r]+$/g) ?? [];
  return keepEnds ? [...lines] : lines.map((line) => line.replace(/[\r\n]+$/, ''));
}

function joinTexts(separatorText: string, iterable: Any): string {
  return items(iterable)
    .map((item, i) => {
      if (typeof item === 'string') return item;
      throw new TemplateError(`sequence item ${i}: expected str instance`, { fix: "Use the filter: | join('...')" });
    })
    .join(separatorText);
}

export function replace(text: string, old: string, by: string, count: number): string {
  if (count < 0) return text.replaceAll(old, () => by);
  if (old === '' && count > 0) {
    const chars = [...text];
    const spread = chars.map((char, i) => (i < count ? by + char : char)).join('');
    return count > chars.length ? spread + by : spread;
  }
  const parts = text.split(old);
  return parts.slice(0, count + 1).join(by) + (parts.length > count + 1 ? old + parts.slice(count + 1).join(old) : '');
}

function affixes(value: Any): string[] {
  return Array.isArray(value) ? value.map(str) : [str(value)];
}

/** The part between `start` and `end`, and where it begins; undefined when it begins behind the end of the text. */
function part(text: string, args: Bound): { readonly text: string; readonly from: number } | undefined {
  const [start, end] = [args.int('start', 0), args.int('end', text.length)];
  const from = start < 0 ? Math.max(0, text.length + start) : start;
  const to = end < 0 ? text.length + end : end;
  return from > text.length || to < from ? undefined : { text: text.slice(from, to), from };
}

function find(text: string, args: Bound, how: 'indexOf' | 'lastIndexOf'): number {
  const inside = part(text, args);
  const at = inside?.text[how](args.text('sub')) ?? -1;
  return at === -1 ? -1 : at + (inside?.from ?? 0);
}

/** Characters exchanged by their code: for a code, a text or nothing. */
function translate(text: string, table: Dict): string {
  return [...text]
    .map((char) => {
      const by = table.get(char.codePointAt(0) ?? 0);
      if (by === undefined) return char;
      return typeof by === 'number' ? String.fromCodePoint(by) : by === null ? '' : str(by);
    })
    .join('');
}

function makeTable(args: Bound): Dict {
  const codes = (name: string): number[] => [...args.text(name, '')].map((char) => char.codePointAt(0) ?? 0);
  const x = args.required('x');
  if (isDict(x)) return new Map([...x].map(([key, value]) => [typeof key === 'string' ? (key.codePointAt(0) ?? 0) : key, value]));
  const [from, to] = [codes('x'), codes('y')];
  if (from.length !== to.length) throw new TemplateError('the first two maketrans arguments must have equal length');
  return new Map([
    ...from.map((code, i): [number, Value] => [code, to[i] ?? 0]),
    ...codes('z').map((code): [number, Value] => [code, null]),
  ]);
}

function found(at: number): number {
  if (at === -1) throw new TemplateError('substring not found');
  return at;
}

function zfill(text: string, width: number): string {
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  return sign + digits.padStart(checkWidth(width) - sign.length, '0');
}

/** Widest field that text may be filled up to. */
const MAX_WIDTH = 1_000_000;

function checkWidth(width: number): number {
  if (width > MAX_WIDTH) throw new BudgetError('This field is too wide');
  return width;
}

function fill(text: string, args: Bound): string {
  return args.text('fillchar', ' ').repeat(Math.max(0, checkWidth(args.int('width', 0)) - [...text].length));
}

/** As Python centres: an odd blank goes left when the width is odd. */
export function center(text: string, width: number, char: string): string {
  const room = Math.max(0, checkWidth(width) - [...text].length);
  const left = Math.floor(room / 2) + (room & width & 1);
  return char.repeat(left) + text + char.repeat(room - left);
}

function partition(text: string, sep: string, at: number, fromRight: boolean): Value {
  if (at === -1) return tuple(fromRight ? ['', '', text] : [text, '', '']);
  return tuple([text.slice(0, at), sep, text.slice(at + sep.length)]);
}

function expandTabs(text: string, size: number): string {
  let column = 0;
  let out = '';
  for (const char of text) {
    if (char === '\t') {
      const blanks = size > 0 ? size - (column % size) : 0;
      out += ' '.repeat(blanks);
      column += blanks;
    } else {
      out += char;
      column = char === '\n' || char === '\r' ? 0 : column + 1;
    }
  }
  return out;
}
