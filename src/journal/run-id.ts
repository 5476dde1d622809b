// The names of runs: sortable by time, and never given twice. It does not know what a run does.
import { randomBytes } from 'node:crypto';

const RUN_ID = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)\.(\d{3})-[0-9a-f]{6}$/;

/** A new name, such as `20260807-142501.123-3f9a2c`: the time in UTC, then chance, so that two runs at once differ. */
export function newRunId(atMs: number): string {
  const [date = '', time = ''] = new Date(atMs).toISOString().replace(/[-:Z]/g, '').split('T');
  return `${date}-${time}-${randomBytes(3).toString('hex')}`;
}

/** `last` is 0, `last~1` the one before it, and so on; undefined for other names. */
export function stepsBack(name: string): number | undefined {
  const steps = /^last(?:~(\d{1,6}))?$/.exec(name);
  return steps === null ? undefined : Number(steps[1] ?? 0);
}

/** When a run began, in milliseconds since 1970; undefined where the text names no run. */
export function timeOfRunId(id: string): number | undefined {
  const match = RUN_ID.exec(id);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, ms] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}
