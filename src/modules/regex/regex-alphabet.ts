// What escapes and literal characters of Python's regular expressions are in JavaScript's: over bytes, and over text. It knows no groups.

/** How the characters of a pattern are written. */
export interface Alphabet {
  /** Flags of the RegExp. */
  readonly flags: string;
  /** One escape or character outside of brackets; undefined when it is not known. */
  readonly outside: (token: string) => string | undefined;
  /** What stands between brackets, without the `^`. */
  readonly members: (members: string) => string;
}

/** Python's `\s` over bytes; JavaScript's would take 0xA0 too. */
const SPACE = ' \\t-\\r';
const NOT_SPACE = '\\x00-\\x08\\x0e-\\x1f!-\\xff';

const BYTE_ESCAPES: Readonly<Record<string, string>> = { '\\a': '\\x07', '\\s': `[${SPACE}]`, '\\S': `[${NOT_SPACE}]` };
const BYTE_MEMBERS: Readonly<Record<string, string>> = { '\\a': '\\x07', '\\s': SPACE, '\\S': NOT_SPACE };

/** Characters are bytes, as latin1. */
export const BYTES: Alphabet = {
  flags: '',
  outside: (token) => BYTE_ESCAPES[token] ?? token,
  // A bracket that closes is an ordinary character when it comes first.
  members: (members) => members.replace(/^\]/, '\\]').replace(/\\[\s\S]/g, (whole) => BYTE_MEMBERS[whole] ?? whole),
};

const WORD = '\\p{L}\\p{N}_';
const TEXT_SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
/** Python's classes over `str`: letters, digits and blanks of every script. */
const TEXT_CLASSES: Readonly<Record<string, string>> = {
  '\\w': `[${WORD}]`,
  '\\W': `[^${WORD}]`,
  '\\d': '\\p{Nd}',
  '\\D': '\\P{Nd}',
  '\\s': `[${TEXT_SPACE}]`,
  '\\S': `[^${TEXT_SPACE}]`,
};
/** Lookarounds, so that nothing can repeat them, as in Python. */
const TEXT_ESCAPES: Readonly<Record<string, string>> = {
  ...TEXT_CLASSES,
  '\\b': `(?=(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`,
  // Behind the first half of a character beyond 16 bits V8 sees nothing, and yet it looks there.
  '\\B': `(?=^|(?<=[\\s\\S]))(?=(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`,
};
/** These stand for themselves only after a backslash. */
const SYNTAX = /^[\^$\\.*+?()[\]{}|/]$/;
const MEMBER_SYNTAX = /^[\^$\\.*+?()[\]{}|/&\-!#%,:;<=>@`~]$/;

/** Characters are code points; bytes that are no UTF-8 are lone surrogates. */
export const TEXT: Alphabet = {
  flags: 'v',
  outside(token) {
    if (token.startsWith('\\')) return TEXT_ESCAPES[token] ?? (/^\\[1-9]$/.test(token) ? token : escaped(token, SYNTAX));
    // These three are ordinary in Python where they close or open nothing.
    return token.replace(/[{}\]]/g, '\\$&');
  },
  members(members) {
    const atoms = members.match(/\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|0[0-7]{0,2}|[\s\S])|[\s\S]/gu) ?? [];
    let translated = '';
    for (let at = 0; at < atoms.length; at++) {
      const [atom = '', dash, end] = atoms.slice(at, at + 3);
      translated += member(atom);
      if (dash !== '-' || end === undefined) continue;
      translated += `-${member(end)}`;
      at += 2;
    }
    return translated;
  },
};

function member(atom: string): string {
  if (atom === '\\b') return '\\x08';
  if (atom.startsWith('\\')) return TEXT_CLASSES[atom] ?? escaped(atom, MEMBER_SYNTAX) ?? atom;
  return MEMBER_SYNTAX.test(atom) ? `\\${atom}` : atom;
}

/** An escape of one character. A letter that Python does not know stays as it is, for JavaScript to refuse. */
function escaped(token: string, syntax: RegExp): string | undefined {
  const letter = token.slice(1);
  if (letter === 'a') return '\\x07';
  if (/^[nrtfv]$/.test(letter)) return token;
  if (/^[xuU][0-9a-fA-F]/.test(letter)) return `\\u{${letter.slice(1)}}`;
  if (/^[0-7]+$/.test(letter)) return `\\u{${Number.parseInt(letter, 8).toString(16)}}`;
  if (/^[A-Za-z0-9]$/.test(letter)) return undefined;
  return syntax.test(letter) ? token : letter;
}
