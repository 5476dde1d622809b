// Python's `random.Random(seed)`: the same seed gives the same numbers, on every machine and in every run. It knows no template.
import { createHash, randomBytes } from 'node:crypto';
import { Float, type Value } from '../base/value.ts';
import { TemplateError } from './errors.ts';
import { repr } from './printing.ts';
import { typeOf } from './values.ts';

const SIZE = 624;
const MIDDLE = 397;

/** MT19937, seeded as CPython 3.11 does. */
export class Mersenne {
  readonly #state = new Uint32Array(SIZE);
  #index = SIZE;

  /** @param seed - An int or a text; undefined for a seed that nobody can guess. @throws TemplateError on anything else. */
  constructor(seed: Value | undefined) {
    this.#seed(seed === undefined ? unguessable() : words(seed));
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    const bits = limit.toString(2).length;
    for (;;) {
      const drawn = this.#bits(bits);
      if (drawn < limit) return drawn;
    }
  }

  choice<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** A shuffled copy. */
  shuffle<T>(list: readonly T[]): T[] {
    const shuffled = [...list];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
    }
    return shuffled;
  }

  #bits(count: number): number {
    // Python fills the lowest word first.
    let [value, scale] = [0, 1];
    for (let left = count; left > 0; left -= 32) {
      value += (left < 32 ? this.#next() >>> (32 - left) : this.#next()) * scale;
      scale *= 2 ** 32;
    }
    return value;
  }

  #next(): number {
    if (this.#index >= SIZE) this.#twist();
    let y = this.#state[this.#index++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const y = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % SIZE] ?? 0) & 0x7fffffff);
      state[i] = (state[(i + MIDDLE) % SIZE] ?? 0) ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908b0df);
    }
    this.#index = 0;
  }

  // init_by_array of the reference implementation.
  #seed(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19_650_218;
    for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1_812_433_253, mixed(state, i)) + i;
    let [i, j] = [1, 0];
    for (let k = Math.max(SIZE, key.length); k > 0; k--) {
      state[i] = ((state[i] ?? 0) ^ Math.imul(mixed(state, i), 1_664_525)) + (key[j] ?? 0) + j;
      j = (j + 1) % key.length;
      i = following(state, i);
    }
    for (let k = SIZE - 1; k > 0; k--) {
      state[i] = ((state[i] ?? 0) ^ Math.imul(mixed(state, i), 1_566_083_941)) - i;
      i = following(state, i);
    }
    state[0] = 0x80000000;
  }
}

function mixed(state: Uint32Array, i: number): number {
  const before = state[i - 1] ?? 0;
  return before ^ (before >>> 30);
}

function following(state: Uint32Array, i: number): number {
  if (i + 1 < SIZE) return i + 1;
  state[0] = state[SIZE - 1] ?? 0;
  return 1;
}

function unguessable(): number[] {
  const bytes = randomBytes(32);
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt32LE(i * 4));
}

/** A seed as 32-bit words, the lowest first. */
function words(seed: Value): number[] {
  let number: bigint;
  if (typeof seed === 'string') {
    const bytes = Buffer.from(seed, 'utf8');
    number = BigInt(`0x${Buffer.concat([bytes, createHash('sha512').update(bytes).digest()]).toString('hex')}`);
  } else if (typeof seed === 'number' || typeof seed === 'bigint' || typeof seed === 'boolean') number = BigInt(seed);
  else if (seed instanceof Float && Number.isInteger(seed.value)) number = BigInt(seed.value);
  else
    throw new TemplateError(`A seed is a text or an int, not ${repr(seed)}, a ${typeOf(seed)}`, {
      fix: 'Use inventory_hostname, for example',
    });
  if (number < 0n) number = -number;
  const list: number[] = [];
  for (; number > 0n; number >>= 32n) list.push(Number(number & 0xffffffffn));
  return list.length === 0 ? [0] : list;
}
