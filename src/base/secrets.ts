// Secrets masked by value in everything that leaves the program. It does not know where a secret came from.

const MASK = '********';

/** Values that must never be shown: passwords, passphrases, vaulted values. */
export class Secrets {
  readonly #values = new Set<string>();
  #pattern: RegExp | undefined;

  /**
   * Remembers a value, and each line of it. Values under 4 characters are not masked: they would blot out ordinary text.
   */
  add(value: string): void {
    for (const part of [value, ...value.split('\n')]) if (part.trim().length >= 4) this.#values.add(part);
    this.#pattern = undefined;
  }

  /** All that must not be shown: for whoever shows the same elsewhere. */
  get values(): ReadonlySet<string> {
    return this.#values;
  }

  /** The text with every remembered value, longest first, replaced by asterisks. */
  mask(text: string): string {
    if (this.#values.size === 0) return text;
    this.#pattern ??= new RegExp(
      [...this.#values]
        .sort((a, b) => b.length - a.length)
        .map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('|'),
      'g',
    );
    return text.replace(this.#pattern, MASK);
  }
}
