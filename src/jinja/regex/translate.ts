// Python's regular expressions written as JavaScript's, flag v. It runs none; it also says how badly one may behave.
import { TemplateError } from '../errors.ts';
import { characterClass, DIGIT, escapedChar, literal, WHITE, WORD } from './classes.ts';

/** What a pattern became. */
export interface Translated {
  readonly source: string;
  /** `v`, or `vi`. */
  readonly flags: string;
  /** A repeated group that can match the same text in several ways: it may take exponentially long. */
  readonly ambiguous: boolean;
  /** How many parts repeat without bound: the power of the text's length that a match may take. */
  readonly unbounded: number;
}

/** Flags as they hold for a part of the pattern. */
interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly x: boolean;
  readonly a: boolean;
}

interface Part {
  readonly text: string;
  /** Whether it can match in more than one way: it holds a quantifier or an alternative. */
  readonly varies: boolean;
}

/** @param flags - `i` and `m`, as Python's re.I and re.M. @throws TemplateError in Python's words, or on what JavaScript does not have. */
export function translate(pattern: string, flags: string): Translated {
  return new Translator(pattern, flags).run();
}

// Not `[^]`: some versions of V8 repeat it wrongly under the flag v.
const ANY = '[\\0-\\u{10ffff}]';

const LOOKS: Readonly<Record<string, string>> = { '(?:': '(?:', '(?=': '(?=', '(?!': '(?!', '(?<=': '(?<=', '(?<!': '(?<!' };

class Translator {
  readonly #pattern: string;
  readonly #global: Flags;
  #at = 0;
  #groups = 0;
  #unbounded = 0;
  #ambiguous = false;

  constructor(pattern: string, given: string) {
    this.#pattern = pattern;
    const inline = /^\(\?([aiLmsux]+)\)/.exec(pattern);
    this.#at = inline?.[0].length ?? 0;
    const all = given + (inline?.[1] ?? '');
    this.#global = { i: all.includes('i'), m: all.includes('m'), s: all.includes('s'), x: all.includes('x'), a: all.includes('a') };
  }

  run(): Translated {
    const { text } = this.#alternatives(this.#global);
    if (this.#at < this.#pattern.length) this.#fail('unbalanced parenthesis');
    return { source: text, flags: this.#global.i ? 'vi' : 'v', ambiguous: this.#ambiguous, unbounded: this.#unbounded };
  }

  #fail(message: string): never {
    throw new TemplateError(`The pattern ${this.#pattern} is wrong at character ${this.#at + 1}: ${message}`, {
      fix: 'Check brackets and backslashes; in double-quoted YAML a backslash must be doubled',
    });
  }

  #accept(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(regex: RegExp): RegExpExecArray | null {
    regex.lastIndex = this.#at;
    const match = regex.exec(this.#pattern);
    if (match !== null) this.#at = regex.lastIndex;
    return match;
  }

  #alternatives(flags: Flags): Part {
    let [text, varies] = ['', false];
    while (this.#at < this.#pattern.length && this.#pattern[this.#at] !== ')') {
      if (this.#accept('|')) {
        text += '|';
        varies = true;
        continue;
      }
      if (flags.x && this.#match(/\s+|#[^\n]*/y) !== null) continue;
      const part = this.#repeated(flags);
      text += part.text;
      varies ||= part.varies;
    }
    return { text, varies };
  }

  #repeated(flags: Flags): Part {
    const atom = this.#atom(flags);
    if (flags.x) this.#match(/\s+/y);
    const quantifier = this.#match(/([*+?]|\{(\d+)?(,)?(\d+)?\})(\?|\+)?/y);
    if (quantifier === null || quantifier[0] === '{}' || quantifier[0] === '{,}') {
      // A brace that counts nothing stands for itself.
      if (quantifier !== null) return { text: atom.text + [...quantifier[0]].map(literal).join(''), varies: atom.varies };
      return atom;
    }
    const [, sign = '', least, comma, most, mode] = quantifier;
    if (mode === '+') this.#fail('possessive quantifiers are not supported');
    if (/[*+?]|\{\d*,?\d*\}/y.test(this.#pattern.slice(this.#at, this.#at + 1))) this.#fail('multiple repeat');
    const [low, high] =
      sign === '*'
        ? [0, undefined]
        : sign === '+'
          ? [1, undefined]
          : sign === '?'
            ? [0, 1]
            : [Number(least ?? 0), comma ? bound(most) : Number(least)];
    if (high !== undefined && high < low) this.#fail('min repeat greater than max repeat');
    // More than this many repetitions are as good as endless.
    if (high === undefined || high > 50) this.#unbounded++;
    if (atom.varies && (high === undefined || high > 1)) this.#ambiguous = true;
    const counted = sign.length === 1 ? sign : `{${low}${high === low ? '' : `,${high ?? ''}`}}`;
    return { text: `${atom.text}${counted}${mode ?? ''}`, varies: atom.varies || high !== low };
  }

  #atom(flags: Flags): Part {
    const fixed = (text: string): Part => ({ text, varies: false });
    const char = String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0);
    if (char === '(') return this.#group(flags);
    if (char === '[') {
      const { text, end } = characterClass(this.#pattern, this.#at, { ...flags, expandCase: flags.i && !this.#global.i }, (message) =>
        this.#fail(message),
      );
      this.#at = end;
      return fixed(text);
    }
    if (char === '\\') return fixed(this.#escape(flags));
    this.#at += char.length;
    switch (char) {
      case '.':
        return fixed(flags.s ? ANY : '[^\\n]');
      case '^':
        return fixed(flags.m ? '(?<![^\\n])' : '^');
      case '$':
        // Python's $ also matches before a last newline.
        return fixed(flags.m ? '(?![^\\n])' : '(?=\\n?$)');
      case '*':
      case '+':
      case '?':
        this.#at--;
        return this.#fail('nothing to repeat');
      default:
        return fixed(this.#letter(char, flags));
    }
  }

  #letter(char: string, flags: Flags): string {
    const [lower, upper] = [char.toLowerCase(), char.toUpperCase()];
    return flags.i && !this.#global.i && lower !== upper ? `[${literal(lower)}${literal(upper)}]` : literal(char);
  }

  #escape(flags: Flags): string {
    const { a } = flags;
    const group = this.#match(/\\([1-9]\d?)(?![0-7])/y) ?? this.#match(/\\([89]\d?|[1-9])(?=\D|$)/y);
    if (group !== null) {
      if (Number(group[1]) > this.#groups) this.#fail(`invalid group reference ${group[1]}`);
      this.#ambiguous = true;
      return `(?:\\${group[1]})`;
    }
    const special = this.#match(/\\([AZbBdDsSwW])/y)?.[1];
    switch (special) {
      case undefined:
        return this.#letter(this.#escaped(), flags);
      case 'A':
        return '^';
      case 'Z':
        return '$';
      case 'b':
        return `(?:(?<=[${WORD(a)}])(?![${WORD(a)}])|(?<![${WORD(a)}])(?=[${WORD(a)}]))`;
      case 'B':
        return `(?:(?<=[${WORD(a)}])(?=[${WORD(a)}])|(?<![${WORD(a)}])(?![${WORD(a)}]))`;
      default: {
        const set = special.toLowerCase() === 'd' ? DIGIT(a) : special.toLowerCase() === 's' ? WHITE(a) : WORD(a);
        return special === special.toLowerCase() ? `[${set}]` : `[^${set}]`;
      }
    }
  }

  #escaped(): string {
    const { char, end, problem } = escapedChar(this.#pattern, this.#at);
    if (problem !== undefined) this.#fail(problem);
    this.#at = end;
    return char;
  }

  #group(flags: Flags): Part {
    if (this.#match(/\(\?#[^)]*\)/y) !== null) return { text: '', varies: false };
    const again = this.#match(/\(\?P=(\w+)\)/y);
    if (again !== null) {
      this.#ambiguous = true;
      return { text: `\\k<${again[1]}>`, varies: false };
    }
    const named = this.#match(/\(\?P<(\w+)>/y);
    const look = named === null ? this.#match(/\(\?(?:[:=!]|<[=!])/y)?.[0] : undefined;
    const local = named === null && look === undefined ? this.#match(/\(\?([aiLmsux]*)(?:-([imsx]+))?:/y) : null;
    if (named === null && look === undefined && local === null) {
      if (this.#pattern.startsWith('(?', this.#at)) {
        const start = this.#pattern.slice(this.#at, this.#at + 3);
        this.#fail(/\(\?[aimsux]/.test(start) ? 'global flags not at the start of the expression' : `${start} is not supported`);
      }
      this.#accept('(');
    }
    if (look === undefined && local === null) this.#groups++;
    const open = named !== null ? `(?<${named[1]}>` : look !== undefined ? (LOOKS[look] ?? look) : local !== null ? '(?:' : '(';
    const body = this.#alternatives(local === null ? flags : this.#changed(flags, local[1] ?? '', local[2] ?? ''));
    if (!this.#accept(')')) this.#fail('missing ), unterminated subpattern');
    const text = `${open}${body.text})`;
    // JavaScript repeats no lookaround, Python does.
    return { text: look !== undefined && look !== '(?:' ? `(?:${text})` : text, varies: body.varies };
  }

  #changed(flags: Flags, on: string, off: string): Flags {
    if (off.includes('i') && this.#global.i) this.#fail('ignoring case cannot be switched off for a part');
    const is = (flag: 'i' | 'm' | 's' | 'x' | 'a'): boolean => (flags[flag] || on.includes(flag)) && !off.includes(flag);
    return { i: is('i'), m: is('m'), s: is('s'), x: is('x'), a: is('a') };
  }
}

function bound(most: string | undefined): number | undefined {
  return most === undefined ? undefined : Number(most);
}
