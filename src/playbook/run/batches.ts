// Hosts in batches, as `serial` says, with Ansible's arithmetic.

import type { Position } from '../../base/position.ts';
import { Float, type Value } from '../../base/value.ts';
import { TaskError } from '../errors.ts';

/**
 * Cuts hosts into batches.
 *
 * @param serial - A number, `30%`, or a list of them whose last repeats; nothing for one batch. A percentage is of all hosts, rounded
 * down, at least 1; 0 and less is all the rest.
 */
export function batchesOf(hosts: readonly string[], serial: Value | undefined, at: Position | undefined): string[][] {
  const sizes = (Array.isArray(serial) ? serial : serial === undefined || serial === null ? [] : [serial]).map((size) =>
    sizeOf(size, hosts.length, at),
  );
  if (sizes.length === 0) return hosts.length === 0 ? [] : [[...hosts]];
  const batches: string[][] = [];
  for (let from = 0; from < hosts.length; ) {
    const size = sizes[Math.min(batches.length, sizes.length - 1)] ?? 0;
    const to = size <= 0 ? hosts.length : from + size;
    batches.push(hosts.slice(from, to));
    from = to;
  }
  return batches;
}

function sizeOf(size: Value, total: number, at: Position | undefined): number {
  const text = size instanceof Float ? String(size.value) : String(size as string | number);
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  if (percent !== null) return Math.floor((Number(percent[1]) / 100) * total) || 1;
  if (/^\s*-?\d+\s*$/.test(text)) return Number(text);
  throw new TaskError('BAD_PARAMETER', `\`serial\` cannot be \`${text}\``, {
    where: at,
    fix: 'Write a number, or a percentage such as 30%',
  });
}
