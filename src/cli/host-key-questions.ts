// Unknown host keys shown to a person, many hosts in one question. It does not know how a key is kept.
import { setTimeout as sleep } from 'node:timers/promises';
import { neutralise } from '../base/terminal.ts';
import type { HostKeyQuestion } from '../connection/seam.ts';
import type { Prompts } from './prompts.ts';

/** Hosts answer within moments of each other: when none has come for so long, most are there. */
const DEFAULT_QUIET_MS = 300;
/** A fleet that trickles in must not keep the first for ever: the rest is asked about in the next round. */
const DEFAULT_LONGEST_MS = 3_000;

interface Waiting {
  readonly question: HostKeyQuestion;
  readonly answer: (accepted: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** Gathers the questions of many hosts, asks about all that have come in one table, and asks nothing twice. */
export class HostKeyQuestions {
  readonly #prompts: Prompts;
  readonly #quietMs: number;
  readonly #longestMs: number;
  readonly #answered = new Map<string, boolean>();
  #waiting: Waiting[] = [];
  /** The round under way; whoever comes meanwhile is asked about in the next. */
  #round: Promise<void> = Promise.resolve();

  constructor(prompts: Prompts, quietMs = DEFAULT_QUIET_MS, longestMs = DEFAULT_LONGEST_MS) {
    this.#prompts = prompts;
    this.#quietMs = quietMs;
    this.#longestMs = longestMs;
  }

  /** @throws NoTerminalError where nobody can be asked; InterruptedError when the person leaves. */
  readonly ask = async (question: HostKeyQuestion): Promise<boolean> => {
    const before = this.#answered.get(identity(question));
    if (before !== undefined) return before;
    const answer = new Promise<boolean>((resolve, reject) => this.#waiting.push({ question, answer: resolve, fail: reject }));
    this.#round = this.#round.then(async () => await this.#askAll());
    return await answer;
  };

  async #askAll(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const since = performance.now();
    let seen = 0;
    while (seen < this.#waiting.length && performance.now() - since < this.#longestMs) {
      seen = this.#waiting.length;
      await sleep(this.#quietMs);
    }
    const batch = this.#waiting;
    this.#waiting = [];
    await this.#askAbout(batch);
  }

  async #askAbout(batch: readonly Waiting[]): Promise<void> {
    try {
      const accepted = await this.#accepted(batch.map(({ question }) => question));
      for (const { question, answer } of batch) {
        this.#answered.set(identity(question), accepted.has(question));
        answer(accepted.has(question));
      }
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
  }

  async #accepted(questions: readonly HostKeyQuestion[]): Promise<ReadonlySet<HostKeyQuestion>> {
    const rows = table(questions);
    const [only] = questions;
    if (only !== undefined && questions.length === 1) {
      const question = { message: `The host key of ${describe(only)} is unknown`, otherwise: OTHERWISE };
      const answer = await this.#prompts.choose(question, [
        { value: 'no', name: 'Refuse' },
        { value: 'yes', name: 'Accept and keep' },
      ]);
      return new Set(answer === 'yes' ? questions : []);
    }
    const count = questions.length;
    const preface = [`${count} host keys are unknown:`, ...rows.map((row) => `  ${row}`)].join('\n');
    const answer = await this.#prompts.choose({ message: 'Are these the keys of your hosts?', otherwise: OTHERWISE, preface }, [
      { value: 'none', name: 'No: refuse all' },
      { value: 'some', name: 'Some of them: let me choose' },
      { value: 'all', name: `Yes: accept and keep all ${count}` },
    ]);
    if (answer !== 'some') return new Set(answer === 'all' ? questions : []);
    const chosen = await this.#prompts.chooseMany(
      { message: 'Which do you accept and keep?', otherwise: OTHERWISE },
      rows.map((name, index) => ({ value: String(index), name })),
    );
    return new Set(questions.filter((_question, index) => chosen.includes(String(index))));
  }
}

const OTHERWISE = 'Add the keys to known_hosts, or give --host-key accept-new where the network can be trusted';

function identity({ host, address, keyType, fingerprint }: HostKeyQuestion): string {
  return JSON.stringify([host, address, keyType, fingerprint]);
}

function describe({ name, host, address, keyType, fingerprint }: HostKeyQuestion): string {
  return neutralise(`${name ?? host} (${address})  ${keyType} ${fingerprint}`);
}

/** One row for each, in columns. */
function table(questions: readonly HostKeyQuestion[]): string[] {
  const rows = questions.map(({ name, host, address, keyType, fingerprint }) =>
    [name ?? host, address, keyType, fingerprint].map(neutralise),
  );
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}
