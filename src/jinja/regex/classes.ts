// Sets of characters in patterns: `[a-z\d_]`, `\w`, and single characters with their escapes.

// As Python's str.isalnum, isdecimal and isspace; `ascii` is its re.A.
export const WORD = (ascii: boolean): string => (ascii ? 'a-zA-Z0-9_' : '\\p{L}\\p{N}_');
export const DIGIT = (ascii: boolean): string => (ascii ? '0-9' : '\\p{Nd}');
export const WHITE = (ascii: boolean): string =>
  ascii ? '\\x09-\\x0d\\x20' : '\\x09-\\x0d\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

/** A character that stands for itself, wherever it stands in a JavaScript pattern. */
export function literal(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code > 0x7f || /[A-Za-z0-9]/.test(char)) return char;
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

const NAMED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** The character that an escape at `start` means, and where it ends. @returns A `problem` for an escape that Python does not know. */
export function escapedChar(pattern: string, start: number): { readonly char: string; readonly end: number; readonly problem?: string } {
  const form = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(0[0-7]{0,2}|[1-3][0-7]{2})|([^]))?/uy;
  form.lastIndex = start;
  const [all = '', hex, short, long, octal, char] = form.exec(pattern) ?? [];
  const end = start + all.length;
  const digits = hex ?? short ?? long;
  if (digits !== undefined || octal !== undefined) {
    const code = digits === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(digits, 16);
    return code <= 0x10ffff ? { char: String.fromCodePoint(code), end } : { char: '', end, problem: `bad escape ${all}` };
  }
  if (char === undefined) return { char: '', end, problem: 'bad escape (end of pattern)' };
  const named = NAMED[char];
  if (named === undefined && /[A-Za-z0-9]/.test(char)) return { char, end, problem: `bad escape \\${char}` };
  return { char: named ?? char, end };
}

interface ClassFlags {
  readonly a: boolean;
  /** Whether letters are to match in both cases, because only this part of the pattern ignores case. */
  readonly expandCase: boolean;
}

/** The class that begins at `start`. @param fail - Throws. */
export function characterClass(
  pattern: string,
  start: number,
  { a, expandCase }: ClassFlags,
  fail: (message: string) => never,
): { readonly text: string; readonly end: number } {
  let at = start + 1;
  const negated = pattern[at] === '^';
  if (negated) at++;
  let text = '';
  const one = (): string | undefined => {
    const set = /\\([dDsSwW])/y;
    set.lastIndex = at;
    const kind = set.exec(pattern)?.[1];
    if (kind !== undefined) {
      at += 2;
      const members = kind.toLowerCase() === 'd' ? DIGIT(a) : kind.toLowerCase() === 's' ? WHITE(a) : WORD(a);
      text += kind === kind.toLowerCase() ? members : `[^${members}]`;
      return undefined;
    }
    if (pattern[at] === '\\') {
      const { char, end, problem } = escapedChar(pattern, at);
      if (problem !== undefined) fail(problem);
      at = end;
      return char;
    }
    const char = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    at += char.length;
    return char;
  };
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    if (at >= pattern.length) fail('unterminated character set');
    const from = one();
    if (pattern[at] === '-' && at + 1 < pattern.length && pattern[at + 1] !== ']') {
      at++;
      const to = one();
      if (from === undefined || to === undefined || (from.codePointAt(0) ?? 0) > (to.codePointAt(0) ?? 0))
        return fail('bad character range');
      text += range(from, to, expandCase);
    } else if (from !== undefined) text += range(from, from, expandCase);
  }
  return { text: `[${negated ? '^' : ''}${text}]`, end: at + 1 };
}

function range(from: string, to: string, expandCase: boolean): string {
  const plain = from === to ? literal(from) : `${literal(from)}-${literal(to)}`;
  if (!expandCase) return plain;
  const other = (change: (char: string) => string): string => {
    const [low, high] = [change(from), change(to)];
    const isLetters = (low !== from || from === to) && (high !== to || from === to);
    return isLetters && low.length === from.length && high.length === to.length && low <= high
      ? low === high
        ? literal(low)
        : `${literal(low)}-${literal(high)}`
      : '';
  };
  return plain + other((char) => char.toLowerCase()) + other((char) => char.toUpperCase());
}
