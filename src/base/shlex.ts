// A command line split into words as Python's shlex.split does. It runs nothing and expands nothing.
import { InputError } from './errors.ts';

/**
 * Splits a line as CPython 3.11's `shlex.split(line)`: blanks separate, quotes group, a backslash escapes (inside double
 * quotes only `"` and itself).
 *
 * @param options.comments - Whether `#` begins a comment, even inside a word, as with `comments=True`. Default false.
 * @throws {@link InputError} BAD_QUOTING on an open quote or a backslash at the very end.
 */
export function splitWords(line: string, options: { readonly comments?: boolean } = {}): string[] {
  return [...wordsOf(line, options.comments === true)].map(({ word }) => word);
}

/**
 * The first word of a line, as {@link splitWords} reads it, and the line after it as it was written.
 *
 * @example splitFirstWord(`'a b' "$HOME" c`) // ['a b', ' "$HOME" c']
 * @throws {@link InputError} BAD_QUOTING when the first word is not closed.
 */
export function splitFirstWord(line: string): [word: string, rest: string] {
  for (const { word, end } of wordsOf(line, false)) return [word, line.slice(end)];
  return ['', ''];
}

function* wordsOf(line: string, comments: boolean): Generator<{ readonly word: string; readonly end: number }> {
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    if (char === '#' && comments) break;
    if (' \t\r\n'.includes(char)) {
      if (word !== undefined) yield { word, end: at };
      word = undefined;
    } else if (char === "'" || char === '"') {
      const quoted = readQuoted(line, at);
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (char === '\\') {
      at++;
      if (at >= line.length) throw unreadable(line, 'ends with a backslash that escapes nothing');
      word = (word ?? '') + (line[at] ?? '');
    } else {
      const plain = plainRun(line, at);
      word = (word ?? '') + plain;
      at += plain.length - 1;
    }
  }
  if (word !== undefined) yield { word, end: line.length };
}

const PLAIN = /[^ \t\r\n'"\\#]+|#/y;

/** Characters that mean themselves, all at once: lines are many, and such characters most of them. */
function plainRun(line: string, start: number): string {
  PLAIN.lastIndex = start;
  return PLAIN.exec(line)?.[0] ?? '';
}

function readQuoted(line: string, start: number): { readonly text: string; readonly end: number } {
  const quote = line[start];
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at] ?? '';
    if (char === quote) return { text, end: at };
    const next = line[at + 1];
    if (char === '\\' && quote === '"' && (next === '"' || next === '\\')) {
      text += next;
      at++;
    } else {
      text += char;
    }
  }
  throw unreadable(line, `has a ${quote} that is never closed`);
}

function unreadable(line: string, what: string): InputError {
  return new InputError('BAD_QUOTING', `\`${line}\` ${what}`, {
    fix: 'Close the quote, or put the whole word in quotes of the other kind',
  });
}
