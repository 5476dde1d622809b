// Which runs somebody looks for. It does not know where they are looked for.
import { type NodeMask, nodeMask } from '../base/node-set/node-mask.ts';
import { isWild, wildcard } from '../base/node-set/wildcard.ts';
import type { HostStatus } from './host-status.ts';
import type { RunSummary } from './summary.ts';

/**
 * Where a run stands: `elsewhere` is one without an end whose process is on another machine, so that nobody here can say whether it
 * lives.
 */
export type RunState = 'ended' | 'running' | 'interrupted' | 'elsewhere';

/** Which runs are wanted; each field narrows them. */
export interface RunFilter {
  readonly verb?: RunSummary['verb'] | undefined;
  /** One of them took part: a node set, `*` and `?` included; or names as they are. */
  readonly host?: string | readonly string[] | undefined;
  /** Some host, or one of `host`, ended so; or the run itself is so. */
  readonly outcome?: HostStatus | 'running' | 'interrupted' | undefined;
  /** A part of the name of a task, or of an ad-hoc command; with `*` or `?` all of it. Small and capital letters are the same. */
  readonly task?: string | undefined;
  /** It began then or later. */
  readonly sinceMs?: number | undefined;
  /** It began before that. */
  readonly untilMs?: number | undefined;
  /** The name of a run: it began before that one, as on the next page of a list. */
  readonly olderThan?: string | undefined;
}

/** Whether a host is meant. @throws NodeSetError. */
export function hostTest(host: NonNullable<RunFilter['host']>): NodeMask {
  if (typeof host === 'string') return nodeMask(host, '--host');
  const names = new Set(host);
  return (name) => names.has(name);
}

/** Whether a task is meant. */
export function taskTest(task: string): (name: string) => boolean {
  const wanted = task.toLowerCase();
  if (!isWild(task)) return (name) => name.toLowerCase().includes(wanted);
  const pattern = wildcard(wanted);
  return (name) => pattern.test(name.toLowerCase());
}

/** Whether a run is wanted, by all but when it began. @throws NodeSetError. */
export function runTest({ verb, host, outcome, task }: RunFilter): (run: RunSummary & { readonly state: RunState }) => boolean {
  const isHost = host === undefined ? undefined : hostTest(host);
  const isTask = task === undefined ? undefined : taskTest(task);
  const state = outcome === 'running' || outcome === 'interrupted' ? outcome : undefined;
  const status = outcome === 'running' || outcome === 'interrupted' ? undefined : outcome;
  return (run) => {
    if (verb !== undefined && run.verb !== verb) return false;
    if (isTask !== undefined && !run.tasks.some(isTask)) return false;
    if (state !== undefined && run.state !== state) return false;
    const among = status === undefined ? Object.values(run.hosts) : [run.hosts[status] ?? []];
    if (isHost !== undefined) return among.some((hosts) => hosts.some(isHost));
    return status === undefined || among.some((hosts) => hosts.length > 0);
  };
}
