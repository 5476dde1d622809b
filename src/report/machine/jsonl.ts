// The reporter for machines that watch: one JSON object a line, as it happens. docs/jsonl.md lists every event and field.
import type { FleetEvent } from '../../fleet/events.ts';
import type { PlayEvent } from '../../playbook/events.ts';
import { LineGatherer } from '../output/host-bytes.ts';
import type { Reporter, ReporterKind, ReporterOptions, RunHeader, Sink } from '../seam.ts';
import {
  customData,
  driftData,
  errorData,
  JSON_VERSION,
  type JsonObject,
  maskedJson,
  outcomeData,
  resultData,
  streamData,
  taskData,
} from './json-data.ts';
import type { JsonlEvent } from './jsonl-events.ts';

export const jsonl: ReporterKind = {
  name: 'jsonl',
  create: (sink, options) => new JsonlReporter(sink, options),
};

/** A stream of one host that is not at its end yet; whole lines are passed on, so that no secret is split. */
interface OpenStream {
  readonly gatherer: LineGatherer;
  readonly write: (bytes: Uint8Array) => void;
}

class JsonlReporter implements Reporter {
  readonly #sink: Sink;
  readonly #options: ReporterOptions;
  readonly #streams = new Map<string, Map<string, OpenStream>>();

  constructor(sink: Sink, options: ReporterOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  start({ verb, subject, hosts }: RunHeader): void {
    this.#write('run-started', { verb, subject, hosts });
  }

  fleetEvent(event: FleetEvent): void {
    const { host } = event;
    switch (event.kind) {
      case 'started':
        this.#write('host-started', { host }, event.atMs);
        break;
      case 'output':
        this.#output('output', { host, stream: event.stream }, event.chunk);
        break;
      case 'progress':
        this.#write('progress', {
          host,
          doneBytes: event.doneBytes,
          totalBytes: event.totalBytes,
          doneFiles: event.doneFiles,
          totalFiles: event.totalFiles,
        });
        break;
      case 'finished':
        this.#endStreams(host);
        this.#write('host-finished', { host, ...outcomeData(event.outcome, this.#options.mask) }, event.outcome.endedAtMs);
        break;
    }
  }

  playEvent(event: PlayEvent): void {
    switch (event.kind) {
      case 'play-started':
        this.#write(event.kind, { play: event.play, hosts: event.hosts }, event.atMs);
        break;
      case 'task-started':
        this.#write(event.kind, { task: taskData(event.task), hosts: event.hosts }, event.atMs);
        break;
      case 'task-output':
        this.#output(event.kind, { task: event.task.id, host: event.host, stream: event.stream }, event.chunk);
        break;
      case 'item-finished': {
        const { host, item, status, ignored, delegate } = event;
        this.#write(event.kind, { task: event.task.id, host, item, status, ignored, delegate, result: resultData(event.result) });
        break;
      }
      case 'task-finished': {
        this.#endStreams(event.host);
        const { host, status, ignored, durationMs, delegate } = event;
        const error = event.error === undefined ? undefined : errorData(event.error);
        this.#write(event.kind, {
          task: event.task.id,
          host,
          status,
          ignored,
          delegate,
          durationMs,
          result: resultData(event.result),
          error,
        });
        break;
      }
      case 'play-finished':
        this.#write(event.kind, { play: event.play }, event.atMs);
        break;
      case 'recap':
        this.#write(event.kind, {
          hosts: Object.fromEntries(event.hosts),
          custom: customData(event.custom),
          drift: driftData(event.hosts, this.#options.layout),
          durationMs: event.durationMs,
        });
        break;
    }
  }

  finish(): void {
    for (const host of this.#streams.keys()) this.#endStreams(host);
    this.#write('run-finished', {});
  }

  #write(event: JsonlEvent, fields: JsonObject, atMs = this.#options.now()): void {
    const line = { v: JSON_VERSION, event, at: new Date(atMs).toISOString(), ...fields };
    this.#sink.write(`${maskedJson(line, this.#options.mask)}\n`);
  }

  #output(event: 'output' | 'task-output', fields: JsonObject & { host: string; stream: string }, chunk: Uint8Array): void {
    const ofHost = this.#streams.get(fields.host) ?? new Map<string, OpenStream>();
    this.#streams.set(fields.host, ofHost);
    const stream = ofHost.get(fields.stream) ?? {
      gatherer: new LineGatherer(),
      write: (bytes) => {
        if (bytes.length > 0) this.#write(event, { ...fields, ...streamData('data', bytes, this.#options.mask) });
      },
    };
    ofHost.set(fields.stream, stream);
    stream.write(stream.gatherer.push(chunk));
  }

  #endStreams(host: string): void {
    for (const stream of this.#streams.get(host)?.values() ?? []) stream.write(stream.gatherer.flush());
    this.#streams.delete(host);
  }
}
