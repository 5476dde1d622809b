// The list of a Manager, each call whole by itself. It does not know who calls.
import { StateError } from '../errors.ts';
import type { Manner } from './servants.ts';

/** Indexes may be negative, from the end, as in Python. */
export class ManagedList {
  static readonly methods: Readonly<Record<string, Manner>> = {
    at: 'now',
    setAt: 'now',
    push: 'now',
    pop: 'now',
    insert: 'now',
    removeAt: 'now',
    size: 'now',
    items: 'now',
    reverse: 'now',
    clear: 'now',
    add: 'now',
  };
  #items: unknown[];

  constructor(items: readonly unknown[] = []) {
    this.#items = [...items];
  }

  at(index: number): unknown {
    return this.#items[this.#index(index)];
  }

  setAt(index: number, value: unknown): void {
    this.#items[this.#index(index)] = value;
  }

  push(...items: unknown[]): number {
    return this.#items.push(...items);
  }

  /** @throws StateError on an empty list. */
  pop(index = -1): unknown {
    return this.#items.splice(this.#index(index), 1)[0];
  }

  insert(index: number, value: unknown): void {
    this.#items.splice(index, 0, value);
  }

  removeAt(index: number): void {
    this.#items.splice(this.#index(index), 1);
  }

  size(): number {
    return this.#items.length;
  }

  items(): unknown[] {
    return [...this.#items];
  }

  reverse(): void {
    this.#items.reverse();
  }

  clear(): void {
    this.#items = [];
  }

  /** Adds to a number, in one step. @returns The sum. */
  add(index: number, amount: number): number {
    const before = this.at(index);
    if (typeof before !== 'number') throw new StateError(`Item ${index} is no number`);
    this.setAt(index, before + amount);
    return before + amount;
  }

  #index(index: number): number {
    const at = index < 0 ? this.#items.length + index : index;
    if (Number.isInteger(at) && at >= 0 && at < this.#items.length) return at;
    throw new StateError(`IndexError: list index ${index} out of range`, { fix: `The list has ${this.#items.length} items` });
  }
}
