// What the scripts that run now have written, held in memory by this thread. It does not know whose it is.

/** More goes to files, as long as what is in memory is not taken away. */
const MOST_BYTES = 128 * 1024 * 1024;

export class OutputMemory {
  readonly #mostBytes: number;
  #heldBytes = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** @returns Whether there is room for so many; they count from now on then. */
  take(bytes: number): boolean {
    if (this.#heldBytes + bytes > this.#mostBytes) return false;
    this.#heldBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}

/** Memory is the thread's, whichever connection uses it: so this is one for all of them. */
export const outputMemory = new OutputMemory();
