// How one host ended, in words. It does not know how many hosts ended so.
import { SshoalError } from '../../base/errors.ts';
import { formatSize } from '../../base/units.ts';
import type { Outcome } from '../../fleet/events.ts';
import { placeOf } from '../error-text.ts';
import { withoutHost } from '../fold.ts';

/** `ok`, `failed, exit code 3`, `failed, ended by SIGKILL`, `unreachable`, `timed out`. */
export function verdictOf(outcome: Outcome): string {
  const status = outcome.status === 'timed-out' ? 'timed out' : outcome.status;
  if (outcome.status !== 'failed' || outcome.exit === undefined) return status;
  return outcome.exit.kind === 'code' ? `${status}, exit code ${outcome.exit.code}` : `${status}, ended by ${outcome.exit.signal}`;
}

/** What was moved: `1.2 MiB to /etc/motd`, `12 files, 1.2 MiB to /srv/site`; undefined for anything but a finished transfer. */
export function transferOf(outcome: Outcome, verb: string): string | undefined {
  if (outcome.bytes === undefined || outcome.status !== 'ok') return undefined;
  const place = verb === 'get' ? withoutHost(outcome.localPath ?? '', outcome.host) : outcome.remotePath;
  const files = outcome.files === undefined ? '' : `${outcome.files} ${outcome.files === 1 ? 'file' : 'files'}, `;
  const rest = [
    ...(outcome.unchanged === undefined || outcome.unchanged === 0 ? [] : [`${outcome.unchanged} unchanged`]),
    ...(outcome.removed === undefined || outcome.removed === 0 ? [] : [`${outcome.removed} removed`]),
    ...(outcome.resumedBytes === undefined || outcome.resumedBytes === 0 ? [] : [`${formatSize(outcome.resumedBytes)} were there`]),
  ];
  const aside = rest.length === 0 ? '' : ` (${rest.join(', ')})`;
  return `${files}${formatSize(outcome.bytes)} ${outcome.dryRun === true ? 'would go ' : ''}to ${place ?? ''}${aside}`;
}

/** An error in which nothing names the host, so that the same trouble of many hosts is one; a place that is the host goes. */
export function errorOfMany(error: SshoalError, host: string): SshoalError {
  // A path names no host: it is the same on all of them.
  const address = typeof error.where === 'string' && !error.where.includes('/') ? error.where : undefined;
  const general = (text: string): string => withoutHost(text, host, address);
  const where = error.where === undefined ? '{host}' : general(placeOf(error.where));
  return new ErrorOfMany(error.code, general(error.message), {
    where: where === '{host}' ? undefined : where,
    fix: error.fix === undefined ? undefined : general(error.fix),
  });
}

class ErrorOfMany extends SshoalError {}
