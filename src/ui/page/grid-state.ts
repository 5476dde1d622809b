// A run as the page keeps it: the snapshot with all changes since, and the rows that are shown of it. It paints nothing.
import { MARKS, type Mark, rankOf } from '../marks.ts';
import type { GridSnapshot, GridTask, GridUpdate } from '../wire.ts';

export interface TaskState extends Omit<GridTask, 'cells' | 'endedMs' | 'tookMs'> {
  readonly marks: readonly Mark[];
  readonly endedMs: readonly number[];
  readonly tookMs: readonly number[];
}

export interface GridState extends Omit<GridSnapshot, 'kind' | 'tasks'> {
  readonly tasks: readonly TaskState[];
}

/** A line of the grid: one host, or several of which every task says the same. */
export interface GridRow {
  readonly key: string;
  readonly hosts: readonly string[];
  readonly marks: readonly Mark[];
}

export function stateOf({ kind: _kind, tasks, ...rest }: GridSnapshot): GridState {
  return { ...rest, tasks: tasks.map(taskStateOf) };
}

/** The state after a change; lists that nothing changed in are the same as before. */
export function applied(state: GridState, update: GridUpdate): GridState {
  const columns = new Map<number, { marks: Mark[]; endedMs: number[]; tookMs: number[] }>();
  for (const [column, host, mark, endedMs, tookMs] of update.cells) {
    const task = state.tasks[column];
    if (task === undefined) continue;
    const changed = columns.get(column) ?? { marks: [...task.marks], endedMs: [...task.endedMs], tookMs: [...task.tookMs] };
    columns.set(column, changed);
    while (changed.marks.length < host) {
      changed.marks.push('.');
      changed.endedMs.push(-1);
      changed.tookMs.push(-1);
    }
    changed.marks[host] = mark;
    changed.endedMs[host] = endedMs;
    changed.tookMs[host] = tookMs;
  }
  const tasks = state.tasks.map((task, column) => ({ ...task, ...columns.get(column) }));
  return {
    ...state,
    row: update.row,
    hosts: update.hosts.length === 0 ? state.hosts : [...state.hosts, ...update.hosts],
    tasks: [...tasks, ...update.tasks.map(taskStateOf)],
  };
}

/** How a task stands on a host: what a run that is over left running came to no end. */
export function markAt({ row }: GridState, task: TaskState, host: number): Mark {
  const mark = task.marks[host] ?? '.';
  return mark === 'r' && row.state !== 'running' && row.state !== 'elsewhere' ? 'n' : mark;
}

/**
 * The lines of the grid, the worst first, then in the order of the run.
 *
 * @param wanted - A part of a host's name.
 */
export function rowsOf(state: GridState, isFolded: boolean, wanted: string): GridRow[] {
  const text = wanted.toLowerCase();
  const rows = new Map<string, { key: string; hosts: string[]; marks: readonly Mark[] }>();
  for (const [index, host] of state.hosts.entries()) {
    if (text !== '' && !host.toLowerCase().includes(text)) continue;
    const marks = state.tasks.map((task) => markAt(state, task, index));
    const key = isFolded ? marks.join('') : host;
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { key, hosts: [host], marks });
    else row.hosts.push(host);
  }
  const badness = (marks: readonly Mark[]): number => Math.min(rankOf('i'), ...marks.map(rankOf));
  const ranked = [...rows.values()].map((row) => ({ row, rank: badness(row.marks) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ row }) => row);
}

/** How many hosts stand how at a task, the worst first. */
export function tallyOf(state: GridState, task: TaskState): readonly (readonly [Mark, number])[] {
  const counts = new Map<Mark, number>();
  for (const host of task.marks.keys()) {
    const mark = markAt(state, task, host);
    if (mark !== '.') counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => rankOf(a) - rankOf(b));
}

/** The marks a run has, for its legend. */
export function marksOf(state: GridState): Mark[] {
  const seen = new Set(state.tasks.flatMap((task) => tallyOf(state, task).map(([mark]) => mark)));
  return (Object.keys(MARKS) as Mark[]).filter((mark) => seen.has(mark));
}

export interface Waiting {
  readonly task: TaskState;
  readonly hosts: readonly string[];
}

/** What a run that goes on waits for now. */
export function waitsFor(state: GridState): Waiting[] {
  const running = state.tasks.map((task) => ({ task, hosts: state.hosts.filter((_host, index) => markAt(state, task, index) === 'r') }));
  return running.filter(({ hosts }) => hosts.length > 0);
}

/** When a task was at work: since the run began, in milliseconds, and on which host longest. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly slowest: { readonly host: string; readonly ms: number } | undefined;
}

/** @param nowMs - Since the run began: where a task that goes on ends for now. */
export function spanOf(state: GridState, task: TaskState, nowMs: number): Span {
  let [toMs, slowestMs, slowestAt] = [task.startedMs, -1, -1];
  for (const [host, endedMs] of task.endedMs.entries()) {
    const tookMs = task.tookMs[host] ?? -1;
    if (endedMs > toMs) toMs = endedMs;
    if (tookMs > slowestMs) [slowestMs, slowestAt] = [tookMs, host];
    if (markAt(state, task, host) === 'r') toMs = Math.max(toMs, nowMs);
  }
  const host = state.hosts[slowestAt];
  return { fromMs: task.startedMs, toMs, slowest: host === undefined ? undefined : { host, ms: slowestMs } };
}

function taskStateOf({ cells, endedMs, tookMs, ...rest }: GridTask): TaskState {
  return { ...rest, marks: [...cells] as Mark[], endedMs, tookMs };
}
