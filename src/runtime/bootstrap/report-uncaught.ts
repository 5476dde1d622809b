// The last words of a thread or process that failed, on stderr, as CPython prints them. It does not know who failed.
import { inspect } from 'node:util';

/** Prints a heading and the error, with its stack and cause. */
export function reportUncaught(heading: string, error: unknown): void {
  process.stderr.write(`${heading}\n${error instanceof Error ? inspect(error) : String(error)}\n`);
}
