// Points in time as people write them. It does not know what happened then.
import { parseDuration } from '../base/units.ts';
import { UsageError } from './errors.ts';

/**
 * Reads a point in time.
 *
 * @param text - So long ago: `2d`, `90m`; or a day or time, by the clock here unless it says otherwise: `2026-08-01`, `2026-08-01T12:00`,
 * `2026-08-01T12:00Z`.
 * @param flag - Where it stands, for the error: `--since`.
 * @returns Milliseconds since 1970.
 * @throws UsageError `BAD_FLAG`, UnitError.
 */
export function parseMoment(text: string, flag: string, nowMs: number): number {
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.test(text);
  // A day alone would be one of UTC, and a time one of here.
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(day ? `${text}T00:00` : text) : nowMs - parseDuration(text, flag);
  if (!Number.isNaN(at)) return at;
  throw new UsageError('BAD_FLAG', `\`${text}\` is no time`, { where: flag, fix: 'Write 2d, 2026-08-01 or 2026-08-01T12:00' });
}
