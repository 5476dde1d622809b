// A lock for each key: rows of a table, hosts of a fleet. It does not know what the keys are.
import type { Guard, Wait } from '../seam.ts';
import { held, Lock, type LockOptions } from './lock.ts';

/** A lock for each key, so that who works on one row does not wait for who works on another. Keys nobody holds cost nothing. */
export class KeyedLock<K> {
  readonly #locks = new Map<K, { readonly lock: Lock; users: number }>();
  readonly #options: LockOptions;

  constructor(options: LockOptions = {}) {
    this.#options = options;
  }

  /** How many keys are held or waited for. */
  get size(): number {
    return this.#locks.size;
  }

  locked(key: K): boolean {
    return this.#locks.get(key)?.lock.locked() ?? false;
  }

  /** As Lock.acquire, for one key. */
  acquire(key: K, options?: Wait & { readonly timeoutMs?: undefined }): Promise<Guard>;
  acquire(key: K, options?: Wait): Promise<Guard | null>;
  async acquire(key: K, options: Wait = {}): Promise<Guard | null> {
    const entry = this.#locks.get(key) ?? {
      lock: new Lock({ ...this.#options, name: `${this.#options.name ?? 'row'} ${String(key)}` }),
      users: 0,
    };
    this.#locks.set(key, entry);
    entry.users += 1;
    let guard: Guard | null = null;
    try {
      guard = await entry.lock.acquire(options);
    } finally {
      if (guard === null) this.#leave(key, entry);
    }
    return guard === null ? null : new RowGuard(guard, () => this.#leave(key, entry));
  }

  async withLock<T>(key: K, work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    using _guard = held(await this.acquire(key, options), String(key));
    return await work();
  }

  #leave(key: K, entry: { users: number }): void {
    entry.users -= 1;
    if (entry.users === 0) this.#locks.delete(key);
  }
}

class RowGuard implements Guard {
  readonly #guard: Guard;
  #leave: (() => void) | undefined;

  constructor(guard: Guard, leave: () => void) {
    this.#guard = guard;
    this.#leave = leave;
  }

  get abandoned(): boolean {
    return this.#guard.abandoned;
  }

  release(): void {
    this.#guard.release();
    this.#leave?.();
    this.#leave = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
