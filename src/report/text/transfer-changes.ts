// What a transfer changes, or would, as lines for people and as data. It does not know how many hosts it is the same for.
import { formatSize } from '../../base/units.ts';
import type { PlannedEntry } from '../../fleet/events.ts';
import type { JsonObject } from '../machine/json-data.ts';
import type { Style } from '../style.ts';
import { unifiedDiff } from './unified-diff.ts';

/** @param foreign - Makes names and texts of hosts safe. */
export function changeLines(changes: readonly PlannedEntry[], foreign: (text: string) => string, style: Style): string[] {
  return changes.flatMap((change) => {
    const head = headOf(change, (path) => foreign(path).replaceAll('\n', '\\n'));
    const paint =
      change.action === 'remove' ? style.removed : change.replaces === true || change.action === 'change mode' ? style.bold : style.added;
    return [paint(head), ...diffOf(change).map((line) => paintLine(foreign(line), style))];
  });
}

/** The same for machines: a difference of texts as `diff -u` has it. */
export function changeData(changes: readonly PlannedEntry[]): JsonObject[] {
  return changes.map((change) => {
    const { action, path, bytes, replaces, mode } = change;
    const lines = diffOf(change);
    const octal = mode === undefined ? undefined : { before: octalOf(mode.before), after: octalOf(mode.after) };
    return { action, path, bytes, replaces, mode: octal, diff: lines.length === 0 ? undefined : `${lines.join('\n')}\n` };
  });
}

function headOf({ action, path, bytes, replaces, mode }: PlannedEntry, shown: (path: string) => string): string {
  const what: Readonly<Record<PlannedEntry['action'], string>> = {
    'make directory': 'new directory',
    'copy file': replaces === true ? 'changed' : 'new',
    'make link': replaces === true ? 'changed link' : 'new link',
    'change mode': 'mode',
    remove: 'removed',
  };
  const facts = [
    ...(bytes === undefined ? [] : [formatSize(bytes)]),
    ...(mode === undefined ? [] : [`${octalOf(mode.before)} to ${octalOf(mode.after)}`]),
  ];
  return `${what[action]} ${shown(path)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

/** Of a new file its size is enough: all of it is new. */
function diffOf({ text, replaces }: PlannedEntry): string[] {
  return text === undefined || replaces !== true ? [] : unifiedDiff(text.before, text.after);
}

function octalOf(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function paintLine(line: string, style: Style): string {
  if (line.startsWith('+')) return style.added(line);
  if (line.startsWith('-')) return style.removed(line);
  return line.startsWith('@@') ? style.hunk(line) : line;
}
