// Times and names as people read them. It does not know where they stand.
import { foldNames } from '../../base/node-set/fold-names.ts';
import { neutralise } from '../../base/terminal.ts';
import { formatDuration } from '../../base/units.ts';

const DAY_MS = 86_400_000;

/** Text that somebody else wrote, on one line. */
export function shown(text: string): string {
  return neutralise(text).replace(/[\n\t]+/g, ' ');
}

/** `web[01-40]`, and how many where that is not plain. */
export function namesOf(hosts: readonly string[]): string {
  return shown(foldNames(hosts));
}

export function durationOf(ms: number): string {
  return formatDuration(Math.max(0, Math.round(ms)));
}

/** `12:04`, `Mon 12:04`, or `2026-08-07 12:04` for what is longer ago. */
export function timeOf(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const clock = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (new Date(nowMs).toDateString() === at.toDateString()) return clock;
  if (nowMs - atMs < 6 * DAY_MS) return `${at.toLocaleDateString('en-GB', { weekday: 'short' })} ${clock}`;
  return `${at.toLocaleDateString('sv-SE')} ${clock}`;
}

/** With its day and seconds, for those who look closely. */
export function exactTimeOf(atMs: number): string {
  return new Date(atMs).toLocaleString('sv-SE', { timeZoneName: 'short' });
}

export function plural(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}
