// A dict with values that are encrypted: each is opened when it is asked for. Who asks for none needs no password.
import { type Dict, type Key, Sealed, type Value } from '../../base/value.ts';

export class OpeningDict extends Map<Key, Value> {
  /** @throws VaultError as soon as a value that cannot be opened is asked for. */
  override get(key: Key): Value | undefined {
    const value = super.get(key);
    return value instanceof Sealed ? value.open() : value;
  }

  override *entries(): MapIterator<[Key, Value]> {
    for (const [key, value] of super.entries()) yield [key, value instanceof Sealed ? value.open() : value];
  }

  override *values(): MapIterator<Value> {
    for (const [, value] of this) yield value;
  }

  override forEach(each: (value: Value, key: Key, map: Dict) => void): void {
    for (const [key, value] of this) each(value, key, this);
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }
}
