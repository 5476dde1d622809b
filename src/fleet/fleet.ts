// One job on many hosts, so many at a time, each with an outcome of its own. It does not know what the job means.
import { availableParallelism } from 'node:os';
import { FirstAbort } from '../base/abort.ts';
import { formatDuration } from '../base/units.ts';
import { CancelledError, TimedOutError } from '../connection/errors.ts';
import type { Become, Questions } from '../connection/seam.ts';
import type { Host } from '../inventory/host.ts';
import { UnknownHostError } from './errors.ts';
import type { Assignment, Instruction } from './events.ts';
import { EventQueue, FleetRun } from './fleet-run.ts';
import { DEFAULT_LIMITS, type LimitNumbers, type Limits, localLimits } from './limits.ts';
import { LocalShard } from './shard/local-shard.ts';
import type { Job, Shard } from './shard/seam.ts';
import type { Threads } from './shard/threads.ts';
import { type Target, type TargetDefaults, targetOf } from './target.ts';

/** What one thread drives well: another costs some 150 ms of CPU before it has done anything. Larger fleets are divided. */
const HOSTS_OF_ONE_THREAD = 128;

export interface FleetOptions {
  /** How many hosts are worked on at once. Default 50. */
  readonly forks?: number | undefined;
  /** How many hosts are being connected at once. Default 128. */
  readonly connects?: number | undefined;
  /** New connections in a second. Default as many as there can be. */
  readonly connectsPerSecond?: number | undefined;
  /** How many hosts files are moved to or from at once. Default 32. */
  readonly transfers?: number | undefined;
  /** Bytes of files that all hosts together move in a second. Default as many as there can be. */
  readonly bytesPerSecond?: number | undefined;
  /**
   * Threads that a fleet of more than 128 hosts is divided between; 0 for none: everything happens in this thread. Default: as many as
   * there are cores, where there is more than one.
   */
  readonly shards?: number | undefined;
  /**
   * The shard of other machines that works on a host, which also holds the limits there; undefined for a host that this machine works on.
   * Default: none is elsewhere. Whoever gives it closes it.
   */
  readonly elsewhere?: ((target: Target) => Shard | undefined) | undefined;
  /** Who answers questions about unknown host keys and passphrases. Default nobody. */
  readonly questions?: Questions | undefined;
}

/** What ends a job before its end. */
export interface PerformOptions {
  /** Ends what runs, and starts nothing more: every host left ends `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** As the signal, after so long; every host left ends `timed-out`. */
  readonly deadlineMs?: number | undefined;
  /** Once more hosts than this did not end well nothing more is started; what runs comes to its end. Default: no such limit. */
  readonly maxFailures?: number | undefined;
  /** So many hosts come to their end before the next are begun. Default: all at once, as far as forks allow. */
  readonly batchSize?: number | undefined;
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
  readonly #targets = new Map<string, Target>();
  readonly #shardOf = new Map<string, Shard>();
  readonly #here: LocalShard;
  readonly #mostShards: number;
  readonly #questions: Questions;
  readonly #elsewhere: FleetOptions['elsewhere'];
  #numbers: LimitNumbers;
  #limits: Limits | undefined;
  #threads: Threads | undefined;

  constructor(targets: Iterable<Target>, options: FleetOptions = {}) {
    const { forks, connects, connectsPerSecond, transfers } = DEFAULT_LIMITS;
    this.#numbers = {
      forks: options.forks ?? forks,
      connects: options.connects ?? connects,
      connectsPerSecond: options.connectsPerSecond ?? connectsPerSecond,
      transfers: options.transfers ?? transfers,
      bytesPerSecond: options.bytesPerSecond,
    };
    this.#questions = options.questions ?? {};
    this.#elsewhere = options.elsewhere;
    const cores = availableParallelism();
    this.#mostShards = options.elsewhere === undefined ? (options.shards ?? (cores > 1 ? cores : 0)) : 0;
    this.#here = new LocalShard(() => this.#limitsHere());
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
  set forks(forks: number) {
    this.#numbers = { ...this.#numbers, forks };
    this.#limits = undefined;
    this.#threads?.limit(this.#numbers);
  }

  /** Names of the hosts, in order of arrival. */
  get hosts(): readonly string[] {
    return [...this.#targets.keys()];
  }

  /** Takes another host in; one of the same name stays as it is. */
  add(target: Target): void {
    if (!this.#targets.has(target.name)) this.#targets.set(target.name, target);
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
   * @throws UnknownHostError when a host is not of this fleet; nothing has been started then.
   */
  perform(assignments: readonly Assignment[], options: PerformOptions = {}): FleetRun {
    for (const { host } of assignments) if (!this.#targets.has(host)) throw new UnknownHostError(host);
    const stop = new AbortController();
    const events = new EventQueue();
    const all = this.#all(assignments, options, stop, events).finally(() => events.end());
    return new FleetRun(events, all, stop);
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    await Promise.all([this.#here, ...(this.#threads?.shards ?? [])].map(async (shard) => await shard.close()));
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

  async #all(assignments: readonly Assignment[], options: PerformOptions, stop: AbortController, events: EventQueue): Promise<void> {
    const { deadlineMs, maxFailures = Number.POSITIVE_INFINITY, batchSize = assignments.length } = options;
    using first = new FirstAbort(stop.signal, options.signal);
    const { signal } = first;
    const halt = new AbortController();
    const timer = deadlineMs === undefined ? undefined : setTimeout(() => stop.abort(tooLate(deadlineMs)), deadlineMs);
    let failures = 0;
    const push: Job['push'] = (event, taken) => {
      events.push(event, taken);
      if (event.kind !== 'finished' || event.outcome.status === 'ok') return;
      failures += 1;
      if (failures > maxFailures) halt.abort(tooManyFailures(maxFailures));
    };
    try {
      if (this.#isDivided && this.#threads === undefined) await this.#makeThreads();
      for (let at = 0; at < assignments.length; at += batchSize) {
        const batch = this.#byShard(assignments.slice(at, at + batchSize));
        const job = { push, questions: this.#questions, signal, halt: halt.signal };
        await Promise.all([...batch].map(async ([shard, own]) => await shard.perform({ ...job, assignments: own })));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Divides hosts between their shards; a host stays where its connection is. */
  #byShard(assignments: readonly Assignment[]): Map<Shard, Assignment[]> {
    const divided = new Map<Shard, Assignment[]>();
    for (const assignment of assignments) {
      const shard = this.#shardOf.get(assignment.host) ?? this.#place(assignment.host);
      const own = divided.get(shard);
      if (own === undefined) divided.set(shard, [assignment]);
      else own.push(assignment);
    }
    return divided;
  }

  #place(host: string): Shard {
    const turn = this.#shardOf.size;
    const most = Math.min(this.#mostShards, Math.ceil(this.#targets.size / HOSTS_OF_ONE_THREAD));
    const target = this.#targets.get(host) as Target;
    const near = this.#isDivided ? (this.#threads?.next(turn, most) ?? this.#here) : this.#here;
    const shard = this.#elsewhere?.(target) ?? near;
    shard.add([target]);
    this.#shardOf.set(host, shard);
    return shard;
  }

  get #isDivided(): boolean {
    return this.#targets.size > HOSTS_OF_ONE_THREAD && this.#mostShards > 0;
  }

  #limitsHere(): Limits {
    this.#limits ??= this.#threads?.limitsHere() ?? localLimits(this.#numbers);
    return this.#limits;
  }

  /** Loaded here: what threads share takes a while to load, and small fleets need none. */
  async #makeThreads(): Promise<void> {
    const { Threads: Made } = await import('./shard/threads.ts');
    this.#threads ??= new Made(this.#numbers);
    this.#limits = undefined;
  }
}

function tooLate(deadlineMs: number): TimedOutError {
  return new TimedOutError(`The whole run was not done within ${formatDuration(deadlineMs)}`, { fix: 'Raise --deadline' });
}

function tooManyFailures(most: number): CancelledError {
  const why = most === 0 ? 'another host failed' : `more than ${most} hosts failed`;
  return new CancelledError(`Not started: ${why}`, { fix: 'Mend those first, then run it again with --retry-failed' });
}
