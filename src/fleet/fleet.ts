// One job on many hosts, so many at a time, each with an outcome of its own. It does not know what the job means.

import { setMaxListeners } from 'node:events';
import type { Become, Questions } from '../connection/seam.ts';
import type { Host } from '../inventory/host.ts';
import { Queue } from '../runtime/local/queue.ts';
import { BoundedSemaphore } from '../runtime/local/semaphore.ts';
import { UnknownHostError } from './errors.ts';
import type { Assignment, FleetEvent, Instruction, Outcome } from './events.ts';
import { Session } from './session.ts';
import { type Target, type TargetDefaults, targetOf } from './target.ts';

/** Events that may wait for a slow reader before the hosts are held back. */
const RESULT_QUEUE_SIZE = 256;

export interface FleetOptions {
  /** How many hosts are worked on at once. Default 50. */
  readonly forks?: number | undefined;
  /** Who answers questions about unknown host keys and passphrases. Default nobody. */
  readonly questions?: Questions | undefined;
}

export interface RunOptions {
  readonly become?: Become | undefined;
  readonly timeoutMs?: number | undefined;
  /** Whether output comes as events while it is written. Default false. */
  readonly live?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Hosts with their connections, opened when first needed, kept between jobs, reopened when they broke.
 *
 * @example
 * ```ts
 * const inventory = await Inventory.load(['inventories/example.ini']);
 * await using fleet = Fleet.of(inventory.select('web:!web07'));
 * for (const outcome of await fleet.run('uptime').outcomes()) console.log(outcome.host, outcome.status);
 * ```
 */
export class Fleet implements AsyncDisposable {
  readonly #sessions = new Map<string, Session>();
  readonly #questions: Questions;
  #permits: BoundedSemaphore;

  constructor(targets: Iterable<Target>, options: FleetOptions = {}) {
    this.#permits = new BoundedSemaphore(options.forks ?? 50);
    this.#questions = options.questions ?? {};
    for (const target of targets) this.add(target);
  }

  /** A fleet of inventory hosts, reached as their variables say. @throws TargetError on variables that make no sense. */
  static of(hosts: Iterable<Host>, options: FleetOptions & { readonly defaults?: TargetDefaults } = {}): Fleet {
    return new Fleet(
      [...hosts].map((host) => targetOf(host.name, host.vars, options.defaults)),
      options,
    );
  }

  /** How many hosts are worked on at once, from the next job on. */
  set forks(count: number) {
    this.#permits = new BoundedSemaphore(count);
  }

  /** Names of the hosts, in order of arrival. */
  get hosts(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  /** Takes another host in; one of the same name stays as it is. */
  add(target: Target): void {
    if (!this.#sessions.has(target.name)) this.#sessions.set(target.name, new Session(target));
  }

  /** Runs a shell command on every host. */
  run(command: string, options: RunOptions = {}): FleetRun {
    const { become, timeoutMs, live, signal } = options;
    return this.#onAll({ kind: 'script', script: command, become, timeoutMs, live }, signal);
  }

  /** Sends one local file to every host. */
  put(
    localPath: string,
    remotePath: string,
    options: { readonly mode?: number; readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): FleetRun {
    return this.#onAll({ kind: 'put', localPath, remotePath, mode: options.mode, timeoutMs: options.timeoutMs }, options.signal);
  }

  /**
   * Carries out instructions, at most `forks` at a time over all jobs of this fleet. Every assignment ends in exactly one
   * `finished` event, whatever happens to its host.
   *
   * @param options.signal - Ends what runs, and starts nothing more: every host left ends `cancelled`.
   * @throws UnknownHostError when a host is not of this fleet; nothing has been started then.
   */
  perform(assignments: readonly Assignment[], options: { readonly signal?: AbortSignal | undefined } = {}): FleetRun {
    const work = assignments.map(({ host, instruction }) => {
      const session = this.#sessions.get(host);
      if (session === undefined) throw new UnknownHostError(host);
      return { host, instruction, session };
    });
    const results = new Queue<FleetEvent>(RESULT_QUEUE_SIZE);
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
    // Every host listens to it: a thousand listeners are no leak.
    setMaxListeners(0, signal);
    const emit = async (event: FleetEvent): Promise<void> => await results.put(event);
    const all = Promise.all(work.map(async (one) => await this.#one(one, emit, signal))).finally(() => results.shutdown());
    return new FleetRun(results, all, stop);
  }

  /** Closes the connection of one host; its next instruction opens a new one. */
  async disconnect(host: string): Promise<void> {
    await this.#sessions.get(host)?.close();
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(async (session) => await session.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #onAll(instruction: Instruction, signal: AbortSignal | undefined): FleetRun {
    return this.perform(
      this.hosts.map((host) => ({ host, instruction })),
      { signal },
    );
  }

  async #one(
    one: { host: string; instruction: Instruction; session: Session },
    emit: (event: FleetEvent) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { host, instruction, session } = one;
    using turn = new Turn(this.#permits);
    if (await turn.take(signal)) await emit({ kind: 'started', host, atMs: Date.now() });
    const outcome = await session.execute(instruction, turn.lentTo(namedBy(host, this.#questions)), emit, signal);
    await emit({ kind: 'finished', host, outcome });
  }
}

/** A job under way: iterate over its events, or wait for its outcomes. One of the two, once. */
export class FleetRun implements AsyncIterable<FleetEvent> {
  readonly #results: Queue<FleetEvent>;
  readonly #all: Promise<unknown>;
  readonly #stop: AbortController;

  constructor(results: Queue<FleetEvent>, all: Promise<unknown>, stop: AbortController) {
    this.#results = results;
    this.#all = all;
    this.#stop = stop;
    // Whoever iterates awaits it; until then a defect must not end the program as an unhandled rejection.
    all.catch(() => {});
  }

  /** The events in the order they happened. Leaving the loop early cancels what still runs. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FleetEvent, void, undefined> {
    let complete = false;
    try {
      yield* this.#results;
      complete = true;
    } finally {
      if (!complete) {
        this.#stop.abort();
        // The hosts must be able to say their last word, or they would wait for a reader for ever.
        for await (const _event of this.#results);
      }
      await this.#all;
    }
  }

  /** How every host ended, in order of ending. */
  async outcomes(): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for await (const event of this) if (event.kind === 'finished') outcomes.push(event.outcome);
    return outcomes;
  }
}

/** The same questions, with the name that the person knows the host by. */
function namedBy(host: string, questions: Questions): Questions {
  const { hostKey } = questions;
  return { ...questions, hostKey: hostKey && (async (question) => await hostKey({ ...question, name: host })) };
}

/** The turn of one host to be worked on, given to others while it waits for a person: so one question can be about all of them. */
class Turn implements Disposable {
  readonly #permits: BoundedSemaphore;
  #permit: Disposable | undefined;
  #isOver = false;

  constructor(permits: BoundedSemaphore) {
    this.#permits = permits;
  }

  /** @returns False after an abort: nobody waits for a turn any more, and the session says `cancelled` without touching its host. */
  async take(signal: AbortSignal): Promise<boolean> {
    try {
      this.#permit = await this.#permits.acquire({ signal });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  /** The same questions, asked while others have the turn. */
  lentTo({ hostKey, passphrase, prompts }: Questions): Questions {
    const lent =
      <Q, A>(ask: (question: Q) => Promise<A>) =>
      async (question: Q): Promise<A> => {
        this.#giveBack();
        try {
          return await ask(question);
        } finally {
          this.#permit = await this.#permits.acquire();
          // Whoever asked may have been cancelled meanwhile.
          if (this.#isOver) this.#giveBack();
        }
      };
    return { hostKey: hostKey && lent(hostKey), passphrase: passphrase && lent(passphrase), prompts: prompts && lent(prompts) };
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#giveBack();
  }

  #giveBack(): void {
    this.#permit?.[Symbol.dispose]();
    this.#permit = undefined;
  }
}
