// The text report of run, put, get and ping: a live line, identical answers folded into one block, a summary.
import { createHash } from 'node:crypto';
import { foldNames } from '../base/node-set.ts';
import { formatDuration } from '../base/units.ts';
import type { FleetEvent, Outcome, OutcomeStatus } from '../fleet/events.ts';
import { errorLines } from './error-text.ts';
import { Fold, type Group } from './fold.ts';
import { LiveOutput, outputLines } from './live-output.ts';
import { errorOfMany, transferOf, verdictOf } from './outcome-text.ts';
import type { Page } from './page.ts';
import type { ReporterOptions, RunHeader } from './seam.ts';
import { changeLines } from './transfer-changes.ts';
import { TransferProgress } from './transfer-progress.ts';
import { waitingFor } from './waiting.ts';

/** Good news first, so that the bad is what stays on the screen. */
const STATUSES: readonly OutcomeStatus[] = ['ok', 'cancelled', 'timed-out', 'failed', 'unreachable'];

export class AdHocText {
  readonly #page: Page;
  readonly #header: RunHeader;
  readonly #options: ReporterOptions;
  readonly #startedAtMs: number;
  readonly #pending: Set<string>;
  readonly #byStatus = new Map<OutcomeStatus, Fold<Outcome>>();
  readonly #hostsOf = new Map<OutcomeStatus, Set<string>>();
  readonly #transfers: TransferProgress;
  readonly #liveOutput: LiveOutput;

  constructor(page: Page, header: RunHeader, options: ReporterOptions) {
    this.#page = page;
    this.#header = header;
    this.#options = options;
    this.#startedAtMs = options.now();
    this.#pending = new Set(header.hosts);
    this.#transfers = new TransferProgress(header.hosts.length, options.now);
    this.#liveOutput = new LiveOutput(page, !this.#isAlone);
    this.#showProgress();
  }

  event(event: FleetEvent): void {
    switch (event.kind) {
      case 'started':
        break;
      case 'output':
        this.#liveOutput.push(event.host, event.stream, event.chunk);
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
    for (const status of STATUSES) {
      for (const group of this.#byStatus.get(status)?.inOrderOf(this.#header.hosts) ?? []) this.#block(group);
    }
    if (!this.#isAlone) this.#page.lines(this.#summary());
  }

  get #isAlone(): boolean {
    return this.#header.hosts.length === 1;
  }

  #finished(outcome: Outcome): void {
    this.#pending.delete(outcome.host);
    const fold = this.#byStatus.get(outcome.status) ?? new Fold<Outcome>();
    this.#byStatus.set(outcome.status, fold);
    fold.add(this.#keyOf(outcome), outcome.host, outcome);
    const hosts = this.#hostsOf.get(outcome.status) ?? new Set();
    this.#hostsOf.set(outcome.status, hosts.add(outcome.host));
  }

  #keyOf(outcome: Outcome): string {
    const error = outcome.error === undefined ? undefined : errorOfMany(outcome.error, outcome.host);
    const words = [
      verdictOf(outcome),
      transferOf(outcome, this.#header.verb),
      error?.code,
      error?.message,
      error?.fix,
      outcome.truncated,
      outcome.changes,
    ];
    const hash = createHash('sha256').update(JSON.stringify(words));
    for (const bytes of [outcome.stdout, outcome.stderr]) {
      // The length goes first, so that what moves from one stream to the other makes a difference.
      hash.update(`\0${bytes?.length ?? 0}\0`).update(bytes ?? '');
    }
    return hash.digest('base64');
  }

  #block({ hosts, sample }: Group<Outcome>): void {
    const { style } = this.#page;
    const body = this.#body(hosts, sample);
    const facts = [style.status(sample.status)(verdictOf(sample))];
    const transfer = transferOf(sample, this.#header.verb);
    if (transfer !== undefined) facts.push(this.#page.foreign(transfer));
    if (this.#header.verb === 'run' && sample.status === 'ok' && body.length === 0) facts.push(style.dim('(no output)'));
    if (this.#isAlone) {
      const plain = sample.status === 'ok' && this.#header.verb === 'run';
      this.#page.lines(...body, ...(plain ? [] : [`${style.bold(hosts[0] ?? '')}: ${facts.join(' · ')}`]));
      return;
    }
    const count = hosts.length === 1 ? '' : ` (${hosts.length})`;
    this.#page.lines(`${style.dim('──')} ${style.bold(foldNames(hosts))}${count} · ${facts.join(' · ')}`, ...body);
  }

  #body(hosts: readonly string[], sample: Outcome): string[] {
    const { style } = this.#page;
    const lines: string[] = [];
    if (!(this.#isAlone && this.#liveOutput.has(sample.host))) {
      for (const stream of ['stdout', 'stderr'] as const)
        lines.push(...outputLines(this.#page, stream, sample[stream] ?? new Uint8Array()));
    }
    lines.push(...changeLines(sample.changes ?? [], (text) => this.#page.foreign(text), style));
    if (sample.truncated === true) lines.push(style.dim('(there was more output than is kept)'));
    if (sample.error !== undefined) {
      const error = hosts.length === 1 ? sample.error : errorOfMany(sample.error, sample.host);
      lines.push(...errorLines(error, style));
    }
    return lines;
  }

  #summary(): string {
    const { style } = this.#page;
    const counts = STATUSES.flatMap((status) => {
      const hosts = this.#hostsOf.get(status);
      if (hosts === undefined) return [];
      const text = `${hosts.size} ${status === 'timed-out' ? 'timed out' : status}`;
      const names = foldNames(this.#header.hosts.filter((host) => hosts.has(host)));
      return [style.status(status)(text) + (status === 'ok' ? '' : ` (${names})`)];
    });
    const total = this.#header.hosts.length;
    if (total === 0) return 'No hosts, nothing to do';
    const duration = formatDuration(this.#options.now() - this.#startedAtMs);
    return `${style.bold(`${total} hosts`)}: ${counts.join(', ')} in ${duration}`;
  }

  #showProgress(): void {
    if (this.#pending.size === 0) this.#page.settle();
    else this.#page.live(() => [...this.#transfers.lines(), this.#progress()]);
  }

  #progress(): string {
    const total = this.#header.hosts.length;
    const parts = [`${total - this.#pending.size}/${total} done`];
    for (const status of STATUSES.slice(1)) {
      const count = this.#hostsOf.get(status)?.size;
      if (count !== undefined) parts.push(`${count} ${status}`);
    }
    parts.push(waitingFor(this.#pending));
    return parts.join(', ');
  }
}
