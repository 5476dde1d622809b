// What the lines of a shell have in common: directory, variables, user, deadline, output. It does not know who changes it.
import type { Surroundings } from '../host-script.ts';
import type { As } from './crew.ts';

export const OUTPUT_MODES = ['gather', 'live', 'diff'] as const;
/** Equal answers folded; lines as they come; or one answer and how the others differ from it. */
export type OutputMode = (typeof OUTPUT_MODES)[number];

export interface Setting extends Omit<Surroundings, 'shell'> {
  readonly as: As;
  readonly timeoutMs: number | undefined;
  readonly mode: OutputMode;
}
