// One task of a play while it runs and when it has ended: hosts folded under what they have to say. It does not know other tasks.
import type { PlayEvent, TaskLabel, TaskStatus } from '../../playbook/events.ts';
import { errorLines } from '../error-text.ts';
import { Fold } from '../fold.ts';
import type { ReporterOptions } from '../seam.ts';
import { errorOfMany } from './outcome-text.ts';
import type { Page } from './page.ts';
import { isDebug, resultLines } from './result-text.ts';
import { waitingFor } from './waiting.ts';

/** Good news first, as everywhere. */
const STATUSES: readonly TaskStatus[] = ['ok', 'changed', 'skipped', 'cancelled', 'failed', 'unreachable'];

type ItemFinished = Extract<PlayEvent, { kind: 'item-finished' }>;
type TaskFinished = Extract<PlayEvent, { kind: 'task-finished' }>;
interface Line {
  readonly status: TaskStatus;
  readonly ignored: boolean;
  readonly item: string | undefined;
  readonly delegate: string | undefined;
  readonly below: readonly string[];
  /** The same of one host by itself, with its own name and address. */
  readonly alone: readonly string[];
}

export class TaskText {
  readonly label: TaskLabel;
  readonly #hosts: readonly string[];
  readonly #pending: Set<string>;
  readonly #page: Page;
  readonly #verbosity: number;
  readonly #quiet: boolean;
  readonly #lines = new Fold<Line>();
  #failed = 0;

  constructor(
    label: TaskLabel,
    hosts: readonly string[],
    page: Page,
    { verbosity, layout }: Pick<ReporterOptions, 'verbosity' | 'layout'>,
  ) {
    this.label = label;
    this.#hosts = hosts;
    this.#pending = new Set(hosts);
    this.#page = page;
    this.#verbosity = verbosity;
    this.#quiet = layout?.quiet === true;
  }

  get isDone(): boolean {
    return this.#pending.size === 0;
  }

  /** The head of the task: what it is and where it stands. */
  head(): string {
    const { style } = this.#page;
    const { file, line } = this.label.position;
    const place = style.dim(this.#page.foreign(`${file}:${line}`));
    return `${style.bold(`${this.label.handler ? 'HANDLER' : 'TASK'} ${this.#page.foreign(this.label.name)}`)}  ${place}`;
  }

  item(event: ItemFinished): void {
    const quiet = event.status === 'ok' || event.status === 'skipped';
    if (quiet && this.#verbosity === 0 && !isDebug(this.label)) return;
    this.#add(event, event.item, this.#resultLines(event));
  }

  finished(event: TaskFinished): void {
    this.#pending.delete(event.host);
    if (event.status === 'failed' || event.status === 'unreachable') this.#failed++;
    const { error } = event;
    const { style } = this.#page;
    if (error !== undefined) this.#add(event, undefined, errorLines(errorOfMany(error, event.host), style), errorLines(error, style));
    // The items of a loop have already said it.
    else this.#add(event, undefined, event.result.has('results') && event.status !== 'failed' ? [] : this.#resultLines(event));
  }

  /** All that is known, one line for each set of hosts with the same to say. */
  lines(): string[] {
    const groups = this.#lines.inOrderOf(this.#hosts).filter(({ sample }) => !this.#quiet || isFailure(sample));
    const rank = ({ status, item }: Line): number => STATUSES.indexOf(status) + (item === undefined ? STATUSES.length : 0);
    const lines = groups
      .sort((a, b) => rank(a.sample) - rank(b.sample))
      .flatMap(({ hosts, sample }) => {
        const below = hosts.length === 1 ? sample.alone : sample.below;
        return [this.#statusLine(hosts, sample), ...below.map((line) => `    ${line}`)];
      });
    if (this.#pending.size > 0 && !this.#quiet) lines.push(`  ${this.#page.style.dim(`no answer: ${this.#page.names(this.#pending)}`)}`);
    return lines;
  }

  /** What the live line says. */
  progress(): string {
    const done = this.#hosts.length - this.#pending.size;
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    return `  ${done}/${this.#hosts.length} done${failed}, ${waitingFor(this.#pending)}`;
  }

  #add(event: ItemFinished | TaskFinished, item: string | undefined, below: readonly string[], alone = below): void {
    const line = { status: event.status, ignored: event.ignored, item, delegate: event.delegate, below };
    this.#lines.add(JSON.stringify(line), event.host, { ...line, alone });
  }

  #resultLines({ status, result }: ItemFinished | TaskFinished): string[] {
    const shown = { task: this.label, status, result, verbosity: this.#verbosity };
    return resultLines(shown, (text) => this.#page.foreign(text), this.#page.style);
  }

  #statusLine(hosts: readonly string[], { status, ignored, item, delegate }: Line): string {
    const paint = this.#page.style.status(ignored ? 'skipped' : status);
    const word = status === 'skipped' ? 'skipping' : `${status}${ignored ? ' (ignored)' : ''}`;
    const count = hosts.length === 1 ? '' : ` (${hosts.length})`;
    const instead = delegate === undefined ? '' : ` -> ${this.#page.foreign(delegate)}`;
    const suffix = item === undefined ? '' : ` => ${this.#page.foreign(item)}`;
    return `  ${paint(`${word}: ${this.#page.names(hosts)}${count}${instead}${suffix}`)}`;
  }
}

/** Whether a line must be seen even by those who want to see failures only. */
function isFailure({ status, ignored }: Line): boolean {
  return !ignored && (status === 'failed' || status === 'unreachable');
}
