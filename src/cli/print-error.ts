// The one place where the program prints an error. It does not know how an error is laid out, nor the exit code.
import { SshoalError } from '../base/errors.ts';
import { errorLines } from '../report/error-text.ts';
import { styleOf } from '../report/style.ts';
import type { Context } from './context.ts';

/**
 * Prints an error on stderr: all faults of a {@link SshoalError}, or a defect with its stack, since only a developer can mend it.
 * Secrets are masked in both.
 */
export function printError(error: unknown, { stderr, secrets }: Pick<Context, 'stderr' | 'secrets'>): void {
  const style = styleOf(stderr.colour);
  const lines = error instanceof SshoalError ? errorLines(error, style) : errorLines(new DefectError(error), style);
  stderr.write(`${secrets.mask(lines.join('\n'))}\n`);
}

/** An error that no floor has a word for. Code `UNEXPECTED`. */
class DefectError extends SshoalError {
  constructor(cause: unknown) {
    const said = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    super('UNEXPECTED', 'This is a defect of sshoal', { where: said, fix: 'Please report it with the lines above', cause });
  }
}
