// Quoting for a POSIX shell. It does not know which host the line is for.

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * Quotes one word for a POSIX shell, so that the shell sees exactly these characters.
 *
 * @param word - Anything but NUL, which no shell word can hold.
 * @throws RangeError on a NUL.
 */
export function shellQuote(word: string): string {
  if (word.includes('\0')) throw new RangeError('A shell word cannot hold a NUL character');
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Quotes every word, and joins them with blanks. */
export function shellJoin(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}
