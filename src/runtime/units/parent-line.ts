// How what runs in an isolate talks with whoever started it. It does not know what about.

export interface ParentLine {
  send(message: unknown): void;
  /** Takes the messages, those that came before among them. */
  onMessage(listener: (message: unknown) => void): void;
}

let line: ParentLine | undefined;

/**
 * Called once by the bootstrap, which listens from the beginning: Node drops a message that arrives while nobody does, as one that comes
 * right behind the first.
 *
 * @returns Who takes what arrives; it is kept until somebody listens.
 */
export function openParentLine(send: (message: unknown) => void): (message: unknown) => void {
  let listener: ((message: unknown) => void) | undefined;
  const early: unknown[] = [];
  line = {
    send,
    onMessage: (given) => {
      listener = given;
      for (const message of early.splice(0)) given(message);
    },
  };
  return (message) => {
    if (listener === undefined) early.push(message);
    else listener(message);
  };
}

export function parentLine(): ParentLine {
  if (line === undefined) throw new Error('This isolate was not started by another one');
  return line;
}
