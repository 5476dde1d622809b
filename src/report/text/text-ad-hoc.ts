// The text report of run, put, get and ping: a live line, answers folded into blocks, a summary.
import { formatDuration } from '../../base/units.ts';
import type { FleetEvent, Outcome, OutcomeStatus } from '../../fleet/events.ts';
import type { Group } from '../fold.ts';
import { type Answer, answerOf, Gather, STATUSES } from '../gather.ts';
import { OutputStore } from '../output/output-store.ts';
import type { Layout, ReporterOptions, RunHeader } from '../seam.ts';
import { differenceLines, hasAnswered, referenceOf } from './answer-diff.ts';
import { AnswerText } from './answer-text.ts';
import { LiveOutput } from './live-output.ts';
import type { Page } from './page.ts';
import { RollingAnswers } from './rolling-answers.ts';
import { TransferProgress } from './transfer-progress.ts';
import { waitingFor } from './waiting.ts';

export class AdHocText {
  readonly #page: Page;
  readonly #header: RunHeader;
  readonly #options: ReporterOptions;
  readonly #layout: Layout;
  readonly #startedAtMs: number;
  readonly #pending: Set<string>;
  readonly #store: OutputStore;
  readonly #gather: Gather;
  readonly #answers: AnswerText;
  readonly #liveOutput: LiveOutput;
  readonly #rolling: RollingAnswers | undefined;
  readonly #transfers: TransferProgress;
  readonly #notOk = new Map<OutcomeStatus, Set<string>>();

  constructor(page: Page, header: RunHeader, options: ReporterOptions) {
    this.#page = page;
    this.#header = header;
    this.#options = options;
    this.#layout = options.layout ?? {};
    this.#startedAtMs = options.now();
    this.#pending = new Set(header.hosts);
    this.#transfers = new TransferProgress(header.hosts.length, options.now);
    this.#store = new OutputStore({ directory: this.#layout.spoolDirectory });
    this.#gather = new Gather(header.verb, this.#store);
    this.#answers = new AnswerText(page, header.verb);
    this.#liveOutput = new LiveOutput(page, !this.#isAlone);
    const rolls = this.#layout.gather === 'incremental' && !this.#isAlone;
    this.#rolling = rolls ? new RollingAnswers(page, this.#answers, options.now) : undefined;
    this.#showProgress();
  }

  event(event: FleetEvent): void {
    switch (event.kind) {
      case 'started':
        break;
      case 'output':
        if (this.#layout.quiet !== true) this.#liveOutput.push(event.host, event.stream, event.chunk);
        break;
      case 'progress':
        this.#transfers.update(event);
        break;
      case 'finished':
        this.#transfers.finish(event.host);
        this.#liveOutput.end(event.host);
        this.#finished(event.outcome);
        break;
    }
    this.#showProgress();
  }

  finish(): void {
    this.#page.settle();
    this.#rolling?.finish();
    if (this.#layout.diff !== undefined && this.#header.hosts.length > 1) this.#differences(this.#layout.diff.base);
    else if (this.#rolling === undefined && this.#layout.gather !== 'host') for (const group of this.#groups()) this.#block(group);
    this.#store.close();
    if (!this.#isAlone && this.#layout.quiet !== true) this.#page.lines(this.#summary());
  }

  get #isAlone(): boolean {
    return this.#header.hosts.length === 1;
  }

  #finished(outcome: Outcome): void {
    this.#pending.delete(outcome.host);
    if (outcome.status !== 'ok') this.#notOk.set(outcome.status, (this.#notOk.get(outcome.status) ?? new Set()).add(outcome.host));
    const isWanted = this.#isWanted(outcome);
    const isShownNow = this.#layout.gather === 'host';
    const isKept = isWanted && !isShownNow && (this.#layout.gather !== 'none' || this.#isAlone);
    const answer = this.#gather.add(outcome, isKept ? 'kept' : 'dropped');
    if (!isWanted) return;
    this.#rolling?.add(outcome.host, answer);
    if (isShownNow) this.#block({ hosts: [outcome.host], sample: answerOf(outcome) });
  }

  #isWanted(outcome: Outcome): boolean {
    return outcome.status !== 'ok' || (this.#layout.quiet !== true && this.#layout.gather !== 'none');
  }

  #groups(): Group<Answer>[] {
    return STATUSES.flatMap((status) => this.#gather.groupsOf(status, this.#header.hosts)).filter(({ sample }) =>
      this.#isWanted(sample.outcome),
    );
  }

  #block({ hosts, sample }: Group<Answer>): void {
    if (this.#isAlone) {
      this.#blockOfOne(sample);
      return;
    }
    const body = this.#answers.body(hosts, sample, { output: this.#layout.gather !== 'none' });
    this.#page.block([this.#answers.head(hosts, sample), ...body]);
  }

  /** Where there is one host, its output is all there is to see, unless it is not well. */
  #blockOfOne(answer: Answer): void {
    const { outcome } = answer;
    const body = this.#answers.body([outcome.host], answer, { output: !this.#liveOutput.has(outcome.host) });
    const plain = outcome.status === 'ok' && this.#header.verb === 'run';
    const name = this.#page.style.bold(this.#page.foreign(outcome.host));
    this.#page.block(plain ? body : [...body, `${name}: ${this.#answers.facts(outcome).join(' · ')}`]);
  }

  #differences(base: string | undefined): void {
    const { style } = this.#page;
    const groups = this.#groups();
    const reference = referenceOf(groups, base);
    if (reference === undefined) {
      if (base !== undefined) this.#page.lines(style.dim(`(no answer of ${this.#page.foreign(base)} to compare with)`));
      for (const group of groups) this.#block(group);
      return;
    }
    const head = this.#answers.head(reference.hosts, reference.sample, style.dim('the others are compared with it'));
    this.#page.block([head, ...this.#answers.body(reference.hosts, reference.sample)]);
    for (const group of groups) {
      if (group === reference) continue;
      if (!hasAnswered(group.sample.outcome)) {
        this.#block(group);
        continue;
      }
      const body = this.#answers.body(group.hosts, group.sample, { output: false });
      this.#page.block([this.#answers.head(group.hosts, group.sample), ...differenceLines(reference, group, this.#page), ...body]);
    }
  }

  #summary(): string {
    const { style } = this.#page;
    const counts = STATUSES.flatMap((status) => {
      const count = this.#gather.countOf(status);
      if (count === 0) return [];
      const text = `${count} ${status === 'timed-out' ? 'timed out' : status}`;
      const hosts = this.#notOk.get(status);
      const names = hosts === undefined ? '' : ` (${this.#page.names(this.#header.hosts.filter((host) => hosts.has(host)))})`;
      return [style.status(status)(text) + names];
    });
    const total = this.#header.hosts.length;
    if (total === 0) return 'No hosts, nothing to do';
    const duration = formatDuration(this.#options.now() - this.#startedAtMs);
    return `${style.bold(`${total} hosts`)}: ${counts.join(', ')} in ${duration}`;
  }

  #showProgress(): void {
    if (this.#pending.size === 0 || this.#layout.quiet === true) this.#page.settle();
    else this.#page.live(() => [...this.#transfers.lines(), this.#progress()]);
  }

  #progress(): string {
    const total = this.#header.hosts.length;
    const parts = [`${total - this.#pending.size}/${total} done`];
    for (const status of STATUSES.slice(1)) {
      const count = this.#gather.countOf(status);
      if (count > 0) parts.push(`${count} ${status}`);
    }
    parts.push(waitingFor(this.#pending));
    return parts.join(', ');
  }
}
