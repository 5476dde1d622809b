// The reporter for machines that wait: one JSON document at the end. docs/jsonl.md describes its parts.
import type { FleetEvent } from '../../fleet/events.ts';
import type { PlayEvent, RecapCounts } from '../../playbook/events.ts';
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
  taskData,
} from './json-data.ts';

export const json: ReporterKind = {
  name: 'json',
  create: (sink, options) => new JsonReporter(sink, options),
};

interface TaskEntry {
  readonly data: JsonObject;
  readonly hosts: Record<string, JsonObject>;
  readonly items: Map<string, JsonObject[]>;
}
interface PlayEntry {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly tasks: TaskEntry[];
}

class JsonReporter implements Reporter {
  readonly #sink: Sink;
  readonly #options: ReporterOptions;
  readonly #outcomes = new Map<string, JsonObject>();
  readonly #plays: PlayEntry[] = [];
  /** By id; a task that starts again (the next batch) takes the place of its former self. */
  readonly #tasks = new Map<number, TaskEntry>();
  #header: RunHeader | undefined;
  #startedAtMs = 0;
  #recap: ReadonlyMap<string, RecapCounts> = new Map();
  #custom: unknown;

  constructor(sink: Sink, options: ReporterOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  start(header: RunHeader): void {
    this.#header = header;
    this.#startedAtMs = this.#options.now();
  }

  fleetEvent(event: FleetEvent): void {
    if (event.kind === 'finished') this.#outcomes.set(event.host, outcomeData(event.outcome, this.#options.mask));
  }

  playEvent(event: PlayEvent): void {
    switch (event.kind) {
      case 'play-started':
        this.#plays.push({ name: event.play, hosts: event.hosts, tasks: [] });
        break;
      case 'task-started': {
        const entry: TaskEntry = { data: taskData(event.task), hosts: emptyRecord(), items: new Map() };
        this.#tasks.set(event.task.id, entry);
        this.#plays.at(-1)?.tasks.push(entry);
        break;
      }
      case 'item-finished': {
        const { item, status, ignored, delegate } = event;
        const items = this.#tasks.get(event.task.id)?.items;
        const data = { item, status, ignored, delegate, result: resultData(event.result) };
        const known = items?.get(event.host);
        if (known === undefined) items?.set(event.host, [data]);
        else known.push(data);
        break;
      }
      case 'task-finished': {
        const { status, ignored, durationMs, delegate } = event;
        const error = event.error === undefined ? undefined : errorData(event.error);
        const entry = this.#tasks.get(event.task.id);
        if (entry !== undefined) {
          entry.hosts[event.host] = {
            status,
            ignored,
            delegate,
            durationMs,
            result: resultData(event.result),
            items: entry.items.get(event.host),
            error,
          };
        }
        break;
      }
      case 'recap':
        this.#recap = event.hosts;
        this.#custom = customData(event.custom);
        break;
      case 'task-output':
      case 'play-finished':
        break;
    }
  }

  finish(): void {
    const { verb, subject } = this.#header ?? {};
    const document: JsonObject = {
      v: JSON_VERSION,
      verb,
      subject,
      startedAt: new Date(this.#startedAtMs).toISOString(),
      durationMs: this.#options.now() - this.#startedAtMs,
      ...(verb === 'play' ? this.#playPart() : { hosts: this.#hostsPart() }),
    };
    this.#sink.write(`${maskedJson(document, this.#options.mask, 2)}\n`);
  }

  #hostsPart(): JsonObject {
    const order = this.#header?.hosts ?? [];
    return Object.fromEntries(order.flatMap((host) => (this.#outcomes.has(host) ? [[host, this.#outcomes.get(host)]] : [])));
  }

  #playPart(): JsonObject {
    const plays = this.#plays.map(({ name, hosts, tasks }) => ({
      name,
      hosts,
      tasks: tasks.map((task) => ({ ...task.data, hosts: task.hosts })),
    }));
    return { plays, recap: Object.fromEntries(this.#recap), custom: this.#custom, drift: driftData(this.#recap, this.#options.layout) };
  }
}

// A host may be called __proto__.
function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
