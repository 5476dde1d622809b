// Where a template writes. It does not know what.
import type { Frame } from './frame.ts';

export interface Output {
  readonly parts: string[];
  /** Whether what is written goes nowhere: behind `extends`, only what is set still counts. */
  muted?: boolean;
}

/** Writes text, and counts it. @throws BudgetError. */
export function write(frame: Frame, out: Output, text: string): void {
  if (out.muted === true) return;
  frame.run.wrote(text.length);
  out.parts.push(text);
}

/** What a body writes, as text. */
export function capture(body: (frame: Frame, out: Output) => unknown, frame: Frame): string {
  const out: Output = { parts: [] };
  body(frame, out);
  return out.parts.join('');
}
