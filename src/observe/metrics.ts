// The figures of runs in the words of Prometheus. It does not know whether they are served, written to a file, or both.
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FleetEvent, Outcome } from '../fleet/events.ts';
import type { PlayEvent, TaskFinished } from '../playbook/events.ts';
import type { ObservedRun, Observer, RunEnd } from './seam.ts';

/** Each module is a series of its own; playbooks name few. Beyond it they are `other`. */
const MOST_MODULES = 200;
const CONNECT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WORK_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800];
const RUN_BUCKETS = [0.1, 1, 5, 10, 30, 60, 300, 900, 1_800, 3_600, 7_200];

export interface MetricsOptions {
  /** Of sshoal. */
  readonly version: string;
  /** On every series, so that the files of several jobs can lie side by side. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether hosts are named, a series each. Default false: thousands of hosts are thousands of series. */
  readonly perHost?: boolean | undefined;
}

/** Why a run of a schedule did not begin: another holds the lock, or the one before took too long. */
export type SkipReason = 'locked' | 'overrun';

/**
 * Counts runs, hosts and tasks, and times them.
 *
 * A value of a label is one of few: a verb, a status, a module's name. What hosts say, and what they are called, is in none.
 */
export class Metrics implements Observer {
  readonly #registry: Registry;
  readonly #meters: Meters;
  readonly #perHost: Counter<'host' | 'outcome'> | undefined;
  readonly #modules = new Set<string>();
  /** Hosts that are at work, by task, in a play. */
  readonly #atWork = new Map<number, number>();
  #run: ObservedRun | undefined;

  private constructor(registry: Registry, meters: Meters, perHost: Counter<'host' | 'outcome'> | undefined) {
    this.#registry = registry;
    this.#meters = meters;
    this.#perHost = perHost;
  }

  static async create({ version, labels, perHost = false }: MetricsOptions): Promise<Metrics> {
    const prom = await import('prom-client');
    const registry = new prom.Registry();
    registry.setDefaultLabels({ ...labels });
    const meters = metersOf(prom, registry);
    meters.build.set({ version }, 1);
    const hosts = perHost
      ? new prom.Counter({
          name: 'sshoal_host_runs_total',
          help: 'Runs by host and how it ended',
          labelNames: ['host', 'outcome'] as const,
          registers: [registry],
        })
      : undefined;
    return new Metrics(registry, meters, hosts);
  }

  /** Of {@link text}: `text/plain; version=0.0.4; charset=utf-8`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All figures in the text format of Prometheus. */
  async text(): Promise<string> {
    return await this.#registry.metrics();
  }

  /**
   * Takes up when runs last went well from what a process before has written: one that fails must not make it forgotten.
   *
   * @param text - Of {@link text}.
   */
  remember(text: string): void {
    for (const [, labels = '', value] of text.matchAll(/^sshoal_last_success_timestamp_seconds\{(.*)\} (\S+)$/gm)) {
      const verb = /(?:^|,)verb="(\w+)"/.exec(labels)?.[1];
      if (verb !== undefined && Number(value) > 0) this.#meters.lastSuccess.set({ verb }, Number(value));
    }
  }

  /** A run of a schedule did not begin. */
  skipped(reason: SkipReason): void {
    this.#meters.skipped.inc({ reason });
  }

  start(run: ObservedRun): void {
    this.#run = run;
    this.#meters.runsInFlight.inc();
  }

  fleetEvent(event: FleetEvent): void {
    if (event.kind === 'started') this.#meters.inFlight.inc();
    if (event.kind === 'output') this.#meters.bytes.inc({ kind: 'output' }, event.chunk.byteLength);
    if (event.kind === 'finished') this.#outcome(event.outcome);
  }

  playEvent(event: PlayEvent): void {
    if (event.kind === 'task-started') {
      this.#atWork.set(event.task.id, event.hosts.length);
      this.#meters.inFlight.inc(event.hosts.length);
    }
    if (event.kind === 'task-output') this.#meters.bytes.inc({ kind: 'output' }, event.chunk.byteLength);
    if (event.kind === 'task-finished') this.#task(event);
  }

  end({ outcome, exitCode, atMs, hosts }: RunEnd): void {
    const verb = this.#run?.verb ?? 'play';
    this.#meters.runs.inc({ verb, outcome });
    for (const [status, names] of Object.entries(hosts)) {
      this.#meters.hosts.inc({ verb, outcome: status }, names.length);
      if (this.#perHost !== undefined) for (const host of names) this.#perHost.inc({ host, outcome: status });
    }
    this.#meters.lastRun.set({ verb }, atMs / 1_000);
    this.#meters.lastExit.set({ verb }, exitCode);
    if (outcome === 'ok' || outcome === 'drift') this.#meters.lastSuccess.set({ verb }, atMs / 1_000);
    if (this.#run === undefined) return;
    this.#meters.runSeconds.observe({ verb }, seconds(atMs - this.#run.atMs));
    if (this.#run.check) this.#meters.drifted.set({ verb }, hosts.changed?.length ?? 0);
    this.#meters.runsInFlight.dec();
    this.#meters.inFlight.set(0);
    this.#atWork.clear();
    this.#run = undefined;
  }

  #outcome({ startedAtMs, connectedAtMs, endedAtMs, bytes, status }: Outcome): void {
    this.#meters.inFlight.dec();
    if (connectedAtMs !== undefined) this.#meters.connectSeconds.observe(seconds(connectedAtMs - startedAtMs));
    if (status !== 'cancelled') this.#meters.hostSeconds.observe(seconds(endedAtMs - startedAtMs));
    if (bytes !== undefined) this.#meters.bytes.inc({ kind: 'moved' }, bytes);
  }

  #task({ task, status, durationMs }: TaskFinished): void {
    const module = this.#moduleLabel(task.module);
    this.#meters.tasks.inc({ module, outcome: status });
    if (status !== 'skipped' && status !== 'cancelled') this.#meters.taskSeconds.observe({ module }, seconds(durationMs));
    const atWork = this.#atWork.get(task.id) ?? 0;
    if (atWork === 0) return;
    this.#atWork.set(task.id, atWork - 1);
    this.#meters.inFlight.dec();
  }

  #moduleLabel(module: string): string {
    if (!this.#modules.has(module) && this.#modules.size >= MOST_MODULES) return 'other';
    this.#modules.add(module);
    return module;
  }
}

interface Meters {
  readonly build: Gauge<'version'>;
  readonly runs: Counter<'verb' | 'outcome'>;
  readonly runsInFlight: Gauge;
  readonly runSeconds: Histogram<'verb'>;
  readonly skipped: Counter<'reason'>;
  readonly hosts: Counter<'verb' | 'outcome'>;
  readonly hostSeconds: Histogram;
  readonly connectSeconds: Histogram;
  readonly tasks: Counter<'module' | 'outcome'>;
  readonly taskSeconds: Histogram<'module'>;
  readonly bytes: Counter<'kind'>;
  readonly inFlight: Gauge;
  readonly drifted: Gauge<'verb'>;
  readonly lastRun: Gauge<'verb'>;
  readonly lastSuccess: Gauge<'verb'>;
  readonly lastExit: Gauge<'verb'>;
}

/** Every series there is; docs/observe.md lists them in this order. */
function metersOf({ Counter, Gauge, Histogram }: typeof import('prom-client'), registry: Registry): Meters {
  const gauge = <T extends string = never>(name: string, help: string, ...labelNames: readonly T[]): Gauge<T> =>
    new Gauge({ name: `sshoal_${name}`, help, labelNames, registers: [registry] });
  const counter = <T extends string = never>(name: string, help: string, ...labelNames: readonly T[]): Counter<T> =>
    new Counter({ name: `sshoal_${name}`, help, labelNames, registers: [registry] });
  const histogram = <T extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    ...labelNames: readonly T[]
  ): Histogram<T> => new Histogram({ name: `sshoal_${name}`, help, buckets: [...buckets], labelNames, registers: [registry] });
  return {
    build: gauge('build_info', 'The version of sshoal', 'version'),
    runs: counter('runs_total', 'Runs by how they ended', 'verb', 'outcome'),
    runsInFlight: gauge('runs_in_flight', 'Runs that are going on'),
    runSeconds: histogram('run_duration_seconds', 'How long runs took', RUN_BUCKETS, 'verb'),
    skipped: counter('runs_skipped_total', 'Runs of a schedule that did not begin', 'reason'),
    hosts: counter('hosts_total', 'Hosts by how they ended, in each run', 'verb', 'outcome'),
    hostSeconds: histogram('host_duration_seconds', 'How long hosts took, without the tasks of plays', WORK_BUCKETS),
    connectSeconds: histogram('connect_duration_seconds', 'How long it took until there was a line to a host', CONNECT_BUCKETS),
    tasks: counter('tasks_total', 'Tasks by module and how they ended, on each host', 'module', 'outcome'),
    taskSeconds: histogram('task_duration_seconds', 'How long tasks took, on each host', WORK_BUCKETS, 'module'),
    bytes: counter('bytes_total', 'Bytes that hosts wrote while somebody listened, and that were moved', 'kind'),
    inFlight: gauge('in_flight', 'Commands and tasks that are going on, on each host'),
    drifted: gauge('drifted_hosts', 'Hosts that differ from the playbook, as the last check saw them', 'verb'),
    lastRun: gauge('last_run_timestamp_seconds', 'When a run last ended', 'verb'),
    lastSuccess: gauge('last_success_timestamp_seconds', 'When a run last ended well', 'verb'),
    lastExit: gauge('last_run_exit_code', 'The exit code of the last run', 'verb'),
  };
}

/** A clock that was set back is no reason for figures below zero. */
function seconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}
