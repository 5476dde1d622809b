// Python's regular expressions as JavaScript's. It knows patterns and replacements only.
import { TemplateError } from './errors.ts';

const cache = new Map<string, RegExp>();

/**
 * Translates a pattern: `(?P<n>`, `(?P=n)`, `\A`, `\Z`, inline flags, possessive-free Python syntax.
 *
 * @param flags - Further JavaScript flags: `g`, `i`, `m`.
 * @throws TemplateError on a pattern that JavaScript cannot read.
 */
export function pythonRegex(pattern: string, flags = ''): RegExp {
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) {
    known.lastIndex = 0;
    return known;
  }
  const inline = /^\(\?([aiLmsux]+)\)/.exec(pattern);
  const own = inline?.[1] ?? '';
  let source = inline === null ? pattern : pattern.slice(inline[0].length);
  if (own.includes('x')) source = source.replace(/\\#|\\\s|#[^\n]*|\s+/g, (part) => (part.startsWith('\\') ? part : ''));
  source = source
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/(?<!\\)((?:\\\\)*)\\A/g, '$1(?<![^])')
    .replace(/(?<!\\)((?:\\\\)*)\\Z/g, '$1(?![^])');
  // Python's $ also matches before a last newline.
  const multiline = flags.includes('m') || own.includes('m');
  if (!multiline) source = source.replace(/(?<!\\)((?:\\\\)*)\$(?![^[]*\])/g, '$1(?=\\n?(?![^]))');
  const all = new Set([...flags, ...[...own].filter((flag) => 'ims'.includes(flag))]);
  try {
    const regex = new RegExp(source, [...all].join(''));
    if (cache.size > 500) cache.clear();
    cache.set(key, regex);
    return regex;
  } catch (cause) {
    throw new TemplateError(`The pattern ${pattern} is no regular expression: ${cause instanceof Error ? cause.message : String(cause)}`, {
      fix: 'Check brackets and backslashes; in double-quoted YAML a backslash must be doubled',
      cause,
    });
  }
}

/** What Python's replacement text makes of a match: `\1`, `\g<name>`, `\n`. */
export function expandReplacement(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(/\\(?:g<(\w+)>|(\d{1,2})|([^]))/g, (_all, name?: string, digits?: string, other?: string) => {
    const group = name ?? digits;
    if (group !== undefined) {
      if (/^\d+$/.test(group)) {
        if (Number(group) >= match.length) throw new TemplateError(`invalid group reference ${group}`);
        return match[Number(group)] ?? '';
      }
      if (match.groups === undefined || !(group in match.groups)) throw new TemplateError(`unknown group name '${group}'`);
      return match.groups[group] ?? '';
    }
    return other === 'n' ? '\n' : other === 't' ? '\t' : other === 'r' ? '\r' : other === '\\' ? '\\' : `\\${other ?? ''}`;
  });
}
