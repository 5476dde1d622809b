// Durations and sizes as people write them. It does not know which flag or file they came from.
import { InputError, type Where } from './errors.ts';

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration or size that cannot be read. Code `BAD_UNIT`. */
export class UnitError extends InputError {
  constructor(message: string, where: Where, fix: string) {
    super('BAD_UNIT', message, { where, fix });
  }
}

/**
 * Reads a duration as people write it.
 *
 * @param text - A number and a unit: `250ms`, `30s`, `5m`, `1.5h`, `2d`. A bare number is seconds, as in Ansible's flags.
 * @param where - Where the text stands, for the error: `--timeout`, `site.yaml:3:11`.
 * @returns Milliseconds, a whole number, at least 0.
 * @throws {@link UnitError} on no number or an unknown unit.
 */
export function parseDuration(text: string, where: Where): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const factor = match === null ? undefined : match[2] === '' ? 1_000 : DURATION_UNITS[(match[2] ?? '').toLowerCase()];
  if (match === null || factor === undefined) {
    throw new UnitError(`\`${text}\` is not a duration`, where, 'Write a number and a unit: 250ms, 30s, 5m, 1.5h');
  }
  return Math.round(Number(match[1]) * factor);
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3, t: 1_024 ** 4 };

/**
 * Reads a size as people write it.
 *
 * @param text - A number and a unit: `512`, `64k`, `10M`, `1.5GiB`. The units are binary: 1k is 1024 bytes.
 * @param where - Where the text stands, for the error: `--limit-rate`.
 * @returns Bytes, a whole number, at least 1.
 * @throws {@link UnitError} on no number, an unknown unit, or nothing at all; on `MB`, of which nobody knows which one is meant.
 */
export function parseSize(text: string, where: Where): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgt]?)(?:ib)?|b)\s*$/i.exec(text);
  const bytes = Math.round(Number(match?.[1]) * (SIZE_UNITS[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN));
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
  throw new UnitError(`\`${text}\` is not a size`, where, 'Write a number and a unit: 512, 64k, 10M, 1.5GiB');
}

/** `350ms`, `12.4s`, `3m 05s`, `2h 10m`: as short as stays clear. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  const pad = (n: number): string => String(n).padStart(2, '0');
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  return `${Math.floor(seconds / 3_600)}h ${pad(Math.floor((seconds % 3_600) / 60))}m`;
}

/** `512 B`, `1.5 KiB`, `20 MiB`: binary units, one decimal below ten. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
