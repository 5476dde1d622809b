// Places in texts that people wrote, and how to show them. It does not know what language the text is in.

/** A place in a text: file (or another name of the text), line and column, both counted from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The text of that line, for the pointer under it. */
  readonly lineText?: string | undefined;
}

/** `site.yml:3:11` */
export function formatPosition(position: Position): string {
  return `${position.file}:${position.line}:${position.column}`;
}

/**
 * Finds the line and column of an offset.
 *
 * @param file - The name of the text, for the messages.
 * @param text - The whole text.
 * @param offset - Counted in UTF-16 units from 0; one past the end is the end.
 */
export function positionAt(file: string, text: string, offset: number): Position {
  const end = Math.min(Math.max(offset, 0), text.length);
  const lineStart = text.lastIndexOf('\n', end - 1) + 1;
  let line = 1;
  for (let i = text.indexOf('\n'); i !== -1 && i < lineStart; i = text.indexOf('\n', i + 1)) line++;
  return { file, line, column: end - lineStart + 1, lineText: lineAt(text, lineStart) };
}

/** The position of a line and column already known, with the text of its line. */
export function positionOf(file: string, text: string, line: number, column: number): Position {
  return { file, line, column, lineText: text.split('\n', line)[line - 1]?.replace(/\r$/, '') };
}

/**
 * The line of a position with a caret under its column.
 *
 * @returns Two lines, or an empty string if the text of the line is not known.
 */
export function excerpt(position: Position): string {
  if (position.lineText === undefined) return '';
  const number = String(position.line);
  const before = position.lineText.slice(0, position.column - 1).replace(/[^\t]/g, ' ');
  return `${number} | ${position.lineText}\n${' '.repeat(number.length)} | ${before}^`;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '');
}
