// Python's regular expressions, over bytes or over text, run by JavaScript's. It does not know what is searched.
import { ModuleError } from '../errors.ts';
import { type Alphabet, BYTES, TEXT } from './regex-alphabet.ts';

export interface RegexOptions {
  /** Over text, as Python's `str`: `\w`, `\d` and `\s` know every script, a character is a code point. Default: over bytes. */
  readonly isText?: boolean;
  /** Flags beside those the pattern begins with: `i`, `m`, `s`. */
  readonly flags?: string;
}

/**
 * Compiles a pattern as CPython 3.11's `re.compile`; over bytes as `re.compile(pattern.encode())`, for texts whose characters
 * are bytes (latin1).
 *
 * What the two languages write differently is translated: `\A \Z (?P<n>..) (?P=n) (?i) (?m) (?s) {,n} []..] $ . \s`.
 *
 * @throws {@link ModuleError} BAD_PATTERN on a pattern Python would refuse, and on what JavaScript cannot do: conditionals, flags
 * for a part of the pattern, verbose patterns.
 */
export function pythonRegex(pattern: string, { isText = false, flags = '' }: RegexOptions = {}): RegExp {
  const written = isText ? pattern : Buffer.from(pattern).toString('latin1');
  const [, leading = ''] = /^\(\?([a-zA-Z]+)\)/.exec(written) ?? [];
  const unknown = (isText ? /[^imsu]/ : /[^aims]/).exec(leading);
  if (unknown !== null) throw bad(pattern, `the flag ${unknown[0]} is not known here`);
  const body = leading === '' ? written : written.slice(leading.length + 3);
  const all = leading + flags;
  const alphabet = isText ? TEXT : BYTES;
  try {
    return new RegExp(translate(pattern, body, all, alphabet), alphabet.flags + (all.includes('i') ? 'i' : ''));
  } catch (error) {
    if (error instanceof SyntaxError) throw bad(pattern, error.message);
    throw error;
  }
}

/**
 * All matches over text, as CPython 3.11's `re.finditer`: where one is empty, a longer one may begin at the same place, and JavaScript
 * would not look for it.
 *
 * @param regex - Of {@link pythonRegex} with `isText`.
 */
export function* findAll(regex: RegExp, text: string): Generator<RegExpExecArray> {
  const scan = new RegExp(regex, `${regex.flags}g`);
  // Only these leave a longer match for later; what is greedy has tried it first.
  const mayGrow = /\||[*+?}]\?/.test(regex.source);
  for (let match = scan.exec(text); match !== null; match = scan.exec(text)) {
    yield match;
    if (match[0] !== '') continue;
    const longer = mayGrow ? longerMatch(regex, text, match.index) : null;
    if (longer !== null) yield longer;
    // A whole character: where one ends, the next search begins.
    scan.lastIndex = match.index + (longer?.[0].length ?? ((text.codePointAt(match.index) ?? 0) > 0xffff ? 2 : 1));
  }
}

// The same pattern, which must not end where it begins.
function longerMatch(regex: RegExp, text: string, at: number): RegExpExecArray | null {
  const before = [...text.slice(0, at)].length;
  const longer = new RegExp(`(?:${regex.source})(?<!^[\\s\\S]{${before}})`, `${regex.flags}y`);
  longer.lastIndex = at;
  return longer.exec(text);
}

/**
 * A replacement with the groups of a match put in, as CPython 3.11's `match.expand`: `\1`, `\g<1>`, `\g<name>`, `\n`, `\t`, `\\`.
 *
 * @param template - Characters are bytes, as in the match.
 * @throws {@link ModuleError} BAD_PATTERN on an escape Python would refuse, and on a group that is not there.
 */
export function expandMatch(match: RegExpMatchArray, template: string): string {
  return template.replace(
    /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-3][0-7]{2})|([1-9]\d?)|([\s\S]))|\\$/g,
    (whole, ...found: (string | undefined)[]) => {
      const [named, octal, numbered, letter] = found;
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      if (named !== undefined) return /^\d+$/.test(named) ? groupOf(match, Number(named), template) : namedGroup(match, named, template);
      if (numbered !== undefined) return groupOf(match, Number(numbered), template);
      if (letter !== undefined && letter in LETTERS) return LETTERS[letter] ?? '';
      if (letter === undefined || /[A-Za-z]/.test(letter)) throw bad(template, `bad escape ${whole}`);
      return whole;
    },
  );
}

const LETTERS: Readonly<Record<string, string>> = {
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function groupOf(match: RegExpMatchArray, number: number, template: string): string {
  if (number >= match.length) throw bad(template, `invalid group reference ${number}`);
  return match[number] ?? '';
}

function namedGroup(match: RegExpMatchArray, name: string, template: string): string {
  if (match.groups === undefined || !(name in match.groups)) throw bad(template, `unknown group name ${name}`);
  return match.groups[name] ?? '';
}

const CLASS = /\[(\^?)(\]?(?:\\[\s\S]|[^\]\\])*)\]/;
const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|0[0-7]{0,2}|[\s\S])/;
const GROUP = /\(\?P<|\(\?P=(\w+)\)|\(\?#[^)]*\)|\(\?P>|\(\?\(|\(\?[a-zA-Z-]+[:)]/;
const TOKEN = new RegExp(`${CLASS.source}|${ESCAPE.source}|${GROUP.source}|\\{\\d*,?\\d*\\}|[\\s\\S]`, 'g');

function translate(pattern: string, body: string, flags: string, alphabet: Alphabet): string {
  let translated = '';
  for (const { 0: token, 1: negation, 2: members, 3: back } of body.matchAll(TOKEN)) {
    if (members !== undefined) translated += `[${negation ?? ''}${alphabet.members(members)}]`;
    else translated += outsideToken(token, back, flags, alphabet) ?? refuse(pattern, token);
  }
  return translated;
}

function outsideToken(token: string, back: string | undefined, flags: string, alphabet: Alphabet): string | undefined {
  // Without the flag m, these two of JavaScript are the very ends of the text.
  if (token === '\\A') return '^';
  if (token === '\\Z') return '$';
  if (token === '^') return flags.includes('m') ? '(?<=\\n|^)' : '^';
  if (token === '$') return flags.includes('m') ? '(?=\\n|$)' : '(?=\\n?$)';
  if (token === '.') return flags.includes('s') ? '[\\s\\S]' : '[^\\n]';
  if (token === '(?P<') return '(?<';
  if (back !== undefined) return `\\k<${back}>`;
  if (token.startsWith('(?#')) return '';
  if (token === '(?:') return token;
  if (/^\{,\d+\}$/.test(token)) return `{0${token.slice(1)}`;
  if (/^\{\d+,?\d*\}$/.test(token)) return token;
  return token.startsWith('(?') ? undefined : alphabet.outside(token);
}

function refuse(pattern: string, token: string): never {
  throw bad(pattern, `${token} cannot be translated from Python`);
}

function bad(pattern: string, why: string): ModuleError {
  return new ModuleError('BAD_PATTERN', `\`${pattern}\` cannot be used: ${why}`, {
    fix: 'Write a pattern of Python without conditionals or flags in the middle',
  });
}
