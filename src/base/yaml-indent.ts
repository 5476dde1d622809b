// YAML whose quoted texts and flow collections go on further left than the standard wants; PyYAML reads it, and people write it.
// It knows only where such values begin and end, not what they mean.

/** What was found of values that go on over several lines. */
export interface FlowIndent {
  /** The text with those lines moved to the right; the number of lines stays. */
  readonly text: string;
  /** Where the value begins that never ends: an offset in the text as it was, at its quote or bracket. */
  readonly unclosedAt: number | undefined;
}

/**
 * Moves lines inside of `"..."`, `'...'`, `[...]` and `{...}` to the right of the key that they belong to. Blanks at the beginning of
 * such a line mean nothing, so that the values stay what they are.
 *
 * @example
 * ```ts
 * indentFlow('a:\n  b: [\n  1\n]\n').text; // 'a:\n  b: [\n   1\n   ]\n'
 * ```
 */
export function indentFlow(text: string): FlowIndent {
  const scan = new FlowScan(text);
  scan.run();
  const lines = text.split('\n').map((line, index) => {
    const least = scan.leastIndents.get(index);
    if (least === undefined || line.trim() === '') return line;
    const rest = line.trimStart();
    return ' '.repeat(Math.max(least, line.length - rest.length)) + rest;
  });
  return { text: lines.join('\n'), unclosedAt: scan.unclosedAt };
}

class FlowScan {
  /** By number of the line, from 0: the column that it must reach. */
  readonly leastIndents = new Map<number, number>();
  unclosedAt: number | undefined;
  readonly #text: string;
  #at = 0;
  #line = 0;
  /** The column of the key or item whose value is read. */
  #column = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): void {
    while (this.#at < this.#text.length && this.unclosedAt === undefined) {
      const start = this.#at;
      this.#skipBlanks();
      this.#column = this.#at - start;
      if (!this.#atEnd() && !this.#looking('#')) this.#entry(start);
      this.#skipLine();
    }
  }

  /** One line of block YAML: dashes, then a key, then a value. */
  #entry(start: number): void {
    while (this.#match(/[-?](?=[ \t\r\n]|$)/y)) {
      this.#skipBlanks();
      if (!this.#atEnd()) this.#column = this.#at - start;
    }
    this.#skipProperties();
    const quoted = this.#value();
    if (quoted === 'block') return;
    const isKey =
      quoted === 'plain' ? this.#match(/[^\s#](?:[^\r\n]*?[^\s])??[ \t]*:(?=[ \t\r\n]|$)/y) : this.#match(/[ \t]*:(?=[ \t\r\n]|$)/y);
    if (!isKey) {
      if (quoted === 'plain') this.#skipDeeper();
      return;
    }
    this.#skipBlanks();
    this.#skipProperties();
    if (this.#atEnd() || this.#looking('#')) return;
    if (this.#value() === 'plain') this.#skipDeeper();
  }

  /** Reads over a value that is quoted, in flow style, or a block of text; a plain one is left where it is. */
  #value(): 'flow' | 'block' | 'plain' {
    const begins = this.#text[this.#at];
    if (begins === '"' || begins === "'") this.#quoted();
    else if (begins === '[' || begins === '{') this.#flow();
    else if (this.#match(/[|>][-+0-9]*(?=[ \t]*(?:#[^\n]*)?\r?(?:\n|$))/y)) {
      this.#skipDeeper();
      return 'block';
    } else return 'plain';
    return 'flow';
  }

  #quoted(): void {
    const start = this.#at;
    const quote = this.#text[this.#at++];
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at++];
      if (char === '\n') this.#nextInside();
      else if (char === '\\' && quote === '"') {
        if (this.#text[this.#at] !== '\n') this.#at++;
      } else if (char === quote) {
        if (quote === '"' || this.#text[this.#at] !== quote) return;
        this.#at++;
      }
    }
    this.unclosedAt ??= start;
  }

  #flow(): void {
    const start = this.#at;
    let depth = 0;
    let before = ' ';
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if ((char === '"' || char === "'") && '[{,: '.includes(before)) {
        this.#quoted();
        before = char;
        continue;
      }
      if (char === '#' && /\s/.test(this.#text[this.#at - 1] ?? ' ')) {
        this.#match(/[^\n]*/y);
        continue;
      }
      this.#at++;
      if (char === '[' || char === '{') depth++;
      else if (char === ']' || char === '}') depth--;
      else if (char === '\n') this.#nextInside();
      if (depth === 0) return;
      if (!/\s/.test(char)) before = char;
    }
    this.unclosedAt ??= start;
  }

  #nextInside(): void {
    this.#line++;
    this.leastIndents.set(this.#line, this.#column + 1);
  }

  /** Reads over the lines below that are indented more than this entry: they are text. */
  #skipDeeper(): void {
    this.#match(/[^\n]*/y);
    while (this.#at < this.#text.length) {
      const next = /\n([ ]*)([^\n]*)/y;
      next.lastIndex = this.#at;
      const found = next.exec(this.#text);
      if (found === null || (found[2]?.trim() !== '' && (found[1] ?? '').length <= this.#column)) return;
      this.#at = next.lastIndex;
      this.#line++;
    }
  }

  /** Anchors and tags. */
  #skipProperties(): void {
    while (this.#match(/[&!][^\s,[\]{}]*(?=\s|$)/y)) this.#skipBlanks();
  }

  #skipBlanks(): void {
    this.#match(/[ \t]*/y);
  }

  #skipLine(): void {
    this.#match(/[^\n]*/y);
    if (this.#looking('\n')) {
      this.#at++;
      this.#line++;
    }
  }

  #atEnd(): boolean {
    return this.#at >= this.#text.length || this.#looking('\n') || this.#looking('\r');
  }

  #looking(char: string): boolean {
    return this.#text[this.#at] === char;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.test(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }
}
