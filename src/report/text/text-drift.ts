// The text report of a drift check: how hosts differ from a playbook, those that differ in the same way under one head. It runs nothing.
import type { SshoalError } from '../../base/errors.ts';
import { formatDuration } from '../../base/units.ts';
import type { PlayEvent, TaskFinished, TaskLabel } from '../../playbook/events.ts';
import { errorLines } from '../error-text.ts';
import { Fold, withoutHost } from '../fold.ts';
import type { ReporterOptions } from '../seam.ts';
import { errorOfMany } from './outcome-text.ts';
import type { Page } from './page.ts';
import { resultLines } from './result-text.ts';
import { waitingFor } from './waiting.ts';

type ItemFinished = Extract<PlayEvent, { kind: 'item-finished' }>;
type Recap = Extract<PlayEvent, { kind: 'recap' }>;

/** What is wrong with a host, in the order of the tasks. */
interface Findings {
  readonly lines: string[];
  /** Why nobody knows all of it. */
  readonly faults: string[];
}

export class DriftText {
  readonly #page: Page;
  readonly #verbosity: number;
  readonly #findings = new Map<string, Findings>();
  /** The hosts of each task that have not answered. */
  readonly #running = new Map<number, { readonly label: TaskLabel; readonly pending: Set<string> }>();

  constructor(page: Page, { verbosity }: Pick<ReporterOptions, 'verbosity'>) {
    this.#page = page;
    this.#verbosity = verbosity;
  }

  event(event: PlayEvent): void {
    switch (event.kind) {
      case 'task-started':
        if (event.hosts.length > 0) this.#running.set(event.task.id, { label: event.task, pending: new Set(event.hosts) });
        break;
      case 'item-finished':
        this.#found(event, ` => ${this.#page.foreign(event.item)}`);
        break;
      case 'task-finished':
        this.#taskFinished(event);
        break;
      case 'recap':
        this.#recap(event);
        break;
      case 'play-started':
      case 'task-output':
      case 'play-finished':
        break;
    }
    this.#showProgress();
  }

  /** Where the play broke off before its recap. */
  finish(): void {
    this.#tell([...this.#findings.keys()]);
  }

  #tell(order: readonly string[]): void {
    this.#page.settle();
    this.#page.block(this.#blocks(order));
    this.#findings.clear();
  }

  #taskFinished(event: TaskFinished): void {
    const { task, host, error, result } = event;
    const running = this.#running.get(task.id);
    running?.pending.delete(host);
    if (running?.pending.size === 0) this.#running.delete(task.id);
    // The items of a loop have already said it.
    if (error !== undefined || !result.has('results')) this.#found(event, '', error);
  }

  #found(event: TaskFinished | ItemFinished, suffix: string, error?: SshoalError): void {
    const { task, host, status, ignored } = event;
    const isFault = !ignored && (status === 'failed' || status === 'unreachable');
    // Handlers run since something differs: they are no difference of their own.
    const isDifference = status === 'changed' && !task.handler;
    if (!isFault && !isDifference) return;
    const { style } = this.#page;
    const title = `${isFault ? `${style.status(status)(status)}: ` : ''}${this.#title(task)}${suffix}`;
    const below = error === undefined ? this.#resultLines(event) : errorLines(errorOfMany(error, host), style);
    const findings = this.#findings.get(host) ?? { lines: [], faults: [] };
    this.#findings.set(host, findings);
    findings[isFault ? 'faults' : 'lines'].push(`  ${title}`, ...below.map((line) => `    ${line}`));
  }

  #resultLines({ task, status, result }: TaskFinished | ItemFinished): string[] {
    return resultLines({ task, status, result, verbosity: this.#verbosity }, (text) => this.#page.foreign(text), this.#page.style);
  }

  #title({ name, position: { file, line } }: TaskLabel): string {
    return `${this.#page.foreign(name)}  ${this.#page.style.dim(this.#page.foreign(`${file}:${line}`))}`;
  }

  /** First who differs, then who could not be looked at to the end. A path that holds the name of its host is the same on all of them. */
  #blocks(order: readonly string[]): string[] {
    const { style } = this.#page;
    const blocks = (part: keyof Findings, one: string, many: string, paint: (text: string) => string): string[] => {
      const fold = new Fold<{ readonly of: string; readonly lines: readonly string[] }>();
      for (const [host, { [part]: lines }] of this.#findings) {
        if (lines.length > 0) fold.add(withoutHost(lines.join('\n'), host), host, { of: host, lines });
      }
      return fold.inOrderOf(order).flatMap(({ hosts, sample: { of, lines } }) => {
        if (hosts.length === 1) return [paint(`${this.#page.names(hosts)} ${one}`), ...lines, ''];
        return [paint(`${this.#page.names(hosts)} (${hosts.length}) ${many}`), ...lines.map((line) => withoutHost(line, of)), ''];
      });
    };
    return [
      ...blocks('lines', 'differs', 'differ', style.status('changed')),
      ...blocks('faults', 'was not looked at to the end', 'were not looked at to the end', style.status('failed')),
    ];
  }

  #recap({ hosts, durationMs }: Recap): void {
    const all = [...hosts.values()];
    const differing = all.filter(({ changed }) => changed > 0).length;
    const unknown = all.filter(({ failed, unreachable }) => failed + unreachable > 0).length;
    this.#tell([...hosts.keys()]);
    const total = all.length === 1 ? '1 host' : `${all.length} hosts`;
    const rest = unknown === 0 ? '' : `, ${unknown} not looked at to the end`;
    const verdict = differing === 0 && unknown === 0 ? 'no drift' : `${differing} ${differing === 1 ? 'differs' : 'differ'}${rest}`;
    this.#page.lines(`${this.#page.style.bold('DRIFT')}  ${total}: ${verdict}  ${this.#page.style.dim(formatDuration(durationMs))}`);
  }

  #showProgress(): void {
    const [first] = this.#running.values();
    if (first === undefined) this.#page.settle();
    else this.#page.live(() => [`  ${first.label.name}: ${waitingFor(first.pending)}`]);
  }
}
