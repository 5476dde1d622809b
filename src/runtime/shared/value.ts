// Numbers that all threads of a process see. They do not know what they count.
import { ValueError } from '../errors.ts';
import { HANDLE, type Handle, onHandle, revive, type Shareable } from '../wire/handle.ts';
import { RLock } from './rlock.ts';

const TYPES = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

/** How the numbers are kept: signed, unsigned or float, and how many bits. */
export type NumberType = keyof typeof TYPES;

/**
 * Numbers in shared memory, as CPython's `multiprocessing.Array`. Each read and write is whole; what reads and then writes needs
 * {@link update}, or the `lock`.
 */
export class SharedArray implements Shareable, Iterable<number> {
  readonly type: NumberType;
  readonly lock: RLock;
  // Of whichever type: they are all used alike.
  readonly #numbers: Float64Array<SharedArrayBuffer>;

  /** @param initial - How many zeros, or the numbers. @throws ValueError on a type there is not. */
  constructor(type: NumberType, initial: number | readonly number[] | SharedArrayBuffer, lock: RLock = new RLock()) {
    const Numbers = TYPES[type] as (typeof TYPES)['f64'] | undefined;
    if (Numbers === undefined)
      throw new ValueError(`There are no numbers of type ${String(type)}`, { fix: `Use one of ${Object.keys(TYPES).join(', ')}` });
    const length =
      typeof initial === 'number' ? initial : 'byteLength' in initial ? initial.byteLength / Numbers.BYTES_PER_ELEMENT : initial.length;
    const memory = initial instanceof SharedArrayBuffer ? initial : new SharedArrayBuffer(length * Numbers.BYTES_PER_ELEMENT);
    this.type = type;
    this.lock = lock;
    this.#numbers = new Numbers(memory);
    if (Array.isArray(initial)) this.#numbers.set(initial as number[]);
  }

  [HANDLE](): Handle {
    return { kind: 'shared.SharedArray', memory: true, type: this.type, numbers: this.#numbers.buffer, lock: this.lock[HANDLE]() };
  }

  get length(): number {
    return this.#numbers.length;
  }

  /** @throws ValueError beyond the ends; negative counts from the end, as in Python. */
  get(index: number): number {
    return this.#numbers[this.#at(index)] as number;
  }

  set(index: number, value: number): void {
    this.#numbers[this.#at(index)] = value;
  }

  slice(start?: number, end?: number): number[] {
    return [...this.#numbers.slice(start, end)];
  }

  /** Replaces a number by what `change` makes of it, while nobody else does. @returns The new one. */
  async update(index: number, change: (value: number) => number): Promise<number> {
    return await this.lock.withLock(() => this.#change(index, change));
  }

  /** As update, blocking the thread. */
  updateSync(index: number, change: (value: number) => number): number {
    return this.lock.withLockSync(() => this.#change(index, change));
  }

  *[Symbol.iterator](): IterableIterator<number> {
    yield* this.#numbers;
  }

  #change(index: number, change: (value: number) => number): number {
    this.set(index, change(this.get(index)));
    return this.get(index);
  }

  #at(index: number): number {
    const at = index < 0 ? this.length + index : index;
    if (Number.isInteger(at) && at >= 0 && at < this.length) return at;
    throw new ValueError(`There is no number ${index}`, { fix: `There are ${this.length}` });
  }
}

/** One number in shared memory, as CPython's `multiprocessing.Value`. `value.value += 1` in two threads may lose one: use update. */
export class Value implements Shareable {
  readonly #array: SharedArray;

  constructor(type: NumberType, initial: number | SharedArray = 0) {
    this.#array = typeof initial === 'number' ? new SharedArray(type, [initial]) : initial;
  }

  [HANDLE](): Handle {
    return { kind: 'shared.Value', memory: true, array: this.#array[HANDLE]() };
  }

  get lock(): RLock {
    return this.#array.lock;
  }

  get value(): number {
    return this.#array.get(0);
  }

  set value(value: number) {
    this.#array.set(0, value);
  }

  /** Replaces it by what `change` makes of it, while nobody else does. @returns The new one. */
  async update(change: (value: number) => number): Promise<number> {
    return await this.#array.update(0, change);
  }

  /** As update, blocking the thread. */
  updateSync(change: (value: number) => number): number {
    return this.#array.updateSync(0, change);
  }
}

onHandle(
  'shared.SharedArray',
  (handle) => new SharedArray(handle.type as NumberType, handle.numbers as SharedArrayBuffer, revive(handle.lock as Handle) as RLock),
);
onHandle('shared.Value', (handle) => {
  const array = revive(handle.array as Handle) as SharedArray;
  return new Value(array.type, array);
});
