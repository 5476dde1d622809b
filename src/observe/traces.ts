// A run as spans of OpenTelemetry: the run, its plays, their tasks, each host. Where no SDK is registered nothing comes of it.
import type { Context, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import type { FleetEvent, Outcome } from '../fleet/events.ts';
import type { PlayEvent, TaskFinished, TaskLabel } from '../playbook/events.ts';
import type { ObservedRun, Observer, RunEnd } from './seam.ts';

/** What a host says about its failure may be a novel. */
const LONGEST_MESSAGE = 1_000;

type Api = typeof import('@opentelemetry/api');

export interface TraceOptions {
  /** Of sshoal. */
  readonly version: string;
  readonly mask: (text: string) => string;
  readonly now: () => number;
  /** The trace that the run is a part of, as W3C Trace Context writes it: `00-<trace>-<span>-01`. One that is malformed begins none. */
  readonly parent?: { readonly traceparent?: string | undefined; readonly tracestate?: string | undefined } | undefined;
}

/** A span with the context that its children are begun in. */
interface Open {
  readonly span: Span;
  readonly context: Context;
}
interface OpenTask extends Open {
  /** How many hosts it waits for. */
  pending: number;
}

/** Spans carry names, statuses and durations, and why something failed; never what a command wrote, nor what is in a file. */
export class Traces implements Observer {
  readonly #api: Api;
  readonly #tracer: Tracer;
  readonly #parent: Context;
  readonly #mask: (text: string) => string;
  readonly #now: () => number;
  readonly #tasks = new Map<number, OpenTask>();
  #run: Open | undefined;
  #play: Open | undefined;
  #traceparent: string | undefined;

  private constructor(api: Api, { version, mask, now, parent }: TraceOptions) {
    this.#api = api;
    this.#tracer = api.trace.getTracer('sshoal', version);
    this.#parent = parentContext(api, parent);
    this.#mask = mask;
    this.#now = now;
  }

  static async create(options: TraceOptions): Promise<Traces> {
    return new Traces(await import('@opentelemetry/api'), options);
  }

  /** The span of the last run as a header for others to go on with; undefined before it, and where nobody records it. */
  get traceparent(): string | undefined {
    return this.#traceparent;
  }

  start({ id, verb, subject, hosts, check, atMs }: ObservedRun): void {
    this.#run = this.#open(this.#parent, `sshoal ${verb}`, atMs, {
      'sshoal.run': id,
      'sshoal.verb': verb,
      'sshoal.subject': this.#mask(subject),
      'sshoal.hosts': hosts.length,
      'sshoal.check': check,
    });
    const { traceId, spanId, traceFlags } = this.#run.span.spanContext();
    const isRecorded = this.#api.isSpanContextValid({ traceId, spanId, traceFlags });
    this.#traceparent = isRecorded ? `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}` : undefined;
  }

  fleetEvent(event: FleetEvent): void {
    if (event.kind === 'finished') this.#outcome(event.outcome);
  }

  playEvent(event: PlayEvent): void {
    switch (event.kind) {
      case 'play-started':
        this.#endPlay(event.atMs);
        this.#play = this.#open(this.#around(), this.#mask(event.play), event.atMs, { 'sshoal.hosts': event.hosts.length });
        break;
      case 'task-started':
        this.#taskStarted(event.task, event.hosts.length, event.atMs);
        break;
      case 'task-finished':
        this.#taskFinished(event);
        break;
      case 'play-finished':
        this.#endPlay(event.atMs);
        break;
      case 'task-output':
      case 'item-finished':
      case 'recap':
        break;
    }
  }

  end({ outcome, exitCode, atMs, error }: RunEnd): void {
    this.#endPlay(atMs);
    const span = this.#run?.span;
    span?.setAttributes({ 'sshoal.outcome': outcome, 'sshoal.exit_code': exitCode });
    if (span !== undefined && outcome !== 'ok' && outcome !== 'drift') this.#fail(span, error?.message ?? outcome, error?.code);
    span?.end(atMs);
    this.#run = undefined;
  }

  #outcome({ host, status, startedAtMs, endedAtMs, exit, error }: Outcome): void {
    const { span } = this.#open(this.#around(), 'host', startedAtMs, { 'host.name': host, 'sshoal.outcome': status });
    if (exit?.kind === 'code') span.setAttribute('sshoal.exit_code', exit.code);
    if (status !== 'ok') this.#fail(span, error?.message ?? status, error?.code);
    span.end(endedAtMs);
  }

  #taskStarted(task: TaskLabel, hosts: number, atMs: number): void {
    // The next batch of a play begins its tasks anew.
    this.#tasks.get(task.id)?.span.end(atMs);
    const open = this.#open(this.#around(), this.#mask(task.name), atMs, { ...this.#labels(task), 'sshoal.hosts': hosts });
    if (hosts === 0) open.span.end(atMs);
    else this.#tasks.set(task.id, { ...open, pending: hosts });
  }

  #taskFinished({ task, host, status, ignored, result, error, durationMs, delegate }: TaskFinished): void {
    const of = this.#tasks.get(task.id);
    const endMs = this.#now();
    const { span } = this.#open(of?.context ?? this.#around(), this.#mask(task.name), endMs - durationMs, {
      ...this.#labels(task),
      'host.name': host,
      'sshoal.outcome': status,
      ...(delegate === undefined ? {} : { 'sshoal.delegate': delegate }),
      ...(ignored ? { 'sshoal.ignored': true } : {}),
    });
    const message = result.get('msg');
    if (status === 'failed' || status === 'unreachable')
      this.#fail(span, error?.message ?? (typeof message === 'string' ? message : status), error?.code);
    span.end(endMs);
    if (of === undefined || --of.pending > 0) return;
    of.span.end(endMs);
    this.#tasks.delete(task.id);
  }

  #labels({ name, module, position, handler }: TaskLabel): Record<string, string | number | boolean> {
    return {
      'sshoal.task': this.#mask(name),
      'sshoal.module': module,
      'sshoal.handler': handler,
      'code.file.path': position.file,
      'code.line.number': position.line,
    };
  }

  /** What a span is begun in, where no task is named. */
  #around(): Context {
    return this.#play?.context ?? this.#run?.context ?? this.#parent;
  }

  #open(parent: Context, name: string, startTime: number, attributes: NonNullable<SpanOptions['attributes']>): Open {
    const span = this.#tracer.startSpan(name, { startTime, attributes }, parent);
    return { span, context: this.#api.trace.setSpan(parent, span) };
  }

  #fail(span: Span, message: string, code: string | undefined): void {
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message: this.#mask(message).slice(0, LONGEST_MESSAGE) });
    if (code !== undefined) span.setAttribute('error.type', code);
  }

  /** Tasks that an interruption left open end with their play. */
  #endPlay(atMs: number): void {
    for (const { span } of this.#tasks.values()) span.end(atMs);
    this.#tasks.clear();
    this.#play?.span.end(atMs);
    this.#play = undefined;
  }
}

/** As W3C Trace Context, level 1; read here, since no propagator need be registered. */
function parentContext(api: Api, { traceparent = '', tracestate }: NonNullable<TraceOptions['parent']> = {}): Context {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(traceparent.trim()) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return api.ROOT_CONTEXT;
  const traceState = tracestate === undefined ? undefined : api.createTraceState(tracestate);
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true, ...(traceState && { traceState }) };
  return api.isSpanContextValid(parent) ? api.trace.setSpanContext(api.ROOT_CONTEXT, parent) : api.ROOT_CONTEXT;
}
