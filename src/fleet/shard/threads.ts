// The shards of one fleet that have threads of their own, and the limits they share. It does not know which host is where.
import type { LimitNumbers, Limits } from '../limits.ts';
import { makeSharedLimits, type SharedLimits, useSharedLimits } from './shared-limits.ts';
import { ThreadShard } from './thread-shard.ts';

export class Threads {
  readonly #shards: ThreadShard[] = [];
  #shared: SharedLimits;

  constructor(numbers: LimitNumbers) {
    this.#shared = makeSharedLimits(numbers);
  }

  get shards(): readonly ThreadShard[] {
    return this.#shards;
  }

  /** The limits as this thread uses them, which has hosts too. */
  limitsHere(): Limits {
    return useSharedLimits(this.#shared);
  }

  /** Other numbers, from the next job on. */
  limit(numbers: LimitNumbers): void {
    this.#shared = makeSharedLimits(numbers);
  }

  /** One of so many, in turn; a thread starts with its first job. */
  next(turn: number, most: number): ThreadShard {
    const wanted = turn % most;
    while (this.#shards.length <= wanted) this.#shards.push(new ThreadShard(`shard ${this.#shards.length + 1}`, () => this.#shared));
    return this.#shards[wanted] as ThreadShard;
  }
}
