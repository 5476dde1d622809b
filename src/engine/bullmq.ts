// The engine that is other controllers: a run is handed to their queue, and what they tell of it is followed. It does none of it itself.
import { SshoalError } from '../base/errors.ts';
import { readRecord } from './coordinator.ts';
import { EngineError } from './errors.ts';
import { LogReader } from './log.ts';
import { type Control, circumstances } from './messages.ts';
import { LONGEST_SECONDS, places, RUN_QUEUE } from './places.ts';
import { Line, optional } from './redis.ts';
import { refuseEmpty, rosterOf } from './roster.ts';
import { Sealer } from './seal.ts';
import type { CarryOutOptions, Engine, RunEvent, RunRecord } from './seam.ts';
import { Unended } from './unended.ts';

const PATIENCE_MS = 60_000;
/** A job is kept as long as what was told of it. */
const KEPT_SECONDS = 24 * 60 * 60;

export interface BullmqOptions {
  readonly address: string;
  readonly key: Uint8Array;
  /** That of sshoal: only workers of the same version understand it. */
  readonly version: string;
  /** How long Redis and all workers may be away. Default a minute. */
  readonly patienceMs?: number | undefined;
}

export interface FollowOptions extends CarryOutOptions {
  /** Ends the following, and lets the run go on. */
  readonly detach?: AbortSignal | undefined;
}

export class BullmqEngine implements Engine, AsyncDisposable {
  readonly #line: Line;
  readonly #sealer: Sealer;
  readonly #options: BullmqOptions;

  private constructor(line: Line, options: BullmqOptions) {
    this.#line = line;
    this.#sealer = new Sealer(options.key);
    this.#options = options;
  }

  /** @throws EngineError `ENGINE_BAD_ADDRESS`, `ENGINE_PACKAGES_MISSING`, `ENGINE_UNREACHABLE`. */
  static async open(options: BullmqOptions): Promise<BullmqEngine> {
    return new BullmqEngine(await Line.open(options.address, options.patienceMs), options);
  }

  /**
   * Hands a run over, and follows it. The run goes on when nobody follows it any more.
   *
   * @throws EngineError `ENGINE_NO_WORKERS`, `ENGINE_VERSION`, `ENGINE_KEY_DIFFERS` before anything is handed over.
   */
  async *carryOut(run: RunRecord, options: CarryOutOptions): AsyncGenerator<readonly RunEvent[], void, undefined> {
    await this.checkWorkers();
    await this.#submit(run);
    yield* this.follow(run, options);
  }

  /** @throws EngineError `ENGINE_NO_WORKERS`, `ENGINE_VERSION`, `ENGINE_KEY_DIFFERS`. */
  async checkWorkers(): Promise<void> {
    const { version } = this.#options;
    refuseEmpty(await rosterOf(this.#line, this.#sealer, version), { address: this.#line.address, version });
  }

  /** A run that somebody has handed over. @throws EngineError `ENGINE_RUN_NOT_FOUND`, `ENGINE_FORGED`. */
  async record(run: string): Promise<RunRecord> {
    return await readRecord(this.#line, this.#sealer, run);
  }

  /**
   * All that happens in a run, from its beginning to its end.
   *
   * Where Redis or all workers stay away every host is accounted for all the same: the last bundle says which have no end.
   *
   * @throws what is wrong with the run itself; EngineError `ENGINE_FORGED`.
   */
  async *follow(run: RunRecord, { signal, detach }: FollowOptions): AsyncGenerator<readonly RunEvent[], void, undefined> {
    const unended = new Unended(run);
    const cancel = (): void => void this.#cancel(run.id).catch(() => {});
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    try {
      for await (const events of this.#entries(run.id, detach)) {
        unended.take(events);
        yield events;
      }
    } catch (error) {
      if (!isAway(error)) throw error;
      yield unended.accountFor(error);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#line[Symbol.asyncDispose]();
  }

  async *#entries(run: string, detach: AbortSignal | undefined): AsyncGenerator<readonly RunEvent[], void, undefined> {
    await using own = this.#line.another();
    const lose = (): void => own.close();
    this.#line.lost.addEventListener('abort', lose);
    const reader = new LogReader(own, this.#sealer, run);
    let heardAtMs = Date.now();
    try {
      while (detach?.aborted !== true) {
        const entries = await reader.next();
        if (entries.length > 0) heardAtMs = Date.now();
        else if (await this.#isAnybodyThere(run)) heardAtMs = Date.now();
        this.#checkPatience(heardAtMs);
        for (const { events, end } of entries) {
          yield events;
          if (end === undefined) continue;
          if (end.error !== undefined) throw asTold(end.error);
          return;
        }
      }
    } finally {
      this.#line.lost.removeEventListener('abort', lose);
    }
  }

  async #submit(run: RunRecord): Promise<void> {
    const { Queue } = await optional('bullmq', async () => await import('bullmq'));
    const sealed = this.#sealer.of(run.id).seal(run, circumstances.record(run.id));
    await this.#line.ask(async (redis) => {
      await redis.hset(places.run(run.id), 'record', sealed);
      await redis.expire(places.run(run.id), LONGEST_SECONDS);
    });
    const queue = new Queue(RUN_QUEUE, { connection: { url: this.#options.address, maxRetriesPerRequest: null } });
    queue.on('error', () => {});
    try {
      const kept = { age: KEPT_SECONDS };
      // Its name is that of the run: handed over twice, it is one.
      await queue.add(
        'run',
        { protocol: run.protocol, version: run.version },
        { jobId: run.id, removeOnComplete: kept, removeOnFail: kept },
      );
    } finally {
      await queue.close();
    }
  }

  async #cancel(run: string): Promise<void> {
    const control: Control = { kind: 'cancel' };
    const sealed = this.#sealer.of(run).seal(control, circumstances.control(run, 1));
    await this.#line.ask(async (redis) => await redis.xadd(places.control(run), '*', 'n', 1, 's', sealed));
  }

  /** @throws EngineError `ENGINE_LOST` where Redis no longer knows the run. */
  async #isAnybodyThere(run: string): Promise<boolean> {
    const isKnown = await this.#line.ask(async (redis) => await redis.exists(places.run(run)));
    if (isKnown === 0) {
      throw new EngineError('ENGINE_LOST', `Redis has forgotten the run ${run}: it was started anew without what it knew`, {
        where: this.#line.address,
        fix: 'Look at the hosts that have no end, then run it again for those; let Redis keep what it knows: appendonly yes',
      });
    }
    const { workers } = await rosterOf(this.#line, this.#sealer, this.#options.version);
    return workers.length > 0;
  }

  /** @throws EngineError `ENGINE_NO_WORKERS`. */
  #checkPatience(heardAtMs: number): void {
    const { patienceMs = PATIENCE_MS } = this.#options;
    if (Date.now() - heardAtMs < patienceMs) return;
    throw new EngineError('ENGINE_NO_WORKERS', 'No worker is left, and none has come', {
      where: this.#line.address,
      fix: 'Start workers: they go on with the run, and sshoal attach follows it',
    });
  }
}

/** An error of a class that is not known here keeps what can be read of it. */
function asTold(error: unknown): unknown {
  if (error instanceof SshoalError || !(error instanceof Error)) return error;
  const { code = 'UNEXPECTED', message, where, fix } = error as Error & Partial<Pick<SshoalError, 'code' | 'where' | 'fix'>>;
  return new EngineError(code, message, { where, fix, cause: error });
}

function isAway(error: unknown): error is SshoalError {
  return error instanceof EngineError && ['ENGINE_LOST', 'ENGINE_NO_WORKERS'].includes(error.code);
}
