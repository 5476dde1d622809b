// How a run ended on a host, in words that plays and single commands share. It does not know how it came to that.
import type { OutcomeStatus } from '../fleet/events.ts';

/** `changed` is of plays; `unfinished` is what began and did not end, or never began. */
export type HostStatus = OutcomeStatus | 'changed' | 'unfinished';

export const HOST_STATUSES: readonly HostStatus[] = ['ok', 'changed', 'failed', 'unreachable', 'timed-out', 'cancelled', 'unfinished'];

/** Whether nothing is left to be done. */
export function isWell(status: HostStatus): boolean {
  return status === 'ok' || status === 'changed';
}
