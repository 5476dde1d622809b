// The dict of a Manager: keys of any kind, each call whole by itself. It does not know who calls.
import { StateError } from '../errors.ts';
import type { Manner } from './servants.ts';

/** Keys keep their type: 1 and '1' are two keys. Keys that are arrays or objects are compared by what is in them. */
export class ManagedMap {
  static readonly methods: Readonly<Record<string, Manner>> = {
    get: 'now',
    set: 'now',
    has: 'now',
    delete: 'now',
    pop: 'now',
    clear: 'now',
    size: 'now',
    entries: 'now',
    update: 'now',
    setDefault: 'now',
    add: 'now',
  };
  readonly #entries = new Map<unknown, readonly [unknown, unknown]>();

  constructor(entries: readonly (readonly [unknown, unknown])[] = []) {
    this.update(entries);
  }

  get(key: unknown): unknown {
    return this.#entries.get(keyOf(key))?.[1];
  }

  set(key: unknown, value: unknown): void {
    this.#entries.set(keyOf(key), [key, value]);
  }

  has(key: unknown): boolean {
    return this.#entries.has(keyOf(key));
  }

  delete(key: unknown): boolean {
    return this.#entries.delete(keyOf(key));
  }

  /** @throws StateError KeyError where there is no such key. */
  pop(key: unknown): unknown {
    if (!this.has(key)) throw new StateError(`KeyError: ${String(key)}`, { fix: 'Look with has() first, or use get()' });
    const value = this.get(key);
    this.delete(key);
    return value;
  }

  clear(): void {
    this.#entries.clear();
  }

  size(): number {
    return this.#entries.size;
  }

  entries(): (readonly [unknown, unknown])[] {
    return [...this.#entries.values()];
  }

  update(entries: readonly (readonly [unknown, unknown])[]): void {
    for (const [key, value] of entries) this.set(key, value);
  }

  setDefault(key: unknown, value: unknown): unknown {
    if (!this.has(key)) this.set(key, value);
    return this.get(key);
  }

  /** Adds to a number, in one step: what get and set in two processes would lose. @returns The sum. */
  add(key: unknown, amount: number): number {
    const before = this.get(key) ?? 0;
    if (typeof before !== 'number') throw new StateError(`The value of ${String(key)} is no number`);
    this.set(key, before + amount);
    return before + amount;
  }
}

function keyOf(key: unknown): unknown {
  return typeof key === 'object' && key !== null ? JSON.stringify(key) : key;
}
