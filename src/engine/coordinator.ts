// One run, carried out with the hosts at all workers, from wherever a coordinator before has left it. It does not know who gave it the run.
import type { LimitNumbers } from '../fleet/limits.ts';
import { AnswerLog } from './answer-log.ts';
import { Bodies } from './bodies.ts';
import { Desks } from './desks.ts';
import { EngineError, FencedError } from './errors.ts';
import { Holds } from './holds.ts';
import type { InProcess } from './in-process.ts';
import { LogReader, LogWriter } from './log.ts';
import { circumstances } from './messages.ts';
import { beginTerm, PROTOCOL, places } from './places.ts';
import type { Line } from './redis.ts';
import { RemoteShard } from './remote-shard.ts';
import type { Sealer } from './seal.ts';
import type { RunEvent, RunRecord } from './seam.ts';

/** How long a run that ended can be read. */
const KEPT_SECONDS = 24 * 60 * 60;
/** So soon a run tells what it has made of an answer. */
const MOST_TURNS = 10;
/** A run that waited for longer is not begun any more: nobody expects it. */
const LONGEST_WAIT_MS = 60 * 60_000;

export interface CoordinatorOptions {
  readonly line: Line;
  readonly sealer: Sealer;
  /** The name of this worker, for messages. */
  readonly name: string;
  readonly version: string;
  readonly leaseMs: number;
  /** How long hosts wait where no worker is left. Default a minute. */
  readonly patienceMs?: number | undefined;
  readonly engine: InProcess;
  /** @throws EngineError `ENGINE_NOT_ALLOWED` on paths that this worker may not play. */
  readonly checkAllowed: (paths: readonly string[]) => Promise<void>;
  readonly tell: (text: string) => void;
  /** Aborts when this worker leaves: the run is left as it stands, for another. */
  readonly leaving: AbortSignal;
}

/** How it ended: the run is over, or another coordinator has it or shall have it. */
export type Coordinated = 'ended' | 'left';

/**
 * Carries a run out.
 *
 * @throws EngineError `ENGINE_FORGED` where the run was not sealed by one of us, `ENGINE_RUN_NOT_FOUND`, `ENGINE_LOST`.
 */
export async function coordinate(run: string, options: CoordinatorOptions): Promise<Coordinated> {
  const { line, sealer, tell } = options;
  const record = await readRecord(line, sealer, run);
  const term = await beginTerm(line, run);
  if (term === undefined) throw notFound(run, line);
  const { before, isEnded, written } = await readBefore(line, sealer, run);
  if (isEnded) return 'ended';
  const writer = new LogWriter(line, sealer, run, term, written);
  tell(term === 1 ? `coordinates ${run}: ${record.description.verb} ${record.description.subject}` : `goes on with ${run}`);
  try {
    await refuse(record, term, options);
    const coordinator = new Coordinator(record, term, writer, options);
    const how = await coordinator.carryOut(before);
    if (how === 'left') return how;
    await writer.write({ events: [], end: {} });
  } catch (error) {
    if (error instanceof FencedError) {
      tell(`${run} is coordinated by another worker by now`);
      return 'left';
    }
    if (error instanceof EngineError && error.code === 'ENGINE_LOST') throw error;
    tell(`${run}: ${(error as Error).message}`);
    await writer.write({ events: [], end: { error } });
  }
  await forget(line, run, term);
  tell(`ended ${run}`);
  return 'ended';
}

/** @throws EngineError `ENGINE_FORGED`, `ENGINE_RUN_NOT_FOUND`. */
export async function readRecord(line: Line, sealer: Sealer, run: string): Promise<RunRecord> {
  const sealed = await line.ask(async (redis) => await redis.hgetBuffer(places.run(run), 'record'));
  if (sealed === null) throw notFound(run, line);
  return sealer.of(run).open(sealed, circumstances.record(run)) as RunRecord;
}

function notFound(run: string, line: Line): EngineError {
  return new EngineError('ENGINE_RUN_NOT_FOUND', `There is no run ${run}`, {
    where: line.address,
    fix: 'Give the name that its starter printed; a run can be followed for a day after its end',
  });
}

async function readBefore(line: Line, sealer: Sealer, run: string): Promise<{ before: RunEvent[]; isEnded: boolean; written: number }> {
  const reader = new LogReader(line, sealer, run);
  const before: RunEvent[] = [];
  let isEnded = false;
  for (let entries = await reader.next(false); entries.length > 0; entries = await reader.next(false)) {
    for (const { events, end } of entries) {
      before.push(...events);
      isEnded ||= end !== undefined;
    }
  }
  return { before, isEnded, written: reader.read };
}

/** @throws EngineError `ENGINE_VERSION`, `ENGINE_NOT_ALLOWED`, `ENGINE_FORGED`. */
async function refuse(
  { id, protocol, version, atMs, order }: RunRecord,
  term: number,
  { name, version: ours, checkAllowed }: CoordinatorOptions,
): Promise<void> {
  if (protocol !== PROTOCOL || version !== ours) {
    throw new EngineError(
      'ENGINE_VERSION',
      `The worker ${name} is sshoal ${ours} (protocol ${PROTOCOL}), and the run is of ${version} (protocol ${protocol})`,
      {
        where: name,
        fix: 'Install the same version everywhere',
      },
    );
  }
  if (term === 1 && Date.now() - atMs > LONGEST_WAIT_MS)
    throw new EngineError('ENGINE_FORGED', `The run ${id} is from ${new Date(atMs).toISOString()}: it may be told again`, {
      where: name,
      fix: 'Start it anew',
    });
  if (order.kind === 'play') await checkAllowed(order.paths);
}

/** What belongs to the work is gone, what was told stays for a day. */
async function forget(line: Line, run: string, term: number): Promise<void> {
  await line.ask(async (redis) => {
    await redis.expire(places.run(run), KEPT_SECONDS);
    await redis.expire(places.log(run), KEPT_SECONDS);
    await redis.del(places.leases(run), places.control(run), ...Array.from({ length: term }, (_, index) => places.answers(run, index + 1)));
  });
}

class Coordinator {
  readonly #record: RunRecord;
  readonly #term: number;
  readonly #writer: LogWriter;
  readonly #options: CoordinatorOptions;
  /** Ends the listening when all is done. */
  readonly #done = new AbortController();
  /** Ends the run: somebody wants it, or it cannot go on. */
  readonly #stop = new AbortController();
  #left = false;

  constructor(record: RunRecord, term: number, writer: LogWriter, options: CoordinatorOptions) {
    this.#record = record;
    this.#term = term;
    this.#writer = writer;
    this.#options = options;
  }

  async carryOut(before: readonly RunEvent[]): Promise<Coordinated> {
    const { engine, leaving, line } = this.#options;
    const { remote, bodies, listening } = await this.#begin();
    const leave = (): void => void this.#leave(remote);
    leaving.addEventListener('abort', leave);
    if (leaving.aborted) leave();
    try {
      const signal = AbortSignal.any([this.#stop.signal, line.lost]);
      for await (const events of engine.carryOut(this.#record, { signal, elsewhere: () => remote, before }))
        await this.#writer.write({ events });
      line.lost.throwIfAborted();
      return this.#left ? 'left' : 'ended';
    } finally {
      leaving.removeEventListener('abort', leave);
      await remote.close();
      this.#done.abort();
      await listening;
      if (!line.lost.aborted) await bodies.forget();
    }
  }

  async #begin(): Promise<{ remote: RemoteShard; bodies: Bodies; listening: Promise<unknown> }> {
    const { line, sealer, version, leaseMs, patienceMs } = this.#options;
    const { id: run, order } = this.#record;
    const term = this.#term;
    const limits: LimitNumbers = order.limits;
    const note = (text: string): void => {
      this.#options.tell(`${run}: ${text}`);
      this.#writer.write({ events: [{ kind: 'note', text }] }).catch((error: unknown) => this.#stop.abort(error));
    };
    const desks = new Desks({ line, sealer, run, term, version, limits, leaseMs, patienceMs });
    const bodies = new Bodies(line, sealer.of(run), run, term);
    const holds = await Holds.of({ line, run, term, desks });
    const answers = new AnswerLog({ line, sealer, run, term, holds, note, onCancel: () => this.#stop.abort() });
    const remote = new RemoteShard({ desks, holds, bodies, answers, limits, note });
    await desks.look();
    if (term > 1) desks.greet();
    desks.broken.addEventListener('abort', () => this.#stop.abort(desks.broken.reason));
    const listening = Promise.all([desks.watch(this.#done.signal), answers.read(this.#done.signal)]).catch((error: unknown) =>
      this.#stop.abort(error),
    );
    return { remote, bodies, listening };
  }

  /** What is under way comes to its end and is told; nothing more is begun, and nothing more is told. */
  async #leave(remote: RemoteShard): Promise<void> {
    await remote.pause();
    // What the run makes of the last answers comes in the next turns of the event loop, a bundle when the one before is written.
    for (let [before, now] = [-1, 0]; before !== now; ) {
      before = await this.#writer.settled();
      for (let turns = 0; turns < MOST_TURNS; turns++) await new Promise((resolve) => setImmediate(resolve));
      now = await this.#writer.settled();
    }
    await this.#writer.close();
    this.#left = true;
    this.#stop.abort();
  }
}
