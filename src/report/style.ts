// The colours of reports, by meaning. It does not know what is written with them.
import picocolors from 'picocolors';
import type { OutcomeStatus } from '../fleet/events.ts';
import type { TaskStatus } from '../playbook/events.ts';

/** Colours a text, or leaves it as it is where colours are off. */
export type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  /** For what matters less: places, counts of zero, the live line. */
  readonly dim: Paint;
  readonly error: Paint;
  readonly fix: Paint;
  readonly added: Paint;
  readonly removed: Paint;
  readonly hunk: Paint;
  /** Ansible's colour of a status. */
  readonly status: (status: OutcomeStatus | TaskStatus) => Paint;
}

/** A line of a difference in the colour of its kind. */
export function paintHunk(line: string, style: Style): string {
  if (line.startsWith('+')) return style.added(line);
  if (line.startsWith('-')) return style.removed(line);
  return line.startsWith('@@') ? style.hunk(line) : line;
}

/** The style of a sink: real colours, or none at all. */
export function styleOf(colour: boolean): Style {
  const colours = picocolors.createColors(colour);
  const byStatus: Readonly<Record<OutcomeStatus | TaskStatus, Paint>> = {
    ok: colours.green,
    changed: colours.yellow,
    skipped: colours.cyan,
    failed: colours.red,
    unreachable: colours.red,
    'timed-out': colours.red,
    cancelled: colours.magenta,
  };
  return {
    bold: colours.bold,
    dim: colours.dim,
    error: colours.red,
    fix: colours.cyan,
    added: colours.green,
    removed: colours.red,
    hunk: colours.cyan,
    status: (status) => byStatus[status],
  };
}
