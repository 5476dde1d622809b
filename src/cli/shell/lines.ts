// Where the lines of a shell come from: a seam with two sides, a person at a terminal or a pipe. It does not know what a line means.

/** What comes next. */
export type Entry =
  | { readonly kind: 'line'; readonly text: string }
  /** Ctrl-C at the prompt; what had been typed is gone. */
  | { readonly kind: 'interrupted'; readonly text: string }
  /** Ctrl-D, the end of the pipe, or the end of the program. */
  | { readonly kind: 'end' };

export interface Lines {
  /** Whether a person types them. */
  readonly isPerson: boolean;
  readonly next: (prompt: string) => Promise<Entry>;
  /** Works while no line is wanted; Ctrl-C aborts the work's signal, and nothing else. */
  readonly during: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Leaves the terminal to somebody else, such as a question, until the work is done. */
  readonly aside: <T>(work: () => Promise<T>) => Promise<T>;
  /** As Ctrl-C does, if a person is there. */
  readonly interrupt?: () => void;
  readonly close: () => void;
}

/** Reads a line that goes on after a `\` at its end, as sh reads it; an even number of them is the character itself. */
export async function nextWhole(lines: Lines, prompt: string): Promise<Entry> {
  let text = '';
  for (let shown = prompt; ; shown = '> ') {
    const entry = await lines.next(shown);
    if (entry.kind === 'interrupted') return { kind: 'interrupted', text: text + entry.text };
    // A pipe that ends in the middle of a line has said what it had to say.
    if (entry.kind === 'end') return text === '' ? entry : { kind: 'line', text };
    text += entry.text;
    if (!goesOn(text)) return { kind: 'line', text };
    text = text.slice(0, -1);
  }
}

function goesOn(text: string): boolean {
  return (/\\+$/.exec(text)?.[0].length ?? 0) % 2 === 1;
}
