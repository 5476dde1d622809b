// What hooks and webhooks are told of a run: one small JSON document. It does not know who reads it.
import { errorData, type JsonObject, maskedJson } from '../report/machine/json-data.ts';
import { hostsNotWell, type ObservedRun, type RunEnd } from './seam.ts';

/** The version of the document; it changes when a field changes its meaning or goes. */
const VERSION = 1;
/** Beyond it hosts are only counted: ten thousand of them are no message. */
const MOST_NAMED = 1_000;

/**
 * The document, as text, secrets masked.
 *
 * `{v, run, verb, subject, check, outcome, exitCode, startedAt, endedAt, durationMs, hosts: {ok: 3, failed: 1},
 * failedHosts: ["web04"], changedHosts: [], hostsLeftOut?, error?}`. The two lists name 1000 hosts each at most; `hostsLeftOut` says
 * how many more there are.
 *
 * @param run - Undefined where it was refused before it had a name.
 */
export function runReport(run: ObservedRun | undefined, end: RunEnd, mask: (text: string) => string): string {
  const failed = hostsNotWell(end);
  const changed = end.hosts.changed ?? [];
  const leftOut = Math.max(0, failed.length - MOST_NAMED) + Math.max(0, changed.length - MOST_NAMED);
  const startedAtMs = run?.atMs ?? end.atMs;
  const document: JsonObject = {
    v: VERSION,
    run: run?.id,
    verb: run?.verb,
    subject: run?.subject,
    check: run?.check,
    outcome: end.outcome,
    exitCode: end.exitCode,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(end.atMs).toISOString(),
    durationMs: end.atMs - startedAtMs,
    hosts: Object.fromEntries(Object.entries(end.hosts).map(([status, names]) => [status, names.length])),
    failedHosts: failed.slice(0, MOST_NAMED),
    changedHosts: changed.slice(0, MOST_NAMED),
    hostsLeftOut: leftOut === 0 ? undefined : leftOut,
    error: end.error === undefined ? undefined : errorData(end.error),
  };
  return maskedJson(document, mask);
}
