// Python's methods of str, as templates may call them.
import type { Value } from '../../base/value.ts';
import type { Bound } from '../call-arguments.ts';
import { TemplateError } from '../errors.ts';
import { formatBraces } from '../percent-format.ts';
import { str } from '../printing.ts';
import { type Any, items, tuple } from '../values.ts';
import type { MethodTable } from './table.ts';

const WHITE = '\\s\\x1c-\\x1f\\x85';

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
    ['prefix', 'start'],
    (text, args) => affixes(args.required('prefix')).some((affix) => text.slice(args.int('start', 0)).startsWith(affix)),
  ],
  endswith: [['suffix'], (text, args) => affixes(args.required('suffix')).some((affix) => text.endsWith(affix))],
  find: [['sub', 'start', 'end'], (text, args) => find(text, args, 'indexOf')],
  rfind: [['sub', 'start', 'end'], (text, args) => find(text, args, 'lastIndexOf')],
  index: [['sub', 'start', 'end'], (text, args) => found(find(text, args, 'indexOf'))],
  rindex: [['sub', 'start', 'end'], (text, args) => found(find(text, args, 'lastIndexOf'))],
  count: [['sub'], (text, args) => (args.text('sub') === '' ? [...text].length + 1 : text.split(args.text('sub')).length - 1)],
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
  expandtabs: [['tabsize'], (text, args) => expandTabs(text, args.int('tabsize', 8))],
};

export function capitalize(text: string): string {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('').toLowerCase();
}

/** Text without the given characters (default white space) at its ends. */
export function stripText(text: string, chars: string | undefined, left: boolean, right: boolean): string {
  const set = chars === undefined ? WHITE : chars.replace(/[\]\\^-]/g, '\\$&');
  if (set === '') return text;
  let result = text;
  if (left) result = result.replace(new RegExp(`^[${set}]+`, 'u'), '');
  if (right) result = result.replace(new RegExp(`[${set}]+$`, 'u'), '');
  return result;
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
    const words = split(text, undefined, -1);
    if (words.length <= max + 1) return words;
    const tail = words.slice(words.length - max).map(str);
    const start = tail.reduceRight((end, word) => text.lastIndexOf(word, end - 1), text.length);
    return [stripText(text.slice(0, start), undefined, false, true), ...tail];
  }
  const parts = text.split(sep);
  return parts.length <= max + 1 ? parts : [parts.slice(0, parts.length - max).join(sep), ...parts.slice(parts.length - max)];
}

function splitLines(text: string, keepEnds: boolean): Value[] {
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
  const parts = text.split(old);
  return parts.slice(0, count + 1).join(by) + (parts.length > count + 1 ? old + parts.slice(count + 1).join(old) : '');
}

function affixes(value: Any): string[] {
  return Array.isArray(value) ? value.map(str) : [str(value)];
}

function find(text: string, args: Bound, how: 'indexOf' | 'lastIndexOf'): number {
  const [start, end] = [args.int('start', 0), args.int('end', text.length)];
  const from = start < 0 ? Math.max(0, text.length + start) : start;
  const at = text.slice(from, end)[how](args.text('sub'));
  return at === -1 ? -1 : at + from;
}

function found(at: number): number {
  if (at === -1) throw new TemplateError('substring not found');
  return at;
}

function zfill(text: string, width: number): string {
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  return sign + digits.padStart(width - sign.length, '0');
}

function fill(text: string, args: Bound): string {
  return args.text('fillchar', ' ').repeat(Math.max(0, Math.min(args.int('width', 0), 1_000_000) - [...text].length));
}

/** As Python centres: an odd blank goes left when the width is odd. */
export function center(text: string, width: number, char: string): string {
  const room = Math.max(0, Math.min(width, 1_000_000) - [...text].length);
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
