// Filters that make links of addresses in a text.
import { str } from '../printing.ts';
import { isTruthy, items } from '../values.ts';
import type { FilterTable } from './define.ts';
import { escapeHtml } from './text.ts';

const WEB =
  /^(?:(?:https?:\/\/|www\.)(?:(?:[\p{L}\p{N}_%-]+\.)+)?(?:[a-z]{2,63}|xn--[\p{L}\p{N}_%]{2,59})|(?:[\p{L}\p{N}_%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|https?:\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\]))(?::\d{1,5})?(?:[/?#]\S*)?$/iu;
const MAIL = /^\S+@[\p{L}\p{N}_][\p{L}\p{N}_.-]*\.[\p{L}\p{N}_]+$/u;
const PAIRS = [
  ['(', ')'],
  ['<', '>'],
  ['&lt;', '&gt;'],
] as const;

export const linkFilters: FilterTable = {
  urlize: [
    ['trim_url_limit', 'nofollow', 'target', 'rel', 'extra_schemes'],
    (value, args) => {
      const target = args.any('target') ?? null;
      const schemes = args.any('extra_schemes') ?? null;
      const rels = new Set([
        ...str(args.any('rel') ?? '').split(/\s+/),
        ...(args.truth('nofollow', false) ? ['nofollow'] : []),
        'noopener',
      ]);
      const attributes = `${` rel="${escapeHtml(
        [...rels]
          .filter((one) => one !== '')
          .sort()
          .join(' '),
      )}"`}${isTruthy(target) ? ` target="${escapeHtml(str(target))}"` : ''}`;
      const limit = args.int('trim_url_limit', undefined);
      return urlize(str(value), { attributes, limit, schemes: schemes === null ? [] : items(schemes).map(str) });
    },
  ],
};

interface LinkStyle {
  readonly attributes: string;
  /** Characters shown of an address. */
  readonly limit: number | undefined;
  readonly schemes: readonly string[];
}

/** As Jinja2 3.1: a word is an address apart from what opens before and closes behind it. */
function urlize(text: string, style: LinkStyle): string {
  return escapeHtml(text)
    .split(/(\s+)/)
    .map((word) => {
      const { head, middle, tail } = apart(word);
      return head + link(middle, style) + tail;
    })
    .join('');
}

function apart(word: string): { readonly head: string; readonly middle: string; readonly tail: string } {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? '';
  const body = word.slice(head.length);
  let end = body.length;
  for (let size = closer(body, end); size > 0; size = closer(body, end)) end -= size;
  let [middle, tail] = [body.slice(0, end), body.slice(end)];
  for (const [open, close] of PAIRS) {
    const count = (sign: string, of: string): number => of.split(sign).length - 1;
    if (count(open, middle) <= count(close, middle)) continue;
    for (let left = Math.min(count(open, middle), count(close, tail)); left > 0; left--) {
      const end = tail.indexOf(close) + close.length;
      middle += tail.slice(0, end);
      tail = tail.slice(end);
    }
  }
  return { head, middle, tail };
}

/** How long the closing mark before `end` is. */
function closer(text: string, end: number): number {
  if (end > 0 && ')>.,\n'.includes(text.charAt(end - 1))) return 1;
  return text.endsWith('&gt;', end) ? 4 : 0;
}

function link(word: string, { attributes, limit, schemes }: LinkStyle): string {
  const shown = limit !== undefined && word.length > limit ? `${word.slice(0, limit)}...` : word;
  if (WEB.test(word)) return `<a href="${/^https?:\/\//.test(word) ? '' : 'https://'}${word}"${attributes}>${shown}</a>`;
  if (word.startsWith('mailto:') && MAIL.test(word.slice(7))) return `<a href="${word}">${word.slice(7)}</a>`;
  if (word.includes('@') && !word.startsWith('www.') && !word.includes(':') && MAIL.test(word))
    return `<a href="mailto:${word}">${word}</a>`;
  return schemes.some((scheme) => word !== scheme && word.startsWith(scheme)) ? `<a href="${word}"${attributes}>${word}</a>` : word;
}
