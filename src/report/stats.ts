// The figures of a run: how long hosts took, how fast all of it was, how commands ended. It does not know where they are printed.
import { formatDuration, formatSize } from '../base/units.ts';
import type { FleetEvent, Outcome } from '../fleet/events.ts';
import type { PlayEvent } from '../playbook/events.ts';

const MOST_SLOW = 5;

interface Timed {
  readonly name: string;
  readonly ms: number;
}

/** Counts while a run lasts. A host or a task costs a few numbers, whatever was written. */
export class Stats {
  readonly #hosts: Timed[] = [];
  readonly #connectMs: number[] = [];
  readonly #exits = new Map<string, number>();
  /** Of a play: how long each host was at work, and how long each task took on the slowest host. */
  readonly #playMs = new Map<string, number>();
  readonly #slowestOf = new Map<number, Timed>();
  #tasks = 0;
  #commands = 0;
  #outputBytes = 0;
  #movedBytes = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #lastConnectMs = Number.NEGATIVE_INFINITY;
  #playDurationMs = 0;

  fleetEvent(event: FleetEvent): void {
    if (event.kind === 'finished') this.#outcome(event.outcome);
  }

  playEvent(event: PlayEvent): void {
    if (event.kind === 'recap') this.#playDurationMs += event.durationMs;
    if (event.kind !== 'task-finished') return;
    const { host, task, durationMs } = event;
    this.#tasks++;
    this.#playMs.set(host, (this.#playMs.get(host) ?? 0) + durationMs);
    const slowest = this.#slowestOf.get(task.id);
    if (slowest === undefined || durationMs > slowest.ms) this.#slowestOf.set(task.id, { name: `${task.name} on ${host}`, ms: durationMs });
  }

  /** The figures there are, a line each, names padded to one width; none before anything ended. Names are as hosts and tasks have them. */
  lines(): string[] {
    const rows = this.#tasks > 0 ? this.#playRows() : this.#hosts.length > 0 ? this.#fleetRows() : [];
    const width = Math.max(0, ...rows.map(([name]) => name.length));
    return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
  }

  #outcome(outcome: Outcome): void {
    const { host, exit, error, startedAtMs, connectedAtMs, endedAtMs } = outcome;
    // Who was cancelled before its turn came took no time, and would make all others look slow.
    if (outcome.status !== 'cancelled' || endedAtMs > startedAtMs) this.#hosts.push({ name: host, ms: endedAtMs - startedAtMs });
    if (connectedAtMs !== undefined) {
      this.#connectMs.push(connectedAtMs - startedAtMs);
      this.#lastConnectMs = Math.max(this.#lastConnectMs, connectedAtMs);
    }
    const ending = exit === undefined ? (error?.code ?? outcome.status) : exit.kind === 'code' ? `exit ${exit.code}` : exit.signal;
    this.#exits.set(ending, (this.#exits.get(ending) ?? 0) + 1);
    if (exit !== undefined) this.#commands++;
    this.#outputBytes += (outcome.stdout?.byteLength ?? 0) + (outcome.stderr?.byteLength ?? 0);
    this.#movedBytes += outcome.bytes ?? 0;
    this.#firstMs = Math.min(this.#firstMs, startedAtMs);
    this.#lastMs = Math.max(this.#lastMs, endedAtMs);
  }

  #fleetRows(): [name: string, text: string][] {
    const seconds = (this.#lastMs - this.#firstMs) / 1_000;
    const rows: [string, string][] = [['per host', spread(this.#hosts.map(({ ms }) => ms))]];
    if (this.#connectMs.length > 0) {
      const rate = perSecond(this.#connectMs.length, (this.#lastConnectMs - this.#firstMs) / 1_000);
      rows.push(['connecting', `${spread(this.#connectMs)}; ${rate}`]);
    }
    if (this.#hosts.length > 1) rows.push(['slowest', slowest(this.#hosts)]);
    if (this.#commands > 0)
      rows.push(['commands', `${this.#commands} in ${formatDuration(seconds * 1_000)}, ${perSecond(this.#commands, seconds)}`]);
    const bytes = [
      `${formatSize(this.#outputBytes)} of output`,
      ...(this.#movedBytes > 0 ? [`${formatSize(this.#movedBytes)} moved`] : []),
    ];
    rows.push(['bytes', bytes.join(', ')]);
    const endings = [...this.#exits].toSorted(([, a], [, b]) => b - a).map(([ending, count]) => `${ending}: ${count}`);
    rows.push(['endings', endings.join(', ')]);
    return rows;
  }

  #playRows(): [name: string, text: string][] {
    const hosts = [...this.#playMs].map(([name, ms]) => ({ name, ms }));
    return [
      ['per host', spread(hosts.map(({ ms }) => ms))],
      ['slowest hosts', slowest(hosts)],
      ['slowest tasks', slowest([...this.#slowestOf.values()])],
      ['tasks', `${this.#tasks} in ${formatDuration(this.#playDurationMs)}, ${perSecond(this.#tasks, this.#playDurationMs / 1_000)}`],
    ];
  }
}

/** `p50 1.2s, p95 3.4s, max 12.0s`, by nearest rank. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (part: number): number => sorted[Math.max(Math.ceil(part * sorted.length) - 1, 0)] ?? 0;
  return `p50 ${formatDuration(rank(0.5))}, p95 ${formatDuration(rank(0.95))}, max ${formatDuration(rank(1))}`;
}

function slowest(all: readonly Timed[]): string {
  const first = all.toSorted((a, b) => b.ms - a.ms).slice(0, MOST_SLOW);
  return first.map(({ name, ms }) => `${name} ${formatDuration(ms)}`).join(', ');
}

function perSecond(count: number, seconds: number): string {
  if (seconds <= 0) return 'at once';
  const rate = count / seconds;
  return `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s`;
}
