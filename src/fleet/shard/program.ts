// The program of a shard's thread: a local shard that hears from the fleet and answers it. It does not know of other shards.
import type { Questions } from '../../connection/seam.ts';
import type { Queue } from '../../runtime/shared/queue.ts';
import { parentLine } from '../../runtime/units/parent-line.ts';
import { fromWire } from '../../runtime/wire/convert.ts';
import { type Limits, localLimits } from '../limits.ts';
import { LocalShard } from './local-shard.ts';
import { Outbox } from './outbox.ts';
import { useSharedLimits } from './shared-limits.ts';
import { type Ask, type Asked, type Down, EventWriter, type Up } from './wire.ts';
import './travelling-errors.ts';

/** Serves until it is told to close. */
export async function serveShard(results: Queue<Up>): Promise<void> {
  const line = parentLine();
  const server = new ShardServer(new Outbox(results));
  await new Promise<void>((resolve) => {
    line.onMessage((message) => server.hear(fromWire(message) as Down, resolve));
  });
}

interface Running {
  readonly stop: AbortController;
  readonly halt: AbortController;
  /** What the reader has not taken yet, oldest first. */
  readonly untaken: (() => void)[];
}

class ShardServer {
  readonly #outbox: Outbox<Up>;
  // Until told otherwise, which is before the first job.
  #limits: Limits = localLimits({ forks: 1, connects: 1, transfers: 1, connectsPerSecond: Number.POSITIVE_INFINITY });
  readonly #shard = new LocalShard(() => this.#limits);
  readonly #jobs = new Map<number, Running>();
  readonly #asked = new Map<number, { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }>();
  #questions = 0;

  constructor(outbox: Outbox<Up>) {
    this.#outbox = outbox;
  }

  hear(message: Down, closed: () => void): void {
    switch (message.kind) {
      case 'limits':
        this.#limits = useSharedLimits(message.limits);
        break;
      case 'targets':
        this.#shard.add(message.targets);
        break;
      case 'job':
        void this.#perform(message);
        break;
      case 'stop':
        this.#jobs.get(message.job)?.stop.abort(message.reason);
        break;
      case 'halt':
        this.#jobs.get(message.job)?.halt.abort(message.reason);
        break;
      case 'taken':
        for (const taken of this.#jobs.get(message.job)?.untaken.splice(0, message.count) ?? []) taken();
        break;
      case 'answer':
        this.#answer(message);
        break;
      case 'close':
        void this.#close().then(closed);
    }
  }

  async #perform({ job, instructions, hosts, asks }: Extract<Down, { kind: 'job' }>): Promise<void> {
    const running: Running = { stop: new AbortController(), halt: new AbortController(), untaken: [] };
    this.#jobs.set(job, running);
    const writer = new EventWriter(job);
    let error: unknown;
    try {
      await this.#shard.perform({
        assignments: hosts.map(([host, index]) => ({ host, instruction: instructions[index] as (typeof instructions)[number] })),
        push: (event, taken) => {
          running.untaken.push(taken);
          this.#outbox.push(writer.write(event));
        },
        questions: Object.fromEntries(
          asks.map((ask) => [ask, async (question: Asked) => await this.#ask(job, ask, question)]),
        ) as Questions,
        signal: running.stop.signal,
        halt: running.halt.signal,
      });
    } catch (thrown) {
      error = thrown;
    }
    this.#jobs.delete(job);
    this.#outbox.push([error === undefined ? { kind: 'done', job } : { kind: 'done', job, error }]);
  }

  async #ask(job: number, ask: Ask, question: Asked): Promise<never> {
    this.#questions += 1;
    const id = this.#questions;
    const answer = new Promise<never>((resolve, reject) => this.#asked.set(id, { resolve, reject }));
    this.#outbox.push([{ kind: 'question', job, id, ask, question }]);
    return await answer;
  }

  #answer({ id, ok, value }: Extract<Down, { kind: 'answer' }>): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (ok) asked?.resolve(value as never);
    else asked?.reject(value as Error);
  }

  async #close(): Promise<void> {
    await this.#shard.close();
    await this.#outbox.flushed();
  }
}
