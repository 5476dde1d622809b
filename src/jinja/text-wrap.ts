// Paragraphs broken into lines, as Python's textwrap does with its usual options. It knows no template.

const WORD = '[\\p{L}\\p{N}_]';
const LETTER = '[\\p{L}_]';
const WHITE = '[\\t\\n\\v\\f\\r ]';
const OTHER = '[^\\t\\n\\v\\f\\r ]';

// What no break may divide: blanks, dashes between words, words up to a hyphen between letters, up to their end, or up to dashes.
const CHUNKS = new RegExp(
  `(${WHITE}+|(?<=[\\p{L}\\p{N}_!"'&.,?])-{2,}(?=${WORD})|${OTHER}+?(?:-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${LETTER}-))(?=${LETTER}-?${LETTER})|(?=${WHITE}|$)|(?<=[\\p{L}\\p{N}_!"'&.,?])(?=-{2,}${WORD})))`,
  'u',
);
const WORDS = new RegExp(`(${WHITE}+)`);

export interface WrapStyle {
  /** At least 1. */
  readonly width: number;
  readonly breakLongWords: boolean;
  readonly breakOnHyphens: boolean;
}

/** The lines of a paragraph. None of an empty one. */
export function wrapText(text: string, style: WrapStyle): string[] {
  const chunks = text.split(style.breakOnHyphens ? CHUNKS : WORDS).filter((chunk) => chunk !== '');
  const lines: string[] = [];
  // Where the next line begins; of a long word, only the rest may be left.
  for (let at = 0; at < chunks.length; ) {
    if (lines.length > 0 && chunks[at]?.trim() === '') at++;
    const line: string[] = [];
    let room = style.width;
    for (let chunk = chunks[at]; chunk !== undefined && chunk.length <= room; chunk = chunks[at]) {
      line.push(chunk);
      room -= chunk.length;
      at++;
    }
    const next = chunks[at];
    if (next !== undefined && next.length > style.width) {
      if (style.breakLongWords) {
        const end = endOfPart(next, room, style.breakOnHyphens);
        line.push(next.slice(0, end));
        chunks[at] = next.slice(end);
      } else if (line.length === 0) {
        line.push(next);
        at++;
      }
    }
    if (line.at(-1)?.trim() === '') line.pop();
    if (line.length > 0) lines.push(line.join(''));
  }
  return lines;
}

// Behind the last hyphen that fits, if something else stands before it.
function endOfPart(word: string, room: number, onHyphens: boolean): number {
  const hyphen = onHyphens && room > 0 ? word.lastIndexOf('-', room - 1) : -1;
  return hyphen > 0 && /[^-]/.test(word.slice(0, hyphen)) ? hyphen + 1 : room;
}
