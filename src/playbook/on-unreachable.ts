// The keyword on_unreachable, which Ansible has not: a host that cannot be reached fails a task, as anything else would. It reaches nobody.
import type { Value } from '../base/value.ts';

/** @returns How often it is tried again first; undefined for what is neither `fail` nor `retry(n)`. */
export function retriesWhenUnreachable(value: Value): number | undefined {
  const times = typeof value === 'string' ? /^(?:fail|retry\(\s*(\d{1,3})\s*\))$/.exec(value.trim()) : null;
  return times === null ? undefined : Number(times[1] ?? 0);
}
