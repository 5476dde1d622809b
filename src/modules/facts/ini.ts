// An ini file as CPython 3.11's configparser reads it with its defaults: sections of names and texts. It knows no fact.
import { type Dict, dict } from '../../base/value.ts';

/** The text is no ini file. It says nothing more: whoever reads says which file. */
export class IniError extends Error {}

/**
 * Reads a text into a dict of dicts. Names are lower case, values of [DEFAULT] are in every section, `%(name)s` stands for
 * another value, an indented line goes on with the one before.
 *
 * @throws {@link IniError} on a line outside of any section, a line that is none, a section or a name that is there twice, or a
 * reference to nothing.
 */
export function parseIni(text: string): Dict {
  const sections = new Map<string, Map<string, string[]>>();
  const defaults = new Map<string, string[]>();
  let section: Map<string, string[]> | undefined;
  let value: string[] | undefined;
  let indent = 0;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const content = /^\s*[#;]/.test(line) ? '' : line.trim();
    if (content === '') {
      // A comment is skipped; an empty line may belong to a value.
      if (line.trim() === '' && value !== undefined) value.push('');
      continue;
    }
    const depth = /^\s*/.exec(line)?.[0].length ?? 0;
    if (section !== undefined && value !== undefined && depth > indent) {
      value.push(content);
      continue;
    }
    indent = depth;
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header !== undefined) {
      if (sections.has(header)) throw new IniError();
      section = header === 'DEFAULT' ? defaults : new Map();
      if (header !== 'DEFAULT') sections.set(header, section);
      value = undefined;
      continue;
    }
    const [, name, first = ''] = /^(.*?)\s*[=:]\s*(.*)$/.exec(content) ?? [];
    if (section === undefined || name === undefined || name === '' || section.has(name.toLowerCase())) throw new IniError();
    value = [first];
    section.set(name.toLowerCase(), value);
  }
  return dict(Object.fromEntries([...sections].map(([name, own]) => [name, interpolated(new Map([...defaults, ...own]), own)])));
}

/** How deep references may go, as configparser's. */
const MAX_DEPTH = 10;

function interpolated(values: ReadonlyMap<string, readonly string[]>, own: ReadonlyMap<string, unknown>): Dict {
  const raw = (name: string): string | undefined => values.get(name)?.join('\n').trimEnd();
  const resolve = (text: string, depth: number): string => {
    if (depth > MAX_DEPTH) throw new IniError();
    return text.replace(/%(?:(%)|\(([^)]*)\)s)?/g, (_, percent: string | undefined, name: string | undefined) => {
      if (percent !== undefined) return '%';
      const found = name === undefined ? undefined : raw(name.toLowerCase());
      if (found === undefined) throw new IniError();
      return found.includes('%') ? resolve(found, depth + 1) : found;
    });
  };
  // A section's own names come first, as configparser lists them.
  const names = new Set([...own.keys(), ...values.keys()]);
  return dict(Object.fromEntries([...names].map((name) => [name, resolve(raw(name) ?? '', 1)])));
}
