// A walk along tokens, one at a time, and the faults met on it. It knows no grammar.
import { syntaxError, type Token } from './lexer.ts';
import type { Source } from './place.ts';

/** A list of tokens with a place in it. */
export class Tokens {
  readonly source: Source;
  readonly #list: readonly Token[];
  #index = 0;

  constructor(list: readonly Token[], source: Source) {
    this.#list = list;
    this.source = source;
  }

  get current(): Token {
    return this.#list[this.#index] ?? { kind: 'end', text: '', offset: this.source.text.length };
  }

  get next(): Token {
    return this.#list[this.#index + 1] ?? { kind: 'end', text: '', offset: this.source.text.length };
  }

  advance(): Token {
    const token = this.current;
    this.#index++;
    return token;
  }

  /** Whether the current token is this operator or word. */
  at(...texts: string[]): boolean {
    const { kind, text } = this.current;
    return (kind === 'operator' || kind === 'name') && texts.includes(text);
  }

  /** Steps over it if it is there. */
  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.#index++;
    return true;
  }

  expect(text: string): Token {
    if (this.at(text)) return this.advance();
    throw this.unexpected(`\`${text}\` expected`);
  }

  name(): string {
    if (this.current.kind !== 'name') throw this.unexpected('A name expected');
    return this.advance().text;
  }

  unexpected(message: string): Error {
    const { kind, text, offset } = this.current;
    const found = kind === 'end' ? 'the end' : kind === 'block-end' || kind === 'output-end' ? 'the end of the tag' : `\`${text}\``;
    return syntaxError(this.source, offset, `${message}, found ${found}`);
  }
}
