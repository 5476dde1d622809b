// What watches a run besides people: it sees every event, and in the end what the run came to. It runs nothing, and holds nothing back.
import type { SshoalError } from '../base/errors.ts';
import type { FleetEvent } from '../fleet/events.ts';
import type { PlayEvent } from '../playbook/events.ts';
import type { RunHeader } from '../report/seam.ts';

/** What is known of a run before its first event. */
export interface ObservedRun extends RunHeader {
  /** As the journal names it. */
  readonly id: string;
  /** Whether nothing is changed, only said what would. */
  readonly check: boolean;
  readonly atMs: number;
}

/**
 * How a run ended, as one word.
 *
 * - `ok`: every host is well.
 * - `drift`: a drift check found hosts that are not as the playbook wants them.
 * - `failed`, `unreachable`: some host is; the latter wins.
 * - `interrupted`: somebody stopped it.
 * - `refused`: it never began, or broke off: see `error`.
 */
export type RunOutcome = 'ok' | 'drift' | 'failed' | 'unreachable' | 'interrupted' | 'refused';

export interface RunEnd {
  readonly outcome: RunOutcome;
  /** What the program exits with, were this run its last. */
  readonly exitCode: number;
  readonly atMs: number;
  /** The hosts by how they ended: `ok`, `changed`, `failed`, `unreachable`, `timed-out`, `cancelled`, `unfinished`. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  readonly error?: SshoalError | undefined;
}

/** Someone who watches. A file of this floor makes one; the CLI makes those that are asked for. */
export interface Observer {
  readonly start: (run: ObservedRun) => void;
  readonly fleetEvent: (event: FleetEvent) => void;
  readonly playEvent: (event: PlayEvent) => void;
  readonly end: (end: RunEnd) => void;
}

/** Statuses of hosts that ended well. */
const WELL: ReadonlySet<string> = new Set(['ok', 'changed']);

/** The hosts that did not end well, whatever befell them. */
export function hostsNotWell({ hosts }: RunEnd): readonly string[] {
  return Object.entries(hosts).flatMap(([status, names]) => (WELL.has(status) ? [] : names));
}

/** From the few to the many: each level tells what those before it tell, too. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
