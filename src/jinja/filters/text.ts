// Filters that take or make text.
import type { Value } from '../../base/value.ts';
import { capitalize, center, replace, split, splitLines, stripText } from '../methods/text.ts';
import { formatPercent } from '../percent-format.ts';
import { str } from '../printing.ts';
import { wrapText } from '../text-wrap.ts';
import { type Any, asDict, isTruthy, items, numeric, tuple } from '../values.ts';
import { type FilterTable, fail, textOf } from './define.ts';
import { attributeOf } from './select.ts';

export const textFilters: FilterTable = {
  string: [[], (value) => str(value)],
  upper: [[], (value) => str(value).toUpperCase()],
  lower: [[], (value) => str(value).toLowerCase()],
  capitalize: [[], (value) => capitalize(str(value))],
  title: [[], (value) => str(value).replace(/([-\s({[<]+)|([^-\s({[<]+)/g, (part) => capitalize(part))],
  trim: [['chars'], (value, args) => stripText(str(value), args.text('chars', undefined), true, true)],
  replace: [['old', 'new', 'count'], (value, args) => replace(str(value), args.text('old'), args.text('new'), args.int('count', -1))],
  split: [['sep', 'maxsplit'], (value, args) => split(textOf(value, 'split'), args.text('sep', undefined), args.int('maxsplit', -1))],
  join: [
    ['d', 'attribute'],
    (value, args) =>
      items(value)
        .map((item) => str(args.has('attribute') ? attributeOf(item, args.required('attribute')) : item))
        .join(args.text('d', '')),
  ],
  format: [
    ['*args', '**kwargs'],
    (value, _args, { args }) =>
      formatPercent(
        str(value),
        args.keywords.size > 0 ? new Map(args.keywords as ReadonlyMap<string, Value>) : tuple(args.positional as Value[]),
      ),
  ],
  indent: [
    ['width', 'first', 'blank'],
    (value, args) => indent(textOf(value, 'indent'), args.any('width') ?? 4, args.truth('first', false), args.truth('blank', false)),
  ],
  center: [['width'], (value, args) => center(str(value), args.int('width', 80), ' ')],
  truncate: [
    ['length', 'killwords', 'end', 'leeway'],
    (value, args) =>
      truncate(
        textOf(value, 'truncate'),
        args.int('length', 255),
        args.truth('killwords', false),
        args.text('end', '...'),
        args.int('leeway', 5),
      ),
  ],
  wordcount: [[], (value) => str(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0],
  wordwrap: [
    ['width', 'break_long_words', 'wrapstring', 'break_on_hyphens'],
    (value, args) => {
      const width = args.int('width', 79);
      if (width <= 0) fail(`invalid width ${width} (must be > 0)`);
      const by = args.text('wrapstring', '\n');
      const style = { width, breakLongWords: args.truth('break_long_words', true), breakOnHyphens: args.truth('break_on_hyphens', true) };
      return splitLines(textOf(value, 'wordwrap'), false)
        .map((line) => wrapText(str(line), style).join(by))
        .join(by);
    },
  ],
  escape: [[], (value) => escapeHtml(str(value))],
  e: [[], (value) => escapeHtml(str(value))],
  forceescape: [[], (value) => escapeHtml(str(value))],
  safe: [[], (value) => str(value)],
  xmlattr: [
    ['autospace'],
    (value, args) => {
      const pairs = [...asDict(value, 'xmlattr')].filter(([, one]) => one !== null);
      const text = pairs.map(([key, one]) => `${escapeHtml(str(key))}="${escapeHtml(str(one))}"`).join(' ');
      return text !== '' && args.truth('autospace', true) ? ` ${text}` : text;
    },
  ],
  striptags: [
    [],
    (value) =>
      without(without(str(value), '<!--', '-->'), '<', '>')
        .replace(/\s+/g, ' ')
        .trim()
        .replace(/&(amp|lt|gt|quot|apos|nbsp|#\d+|#x[\da-f]+);/gi, (_all, entity: string) => unescapeHtml(entity)),
  ],
  urlencode: [[], (value) => urlEncode(value)],
  quote: [[], (value) => quoteWord(value === null ? '' : str(value))],
  comment: [
    ['style', 'decoration', 'prefix', 'prefix_count', 'postfix', 'postfix_count', 'beginning', 'end', 'newline'],
    (value, args) => comment(textOf(value, 'comment'), args.text('style', 'plain'), (name) => args.any(name)),
  ],
  ternary: [
    ['true_val', 'false_val', 'none_val'],
    (value, args) =>
      value === null && args.has('none_val') && args.any('none_val') !== null
        ? args.required('none_val')
        : isTruthy(value)
          ? args.required('true_val')
          : args.required('false_val'),
  ],
};

function indent(text: string, width: Any, first: boolean, blank: boolean): string {
  const by = typeof width === 'string' ? width : ' '.repeat(Number(width));
  const lines = `${text}\n`.split('\n').slice(0, -1);
  const [head = '', ...others] = lines;
  const shown = others.map((line) => (line !== '' || blank ? by + line : line));
  return [first ? by + head : head, ...shown].join('\n');
}

function truncate(text: string, length: number, killWords: boolean, end: string, leeway: number): string {
  if (text.length <= length + leeway) return text;
  const cut = text.slice(0, length - end.length);
  if (killWords) return cut + end;
  const space = cut.lastIndexOf(' ');
  return (space === -1 ? cut : cut.slice(0, space)) + end;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&#39;').replaceAll('"', '&#34;');
}

function urlEncode(value: Any): string {
  const quote = (text: string, safe: string): string =>
    encodeURIComponent(text)
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%2F', safe.includes('/') ? '/' : '%2F');
  if (typeof value === 'string' || value === null || numeric(value) !== undefined) return quote(str(value), '/');
  const pairs = value instanceof Map ? [...value] : items(value).map(pairOf);
  return pairs
    .map(([key, one]) => `${quote(str(key ?? ''), '').replaceAll('%20', '+')}=${quote(str(one ?? ''), '').replaceAll('%20', '+')}`)
    .join('&');
}

function pairOf(value: Value): [Value, Value] {
  const pair = items(value);
  if (pair.length !== 2) fail(`A pair has 2 items, and this has ${pair.length}`);
  return [pair[0] ?? null, pair[1] ?? null];
}

// By hand, since a pattern would look for every closing mark from every opening one.
function without(text: string, open: string, close: string): string {
  let [out, at] = ['', 0];
  for (let start = text.indexOf(open); start !== -1; start = text.indexOf(open, at)) {
    const end = text.indexOf(close, start + open.length);
    if (end === -1) break;
    out += text.slice(at, start);
    at = end + close.length;
  }
  return out + text.slice(at);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\xa0' };

function unescapeHtml(entity: string): string {
  if (!entity.startsWith('#')) return ENTITIES[entity.toLowerCase()] ?? '';
  const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
}

// As Python's shlex.quote.
function quoteWord(text: string): string {
  if (text === '') return "''";
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

const COMMENT_STYLES: Readonly<Record<string, { decoration: string; beginning?: string; end?: string }>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { decoration: ' * ', beginning: '/*', end: ' */' },
  xml: { decoration: ' - ', beginning: '<!--', end: '-->' },
};

/** As Ansible: a frame of lines that hold the decoration only, and each line of the text behind it. */
function comment(text: string, style: string, given: (name: string) => Any | undefined): string {
  const base = COMMENT_STYLES[style] ?? fail(`There is no comment style ${style}`, `Use one of ${Object.keys(COMMENT_STYLES).join(', ')}`);
  const read = (name: string, otherwise: string): string => str(given(name) ?? otherwise);
  const newline = read('newline', '\n');
  const decoration = read('decoration', base.decoration);
  const bare = decoration.trimEnd();
  const line = read('prefix', bare);
  const count = (name: string): number => Math.min(Math.max(0, Number(given(name) ?? 1)), 10_000);
  const beginning = read('beginning', base.beginning ?? '');
  const end = read('end', base.end ?? '');
  const body = (decoration + text.replaceAll(newline, newline + decoration)).replaceAll(decoration + newline, bare + newline);
  return [
    beginning === '' ? '' : beginning + newline,
    line === '' ? '' : (line === newline ? newline : line + newline).repeat(count('prefix_count')),
    body,
    (newline + read('postfix', bare)).repeat(count('postfix_count')),
    end === '' ? '' : newline + end,
  ].join('');
}
