// Where in which text something stands. It knows no syntax.
import { type Position, positionAt } from '../base/position.ts';

/** A text of a template or expression. */
export interface Source {
  readonly text: string;
  /** Its name, for positions. `<expression>` and `<template>` are nobody's files. */
  readonly file: string;
  /** Where its first character stands in a file. In column 1 the whole text stands there as it is; else only its beginning is known. */
  readonly at?: Position | undefined;
}

/** A place in a text. Made while compiling, so that naming it costs a run nothing. */
export interface Place {
  readonly source: Source;
  /** In UTF-16 units from 0. */
  readonly offset: number;
}

/** Line and column within the text itself. */
export function within({ source, offset }: Place): Position {
  return positionAt(source.file, source.text, offset);
}

/** Line and column within the file that holds the text; undefined when nobody said which. */
export function inFile(place: Place): Position | undefined {
  const { at, file } = place.source;
  const inner = within(place);
  if (at === undefined) return file.startsWith('<') ? undefined : inner;
  return at.column === 1 ? { ...inner, file: at.file, line: at.line + inner.line - 1 } : at;
}
