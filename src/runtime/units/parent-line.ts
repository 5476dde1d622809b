// How what runs in an isolate talks with whoever started it. It does not know what about.

export interface ParentLine {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

let line: ParentLine | undefined;

/** Called once by the bootstrap. */
export function setParentLine(given: ParentLine): void {
  line = given;
}

export function parentLine(): ParentLine {
  if (line === undefined) throw new Error('This isolate was not started by another one');
  return line;
}
