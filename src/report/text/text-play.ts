// The text report of a playbook: heads of plays and tasks, one folded block for each task, the recap. It runs nothing.
import { formatDuration } from '../../base/units.ts';
import type { PlayEvent, TaskLabel } from '../../playbook/events.ts';
import type { ReporterOptions } from '../seam.ts';
import { LiveOutput } from './live-output.ts';
import type { Page } from './page.ts';
import { customLines, recapLines } from './recap-text.ts';
import { TaskText } from './task-text.ts';

const MOST_LIVE_LINES = 8;

export class PlayText {
  readonly #page: Page;
  readonly #options: ReporterOptions;
  readonly #quiet: boolean;
  readonly #running = new Map<number, TaskText>();
  readonly #liveOutput: LiveOutput;
  /** Whose head stands last on the page; another task's block repeats its own. */
  #lastHead: TaskText | undefined;

  constructor(page: Page, options: ReporterOptions) {
    this.#page = page;
    this.#options = options;
    this.#quiet = options.layout?.quiet === true;
    this.#liveOutput = new LiveOutput(page, true);
  }

  event(event: PlayEvent): void {
    switch (event.kind) {
      case 'play-started':
        this.#playHead(event.play, event.hosts);
        break;
      case 'task-started':
        this.#taskStarted(event.task, event.hosts);
        break;
      case 'task-output':
        if (this.#options.verbosity > 0 && !this.#quiet) this.#liveOutput.push(event.host, event.stream, event.chunk);
        break;
      case 'item-finished':
        this.#running.get(event.task.id)?.item(event);
        break;
      case 'task-finished':
        this.#taskFinished(event);
        break;
      case 'play-finished':
        break;
      case 'recap':
        this.#recap(event);
        break;
    }
    this.#showProgress();
  }

  finish(): void {
    for (const task of this.#running.values()) this.#block(task);
    this.#running.clear();
  }

  #playHead(play: string, hosts: readonly string[]): void {
    if (this.#quiet) return;
    const { style } = this.#page;
    const names = hosts.length === 0 ? 'no hosts' : this.#page.names(hosts);
    this.#page.lines('', `${style.bold(`PLAY ${this.#page.foreign(play)}`)}  ${style.dim(names)}`);
  }

  #taskStarted(label: TaskLabel, hosts: readonly string[]): void {
    const task = new TaskText(label, hosts, this.#page, this.#options);
    this.#running.set(label.id, task);
    if (this.#running.size === 1 && !this.#quiet) this.#head(task);
    if (task.isDone) this.#running.delete(label.id);
  }

  #taskFinished(event: Extract<PlayEvent, { kind: 'task-finished' }>): void {
    this.#liveOutput.end(event.host);
    const task = this.#running.get(event.task.id);
    task?.finished(event);
    if (task?.isDone !== true) return;
    this.#running.delete(event.task.id);
    this.#block(task);
  }

  #block(task: TaskText): void {
    const lines = task.lines();
    if (this.#quiet && lines.length === 0) return;
    this.#head(task);
    this.#page.block(lines);
  }

  #head(task: TaskText): void {
    if (this.#lastHead === task) return;
    this.#lastHead = task;
    this.#page.lines('', task.head());
  }

  #recap({ hosts, custom, durationMs }: Extract<PlayEvent, { kind: 'recap' }>): void {
    const { style } = this.#page;
    this.finish();
    if (this.#quiet) return;
    const total = hosts.size === 1 ? '1 host' : `${hosts.size} hosts`;
    const head = `${style.bold('RECAP')}  ${style.dim(`${total} in ${formatDuration(durationMs)}`)}`;
    this.#page.block(['', head, ...recapLines(hosts, this.#page)]);
    if (custom !== undefined) this.#page.block(['', style.bold('CUSTOM STATS'), ...customLines(custom, this.#page)]);
  }

  #showProgress(): void {
    if (this.#running.size === 0 || this.#quiet) this.#page.settle();
    else this.#page.live(() => this.#liveLines());
  }

  // Lines beyond the height of a terminal could not be painted over.
  #liveLines(): string[] {
    const seen = [...this.#running.values()].slice(0, MOST_LIVE_LINES).map((task) => this.#progress(task));
    const more = this.#running.size - seen.length;
    return more === 0 ? seen : [...seen, `  and ${more} more tasks`];
  }

  // Where several tasks run at once, their lines need their names.
  #progress(task: TaskText): string {
    return this.#running.size === 1 ? task.progress() : `${task.progress()} · ${task.label.name}`;
  }
}
