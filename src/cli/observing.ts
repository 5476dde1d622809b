// Who watches runs besides people, as the flags say: opened before anything is touched, told of every run, closed at the end.
import { access, constants, readFile } from 'node:fs/promises';
import path from 'node:path';
import { troubleOf } from '../base/disk-trouble.ts';
import { SshoalError } from '../base/errors.ts';
import type { FleetEvent } from '../fleet/events.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { thisProcess } from '../journal/process-identity.ts';
import { Summariser } from '../journal/summary.ts';
import type { Metrics, SkipReason } from '../observe/metrics.ts';
import type { RunLog } from '../observe/run-log.ts';
import type { ObservedRun, Observer, RunEnd, RunOutcome } from '../observe/seam.ts';
import type { Traces } from '../observe/traces.ts';
import type { PlayEvent } from '../playbook/events.ts';
import { OutputUnwritableError } from '../report/errors.ts';
import type { Listener } from './ad-hoc.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Flags } from './flags.ts';
import { printError } from './print-error.ts';
import { version } from './program.ts';
import { replaceFile } from './replace-file.ts';
import type { RunHooks } from './run-hooks.ts';

/** node_exporter is another user. */
const READABLE = 0o644;
/** Where the API of OpenTelemetry keeps what was registered, whoever has loaded it. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

const OUTCOMES: Readonly<Record<ExitCode, RunOutcome>> = {
  [EXIT.ok]: 'ok',
  [EXIT.usage]: 'refused',
  [EXIT.failed]: 'failed',
  [EXIT.drift]: 'drift',
  [EXIT.unreachable]: 'unreachable',
  [EXIT.timedOut]: 'failed',
  [EXIT.several]: 'failed',
  [EXIT.cancelled]: 'failed',
  [EXIT.interrupted]: 'interrupted',
};

interface Watchers {
  readonly metrics: Metrics | undefined;
  readonly traces: Traces | undefined;
  readonly log: RunLog | undefined;
  readonly hooks: RunHooks | undefined;
}

/** All that watch, for as long as the program runs. */
export class Observation implements AsyncDisposable {
  readonly #flags: Flags;
  readonly #context: Context;
  readonly #watchers: Watchers;
  readonly #server: AsyncDisposable | undefined;

  private constructor(flags: Flags, context: Context, watchers: Watchers, server: AsyncDisposable | undefined) {
    this.#flags = flags;
    this.#context = context;
    this.#watchers = watchers;
    this.#server = server;
  }

  /**
   * Opens what the flags ask for; what nobody asks for is not even loaded.
   *
   * @param plan - What the metrics are called: the playbooks, the verb. One of few.
   * @throws UsageError `BAD_FLAG`, MetricsNotServedError `METRICS_NOT_SERVED`, OutputUnwritableError `OUTPUT_UNWRITABLE`,
   * LogIncompleteError `LOG_INCOMPLETE`.
   */
  static async open(plan: string, flags: Flags, context: Context): Promise<Observation> {
    checkTogether(flags);
    const hooks = wantsHooks(flags) ? await (await import('./run-hooks.ts')).RunHooks.open(flags, context) : undefined;
    const metrics = await openMetrics(plan, flags, context);
    const traces = isTraced() ? await openTraces(context) : undefined;
    const log = await openLog(flags, context);
    try {
      const server = await serve(metrics, flags, context);
      return new Observation(flags, context, { metrics, traces, log, hooks }, server);
    } catch (error) {
      await log?.close();
      throw error;
    }
  }

  /** A run begins. */
  async begin(run: Omit<ObservedRun, 'atMs'>): Promise<ObservedCourse> {
    const { metrics, traces, log, hooks } = this.#watchers;
    const observers: readonly Observer[] = [metrics, traces, log].filter((observer) => observer !== undefined);
    const observed = { ...run, atMs: this.#context.now() };
    if (observers.length === 0 && hooks === undefined) return new ObservedCourse(observed, [], undefined, this.#context, async () => {});
    const header = { ...observed, argv: [], cwd: '', inventory: [], version: '', process: await thisProcess() };
    const summariser = new Summariser(header);
    return new ObservedCourse(observed, observers, summariser, this.#context, async (end) => await this.#ended(observed, end));
  }

  /** A run of a schedule could not even begin. */
  async refused(error: unknown): Promise<void> {
    const known = error instanceof SshoalError ? error : undefined;
    const end: RunEnd = { outcome: 'refused', exitCode: EXIT.usage, atMs: this.#context.now(), hosts: {}, error: known };
    this.#watchers.metrics?.end(end);
    this.#watchers.log?.end(end);
    await this.#ended(undefined, end);
  }

  /** A run of a schedule was left out. */
  skipped(reason: SkipReason): void {
    this.#watchers.metrics?.skipped(reason);
    this.#watchers.log?.write('warn', 'run-skipped', { reason });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watchers.log?.close();
    await this.#server?.[Symbol.asyncDispose]();
  }

  async #ended(run: ObservedRun | undefined, end: RunEnd): Promise<void> {
    const { hooks, log, traces } = this.#watchers;
    await this.#writeMetrics();
    await log?.flush();
    await hooks?.run(run, end, traces?.traceparent);
  }

  /** A file that cannot be written is said, and changes nothing about the run. */
  async #writeMetrics(): Promise<void> {
    const { metricsFile } = this.#flags;
    const { metrics } = this.#watchers;
    if (metricsFile === undefined || metrics === undefined) return;
    const file = path.resolve(this.#context.cwd, metricsFile);
    try {
      await replaceFile(file, await metrics.text(), READABLE);
    } catch (cause) {
      printError(unwritable(file, cause), this.#context);
    }
  }
}

/** One run, while it is watched. It must be ended; what breaks off ends as refused. */
export class ObservedCourse implements AsyncDisposable {
  readonly #observers: readonly Observer[];
  readonly #summariser: Summariser | undefined;
  readonly #context: Context;
  readonly #ended: (end: RunEnd) => Promise<void>;
  #isOver = false;

  constructor(
    run: ObservedRun,
    observers: readonly Observer[],
    summariser: Summariser | undefined,
    context: Context,
    ended: (end: RunEnd) => Promise<void>,
  ) {
    this.#observers = observers;
    this.#summariser = summariser;
    this.#context = context;
    this.#ended = ended;
    for (const observer of observers) observer.start(run);
  }

  playEvent(event: PlayEvent): void {
    this.#add({ kind: 'play', event, atMs: 0 });
    for (const observer of this.#observers) observer.playEvent(event);
  }

  fleetEvent(event: FleetEvent): void {
    this.#add({ kind: 'fleet', event, atMs: 0 });
    for (const observer of this.#observers) observer.fleetEvent(event);
  }

  /** The same listener, told of nothing that is not seen here. */
  before(listener: Listener): Listener {
    return {
      ...listener,
      start: (header) => listener.start(header),
      fleetEvent: async (event) => {
        this.fleetEvent(event);
        await listener.fleetEvent(event);
      },
      finish: async () => await listener.finish(),
    };
  }

  /** Tells everybody, and does what is to be done when a run is over. */
  async end(exitCode: ExitCode): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#summariser === undefined) return;
    this.#add({ kind: 'end', exitCode, atMs: 0 });
    const { hosts } = this.#summariser.summary();
    const end: RunEnd = { outcome: OUTCOMES[exitCode], exitCode, atMs: this.#context.now(), hosts };
    for (const observer of this.#observers) observer.end(end);
    await this.#ended(end);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end(this.#context.signal.aborted ? EXIT.interrupted : EXIT.usage);
  }

  #add(entry: JournalEntry): void {
    this.#summariser?.add(entry);
  }
}

/** @throws UsageError `BAD_FLAG` on a flag that would have to be ignored. */
function checkTogether({ metrics, metricsFile, metricsPerHost }: Flags): void {
  if (!metricsPerHost || metrics !== undefined || metricsFile !== undefined) return;
  throw new UsageError('BAD_FLAG', '--metrics-per-host means nothing without --metrics or --metrics-file', {
    where: '--metrics-per-host',
    fix: 'Give one of them, or leave it out',
  });
}

function wantsHooks({ onFailure, onSuccess, onChange, webhook, webhookSecretFile }: Flags): boolean {
  return webhook.length > 0 || [onFailure, onSuccess, onChange, webhookSecretFile].some((value) => value !== undefined);
}

async function openMetrics(plan: string, flags: Flags, context: Context): Promise<Metrics | undefined> {
  if (flags.metrics === undefined && flags.metricsFile === undefined) return undefined;
  const { Metrics } = await import('../observe/metrics.ts');
  const limit = flags.limit.length === 0 ? {} : { limit: flags.limit.join(',') };
  const metrics = await Metrics.create({ version: version(), labels: { plan, ...limit }, perHost: flags.metricsPerHost });
  if (flags.metricsFile === undefined) return metrics;
  const file = path.resolve(context.cwd, flags.metricsFile);
  try {
    await access(path.dirname(file), constants.W_OK);
    metrics.remember(await readFile(file, 'utf8'));
  } catch (cause) {
    // The first run finds none.
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || (cause as NodeJS.ErrnoException).path !== file) throw unwritable(file, cause);
  }
  return metrics;
}

async function serve(metrics: Metrics | undefined, flags: Flags, { stderr }: Context): Promise<AsyncDisposable | undefined> {
  if (metrics === undefined || flags.metrics === undefined) return undefined;
  const { MetricsServer } = await import('../observe/metrics-server.ts');
  const { contentType } = metrics;
  const server = await MetricsServer.listen(flags.metrics, { contentType, text: async () => await metrics.text() });
  stderr.write(`note: metrics at ${server.url}\n`);
  return server;
}

async function openLog({ log, logLevel }: Flags, context: Context): Promise<RunLog | undefined> {
  if (log === undefined) return undefined;
  const { RunLog } = await import('../observe/run-log.ts');
  const { cwd, now, secrets } = context;
  const onTrouble = (error: SshoalError): void => printError(error, context);
  return await RunLog.open({ file: path.resolve(cwd, log), level: logLevel, mask: (text) => secrets.mask(text), now, onTrouble });
}

/** Whether somebody has registered an SDK, as `node --import ./otel.mjs` does: else spans would lead nowhere. */
function isTraced(): boolean {
  return (globalThis as { [REGISTERED]?: { trace?: unknown } })[REGISTERED]?.trace !== undefined;
}

async function openTraces({ env, now, secrets }: Context): Promise<Traces> {
  const { Traces } = await import('../observe/traces.ts');
  const parent = { traceparent: env.TRACEPARENT, tracestate: env.TRACESTATE };
  return await Traces.create({ version: version(), mask: (text) => secrets.mask(text), now, parent });
}

function unwritable(file: string, cause: unknown): OutputUnwritableError {
  const { reason, fix } = troubleOf(cause as NodeJS.ErrnoException);
  return new OutputUnwritableError(`The metrics cannot be written: ${reason}`, { where: file, fix, cause });
}
