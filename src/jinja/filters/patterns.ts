// Filters with regular expressions.

import type { Value } from '../../base/value.ts';
import type { Bound } from '../call-arguments.ts';
import { str } from '../printing.ts';
import { expandReplacement, pythonRegex } from '../python-regex.ts';
import { type Any, tuple } from '../values.ts';
import { type FilterTable, fail } from './define.ts';

function regexOf(args: Bound, extra: string): RegExp {
  const flags = extra + (args.truth('ignorecase', false) ? 'i' : '') + (args.truth('multiline', false) ? 'm' : '');
  return pythonRegex(args.text('pattern', args.text('regex', '')), flags);
}

export const patternFilters: FilterTable = {
  regex_replace: [
    ['pattern', 'replacement', 'ignorecase', 'multiline'],
    (value, args) => {
      const [regex, by] = [regexOf(args, 'g'), args.text('replacement', '')];
      return str(value).replace(regex, (...found) => expandReplacement(by, matchOf(found)));
    },
  ],
  regex_search: [
    ['regex', '*groups', 'ignorecase', 'multiline'],
    (value, args, { args: all }) => search(str(value), regexOf(args, ''), all.positional.slice(1).map(str)),
  ],
  regex_findall: [
    ['regex', 'multiline', 'ignorecase'],
    (value, args) =>
      [...str(value).matchAll(regexOf(args, 'g'))].map((match): Value => {
        if (match.length === 1) return match[0];
        return match.length === 2 ? (match[1] ?? '') : tuple(match.slice(1).map((group) => group ?? ''));
      }),
  ],
  regex_escape: [
    ['re_type'],
    (value, args) => {
      if (args.text('re_type', 'python') === 'posix_basic') return str(value).replace(/[\].[^$*\\]/g, '\\$&');
      return str(value).replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&');
    },
  ],
};

// What replace() passes to its callback, as a match.
function matchOf(found: readonly unknown[]): RegExpExecArray {
  const groups = typeof found.at(-1) === 'object' ? (found.at(-1) as Record<string, string>) : undefined;
  const strings = found.slice(0, groups === undefined ? -2 : -3) as string[];
  return Object.assign([...strings] as unknown as RegExpExecArray, { groups });
}

function search(text: string, regex: RegExp, groups: readonly string[]): Any {
  const match = regex.exec(text);
  if (match === null) return null;
  if (groups.length === 0) return match[0];
  return groups.map((group) => {
    const named = /^\\g<(\w+)>$/.exec(group)?.[1] ?? /^\\(\d+)$/.exec(group)?.[1];
    if (named === undefined) return fail('Unknown argument', "Name groups as '\\\\1' or '\\\\g<name>'");
    if (/^\d+$/.test(named) ? Number(named) >= match.length : !(named in (match.groups ?? {}))) return fail(`no such group: ${named}`);
    return (/^\d+$/.test(named) ? match[Number(named)] : match.groups?.[named]) ?? null;
  });
}
