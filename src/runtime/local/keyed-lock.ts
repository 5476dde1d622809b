// A lock for each key: rows of a table, hosts of a fleet. It does not know what the keys are.
import { StateError } from '../errors.ts';
import type { Guard, Wait } from '../seam.ts';
import { held, Lock, type LockOptions } from './lock.ts';

interface Row {
  readonly lock: Lock;
  waiting: number;
  guard?: Guard;
}

/** A lock for each key, so that who works on one row does not wait for who works on another. Keys nobody holds cost nothing. */
export class KeyedLock<K> {
  readonly #rows = new Map<K, Row>();
  readonly #options: LockOptions;

  constructor(options: LockOptions = {}) {
    this.#options = options;
  }

  /** How many keys are held or waited for. */
  get size(): number {
    return this.#rows.size;
  }

  locked(key: K): boolean {
    return this.#rows.get(key)?.lock.locked() ?? false;
  }

  /** As Lock.acquire, for one key. */
  acquire(key: K, options?: Wait & { readonly timeoutMs?: undefined }): Promise<Guard>;
  acquire(key: K, options?: Wait): Promise<Guard | null>;
  async acquire(key: K, options: Wait = {}): Promise<Guard | null> {
    const row: Row = this.#rows.get(key) ?? {
      lock: new Lock({ ...this.#options, name: `${this.#options.name ?? 'row'} ${String(key)}` }),
      waiting: 0,
    };
    this.#rows.set(key, row);
    row.waiting += 1;
    let guard: Guard | null = null;
    try {
      guard = await row.lock.acquire(options);
    } finally {
      row.waiting -= 1;
      this.#tidy(key, row);
    }
    if (guard === null) return null;
    row.guard = new RowGuard(guard, () => this.#tidy(key, row));
    return row.guard;
  }

  /** @throws StateError when nobody has the key. */
  release(key: K): void {
    const row = this.#rows.get(key);
    if (row?.guard === undefined || !row.lock.locked())
      throw new StateError('release unlocked lock', { where: String(key), fix: 'Release once for each acquire' });
    row.guard.release();
  }

  async withLock<T>(key: K, work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    using _guard = held(await this.acquire(key, options), String(key));
    return await work();
  }

  #tidy(key: K, row: Row): void {
    if (row.waiting === 0 && !row.lock.locked() && this.#rows.get(key) === row) this.#rows.delete(key);
  }
}

class RowGuard implements Guard {
  readonly #guard: Guard;
  readonly #tidy: () => void;

  constructor(guard: Guard, tidy: () => void) {
    this.#guard = guard;
    this.#tidy = tidy;
  }

  get abandoned(): boolean {
    return this.#guard.abandoned;
  }

  release(): void {
    this.#guard.release();
    this.#tidy();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
