// A dict whose values are worked out when somebody asks: what `vars` and `hostvars` are.
import type { Key, Value } from '../../base/value.ts';
import { Undefined } from '../../jinja/values.ts';

export class LazyDict extends Map<Key, Value> {
  readonly #names: () => Iterable<string>;
  readonly #read: (name: string) => unknown;

  /** @param read - Undefined where there is no such name. */
  constructor(names: () => Iterable<string>, read: (name: string) => unknown) {
    super();
    this.#names = names;
    this.#read = read;
  }

  override get(key: Key): Value | undefined {
    return this.#read(String(key)) as Value | undefined;
  }

  override has(key: Key): boolean {
    return this.get(key) !== undefined;
  }

  override get size(): number {
    return [...this.#names()].length;
  }

  override *keys(): MapIterator<Key> {
    yield* this.#names();
  }

  override *values(): MapIterator<Value> {
    for (const [, value] of this) yield value;
  }

  override *entries(): MapIterator<[Key, Value]> {
    for (const name of this.#names()) {
      const value: unknown = this.get(name);
      if (value !== undefined) yield [name, value instanceof Undefined ? value.fail() : (value as Value)];
    }
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }
}
