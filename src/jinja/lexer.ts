// A template's text as tokens. Whitespace control happens here, so that nobody after it needs to know of it.
import { JinjaSyntaxError } from './errors.ts';
import type { Source } from './place.ts';

export type TokenKind =
  | 'text'
  | 'output-begin'
  | 'output-end'
  | 'block-begin'
  | 'block-end'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Names, operators and numbers as written; texts and strings with their escapes resolved. */
  readonly text: string;
  readonly offset: number;
}

export interface LexerOptions {
  /** The newline after a block tag goes. */
  readonly trimBlocks: boolean;
  /** Blanks between the start of a line and a block tag go. */
  readonly lstripBlocks: boolean;
  readonly keepTrailingNewline: boolean;
  /** A backslash in a string stands for itself, as in the values of a playbook, where YAML has had its turn already. */
  readonly literalBackslashes?: boolean | undefined;
}

const OPERATORS = /\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=.,:;|()[\]{}]/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const FLOAT = /(?<!\.)\d+(?:_\d+)*(?:\.\d+(?:_\d+)*(?:[eE][+-]?\d+)?|[eE][+-]?\d+)/y;
const INTEGER = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const STRING = /'(?:\\.|[^\\'])*'|"(?:\\.|[^\\"])*"/sy;
const RAW_END = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;

export function syntaxError(source: Source, offset: number, message: string, fix?: string): JinjaSyntaxError {
  return new JinjaSyntaxError('JINJA_SYNTAX', message, { place: { source, offset }, fix });
}

/** The tokens of a whole template. @throws JinjaSyntaxError on an unclosed tag, comment or string, and on a stray character. */
export function tokenizeTemplate(source: Source, options: LexerOptions): Token[] {
  return new Lexer(source, options).template();
}

/** The tokens of a bare expression, such as a `when`. */
export function tokenizeExpression(source: Source): Token[] {
  return new Lexer(source, { trimBlocks: false, lstripBlocks: false, keepTrailingNewline: true }).expression();
}

class Lexer {
  readonly #source: Source;
  readonly #text: string;
  readonly #options: LexerOptions;
  readonly #tokens: Token[] = [];
  #offset = 0;

  constructor(source: Source, options: LexerOptions) {
    this.#source = source;
    this.#options = options;
    this.#text = options.keepTrailingNewline ? source.text : source.text.replace(/\r?\n$/, '');
  }

  template(): Token[] {
    // What the tag before says about the text that follows it.
    let trim: 'none' | 'newline' | 'all' = 'none';
    while (this.#offset < this.#text.length) {
      const start = this.#nextTag();
      this.#pushText(this.#offset, start, trim);
      if (start === this.#text.length) break;
      this.#offset = start;
      const opener = this.#text.slice(start, start + 2);
      trim = opener === '{#' ? this.#comment() : opener === '{{' ? this.#output() : this.#block();
    }
    this.#push('end', '', this.#text.length);
    return this.#tokens;
  }

  expression(): Token[] {
    this.#inside(undefined);
    this.#push('end', '', this.#text.length);
    return this.#tokens;
  }

  #nextTag(): number {
    for (let i = this.#text.indexOf('{', this.#offset); i !== -1; i = this.#text.indexOf('{', i + 1)) {
      const next = this.#text[i + 1];
      if (next === '{' || next === '%' || next === '#') return i;
    }
    return this.#text.length;
  }

  #pushText(from: number, to: number, trim: 'none' | 'newline' | 'all'): void {
    let text = this.#text.slice(from, to);
    if (trim === 'all') text = text.trimStart();
    else if (trim === 'newline') text = text.replace(/^\r?\n/, '');
    const control = this.#text[to + 2];
    if (control === '-') text = text.trimEnd();
    else if (this.#options.lstripBlocks && control !== '+' && this.#text.startsWith('{', to) && this.#text[to + 1] !== '{') {
      const line = text.lastIndexOf('\n') + 1;
      const startsLine =
        line > 0 || from === 0 || this.#text[from - 1] === '\n' || (trim === 'newline' && /^\r?\n/.test(this.#text.slice(from, to)));
      if (startsLine && text.slice(line).trim() === '') text = text.slice(0, line);
    }
    if (text !== '') this.#push('text', text, from);
  }

  #comment(): 'none' | 'newline' | 'all' {
    const end = this.#text.indexOf('#}', this.#offset + 2);
    if (end === -1) throw syntaxError(this.#source, this.#offset, 'This comment is never closed', 'Close it with #}');
    const minus = this.#text[end - 1] === '-' && end - 1 > this.#offset + 1;
    this.#offset = end + 2;
    return minus ? 'all' : this.#options.trimBlocks ? 'newline' : 'none';
  }

  #output(): 'none' | 'all' {
    const start = this.#offset;
    this.#push('output-begin', '{{', start);
    this.#offset += this.#control() ? 3 : 2;
    const closer = this.#inside('}}');
    if (closer === undefined) throw syntaxError(this.#source, start, 'This {{ is never closed', 'Close it with }}');
    this.#push('output-end', '}}', this.#offset - 2);
    return closer === '-' ? 'all' : 'none';
  }

  #block(): 'none' | 'newline' | 'all' {
    const start = this.#offset;
    const raw = /\{%[-+]?\s*raw\s*([-+]?)%\}/y;
    raw.lastIndex = start;
    const rawMatch = raw.exec(this.#text);
    if (rawMatch !== null) return this.#raw(raw.lastIndex, rawMatch[1] ?? '');
    this.#push('block-begin', '{%', start);
    this.#offset += this.#control() ? 3 : 2;
    const closer = this.#inside('%}');
    if (closer === undefined) throw syntaxError(this.#source, start, 'This {% is never closed', 'Close it with %}');
    this.#push('block-end', '%}', this.#offset - 2);
    return this.#trimAfter(closer);
  }

  #raw(from: number, afterOpen: string): 'none' | 'newline' | 'all' {
    RAW_END.lastIndex = from;
    const end = RAW_END.exec(this.#text);
    if (end === null) throw syntaxError(this.#source, this.#offset, 'This raw block is never closed', 'Close it with {% endraw %}');
    let text = this.#text.slice(from, end.index);
    if (afterOpen === '-') text = text.trimStart();
    if (end[1] === '-') text = text.trimEnd();
    else if (this.#options.lstripBlocks && end[1] !== '+') text = text.replace(/(^|\n)[ \t]*$/, '$1');
    if (text !== '') this.#push('text', text, from);
    this.#offset = RAW_END.lastIndex;
    return this.#trimAfter(end[2] ?? '');
  }

  #trimAfter(control: string): 'none' | 'newline' | 'all' {
    if (control === '-') return 'all';
    return this.#options.trimBlocks && control !== '+' ? 'newline' : 'none';
  }

  #control(): boolean {
    const control = this.#text[this.#offset + 2];
    return control === '-' || control === '+';
  }

  /** Reads up to a closing tag. @returns Its control character or '', or undefined when the text ended first. */
  #inside(closer: '}}' | '%}' | undefined): string | undefined {
    // Brackets hide a closing tag: {{ {'a': {}} }}
    let depth = 0;
    while (this.#offset < this.#text.length) {
      const char = this.#text[this.#offset] ?? '';
      if (/\s/.test(char)) {
        this.#offset++;
        continue;
      }
      if (closer !== undefined && depth === 0) {
        const control = char === '-' || (char === '+' && closer === '%}') ? char : '';
        if (this.#text.startsWith(closer, this.#offset + control.length)) {
          this.#offset += control.length + 2;
          return control;
        }
      }
      if ('([{'.includes(char)) depth++;
      if (')]}'.includes(char)) depth--;
      this.#token();
    }
    return closer === undefined ? '' : undefined;
  }

  #token(): void {
    const start = this.#offset;
    for (const [kind, pattern] of [
      ['string', STRING],
      ['float', FLOAT],
      ['integer', INTEGER],
      ['name', NAME],
      ['operator', OPERATORS],
    ] as const) {
      pattern.lastIndex = start;
      const match = pattern.exec(this.#text);
      if (match === null) continue;
      this.#offset = pattern.lastIndex;
      this.#push(kind, kind === 'string' ? this.#string(match[0].slice(1, -1)) : match[0], start);
      return;
    }
    const char = this.#text[start] ?? '';
    const fix =
      char === '"' || char === "'"
        ? 'Close the string with the quote it began with'
        : char === '!' || char === '&'
          ? 'Write not, and, or'
          : undefined;
    throw syntaxError(this.#source, start, char === '"' || char === "'" ? 'This string is never closed' : `Unexpected \`${char}\``, fix);
  }

  #string(body: string): string {
    return this.#options.literalBackslashes === true ? body : resolveEscapes(body);
  }

  #push(kind: TokenKind, text: string, offset: number): void {
    // As Jinja2: whatever a line ended with, it ends with \n.
    this.#tokens.push({ kind, text: text.includes('\r') && kind === 'text' ? text.replace(/\r\n?/g, '\n') : text, offset });
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

// As Python's unicode-escape: an unknown escape stays as it is.
function resolveEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{1,3}|[^])/g, (all, code: string) => {
    if (/^[xuU]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8));
    return ESCAPES[code] ?? all;
  });
}
