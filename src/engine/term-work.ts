// What one coordinator of a run has a worker do, on hosts that may be others' by now. It does not know how orders come.
import { setMaxListeners } from 'node:events';
import { CancelledError } from '../connection/errors.ts';
import type { FleetEvent, Instruction, Outcome } from '../fleet/events.ts';
import { type LimitNumbers, type Limits, localLimits } from '../fleet/limits.ts';
import { LocalShard } from '../fleet/shard/local-shard.ts';
import { readBody, unpacked } from './bodies.ts';
import { EngineError } from './errors.ts';
import { type Answer, circumstances, type Order } from './messages.ts';
import { say } from './places.ts';
import type { Line } from './redis.ts';
import type { Sealer } from './seal.ts';

type Do = Extract<Order, { kind: 'do' }>;

/** Never more than the coordinator asks for. */
const UNLIMITED = 1_000_000;

export interface TermWorkOptions {
  readonly line: Line;
  readonly sealer: Sealer;
  /** The worker, as coordinators address it. */
  readonly worker: string;
  /** Whether scripts may run on this machine itself. */
  readonly allowLocal: boolean;
}

/** What one coordinator of a run has a worker do. */
export class TermWork {
  readonly run: string;
  readonly number: number;
  readonly #options: TermWorkOptions;
  readonly #sealer: Sealer;
  readonly #before: Promise<void>;
  readonly #shard: LocalShard;
  readonly #bodies = new Map<number, Promise<Instruction>>();
  readonly #lanes = new Map<string, Lane>();
  readonly #underWay = new Map<number, AbortController>();
  readonly #running = new Set<Promise<void>>();
  #limits: Limits | undefined;
  #numbers: LimitNumbers = { forks: UNLIMITED, connects: 1, connectsPerSecond: Number.POSITIVE_INFINITY, transfers: 1 };
  #heard = 0;
  #performed = 0;

  constructor(run: string, number: number, before: Promise<void>, options: TermWorkOptions) {
    this.run = run;
    this.number = number;
    this.#before = before;
    this.#options = options;
    this.#sealer = options.sealer.of(run);
    this.#shard = new LocalShard(() => {
      this.#limits ??= localLimits({ ...this.#numbers, forks: UNLIMITED });
      return this.#limits;
    });
  }

  /** How many orders it was given. */
  get performed(): number {
    return this.#performed;
  }

  /** Whether these orders are not those of before, sent again when the line broke. */
  isNext(number: number): boolean {
    if (!(number > this.#heard)) return false;
    this.#heard = number;
    return true;
  }

  limit(numbers: LimitNumbers): void {
    if (JSON.stringify(numbers) === JSON.stringify(this.#numbers)) return;
    this.#numbers = numbers;
    this.#limits = undefined;
  }

  stop({ order, reason }: { readonly order: number; readonly reason: unknown }): void {
    this.#underWay.get(order)?.abort(reason);
  }

  async perform(order: Do): Promise<void> {
    this.#performed += 1;
    const running = this.#perform(order).finally(() => this.#running.delete(running));
    this.#running.add(running);
    await running;
  }

  /** Does it, unless the host is another's by now. */
  async #perform({ order, host, fence, target, what }: Do): Promise<void> {
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    this.#underWay.set(order, stop);
    try {
      await this.#before;
      const lane = this.#laneOf(host, fence);
      const tell = async (event: FleetEvent): Promise<void> => {
        if (!(await lane.say({ order, event }))) stop.abort(new CancelledError('Another worker has this host'));
      };
      // Before anything is done it is known that it was begun, and that it may be.
      await tell({ kind: 'started', host: target.name, atMs: Date.now() });
      if (stop.signal.aborted && lane.isLost) return;
      if (target.spec.kind === 'local' && !this.#options.allowLocal) {
        await tell({ kind: 'finished', host: target.name, outcome: refusedLocal(target.name) });
        return;
      }
      await this.#shardDoes(target, await this.#instructionOf(what), tell, stop.signal);
    } finally {
      this.#underWay.delete(order);
    }
  }

  /** Ends what is under way on the hosts, says nothing more, and closes all connections. */
  async end(reason: Error): Promise<void> {
    // What is cut short here is done again elsewhere: it must not be told as its end.
    for (const lane of this.#lanes.values()) lane.isLost = true;
    for (const stop of this.#underWay.values()) stop.abort(reason);
    await Promise.allSettled([...this.#running]);
    await this.#shard.close();
  }

  async #shardDoes(
    target: Do['target'],
    given: Instruction,
    tell: (event: FleetEvent) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    await using carried = await unpacked(given);
    const said: Promise<void>[] = [];
    this.#shard.add([target]);
    await this.#shard.perform({
      assignments: [{ host: target.name, instruction: carried.instruction }],
      push: (event, taken) => {
        if (event.kind === 'started') taken();
        else said.push(tell(event).finally(taken));
      },
      questions: {},
      signal,
      halt: new AbortController().signal,
    });
    await Promise.all(said);
  }

  #laneOf(host: string, fence: number): Lane {
    const known = this.#lanes.get(host);
    if (known?.fence === fence) return known;
    const { line, worker } = this.#options;
    const { run, number: term } = this;
    const lane = new Lane(fence, async (number, answer) => {
      const sealed = this.#sealer.seal(answer, circumstances.answer(run, term, worker, host, fence, number));
      return await say(line, { run, term, worker, host, fence, number, sealed });
    });
    this.#lanes.set(host, lane);
    return lane;
  }

  async #instructionOf(what: Do['what']): Promise<Instruction> {
    if (what.kind === 'instruction') return what.instruction;
    const known = this.#bodies.get(what.body) ?? readBody(this.#options.line, this.#sealer, this.run, this.number, what.body);
    this.#bodies.set(what.body, known);
    return await known;
  }
}

/** What is said about one host, one after another, for as long as it is ours. */
class Lane {
  readonly fence: number;
  isLost = false;
  readonly #send: (number: number, answer: Answer) => Promise<boolean>;
  #said = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(fence: number, send: (number: number, answer: Answer) => Promise<boolean>) {
    this.fence = fence;
    this.#send = send;
  }

  /** @returns False where the host is another's by now. */
  async say(answer: Answer): Promise<boolean> {
    const turn = this.#turn.then(async () => {
      if (this.isLost) return false;
      const isOurs = await this.#send(this.#said + 1, answer);
      if (isOurs) this.#said += 1;
      else this.isLost = true;
      return isOurs;
    });
    this.#turn = turn.catch(() => {});
    return await turn;
  }
}

function refusedLocal(host: string): Outcome {
  const error = new EngineError('ENGINE_NOT_ALLOWED', 'This worker runs nothing on its own machine', {
    where: host,
    fix: 'Start the workers with --allow-local if runs may do so, or reach the host over ssh',
  });
  const atMs = Date.now();
  return { host, status: 'failed', error, startedAtMs: atMs, endedAtMs: atMs };
}
