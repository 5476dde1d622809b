// What was read lately, up to so many bytes. It does not know what it is, nor how it is read.

interface Kept<T> {
  readonly value: Promise<T>;
  readonly bytes: number;
}

/** Least recently used goes first. Whoever asks for what is being read waits for the same read. */
export class ByteCache<T> {
  readonly #maxBytes: number;
  readonly #kept = new Map<string, Kept<T>>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @param bytes - What it counts for. @throws what `read` throws; such a failure is not kept. */
  async get(key: string, bytes: number, read: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    if (known !== undefined) {
      // Last in the order of the map: the first is the one that was not asked for the longest.
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return await known.value;
    }
    const kept = { value: read(), bytes };
    this.#kept.set(key, kept);
    this.#bytes += bytes;
    this.#makeRoom();
    try {
      return await kept.value;
    } catch (error) {
      this.#drop(key, kept);
      throw error;
    }
  }

  #makeRoom(): void {
    for (const [key, kept] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(key, kept);
    }
  }

  #drop(key: string, kept: Kept<T>): void {
    if (this.#kept.get(key) !== kept) return;
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
  }
}
