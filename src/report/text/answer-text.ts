// One answer as a block of lines: who gave it, how it ended, what was written. It does not know when blocks are shown.
import type { Outcome } from '../../fleet/events.ts';
import { errorLines } from '../error-text.ts';
import type { Answer } from '../gather.ts';
import { outputLines } from './live-output.ts';
import { errorOfMany, transferOf, verdictOf } from './outcome-text.ts';
import type { Page } from './page.ts';
import { changeLines } from './transfer-changes.ts';

/** What stands below the head of a block. */
export interface Body {
  /** Everything that was written, or none of it where it has been seen already. */
  readonly output: boolean;
}

export class AnswerText {
  readonly #page: Page;
  readonly #verb: string;

  constructor(page: Page, verb: string) {
    this.#page = page;
    this.#verb = verb;
  }

  /** `── web[01-40] (40) · ok`, and what more there is to say about all of them. */
  head(hosts: readonly string[], { outcome, stdout, stderr }: Answer, note?: string): string {
    const { style } = this.#page;
    const count = hosts.length === 1 ? '' : ` (${hosts.length})`;
    const silent = this.#verb === 'run' && outcome.status === 'ok' && stdout.sizeBytes + stderr.sizeBytes === 0;
    const facts = [...this.facts(outcome), ...(silent ? ['(no output)'] : []), ...(note === undefined ? [] : [note])];
    return `${style.dim('──')} ${style.bold(this.#page.names(hosts))}${count} · ${facts.join(' · ')}`;
  }

  /** How it ended, and what was moved. */
  facts(outcome: Outcome): string[] {
    const transfer = transferOf(outcome, this.#verb);
    const verdict = this.#page.style.status(outcome.status)(this.#page.foreign(verdictOf(outcome)));
    return transfer === undefined ? [verdict] : [verdict, this.#page.foreign(transfer)];
  }

  /** Output and error; with several hosts nothing in the error names one of them. */
  body(hosts: readonly string[], { outcome, stdout, stderr }: Answer, { output }: Body = { output: true }): string[] {
    const { style } = this.#page;
    const written = output
      ? [...outputLines(this.#page, 'stdout', stdout.read()), ...outputLines(this.#page, 'stderr', stderr.read())]
      : [];
    const truncated = outcome.truncated === true ? [style.dim('(there was more output than is kept)')] : [];
    const changes = changeLines(outcome.changes ?? [], (text) => this.#page.foreign(text), style);
    return [...written, ...changes, ...truncated, ...this.#errorLines(hosts, outcome)];
  }

  #errorLines(hosts: readonly string[], { error, host }: Outcome): string[] {
    if (error === undefined) return [];
    return errorLines(hosts.length === 1 ? error : errorOfMany(error, host), this.#page.style);
  }
}
