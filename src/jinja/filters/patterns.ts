// Filters with regular expressions.
import type { Value } from '../../base/value.ts';
import type { Bound } from '../call-arguments.ts';
import { str } from '../printing.ts';
import { type PythonRegex, pythonRegex } from '../regex/python-regex.ts';
import { expandReplacement } from '../regex/replacement.ts';
import { type Any, tuple } from '../values.ts';
import { type FilterTable, fail } from './define.ts';

/** The pattern of a call, with its flags. @param name - Of the parameter that holds it. */
export function regexOf(args: Bound, name: string): PythonRegex {
  return pythonRegex(args.text(name, ''), (args.truth('ignorecase', false) ? 'i' : '') + (args.truth('multiline', false) ? 'm' : ''));
}

export const patternFilters: FilterTable = {
  regex_replace: [
    ['pattern', 'replacement', 'ignorecase', 'multiline'],
    (value, args, { frame }) => {
      const by = args.text('replacement', '');
      return regexOf(args, 'pattern').replace(str(value), frame.run, (match) => expandReplacement(by, match));
    },
  ],
  regex_search: [
    ['regex', '*groups', 'ignorecase', 'multiline'],
    (value, args, { args: all, frame }) =>
      groupsOf(regexOf(args, 'regex').search(str(value), frame.run), all.positional.slice(1).map(groupName)),
  ],
  regex_findall: [
    ['regex', 'multiline', 'ignorecase'],
    (value, args, { frame }) =>
      regexOf(args, 'regex')
        .all(str(value), frame.run)
        .map((match): Value => {
          if (match.length === 1) return match[0];
          return match.length === 2 ? (match[1] ?? '') : tuple(match.slice(1).map((group) => group ?? ''));
        }),
  ],
  regex_escape: [
    ['re_type'],
    (value, args) => {
      const kind = args.text('re_type', 'python');
      if (kind === 'posix_basic') return str(value).replace(/[\].[^$*\\]/g, '\\$&');
      if (kind !== 'python') fail(`Invalid regex type (${kind})`, 'Use python or posix_basic');
      return str(value).replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&');
    },
  ],
};

function groupName(group: Any): string {
  const text = str(group);
  return /^\\g<(\S+)>/.exec(text)?.[1] ?? /^\\(\d+)/.exec(text)?.[1] ?? fail('Unknown argument', "Name groups as '\\\\1' or '\\\\g<name>'");
}

function groupsOf(match: RegExpExecArray | null, groups: readonly string[]): Any {
  if (match === null) return null;
  if (groups.length === 0) return match[0];
  return groups.map((group) => {
    const byNumber = /^\d+$/.test(group);
    if (byNumber ? Number(group) >= match.length : !Object.hasOwn(match.groups ?? {}, group)) return fail(`no such group: ${group}`);
    return (byNumber ? match[Number(group)] : match.groups?.[group]) ?? null;
  });
}
