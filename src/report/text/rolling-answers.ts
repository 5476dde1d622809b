// Answers while they come: a block for each new one, and only names for those who join it. It does not know when the run ends.

import type { Answer } from '../gather.ts';
import type { AnswerText } from './answer-text.ts';
import type { Page } from './page.ts';

/** Hosts that answer within so long share a block. */
const PAUSE_MS = 1_000;

/** Blocks of a run whose hosts take their time: nothing is shown twice, and nobody waits for the slowest. */
export class RollingAnswers {
  readonly #page: Page;
  readonly #answers: AnswerText;
  readonly #now: () => number;
  readonly #fresh = new Map<Answer, string[]>();
  /** Who gave an answer that has been shown. */
  readonly #shown = new Map<Answer, readonly string[]>();
  #timer: NodeJS.Timeout | undefined;
  #since = Number.POSITIVE_INFINITY;

  constructor(page: Page, answers: AnswerText, now: () => number) {
    this.#page = page;
    this.#answers = answers;
    this.#now = now;
  }

  add(host: string, answer: Answer): void {
    const hosts = this.#fresh.get(answer);
    if (hosts === undefined) this.#fresh.set(answer, [host]);
    else hosts.push(host);
    this.#since = Math.min(this.#since, this.#now());
    if (this.#now() - this.#since >= PAUSE_MS) this.#flush();
    // When nobody else answers, the clock shows what there is.
    else this.#timer ??= setTimeout(() => this.#flush(), PAUSE_MS);
  }

  /** Shows what is left. */
  finish(): void {
    this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#since = Number.POSITIVE_INFINITY;
    for (const [answer, hosts] of this.#fresh) {
      const before = this.#shown.get(answer);
      if (before === undefined) {
        this.#shown.set(answer, hosts);
        this.#page.block([this.#answers.head(hosts, answer), ...this.#answers.body(hosts, answer)]);
      } else {
        this.#page.lines(this.#answers.head(hosts, answer, this.#page.style.dim(`as ${this.#page.names(before)}`)));
      }
    }
    this.#fresh.clear();
  }
}
