// A controller that takes part: it has hosts for coordinators, and coordinates runs itself. It does not know the command line.
import { randomBytes } from 'node:crypto';
import type { Job, Worker } from 'bullmq';
import { CancelledError } from '../connection/errors.ts';
import { checkPaths, realRoots } from './allow.ts';
import { coordinate } from './coordinator.ts';
import { EngineError } from './errors.ts';
import { HostWork } from './host-work.ts';
import { InProcess } from './in-process.ts';
import { PROTOCOL, RUN_QUEUE } from './places.ts';
import { Line, optional, retryMs } from './redis.ts';
import { Presence, rests } from './roster.ts';
import { Sealer } from './seal.ts';
import type { Player } from './seam.ts';

/** How many runs one worker coordinates at once; there is little to do for each. */
const MOST_RUNS = 16;
/** How long a queue whose Redis is gone may take to close. */
const CUT_OFF_MS = 1_000;
/** A run is handed on however often its coordinator is lost. */
const MOST_STALLED = 1_000;

export interface WorkerOptions {
  readonly address: string;
  readonly key: Uint8Array;
  /** That of sshoal. */
  readonly version: string;
  /** For people: `build07:4711`. */
  readonly name: string;
  /** How long a worker may be silent before its hosts are given to others. */
  readonly leaseMs: number;
  /** How long Redis may be away, and hosts wait where no worker is left. Default a minute. */
  readonly patienceMs?: number | undefined;
  /** Directories under which playbooks and inventories may lie. */
  readonly allow: readonly string[];
  /** Whether scripts may run on this machine itself. */
  readonly allowLocal: boolean;
  readonly player: Player;
  /** Is told, a line each, what happens. */
  readonly tell: (text: string) => void;
}

/**
 * Works until the signal; then finishes what is under way on its hosts, gives them back, and leaves its runs to others.
 *
 * @throws EngineError `ENGINE_BAD_ADDRESS`, `ENGINE_PACKAGES_MISSING`, `ENGINE_UNREACHABLE`, `ENGINE_NOT_ALLOWED`; `ENGINE_LOST` when Redis
 *   was away for too long.
 */
export async function work(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const { address, key, tell, leaseMs, patienceMs, name } = options;
  const roots = await realRoots(options.allow);
  await using line = await Line.open(address, patienceMs);
  const sealer = new Sealer(key);
  const coordinating = await Coordinating.begin(options, line, sealer, roots);
  const ends = AbortSignal.any([signal, line.lost]);
  try {
    tell(`${name} works for ${line.address}, sshoal ${options.version} (protocol ${PROTOCOL})`);
    for (;;) {
      const id = `${name}-${randomBytes(6).toString('hex')}`;
      const presence = new Presence(line, sealer, { id, name, protocol: PROTOCOL, version: options.version, isLeaving: false }, leaseMs);
      const hosts = new HostWork({ line, sealer, worker: id, allowLocal: options.allowLocal, tell });
      try {
        const { done, wasSilent } = await takePart(presence, hosts, ends);
        if (!wasSilent) {
          line.lost.throwIfAborted();
          await leave({ presence, hosts, coordinating, lost: line.lost, options });
          done.abort();
          await presence.end();
          return;
        }
        tell('was not heard of for as long as its lease: others have its hosts by now; ends what it does there');
      } finally {
        // However it ends, nothing of it may go on where others are by now.
        await hosts.end(new CancelledError('Another worker has this host'));
      }
      await presence.end();
    }
  } finally {
    await coordinating.end(line.lost);
    tell('ended');
  }
}

/** @returns Whether it was silent for longer than its lease; else it is to end, and orders are still taken until `done` aborts. */
async function takePart(presence: Presence, hosts: HostWork, ends: AbortSignal): Promise<{ done: AbortController; wasSilent: boolean }> {
  const done = new AbortController();
  const failed = new AbortController();
  await presence.begin();
  hosts.serve(done.signal).catch((error: unknown) => failed.abort(error));
  const wasSilent = !(await presence.hold(AbortSignal.any([ends, failed.signal])));
  failed.signal.throwIfAborted();
  if (wasSilent) done.abort();
  return { done, wasSilent };
}

async function leave({
  presence,
  hosts,
  coordinating,
  lost,
  options: { leaseMs, tell },
}: {
  readonly presence: Presence;
  readonly hosts: HostWork;
  readonly coordinating: Coordinating;
  readonly lost: AbortSignal;
  readonly options: WorkerOptions;
}): Promise<void> {
  tell(`leaves: takes nothing more, and finishes what is under way (${hosts.underWay} on hosts)`);
  const held = new AbortController();
  await presence.isLeaving();
  const holding = presence.hold(held.signal);
  // It is awaited below, unless what comes before fails of the same.
  holding.catch(() => {});
  await coordinating.end(lost);
  // Coordinators look at the roster four times within a lease: until then orders may come.
  if (hosts.isInUse) await rests(leaseMs / 3, new AbortController().signal);
  await hosts.idle();
  held.abort();
  await holding;
}

interface LettingGo extends Pick<Worker, 'close'> {
  letGo(): Promise<void>;
}

/** The runs that this worker takes from the queue. */
class Coordinating {
  readonly #worker: LettingGo;
  readonly #leaving: AbortController;
  readonly #cutOff: AbortController;
  #ended: Promise<void> | undefined;

  private constructor(worker: LettingGo, leaving: AbortController, cutOff: AbortController) {
    this.#worker = worker;
    this.#leaving = leaving;
    this.#cutOff = cutOff;
  }

  static async begin(options: WorkerOptions, line: Line, sealer: Sealer, roots: readonly string[]): Promise<Coordinating> {
    const { address, name, version, leaseMs, patienceMs, tell, player } = options;
    const { Worker: Queued, DelayedError } = await optional('bullmq', async () => await import('bullmq'));
    const leaving = new AbortController();
    const cutOff = new AbortController();
    const engine = new InProcess(player);
    const checkAllowed = async (paths: readonly string[]): Promise<void> => await checkPaths(paths, roots, name);
    const take = async (job: Job, token?: string): Promise<void> => {
      const run = job.id ?? '';
      try {
        const how = await coordinate(run, {
          line,
          sealer,
          name,
          version,
          leaseMs,
          patienceMs,
          engine,
          checkAllowed,
          tell,
          leaving: leaving.signal,
        });
        if (how === 'ended' || !leaving.signal.aborted) return;
      } catch (error) {
        if (error instanceof EngineError) tell(`refused ${run}: ${error.message}   [${error.code}]`);
        throw error;
      }
      await job.moveToDelayed(Date.now(), token);
      throw new DelayedError();
    };
    class Runs extends Queued {
      /** Renews nothing any more, which a close that waits for Redis would go on with. */
      async letGo(): Promise<void> {
        await this.lockManager.close();
      }
    }
    const worker = new Runs(RUN_QUEUE, take, {
      // A queue that is away never answers: whoever gave it up must not wait for it.
      connection: { url: address, maxRetriesPerRequest: null, retryStrategy: (times) => (cutOff.signal.aborted ? null : retryMs(times)) },
      concurrency: MOST_RUNS,
      lockDuration: leaseMs,
      stalledInterval: Math.max(1, Math.floor(leaseMs / 2)),
      maxStalledCount: MOST_STALLED,
    });
    // It tries again by itself; what is lost in the meantime is seen by the fence.
    worker.on('error', () => {});
    return new Coordinating(worker, leaving, cutOff);
  }

  /** Takes no more runs, and leaves those that it has as they stand. @param lost - Aborts when nobody can be told any more. */
  async end(lost: AbortSignal): Promise<void> {
    this.#ended ??= this.#end(lost);
    await this.#ended;
  }

  async #end(lost: AbortSignal): Promise<void> {
    const closing = this.#worker.close(lost.aborted);
    this.#leaving.abort();
    const isGone = new Promise<void>((resolve) => {
      if (lost.aborted) resolve();
      else lost.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([closing, isGone]);
    // From here on it connects no more: it may say that it is closed, and still try.
    this.#cutOff.abort();
    await this.#worker.letGo();
    // And one that was still being connected when Redis went never says so.
    await Promise.race([closing, rests(CUT_OFF_MS, new AbortController().signal)]);
  }
}
