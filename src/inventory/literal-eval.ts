// Python literals as data, as ast.literal_eval reads them. It knows no variables and calls nothing.
import { type Dict, Float, type Key, Sealed, type Value } from '../base/value.ts';
import { tuple } from '../jinja/values.ts';

/** Not a literal: the text stands for itself. */
export const NOT_A_LITERAL: unique symbol = Symbol('not a literal');

/**
 * Reads a Python literal: numbers, strings, tuples (which differ from lists only when printed), sets (as lists), lists, dicts, True, False, None.
 *
 * @returns The value, or {@link NOT_A_LITERAL} for any other text. A trailing `# comment` is ignored, as Python does.
 */
export function literalEval(text: string): Value | typeof NOT_A_LITERAL {
  // Most values of an inventory are words, and throwing for each of them takes its time.
  if (/^(?!True|False|None)[\p{L}/_~<][^'"#]*$/u.test(text)) return NOT_A_LITERAL;
  const reader = new LiteralReader(text);
  try {
    return reader.whole();
  } catch (error) {
    if (error === NO_LITERAL) return NOT_A_LITERAL;
    throw error;
  }
}

class NotALiteral extends Error {}
/** Thrown for every other value of a large inventory: one for all, since the stack of an error takes its time. */
const NO_LITERAL = new NotALiteral();

const NUMBER =
  /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d+(?:_\d+)*)?\.\d+(?:_\d+)*(?:[eE][+-]?\d+)?|\d+(?:_\d+)*\.(?:[eE][+-]?\d+)?|\d+(?:_\d+)*(?:[eE][+-]?\d+)?/y;
const STRING =
  /([uU]?|[bB][rR]?|[rR][bB]?)('''(?:\\[^]|(?!''')[^\\])*'''|"""(?:\\[^]|(?!""")[^\\])*"""|'(?!'')(?:\\[^]|[^'\\\n])*'|"(?!"")(?:\\[^]|[^"\\\n])*")/y;
const WORD = /(?:True|False|None)(?![\p{L}\p{N}_])/uy;

class LiteralReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Value {
    this.#blank();
    const first = this.#value();
    const items = [first];
    let isTuple = false;
    while (this.#accept(',')) {
      isTuple = true;
      if (this.#atEnd()) break;
      items.push(this.#value());
    }
    if (!this.#atEnd()) throw NO_LITERAL;
    return isTuple ? tuple(items) : first;
  }

  #value(): Value {
    if (++this.#depth > 100) throw NO_LITERAL;
    const value = this.#number() ?? this.#string() ?? this.#collection();
    this.#depth--;
    if (value !== undefined) return value;
    const word = this.#match(WORD);
    if (word === undefined) throw NO_LITERAL;
    return word[0] === 'None' ? null : word[0] === 'True';
  }

  #number(): Value | undefined {
    const start = this.#at;
    const negative = this.#peek('-');
    // One sign only: -5 is a literal, --5 an expression.
    if (!this.#accept('-')) this.#accept('+');
    const match = this.#match(NUMBER);
    if (match === undefined) {
      if (this.#at !== start) throw NO_LITERAL;
      return undefined;
    }
    const [digits] = match;
    // 0755 is no number in Python 3; neither is 1a.
    if (/^0[\d_]*[1-9]/.test(digits) && !/[.eExXoObB]/.test(digits)) throw NO_LITERAL;
    if (/[\p{L}\p{N}_]/u.test(this.#text[this.#at] ?? '') && !/\s/.test(this.#text[this.#at - 1] ?? '')) throw NO_LITERAL;
    const plain = digits.replaceAll('_', '');
    if (/[.eE]/.test(plain) && !/^0[xX]/.test(plain)) return new Float(negative ? -Number(plain) : Number(plain));
    const whole = negative ? -BigInt(plain) : BigInt(plain);
    const small = Number(whole);
    return Number.isSafeInteger(small) ? (small === 0 ? 0 : small) : whole;
  }

  #string(): Value | undefined {
    let value: string | undefined;
    let isBytes: boolean | undefined;
    for (let match = this.#match(STRING); match !== undefined; match = this.#match(STRING)) {
      const [, prefix = '', quoted = ''] = match;
      // Text and bytes are not joined.
      if (isBytes !== undefined && isBytes !== /b/i.test(prefix)) throw NO_LITERAL;
      isBytes = /b/i.test(prefix);
      const width = /^('''|""")/.test(quoted) ? 3 : 1;
      const body = quoted.slice(width, -width);
      value = (value ?? '') + (/r/i.test(prefix) ? body : unescapePython(body, isBytes));
    }
    return isBytes === true && value !== undefined ? textOfBytes(value) : value;
  }

  #collection(): Value | undefined {
    if (this.#accept('[')) return this.#items(']');
    if (this.#accept('(')) {
      const items: Value[] = [];
      let comma = false;
      while (!this.#accept(')')) {
        items.push(this.#value());
        comma = this.#accept(',');
        if (!comma && !this.#peek(')')) throw NO_LITERAL;
      }
      const [only] = items;
      return items.length === 1 && !comma && only !== undefined ? only : tuple(items);
    }
    if (!this.#accept('{')) return undefined;
    if (this.#accept('}')) return new Map();
    const first = this.#value();
    return this.#accept(':') ? this.#dict(first) : this.#set(first);
  }

  #dict(firstKey: Value): Dict {
    const map: Dict = new Map();
    map.set(keyOf(firstKey), this.#value());
    while (!this.#accept('}')) {
      if (!this.#accept(',')) throw NO_LITERAL;
      if (this.#accept('}')) break;
      const key = keyOf(this.#value());
      if (!this.#accept(':')) throw NO_LITERAL;
      map.set(key, this.#value());
    }
    return map;
  }

  #set(first: Value): Value {
    if (this.#accept('}')) return [first];
    if (!this.#accept(',')) throw NO_LITERAL;
    return [first, ...this.#items('}')];
  }

  #items(end: string): Value[] {
    const items: Value[] = [];
    while (!this.#accept(end)) {
      items.push(this.#value());
      if (!this.#accept(',') && !this.#peek(end)) throw NO_LITERAL;
    }
    return items;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    this.#blank();
    return match;
  }

  #accept(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    this.#blank();
    return true;
  }

  #peek(char: string): boolean {
    return this.#text[this.#at] === char;
  }

  #blank(): void {
    while (/[ \t\r\n\f]/.test(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #atEnd(): boolean {
    return this.#at >= this.#text.length || this.#text[this.#at] === '#';
  }
}

function keyOf(value: Value): Key {
  if (value instanceof Float) return value.value;
  if (Array.isArray(value) || value instanceof Map || value instanceof Sealed) throw NO_LITERAL;
  return value;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

function unescapePython(text: string, isBytes: boolean): string {
  return text.replace(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{1,3}|[^])/g, (all, code: string) => {
    if (isBytes && /^[uUN]/.test(code)) return all;
    if (/^[xuU]./.test(code)) {
      const point = Number.parseInt(code.slice(1), 16);
      if (point > 0x10_ff_ff) throw NO_LITERAL;
      return String.fromCodePoint(point);
    }
    // A truncated escape is a syntax error; names of characters are more than an inventory needs.
    if (/^[xuUN]$/.test(code)) throw NO_LITERAL;
    if (/^[0-7]/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8));
    return ESCAPES[code] ?? all;
  });
}

// Ansible decodes bytes at once. Only ASCII may stand in them unescaped.
function textOfBytes(bytes: string): string {
  if ([...bytes].some((char) => (char.codePointAt(0) ?? 0) > 0xff)) throw NO_LITERAL;
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
