// Unknown host keys shown to a person, many hosts in one question. It does not know how a key is kept.
import { setTimeout as sleep } from 'node:timers/promises';
import { neutralise } from '../base/terminal.ts';
import type { HostKeyQuestion } from '../connection/seam.ts';
import type { Prompts } from './prompts.ts';

/** Hosts answer within moments of each other; waiting this long makes one question of most of them. */
const DEFAULT_GATHER_MS = 300;

interface Waiting {
  readonly question: HostKeyQuestion;
  readonly answer: (accepted: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** Gathers the questions of many hosts, and asks about all that have come. */
export class HostKeyQuestions {
  readonly #prompts: Prompts;
  readonly #gatherMs: number;
  #waiting: Waiting[] = [];
  /** The round under way; whoever comes meanwhile is asked about in the next. */
  #round: Promise<void> = Promise.resolve();

  constructor(prompts: Prompts, gatherMs = DEFAULT_GATHER_MS) {
    this.#prompts = prompts;
    this.#gatherMs = gatherMs;
  }

  /** @throws NoTerminalError where nobody can be asked; InterruptedError when the person leaves. */
  readonly ask = async (question: HostKeyQuestion): Promise<boolean> => {
    const answer = new Promise<boolean>((resolve, reject) => this.#waiting.push({ question, answer: resolve, fail: reject }));
    this.#round = this.#round.then(async () => await this.#askAll());
    return await answer;
  };

  async #askAll(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await sleep(this.#gatherMs);
    const batch = this.#waiting;
    this.#waiting = [];
    await this.#askAbout(batch);
  }

  async #askAbout(batch: readonly Waiting[]): Promise<void> {
    try {
      const accepted = await this.#accepted(batch.map(({ question }) => question));
      for (const { question, answer } of batch) answer(accepted.has(question));
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
  }

  async #accepted(questions: readonly HostKeyQuestion[]): Promise<ReadonlySet<HostKeyQuestion>> {
    if (questions.length > 1) {
      const list = questions.map((question) => `  ${describe(question)}`).join('\n');
      const choices = [
        { value: 'none', name: 'Refuse all' },
        { value: 'each', name: 'Ask about each' },
        { value: 'all', name: `Accept and keep all ${questions.length}` },
      ] as const;
      const answer = await this.#prompts.choose(
        { message: `${questions.length} host keys are unknown:\n${list}\n`, otherwise: OTHERWISE },
        choices,
      );
      if (answer !== 'each') return new Set(answer === 'all' ? questions : []);
    }
    const accepted = new Set<HostKeyQuestion>();
    for (const question of questions) {
      const choices = [
        { value: 'no', name: 'Refuse' },
        { value: 'yes', name: 'Accept and keep' },
      ] as const;
      const answer = await this.#prompts.choose(
        { message: `The host key of ${describe(question)} is unknown`, otherwise: OTHERWISE },
        choices,
      );
      if (answer === 'yes') accepted.add(question);
    }
    return accepted;
  }
}

const OTHERWISE = 'Add the keys to known_hosts, or give --host-key accept-new where the network can be trusted';

function describe({ host, address, keyType, fingerprint }: HostKeyQuestion): string {
  return neutralise(`${host} (${address})  ${keyType} ${fingerprint}`);
}
