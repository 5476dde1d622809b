// What hosts wrote, as pieces of plain text with a colour: nothing of it can be markup, move a cursor or hide. It paints nothing.
import { neutralise } from '../../base/terminal.ts';

type Tone = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'grey';

export interface Piece {
  readonly text: string;
  readonly tone?: Tone | undefined;
  readonly isBold: boolean;
}

/** By the last digit of 30-37 and 90-97; black and white are whatever the page writes in. */
const TONES: readonly (Tone | undefined)[] = [undefined, 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', undefined];
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what this looks for
const COLOUR_SEQUENCE = /\u001b\[([\d;]{0,40})m/;

/** Takes colours and bold from a terminal's sequences; every other control character becomes visible. */
export function piecesOf(output: string): Piece[] {
  const pieces: Piece[] = [];
  let style: Omit<Piece, 'text'> = { isBold: false };
  for (const [index, part] of output.split(COLOUR_SEQUENCE).entries()) {
    if (index % 2 === 1) style = styled(style, part);
    else if (part !== '') pieces.push({ ...style, text: neutralise(part) });
  }
  return pieces;
}

/** The lines of a difference, each with the colour of its kind. */
export function diffPieces(text: string): Piece[] {
  return text.split('\n').map((line, index, { length }) => {
    const isHead = line.startsWith('---') || line.startsWith('+++');
    const tone = line.startsWith('@@') ? 'cyan' : line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : undefined;
    return { text: neutralise(line) + (index < length - 1 ? '\n' : ''), tone: isHead ? undefined : tone, isBold: isHead };
  });
}

function styled(before: Omit<Piece, 'text'>, sequence: string): Omit<Piece, 'text'> {
  let style = before;
  const numbers = sequence.split(';').map(Number);
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] ?? 0;
    // 38 and 48 are followed by a colour of many: 5 and its number, or 2 and three parts.
    if (number === 38 || number === 48) at += numbers[at + 1] === 5 ? 2 : 4;
    else if (number === 0) style = { isBold: false };
    else if (number === 1) style = { ...style, isBold: true };
    else if (number === 22) style = { ...style, isBold: false };
    else if (number === 39) style = { isBold: style.isBold };
    else if (number === 90) style = { ...style, tone: 'grey' };
    else if ((number >= 30 && number <= 37) || (number >= 91 && number <= 97)) style = { ...style, tone: TONES[number % 10] };
  }
  return style;
}
