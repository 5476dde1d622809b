// The hosts of a run that have no end, when nobody is left who could tell one. It does not know why.
import type { SshoalError } from '../base/errors.ts';
import type { RecapCounts } from '../playbook/events.ts';
import type { RunEvent, RunRecord } from './seam.ts';

const NOTHING: RecapCounts = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 };

/** Sees what a run tells, and says at any time how the rest of it is to be counted. */
export class Unended {
  readonly #run: RunRecord;
  readonly #left: Set<string>;
  readonly #counts = new Map<string, RecapCounts>();

  constructor(run: RunRecord) {
    this.#run = run;
    this.#left = new Set(run.description.hosts);
  }

  take(events: readonly RunEvent[]): void {
    for (const one of events) {
      if (one.kind === 'fleet' && one.event.kind === 'finished') this.#left.delete(one.event.host);
      if (one.kind !== 'play') continue;
      if (one.event.kind === 'recap') this.#left.clear();
      if (one.event.kind !== 'task-finished') continue;
      const { host, status, ignored } = one.event;
      if (status !== 'cancelled') this.#count(host, status);
      if (ignored) this.#count(host, 'ignored');
    }
  }

  /** The end of every host that has none: it cannot be reached, for the reason that nobody who could is left. */
  accountFor(error: SshoalError): RunEvent[] {
    const { verb } = this.#run.description;
    const atMs = Date.now();
    if (verb !== 'play') {
      return [...this.#left].map((host) => {
        const outcome = { host, status: 'unreachable' as const, error, startedAtMs: atMs, endedAtMs: atMs };
        return { kind: 'fleet', event: { kind: 'finished', host, outcome } };
      });
    }
    const note: RunEvent = { kind: 'note', text: `${error.message}: ${this.#left.size} hosts have no end   [${error.code}]` };
    if (this.#left.size === 0) return [note];
    for (const host of this.#left) this.#count(host, 'unreachable');
    return [note, { kind: 'play', event: { kind: 'recap', hosts: new Map(this.#counts), durationMs: atMs - this.#run.atMs } }];
  }

  /** As Ansible's columns: what changed is ok, too. */
  #count(host: string, column: keyof RecapCounts): void {
    const counts = this.#counts.get(host) ?? NOTHING;
    const more = { ...counts, [column]: counts[column] + 1 };
    this.#counts.set(host, column === 'changed' ? { ...more, ok: counts.ok + 1 } : more);
  }
}
