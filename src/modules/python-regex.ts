// Python's regular expressions over bytes, run by JavaScript's. It does not know what is searched.
import { ModuleError } from './errors.ts';

/**
 * Compiles a pattern as CPython 3.11's `re.compile(pattern.encode())`, for texts whose characters are bytes (latin1).
 *
 * What the two languages write differently is translated: `\A \Z (?P<n>..) (?P=n) (?i) (?m) (?s) {,n} []..] $ . \s`.
 *
 * @throws {@link ModuleError} BAD_PATTERN on a pattern Python would refuse, and on what JavaScript cannot do: conditionals, flags
 * for a part of the pattern, verbose patterns.
 */
export function pythonRegex(pattern: string): RegExp {
  const bytes = Buffer.from(pattern).toString('latin1');
  const [, leading = ''] = /^\(\?([a-zA-Z]+)\)/.exec(bytes) ?? [];
  const unknown = /[^aims]/.exec(leading);
  if (unknown !== null) throw bad(pattern, `the flag ${unknown[0]} is not known here`);
  const body = leading === '' ? bytes : bytes.slice(leading.length + 3);
  try {
    return new RegExp(translate(pattern, body, leading), leading.includes('i') ? 'i' : '');
  } catch (error) {
    if (error instanceof SyntaxError) throw bad(pattern, error.message);
    throw error;
  }
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

/** Python's `\s` over bytes; JavaScript's would take 0xA0 too. */
const SPACE = ' \\t-\\r';
const NOT_SPACE = '\\x00-\\x08\\x0e-\\x1f!-\\xff';

const CLASS = /\[(\^?)(\]?(?:\\[\s\S]|[^\]\\])*)\]/;
const TOKEN = new RegExp(
  `${CLASS.source}|${/\\[\s\S]|\(\?P<|\(\?P=(\w+)\)|\(\?#[^)]*\)|\(\?P>|\(\?\(|\(\?[a-zA-Z-]+[:)]|\{,\d+\}|[\s\S]/.source}`,
  'g',
);

function translate(pattern: string, body: string, flags: string): string {
  let translated = '';
  for (const { 0: token, 1: negation, 2: members, 3: back } of body.matchAll(TOKEN)) {
    if (members === undefined) translated += outsideToken(token, back, flags) ?? refuse(pattern, token);
    else translated += `[${negation ?? ''}${translateMembers(members)}]`;
  }
  return translated;
}

// A bracket that closes is an ordinary character when it comes first.
function translateMembers(members: string): string {
  const special: Readonly<Record<string, string>> = { '\\s': SPACE, '\\S': NOT_SPACE, '\\a': '\\x07' };
  return members.replace(/^\]/, '\\]').replace(/\\[\s\S]/g, (whole) => special[whole] ?? whole);
}

/** What stands for itself outside a class, and is written otherwise in JavaScript. */
const OUTSIDE: Readonly<Record<string, string>> = {
  '\\A': '(?<![\\s\\S])',
  '\\Z': '(?![\\s\\S])',
  '\\a': '\\x07',
  '\\s': `[${SPACE}]`,
  '\\S': `[${NOT_SPACE}]`,
};

function outsideToken(token: string, back: string | undefined, flags: string): string | undefined {
  if (token in OUTSIDE) return OUTSIDE[token];
  if (token === '^') return flags.includes('m') ? '(?<![^\\n])' : '(?<![\\s\\S])';
  if (token === '$') return flags.includes('m') ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))';
  if (token === '.') return flags.includes('s') ? '[\\s\\S]' : '[^\\n]';
  if (token === '(?P<') return '(?<';
  if (back !== undefined) return `\\k<${back}>`;
  if (token.startsWith('(?#')) return '';
  if (token === '(?:') return token;
  if (token.startsWith('{,')) return `{0${token.slice(1)}`;
  return token.startsWith('(?') ? undefined : token;
}

function refuse(pattern: string, token: string): never {
  throw bad(pattern, `${token} cannot be translated from Python`);
}

function bad(pattern: string, why: string): ModuleError {
  return new ModuleError('BAD_PATTERN', `\`${pattern}\` cannot be used: ${why}`, {
    fix: 'Write a pattern of Python without conditionals or flags in the middle',
  });
}
