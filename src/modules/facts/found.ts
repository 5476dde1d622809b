// What a probe reported, made askable. It does not know what any of it means.
import type { Found } from './seam.ts';

/** Reads the records of a probe (see probe.ts for what they are). */
export function foundIn(records: ReadonlyMap<string, string>): Found {
  const record = (name: string): string => records.get(name) ?? '';
  const files = filesOf(record('files'));
  const links = linksOf(record('links'));
  const existing = new Set(lines(record('exists')));
  const programs = new Set(lines(record('programs')));
  const slow = slowOf(record('slow'));
  return {
    system: record('system'),
    record,
    records: (prefix) =>
      new Map([...records].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value])),
    file: (path) => files.get(path)?.trim() || undefined,
    files: (pattern) => matches(files, pattern).map(([match, text]) => ({ match, text: text.trim() })),
    exists: (path) => existing.has(path),
    link: (path) => links.get(path),
    links: (pattern) => matches(links, pattern).map(([match, target]) => ({ match, target })),
    hasProgram: (name) => programs.has(name),
    slow: (word) => slow.get(word) ?? [],
    isLate: record('late') !== '',
  };
}

/** The lines of a text that are not empty. */
export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** The words of a line. */
export function words(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== '');
}

/** `NAME: value` lines, the first of a name counting. */
export function fieldsOf(text: string, separator = ':'): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines(text)) {
    const at = line.indexOf(separator);
    const name = line.slice(0, at).trim();
    if (at >= 0 && !fields.has(name)) fields.set(name, line.slice(at + 1).trim());
  }
  return fields;
}

function matches<T>(map: ReadonlyMap<string, T>, pattern: RegExp): (readonly [RegExpExecArray, T])[] {
  return [...map].flatMap(([path, value]) => {
    const match = pattern.exec(path);
    return match === null ? [] : [[match, value] as const];
  });
}

// One grep over all files says `path:line`; no path that is asked for has a colon.
function filesOf(text: string): Map<string, string> {
  const files = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(':');
    if (at < 0) continue;
    const [path, content] = [line.slice(0, at), line.slice(at + 1)];
    const known = files.get(path);
    if (known === undefined) files.set(path, [content]);
    else known.push(content);
  }
  return new Map([...files].map(([path, content]) => [path, content.join('\n')]));
}

// `ls -l` says `lrwxrwxrwx 1 root root 0 Nov 21 09:36 /path -> target`.
function linksOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(/ (\/.*?) -> (.*)$/gm)].map(([, path = '', target = '']) => [path, target]));
}

function slowOf(text: string): Map<string, string[]> {
  const said = new Map<string, string[]>();
  for (const line of lines(text)) {
    const at = line.indexOf(' ');
    const word = line.slice(0, at);
    said.set(word, [...(said.get(word) ?? []), line.slice(at + 1)]);
  }
  return said;
}
