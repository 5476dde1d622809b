// What differs between two runs, host by host. It does not know how a difference is shown.
import { createHash } from 'node:crypto';
import type { Outcome } from '../fleet/events.ts';
import type { TaskStatus } from '../playbook/events.ts';
import type { JournalEntry } from './entry.ts';
import type { HostStatus } from './host-status.ts';
import { readJournal } from './read-journal.ts';
import { Summariser } from './summary.ts';

/** A task that ended otherwise; undefined where a run did not come to it, or has no such task. */
export interface TaskDifference {
  readonly task: string;
  readonly before: TaskStatus | undefined;
  readonly after: TaskStatus | undefined;
}
/** What changed, the same on all of these hosts. */
export interface RunDifference {
  readonly hosts: readonly string[];
  /** Undefined where they did not take part. */
  readonly before: HostStatus | undefined;
  readonly after: HostStatus | undefined;
  /** The answers, where they differ and both are known. */
  readonly answers: { readonly before: Outcome; readonly after: Outcome } | undefined;
  readonly tasks: readonly TaskDifference[];
}
export interface Comparison {
  readonly differences: readonly RunDifference[];
  /** How many hosts did the same both times. */
  readonly same: number;
}

/** How one host ended: its answer as a digest, since those of all hosts have no place in the memory. */
interface HostEnd {
  status: HostStatus | undefined;
  digest: string;
  readonly tasks: Map<string, TaskStatus>;
}

/**
 * Compares two runs; the order of the hosts is that of the first.
 *
 * Two answers are the same where exit, stdout and stderr are, as far as journals keep them. Tasks are told apart by their names.
 *
 * @throws as {@link readJournal}.
 */
export async function compareRuns(beforeFile: string, afterFile: string): Promise<Comparison> {
  const [before, after] = await Promise.all([endsOf(beforeFile), endsOf(afterFile)]);
  const groups = new Map<string, { hosts: string[]; from: HostEnd; to: HostEnd; tasks: readonly TaskDifference[] }>();
  let same = 0;
  for (const host of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(host) ?? nothing(), after.get(host) ?? nothing()];
    const tasks = taskDifferences(from, to);
    if (from.status === to.status && from.digest === to.digest && tasks.length === 0) {
      same++;
      continue;
    }
    const key = JSON.stringify([from.status, to.status, from.digest, to.digest, tasks]);
    const group = groups.get(key) ?? { hosts: [], from, to, tasks };
    group.hosts.push(host);
    groups.set(key, group);
  }
  const samples = [...groups.values()].flatMap(({ hosts, from, to }) => (from.digest === to.digest ? [] : hosts.slice(0, 1)));
  const [answersBefore, answersAfter] = await Promise.all([answersOf(beforeFile, samples), answersOf(afterFile, samples)]);
  const differences = [...groups.values()].map(({ hosts, from, to, tasks }) => {
    const [was, is] = [answersBefore.get(hosts[0] ?? ''), answersAfter.get(hosts[0] ?? '')];
    const answers = was === undefined || is === undefined ? undefined : { before: was, after: is };
    return { hosts, before: from.status, after: to.status, answers, tasks };
  });
  return { differences, same };
}

function nothing(): HostEnd {
  return { status: undefined, digest: '', tasks: new Map() };
}

async function endsOf(file: string): Promise<Map<string, HostEnd>> {
  const journal = await readJournal(file);
  const ends = new Map(journal.header.hosts.map((host) => [host, nothing()]));
  const of = (host: string): HostEnd => {
    const end = ends.get(host) ?? nothing();
    ends.set(host, end);
    return end;
  };
  const summariser = new Summariser(journal.header);
  for await (const entry of journal.entries()) {
    summariser.add(entry);
    const outcome = finishedOf(entry);
    if (outcome !== undefined) of(outcome.host).digest = digestOf(outcome);
    if (entry.kind === 'play' && entry.event.kind === 'task-finished')
      of(entry.event.host).tasks.set(entry.event.task.name, entry.event.status);
  }
  for (const [status, hosts] of Object.entries(summariser.summary().hosts))
    for (const host of hosts) of(host).status = status as HostStatus;
  return ends;
}

async function answersOf(file: string, hosts: readonly string[]): Promise<Map<string, Outcome>> {
  const wanted = new Set(hosts);
  const answers = new Map<string, Outcome>();
  if (wanted.size === 0) return answers;
  const journal = await readJournal(file);
  for await (const entry of journal.entries()) {
    const outcome = finishedOf(entry);
    if (outcome !== undefined && wanted.has(outcome.host)) answers.set(outcome.host, outcome);
  }
  return answers;
}

function finishedOf(entry: JournalEntry): Outcome | undefined {
  return entry.kind === 'fleet' && entry.event.kind === 'finished' ? entry.event.outcome : undefined;
}

function digestOf({ exit, stdout, stderr, error }: Outcome): string {
  const hash = createHash('sha256').update(JSON.stringify([exit, stdout?.length, stderr?.length, error?.code]));
  return hash
    .update(stdout ?? '')
    .update(stderr ?? '')
    .digest('base64');
}

function taskDifferences(from: HostEnd, to: HostEnd): TaskDifference[] {
  const names = new Set([...from.tasks.keys(), ...to.tasks.keys()]);
  return [...names]
    .map((task) => ({ task, before: from.tasks.get(task), after: to.tasks.get(task) }))
    .filter(({ before, after }) => before !== after);
}
