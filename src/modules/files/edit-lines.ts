// What lineinfile does to the lines of a file, decided on the controller with Python's regular expressions. It knows no host.
import { expandMatch, pythonRegex } from '../regex/python-regex.ts';

/** What to look for and what to put there; texts are the parameters, lines are latin1 (a character is a byte). */
export interface LineEdit {
  readonly line: string | undefined;
  readonly regexp: string | undefined;
  readonly searchString: string | undefined;
  readonly insertAfter: string | undefined;
  readonly insertBefore: string | undefined;
  readonly backrefs: boolean;
  readonly firstMatch: boolean;
}

export interface Edited {
  readonly lines: readonly string[];
  readonly msg: string;
  readonly found?: number;
}

/** The lines of a text with their ends; the last one may have none. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Every line that matches is removed, as ansible 2.14's `state: absent`. */
export function removeLines(lines: readonly string[], edit: LineEdit): Edited {
  const matches = lineMatcher(edit) ?? ((line: string) => withoutEnd(line) === latin1(edit.line ?? ''));
  const kept = lines.filter((line) => matches(line) === false);
  const found = lines.length - kept.length;
  return { lines: kept, found, msg: found === 0 ? '' : `${found} line(s) removed` };
}

/**
 * One line is put in or replaced, as ansible 2.14's `state: present`: the last match (the first with `firstMatch`) of regexp or
 * search string is replaced; without one the line goes after or before the place named, or to the end, unless it is there already.
 */
export function ensureLine(lines: readonly string[], edit: LineEdit): Edited {
  const line = latin1(edit.line ?? '');
  const ended = line.endsWith('\n') ? line : `${line}\n`;
  const matched = findMatch(lines, edit);
  if (matched !== undefined) {
    const groups = edit.regexp === undefined ? null : pythonRegex(edit.regexp).exec(lines[matched] ?? '');
    const expanded = edit.backrefs && groups !== null ? expandMatch(groups, line) : line;
    return replaceAt(lines, matched, expanded.endsWith('\n') ? expanded : `${expanded}\n`);
  }
  const { exact, place } = findPlace(lines, edit, line);
  if (exact !== undefined) return replaceAt(lines, exact, ended);
  if (edit.backrefs) return { lines, msg: '' };
  if (edit.insertAfter === 'BOF' || edit.insertBefore === 'BOF') return insertAt(lines, 0, `${line}\n`);
  if (place === undefined) return insertAt(endLastLine(lines), lines.length, `${line}\n`);
  const neighbour = edit.insertAfter === undefined ? undefined : lines[Math.min(place, lines.length - 1)];
  if (neighbour !== undefined && withoutEnd(neighbour) === line) return { lines, msg: '' };
  return insertAt(place === lines.length ? endLastLine(lines) : lines, place, `${line}\n`);
}

function findMatch(lines: readonly string[], edit: LineEdit): number | undefined {
  const matches = lineMatcher(edit);
  if (matches === undefined) return undefined;
  const at = edit.firstMatch ? lines.findIndex(matches) : lines.findLastIndex(matches);
  return at < 0 ? undefined : at;
}

function lineMatcher(edit: LineEdit): ((line: string) => boolean) | undefined {
  if (edit.regexp !== undefined) {
    const regex = pythonRegex(edit.regexp);
    return (line) => regex.test(line);
  }
  if (edit.searchString === undefined) return undefined;
  const text = latin1(edit.searchString);
  return (line) => line.includes(text);
}

/**
 * Where the line already is, and the index it would have after or before the line named. With `firstMatch` nothing is looked for
 * beyond that line, as in Ansible.
 */
function findPlace(lines: readonly string[], edit: LineEdit, line: string): { readonly exact?: number; readonly place?: number } {
  const regex = placeRegex(edit);
  let found: { readonly exact?: number; readonly place?: number } = {};
  for (const [index, one] of lines.entries()) {
    if (withoutEnd(one) === line) {
      found = { ...found, exact: index };
    } else if (regex?.test(one) === true) {
      found = { ...found, place: edit.insertAfter === undefined ? index : index + 1 };
      if (edit.firstMatch) break;
    }
  }
  return found;
}

function placeRegex(edit: LineEdit): RegExp | undefined {
  if (edit.insertAfter === 'BOF' || edit.insertAfter === 'EOF' || edit.insertBefore === 'BOF') return undefined;
  const pattern = edit.insertAfter ?? edit.insertBefore ?? '';
  return pattern === '' ? undefined : pythonRegex(pattern);
}

function replaceAt(lines: readonly string[], at: number, line: string): Edited {
  return lines[at] === line ? { lines, msg: '' } : { lines: lines.with(at, line), msg: 'line replaced' };
}

function insertAt(lines: readonly string[], at: number, line: string): Edited {
  return { lines: lines.toSpliced(at, 0, line), msg: 'line added' };
}

function endLastLine(lines: readonly string[]): readonly string[] {
  const last = lines.at(-1);
  return last === undefined || /[\r\n]$/.test(last) ? lines : lines.with(-1, `${last}\n`);
}

function withoutEnd(line: string): string {
  return line.replace(/[\r\n]+$/, '');
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
