// One answer, and how the others differ from it: the report of a line under `:output diff`. It does not know what was run.
import { foldNames } from '../../base/node-set.ts';
import { neutralise } from '../../base/terminal.ts';
import type { FleetEvent, Outcome } from '../../fleet/events.ts';
import { errorLines } from '../../report/error-text.ts';
import { Fold, type Group } from '../../report/fold.ts';
import type { Reporter, RunHeader } from '../../report/seam.ts';
import { outputLines } from '../../report/text/live-output.ts';
import { verdictOf } from '../../report/text/outcome-text.ts';
import { Page } from '../../report/text/page.ts';
import { unifiedDiff } from '../../report/text/unified-diff.ts';
import { waitingFor } from '../../report/text/waiting.ts';
import type { Context } from '../context.ts';

interface Answer {
  readonly verdict: string;
  readonly lines: readonly string[];
}

export class DiffReporter implements Reporter {
  readonly #page: Page;
  readonly #answers = new Fold<Answer>();
  readonly #pending = new Set<string>();
  #hosts: readonly string[] = [];

  constructor({ stdout, secrets, now }: Context) {
    this.#page = new Page(stdout, { verbosity: 0, mask: (text) => secrets.mask(text), now });
  }

  start({ hosts }: RunHeader): void {
    this.#hosts = hosts;
    for (const host of hosts) this.#pending.add(host);
    this.#page.live(() => [waitingFor(this.#pending)]);
  }

  fleetEvent(event: FleetEvent): void {
    if (event.kind !== 'finished') return;
    const answer = this.#answerOf(event.outcome);
    this.#pending.delete(event.host);
    this.#answers.add(JSON.stringify(answer), event.host, answer);
    this.#page.live(() => [waitingFor(this.#pending)]);
  }

  playEvent(): void {
    // A shell plays nothing.
  }

  finish(): void {
    this.#page.settle();
    const groups = this.#answers.inOrderOf(this.#hosts);
    const [most, ...others] = groups.toSorted((a, b) => b.hosts.length - a.hosts.length);
    if (most === undefined) return;
    this.#page.lines(this.#title(most), ...most.sample.lines);
    const text = ({ lines }: Answer): string => lines.map((line) => `${line}\n`).join('');
    for (const other of others) {
      const { style } = this.#page;
      const paints = { '@': style.hunk, '-': style.removed, '+': style.added };
      const difference = unifiedDiff(text(most.sample), text(other.sample));
      this.#page.lines(this.#title(other), ...difference.map((line) => paints[line.charAt(0) as keyof typeof paints]?.(line) ?? line));
    }
  }

  #title({ hosts, sample }: Group<Answer>): string {
    const { style } = this.#page;
    return `${style.dim('──')} ${style.bold(neutralise(foldNames(hosts)))} (${hosts.length}) · ${sample.verdict}`;
  }

  #answerOf(outcome: Outcome): Answer {
    const { style } = this.#page;
    const streams = (['stdout', 'stderr'] as const).flatMap((stream) =>
      outputLines(this.#page, stream, outcome[stream] ?? new Uint8Array()),
    );
    if (outcome.truncated === true) streams.push(style.dim('(there was more output than is kept)'));
    const error = outcome.error === undefined ? [] : errorLines(outcome.error, style);
    return { verdict: style.status(outcome.status)(neutralise(verdictOf(outcome))), lines: [...streams, ...error] };
  }
}
