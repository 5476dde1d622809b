// The shard that is other controllers: hosts are given to workers, and to others when those are lost. It does not know what a play is.
import { setMaxListeners } from 'node:events';
import { SshoalError } from '../base/errors.ts';
import { InterruptedError } from '../connection/errors.ts';
import { UnexpectedError } from '../fleet/errors.ts';
import type { Assignment, FleetEvent, Outcome } from '../fleet/events.ts';
import type { LimitNumbers } from '../fleet/limits.ts';
import { Session } from '../fleet/session.ts';
import type { Job, Shard } from '../fleet/shard/seam.ts';
import type { Target } from '../fleet/target.ts';
import { BoundedSemaphore } from '../runtime/local/semaphore.ts';
import type { Answered, AnswerLog } from './answer-log.ts';
import type { Bodies } from './bodies.ts';
import type { Desks } from './desks.ts';
import { WorkerLostError } from './errors.ts';
import type { Holds } from './holds.ts';
import type { What } from './messages.ts';

/** So many workers may be lost over one instruction on one host: it may be what ends them. */
const MOST_LOST = 3;

export interface RemoteShardParts {
  readonly desks: Desks;
  readonly holds: Holds;
  readonly bodies: Bodies;
  readonly answers: AnswerLog;
  readonly limits: LimitNumbers;
  /** Told what a person may want to know: that something is done again. */
  readonly note: (text: string) => void;
}

/** An instruction that a worker was told to carry out. */
interface Ordered {
  readonly order: number;
  readonly target: Target;
  readonly what: What;
  readonly job: Job;
  readonly resolve: () => void;
  worker: string | undefined;
  isBegun: boolean;
  wasTold: boolean;
  lost: number;
}

export class RemoteShard implements Shard {
  readonly #parts: RemoteShardParts;
  readonly #targets = new Map<string, Target>();
  readonly #forks: BoundedSemaphore;
  readonly #ordered = new Map<number, Ordered>();
  readonly #idle: (() => void)[] = [];
  #orders = 0;
  #isPaused = false;

  constructor(parts: RemoteShardParts) {
    this.#parts = parts;
    this.#forks = new BoundedSemaphore(parts.limits.forks);
    parts.answers.listen((answered) => this.#hear(answered));
    parts.desks.onLost((worker, name) => this.#mourn(worker, name));
  }

  add(targets: readonly Target[]): void {
    for (const target of targets) this.#targets.set(target.name, target);
  }

  async perform(job: Job): Promise<void> {
    const noMore = AbortSignal.any([job.signal, job.halt]);
    setMaxListeners(0, job.signal);
    setMaxListeners(0, job.halt);
    setMaxListeners(0, noMore);
    const isShared = job.assignments.length > 1;
    await Promise.all(job.assignments.map(async (assignment) => await this.#one(assignment, job, noMore, isShared)));
  }

  /** Begins nothing more, and waits until nothing is under way: another coordinator goes on from there. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    if (this.#ordered.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async close(): Promise<void> {
    await this.#parts.desks.close();
  }

  async #one({ host: line, instruction }: Assignment, job: Job, noMore: AbortSignal, isShared: boolean): Promise<void> {
    const target = this.#targets.get(line) as Target;
    const permit = await this.#turn(noMore);
    if (permit === undefined) return await finish(job, new Session(target).leftOut(job));
    // The turn is over when the reader has the outcome: a slow reader slows the hosts down.
    using _permit = permit;
    let what: What;
    try {
      what = await this.#parts.bodies.whatOf(instruction, isShared);
    } catch (error) {
      return await finish(job, failedOutcome(line, error));
    }
    if (this.#isPaused) {
      await ended(noMore);
      return await finish(job, new Session(target).leftOut(job));
    }
    this.#orders += 1;
    const order = this.#orders;
    const stop = (): void => this.#stop(order);
    await new Promise<void>((resolve) => {
      const ordered: Ordered = { order, target, what, job, resolve, worker: undefined, isBegun: false, wasTold: false, lost: 0 };
      this.#ordered.set(order, ordered);
      job.signal.addEventListener('abort', stop);
      void this.#send(ordered);
    });
    job.signal.removeEventListener('abort', stop);
    this.#ordered.delete(order);
    if (this.#ordered.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** @returns Undefined where nothing is begun any more. */
  async #turn(noMore: AbortSignal): Promise<Disposable | undefined> {
    try {
      return await this.#forks.acquire({ signal: noMore });
    } catch (error) {
      if (noMore.aborted) return undefined;
      throw error;
    }
  }

  /** Gives it to whoever has the host, or shall have it. */
  async #send(ordered: Ordered): Promise<void> {
    const { order, target, what, job } = ordered;
    const host = target.spec.name;
    try {
      let held = await this.#parts.holds.take(host, job.signal);
      // Who was lost in the meantime hears nothing any more.
      while (!this.#parts.desks.isThere(held.worker)) held = await this.#parts.holds.take(host, job.signal);
      if (job.signal.aborted) return this.#end(ordered, new Session(target).leftOut(job));
      ordered.worker = held.worker;
      held.underWay += 1;
      this.#parts.desks.send(held.worker, { kind: 'do', order, host, fence: held.fence, target, what });
    } catch (error) {
      this.#end(
        ordered,
        job.signal.aborted ? new Session(target).leftOut(job) : { ...failedOutcome(target.name, error), status: 'unreachable' },
      );
    }
  }

  #stop(order: number): void {
    const ordered = this.#ordered.get(order);
    if (ordered?.worker === undefined) return;
    const { reason } = ordered.job.signal as { readonly reason: unknown };
    // Only these have something to say to a host; others may not even travel.
    this.#parts.desks.send(ordered.worker, { kind: 'stop', order, reason: reason instanceof InterruptedError ? reason : undefined });
  }

  #hear({ worker, answer: { order, event } }: Answered): void {
    const ordered = this.#ordered.get(order);
    if (ordered === undefined || ordered.worker !== worker) return;
    switch (event.kind) {
      case 'started':
        ordered.isBegun = true;
        // Whoever does it again says so again.
        if (!ordered.wasTold) ordered.job.push(event, () => {});
        ordered.wasTold = true;
        break;
      case 'output':
      case 'progress':
        ordered.job.push(event, () => {});
        break;
      case 'finished':
        this.#end(
          ordered,
          ordered.lost === 0 ? event.outcome : { ...event.outcome, attempts: (event.outcome.attempts ?? 1) + ordered.lost },
        );
    }
  }

  #end(ordered: Ordered, outcome: Outcome): void {
    const { target, job, resolve } = ordered;
    if (ordered.worker !== undefined) this.#parts.holds.done(target.spec.name, ordered.worker);
    ordered.worker = undefined;
    this.#ordered.delete(ordered.order);
    job.push({ kind: 'finished', host: target.name, outcome }, resolve);
  }

  /** A worker is gone: what it had is given to others, and what it had begun is done again. */
  #mourn(worker: string, name: string): void {
    this.#parts.holds.drop(worker);
    for (const ordered of [...this.#ordered.values()]) {
      if (ordered.worker !== worker) continue;
      const { target, job } = ordered;
      ordered.worker = undefined;
      if (job.signal.aborted) {
        this.#end(ordered, new Session(target).leftOut(job));
        continue;
      }
      if (ordered.isBegun) {
        ordered.lost += 1;
        ordered.isBegun = false;
        if (ordered.lost >= MOST_LOST) {
          this.#end(ordered, failedOutcome(target.name, new WorkerLostError(target.spec.name, ordered.lost)));
          continue;
        }
        this.#parts.note(`${target.spec.name}: done again, since the worker ${name} was lost while it did`);
      }
      void this.#send(ordered);
    }
  }
}

async function ended(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

async function finish(job: Job, outcome: Outcome): Promise<void> {
  const event: FleetEvent = { kind: 'finished', host: outcome.host, outcome };
  await new Promise<void>((resolve) => job.push(event, resolve));
}

function failedOutcome(host: string, cause: unknown): Outcome {
  const error = cause instanceof SshoalError ? cause : new UnexpectedError(host, cause);
  const atMs = Date.now();
  return { host, status: 'failed', error, startedAtMs: atMs, endedAtMs: atMs };
}
