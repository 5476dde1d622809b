// The words of a command line as shells hand them to completion: quoted, cut and unfinished. It does not know what they mean.

/** The words without quotes, and how the word at the cursor came. */
export interface ShellWords {
  readonly words: readonly string[];
  /** How much of the last word the shell takes for a word of its own before the cursor, and does not want to hear again. */
  readonly dropped: number;
}

/** Signs at which bash cuts words, COMP_WORDBREAKS, when it completes. */
const BREAKS = /^[:=@]+$/;

/**
 * Puts the words of bash's COMP_WORDS together again: it cuts `web:db` into `web`, `:` and `db`, and wants only the last piece back.
 *
 * @param pieces - COMP_WORDS up to the cursor, as bash has them: with their quotes, the last one unfinished.
 */
export function bashWords(pieces: readonly string[]): ShellWords {
  const words: string[] = [];
  let glue = false;
  let last = '';
  for (const [index, piece] of pieces.entries()) {
    const breaks = BREAKS.test(piece);
    const word = words.at(-1);
    last = breaks ? '' : unquoted(piece);
    if (index > 0 && word !== undefined && (breaks || glue)) words[words.length - 1] = word + unquoted(piece);
    else words.push(unquoted(piece));
    glue = breaks;
  }
  return { words, dropped: (words.at(-1) ?? '').length - last.length };
}

/** The words of a shell that cuts only at blanks. */
export function plainWords(pieces: readonly string[]): ShellWords {
  return { words: pieces.map(unquoted), dropped: 0 };
}

/** A word without its quotes; one that is still open is closed by the end. */
export function unquoted(word: string): string {
  return word.replace(
    /'([^']*)(?:'|$)|"((?:[^"\\]|\\.)*)(?:"|\\?$)|\\(.|$)/gs,
    (_, single: string | undefined, double: string | undefined, escaped: string | undefined) =>
      single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
  );
}
