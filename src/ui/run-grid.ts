// A run as a grid of hosts and tasks, built entry by entry. It does not know where entries come from, nor what hosts answered.

import type { JournalEntry, JournalHeader } from '../journal/entry.ts';
import { Summariser } from '../journal/summary.ts';
import { type Mark, markOf, rankOf } from './marks.ts';
import { type RowState, rowOf } from './run-row.ts';
import type { FleetEvent, PlayEvent, TaskLabel } from './told.ts';
import type { CellChange, GridSnapshot, GridTask, GridUpdate } from './wire.ts';

/** A task while its hosts come in. */
interface Column extends Omit<GridTask, 'cells' | 'endedMs' | 'tookMs'> {
  readonly marks: Mark[];
  readonly endedMs: number[];
  readonly tookMs: number[];
}

export class RunGrid {
  readonly #header: JournalHeader;
  readonly #summary: Summariser;
  readonly #hosts = new Map<string, number>();
  readonly #columns: Column[] = [];
  /** The column of a task of the plan. */
  readonly #places = new Map<number, number>();
  #play = '';
  /** How much of it has been told. */
  #told = { hosts: 0, columns: 0 };
  #changes: (readonly [column: number, host: number])[] = [];
  #isNews = false;

  constructor(header: JournalHeader) {
    this.#header = header;
    this.#summary = new Summariser(header);
    for (const host of header.hosts) this.#hostAt(host);
    // A single command is the one task there is.
    if (header.verb !== 'play')
      this.#column({ id: 0, name: header.subject, module: header.verb, place: '', isHandler: false }, header.atMs);
  }

  add(entry: JournalEntry): void {
    this.#isNews = true;
    this.#summary.add(entry);
    if (entry.kind === 'play') this.#playEvent(entry.event, entry.atMs);
    else if (entry.kind === 'fleet') this.#fleetEvent(entry.event);
  }

  /** All of it; {@link update} goes on from here. */
  snapshot(state: RowState): GridSnapshot {
    const { argv, cwd, inventory } = this.#header;
    const tasks = this.#columns.map(taskOf);
    this.#tell();
    return { kind: 'snapshot', row: this.#row(state), argv, cwd, inventory, hosts: [...this.#hosts.keys()], tasks };
  }

  /** What came since the message before; undefined where nothing did. */
  update(state: RowState): GridUpdate | undefined {
    return this.#isNews ? this.lastUpdate(state) : undefined;
  }

  /** The same where only the state may be new. */
  lastUpdate(state: RowState): GridUpdate {
    const { hosts, columns } = this.#told;
    return {
      kind: 'update',
      row: this.#row(state),
      hosts: [...this.#hosts.keys()].slice(hosts),
      tasks: this.#columns.slice(columns).map(taskOf),
      cells: this.#tell()
        .filter(([column]) => column < columns)
        .map(([column, host]) => this.#cell(column, host)),
    };
  }

  /** @returns What had not been told. */
  #tell(): readonly (readonly [column: number, host: number])[] {
    const changes = this.#changes;
    this.#told = { hosts: this.#hosts.size, columns: this.#columns.length };
    this.#changes = [];
    this.#isNews = false;
    return changes;
  }

  #row(state: RowState): GridSnapshot['row'] {
    return rowOf({ ...this.#summary.summary(state.isTorn), state: state.state });
  }

  #fleetEvent(event: FleetEvent): void {
    if (this.#header.verb === 'play') return;
    if (event.kind === 'started') this.#mark(0, event.host, 'r', -1, -1);
    if (event.kind !== 'finished') return;
    const { status, startedAtMs, endedAtMs } = event.outcome;
    this.#mark(0, event.host, markOf(status), this.#sinceStart(endedAtMs), Math.max(0, endedAtMs - startedAtMs));
  }

  #playEvent(event: PlayEvent, atMs: number): void {
    switch (event.kind) {
      case 'play-started':
        this.#play = event.play;
        for (const host of event.hosts) this.#hostAt(host);
        break;
      case 'task-started': {
        const column = this.#columnOf(event.task, atMs);
        for (const host of event.hosts) this.#mark(column, host, 'r', -1, -1);
        break;
      }
      case 'task-finished': {
        const column = this.#columnOf(event.task, atMs - event.durationMs);
        const mark = event.status === 'failed' && event.ignored ? 'i' : markOf(event.status);
        this.#mark(column, event.host, mark, this.#sinceStart(atMs), event.durationMs);
        break;
      }
      case 'task-output':
      case 'item-finished':
      case 'play-finished':
      case 'recap':
        break;
    }
  }

  #columnOf({ id, name, module, position, handler }: TaskLabel, atMs: number): number {
    const place = `${position.file}:${position.line}`;
    return this.#places.get(id) ?? this.#column({ id, name, module, place, isHandler: handler }, atMs);
  }

  #column(task: Pick<Column, 'id' | 'name' | 'module' | 'place' | 'isHandler'>, atMs: number): number {
    const column = this.#columns.length;
    this.#places.set(task.id, column);
    this.#columns.push({ ...task, play: this.#play, startedMs: this.#sinceStart(atMs), marks: [], endedMs: [], tookMs: [] });
    return column;
  }

  /** A host may meet a task more than once, as in a role that is included twice: the worst of its ends is shown. */
  #mark(column: number, host: string, mark: Mark, endedMs: number, tookMs: number): void {
    const task = this.#columns[column];
    if (task === undefined) return;
    const at = this.#hostAt(host);
    while (task.marks.length <= at) {
      task.marks.push('.');
      task.endedMs.push(-1);
      task.tookMs.push(-1);
    }
    const before = task.marks[at] ?? '.';
    const isSecondEnd = mark !== 'r' && before !== 'r' && before !== '.';
    task.marks[at] = isSecondEnd && rankOf(before) < rankOf(mark) ? before : mark;
    task.endedMs[at] = endedMs;
    task.tookMs[at] = tookMs;
    this.#changes.push([column, at]);
  }

  #cell(column: number, host: number): CellChange {
    const task = this.#columns[column];
    return [column, host, task?.marks[host] ?? '.', task?.endedMs[host] ?? -1, task?.tookMs[host] ?? -1];
  }

  #hostAt(host: string): number {
    const at = this.#hosts.get(host) ?? this.#hosts.size;
    this.#hosts.set(host, at);
    return at;
  }

  #sinceStart(atMs: number): number {
    return Math.max(0, Math.round(atMs - this.#header.atMs));
  }
}

function taskOf({ marks, endedMs, tookMs, ...rest }: Column): GridTask {
  return { ...rest, cells: marks.join(''), endedMs: [...endedMs], tookMs: tookMs.map(Math.round) };
}
