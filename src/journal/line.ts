// The lines of a journal: each entry as one line of JSON, and back. It does not know where lines are kept.
import { neutraliseJson } from '../base/terminal.ts';
import type { Dict } from '../base/value.ts';
import type { FleetEvent } from '../fleet/events.ts';
import type { PlayEvent, RecapCounts, TaskLabel, TaskMemory } from '../playbook/events.ts';
import { FORMAT, type JournalEntry, type JournalHeader, type RunDescription } from './entry.ts';
import { errorOf, keepError, keepOutcome, type OutcomeData, outcomeOf } from './kept-outcome.ts';
import { keepValue, readValue } from './kept-value.ts';

type Mask = (text: string) => string;
type Data = Readonly<Record<string, unknown>>;

/** What people wrote of a run, without secrets. A plan that has one is left out: half of it would be another plan. */
export function maskedRun(run: RunDescription, mask: Mask): RunDescription {
  const { subject, argv, cwd, inventory, plan } = run;
  const words = JSON.stringify(plan ?? null);
  const isPlain = mask(words) === words;
  return {
    ...run,
    subject: mask(subject),
    argv: argv.map(mask),
    cwd: mask(cwd),
    inventory: inventory.map(mask),
    plan: isPlain ? plan : undefined,
  };
}

export function headerLine(header: JournalHeader): string {
  return jsonLine({ kind: 'header', format: FORMAT, ...header });
}

/**
 * Makes lines of entries.
 *
 * What hosts and people wrote is masked. The names of hosts are not, nor the words of the format itself: without them no run
 * could be taken up again.
 */
export class LineMaker {
  readonly #mask: Mask;
  readonly #named = new Set<number>();

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  /** @returns Nothing for what is told again at the end: chunks of output, and how far a transfer is. */
  fleetEvent(event: FleetEvent, atMs: number): string {
    switch (event.kind) {
      case 'started':
        return jsonLine({ kind: 'host-started', atMs, host: event.host });
      case 'finished':
        return jsonLine({ kind: 'host-finished', atMs, outcome: keepOutcome(event.outcome, this.#mask) });
      case 'output':
      case 'progress':
        return '';
    }
  }

  /** @returns Nothing for chunks of output: the result has them. */
  playEvent(event: PlayEvent, atMs: number): string {
    switch (event.kind) {
      case 'play-started':
      case 'play-finished':
        return jsonLine({ ...event, play: this.#mask(event.play) });
      case 'task-started':
        this.#named.add(event.task.id);
        return jsonLine({ kind: event.kind, atMs: event.atMs, task: this.#task(event.task), hosts: event.hosts });
      case 'task-output':
        return '';
      case 'item-finished': {
        const { task, result, item, memory, ...rest } = event;
        const told = {
          task: task.id,
          item: this.#mask(item),
          result: this.#value(result),
          memory: memory === undefined ? undefined : this.#memory(memory, result),
        };
        return this.#nameOf(task, atMs) + jsonLine({ ...rest, atMs, ...told });
      }
      case 'task-finished': {
        const { task, result, error, memory, ...rest } = event;
        const told = {
          task: task.id,
          result: this.#value(result),
          error: error === undefined ? undefined : keepError(error, this.#mask),
          memory: memory === undefined ? undefined : this.#memory(memory, result),
        };
        return this.#nameOf(task, atMs) + jsonLine({ ...rest, atMs, ...told });
      }
      case 'recap':
        return jsonLine({
          kind: event.kind,
          atMs,
          hosts: [...event.hosts],
          custom: event.custom && [...event.custom].map(([host, figures]) => [host, this.#value(figures)]),
          durationMs: event.durationMs,
        });
    }
  }

  end(exitCode: number, atMs: number): string {
    return jsonLine({ kind: 'end', atMs, exitCode });
  }

  /** Later lines name a task by its number; where none has told what that means, one does now. */
  #nameOf(task: TaskLabel, atMs: number): string {
    if (this.#named.has(task.id)) return '';
    this.#named.add(task.id);
    return jsonLine({ kind: 'task', atMs, task: this.#task(task) });
  }

  #task({ position, name, ...rest }: TaskLabel): Data {
    const { file, line, column } = position;
    return { ...rest, name: this.#mask(name), position: { file: this.#mask(file), line, column } };
  }

  /** What is lost is said, since a secret is in it or it is too large. What is the result itself is not written twice. */
  #memory({ registered, changes, notified, lost }: TaskMemory, result: Dict): Data {
    const kept = changes.map((change) => keepValue(change, this.#mask));
    const names = notified.map(this.#mask);
    const value = registered === undefined ? undefined : keepValue(registered, this.#mask);
    const isLost = lost || value?.lost === true || kept.some((one) => one.lost) || names.some((name, index) => name !== notified[index]);
    return {
      registered: registered === result ? 'result' : value?.data,
      changes: kept.length === 0 ? undefined : kept.map(({ data }) => data),
      notified: names.length === 0 ? undefined : names,
      lost: isLost || undefined,
    };
  }

  #value(result: Dict): unknown {
    return keepValue(result, this.#mask).data;
  }
}

/** Makes entries of lines, in their order. */
export class LineReader {
  readonly #tasks = new Map<number, TaskLabel>();

  /** @returns Undefined for a line that says nothing by itself, or whose kind a later sshoal has added. */
  entry(line: Data): JournalEntry | undefined {
    const { kind, atMs, ...rest } = line as { kind: string; atMs: number } & Record<string, never>;
    switch (kind) {
      case 'host-started':
        return { atMs, kind: 'fleet', event: { kind: 'started', host: rest.host ?? '', atMs } };
      case 'host-finished': {
        const outcome = outcomeOf(rest.outcome as unknown as OutcomeData);
        return { atMs, kind: 'fleet', event: { kind: 'finished', host: outcome.host, outcome } };
      }
      case 'play-started':
      case 'play-finished':
        return { atMs, kind: 'play', event: line as unknown as PlayEvent };
      case 'task':
        this.#learn(rest.task);
        return undefined;
      case 'task-started': {
        this.#learn(rest.task);
        return { atMs, kind: 'play', event: line as unknown as PlayEvent };
      }
      case 'item-finished':
      case 'task-finished': {
        const { task, error, memory } = rest as unknown as { task: number; error?: Parameters<typeof errorOf>[0]; memory?: MemoryData };
        const result = readValue(rest.result) as Dict;
        const told = {
          task: this.#task(task),
          result,
          error: error === undefined ? undefined : errorOf(error),
          ...(memory === undefined ? {} : { memory: memoryOf(memory, result) }),
        };
        return { atMs, kind: 'play', event: { ...rest, kind, ...told } as unknown as PlayEvent };
      }
      case 'recap': {
        const hosts = new Map(rest.hosts as unknown as [string, RecapCounts][]);
        const kept = rest.custom as [string, unknown][] | undefined;
        const custom = kept && new Map(kept.map(([host, figures]) => [host, readValue(figures) as Dict]));
        return { atMs, kind: 'play', event: { kind: 'recap', hosts, ...(custom && { custom }), durationMs: rest.durationMs ?? 0 } };
      }
      case 'end':
        return { atMs, kind: 'end', exitCode: rest.exitCode ?? 0 };
      default:
        return undefined;
    }
  }

  #learn(task: unknown): void {
    this.#tasks.set((task as TaskLabel).id, task as TaskLabel);
  }

  #task(id: number): TaskLabel {
    const task = this.#tasks.get(id);
    if (task === undefined) throw new TypeError(`no line names task ${id}`);
    return task;
  }
}

interface MemoryData {
  readonly registered?: unknown;
  readonly changes?: readonly unknown[];
  readonly notified?: readonly string[];
  readonly lost?: boolean;
}

function memoryOf({ registered, changes = [], notified = [], lost = false }: MemoryData, result: Dict): TaskMemory {
  const value = registered === 'result' ? result : registered === undefined ? undefined : (readValue(registered) as Dict);
  return { registered: value, changes: changes.map((change) => readValue(change) as Dict), notified, lost };
}

function jsonLine(data: Data): string {
  return `${neutraliseJson(JSON.stringify(data))}\n`;
}
