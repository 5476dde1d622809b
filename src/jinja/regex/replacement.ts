// What Python's replacement text makes of a match: `\1`, `\g<name>`, `\n`. It knows no pattern.
import { TemplateError } from '../errors.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\' };

/** @throws TemplateError on a group that is not there, and on an escape that Python does not know. */
export function expandReplacement(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(
    /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-3][0-7]{2})|(\d{1,2})|([^])|$)/g,
    (_all, name?: string, octal?: string, digits?: string, other?: string) => {
      const group = name ?? digits;
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      if (group !== undefined) return groupOf(match, group);
      if (other === undefined) throw new TemplateError('bad escape (end of pattern)');
      const known = ESCAPES[other];
      if (known === undefined && /[A-Za-z]/.test(other)) throw new TemplateError(`bad escape \\${other}`);
      return known ?? `\\${other}`;
    },
  );
}

/** A group by number or name; one that took no part is empty. @throws TemplateError when there is none. */
function groupOf(match: RegExpExecArray, group: string): string {
  if (/^\d+$/.test(group)) {
    if (Number(group) >= match.length) throw new TemplateError(`invalid group reference ${group}`);
    return match[Number(group)] ?? '';
  }
  if (match.groups === undefined || !Object.hasOwn(match.groups, group)) throw new TemplateError(`unknown group name '${group}'`);
  return match.groups[group] ?? '';
}
