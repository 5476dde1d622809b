// Sinks and events for the tests of reporters. It does not know what is tested with them.
import { InputError, type SshoalError } from '#src/base/errors';
import { type Dict, dict } from '#src/base/value';
import { TransferError } from '#src/connection/errors';
import type { FleetEvent, Outcome } from '#src/fleet/events';
import type { PlayEvent, RecapCounts, TaskLabel, TaskStatus } from '#src/playbook/events';
import { reporters } from '#src/report/registry';
import type { Reporter, ReporterKind, ReporterOptions, RunHeader, Sink } from '#src/report/seam';

/** A sink that keeps what is written. */
export class Page implements Sink {
  readonly isTerminal: boolean;
  readonly colour: boolean;
  readonly written: string[] = [];
  /** Called with everything that is written. */
  onWrite: (text: string) => void = () => undefined;

  constructor({ terminal = false, colour = false }: { terminal?: boolean; colour?: boolean } = {}) {
    this.isTerminal = terminal;
    this.colour = colour;
  }

  readonly write = (text: string): void => {
    this.written.push(text);
    this.onWrite(text);
  };
  readonly columns = (): number => 80;

  get text(): string {
    return this.written.join('');
  }
}

/** All of them, loaded: tests take one by its name. */
const kinds = {
  text: await reporters.text(),
  json: await reporters.json(),
  jsonl: await reporters.jsonl(),
  junit: await reporters.junit(),
};

export const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

export const plainOptions: ReporterOptions = { verbosity: 0, mask: (text) => text, now: () => START_MS };

/** Everything a reporter writes about a run. */
export function report(
  kind: ReporterKind['name'],
  header: RunHeader,
  feed: (reporter: Reporter) => void,
  { page = new Page(), options = plainOptions }: { page?: Page; options?: ReporterOptions } = {},
): string {
  const reporter = kinds[kind].create(page, options);
  reporter.start(header);
  feed(reporter);
  reporter.finish();
  return page.text;
}

/** Everything a reporter writes about an ad-hoc run with these outcomes. */
export function reportOutcomes(
  kind: ReporterKind['name'],
  outcomes: readonly Outcome[],
  settings: { page?: Page; options?: ReporterOptions; verb?: RunHeader['verb'] } = {},
): string {
  const header: RunHeader = { verb: settings.verb ?? 'run', subject: 'uptime', hosts: outcomes.map((outcome) => outcome.host) };
  return report(
    kind,
    header,
    (reporter) => {
      for (const outcome of outcomes) reporter.fleetEvent(finished(outcome));
    },
    settings,
  );
}

export function finished(outcome: Outcome): FleetEvent {
  return { kind: 'finished', host: outcome.host, outcome };
}

/** A script that ended well, unless told otherwise. */
export function outcomeOf(
  host: string,
  { stdout = '', stderr = '', ...more }: { stdout?: string; stderr?: string } & Partial<Omit<Outcome, 'stdout' | 'stderr'>> = {},
): Outcome {
  return {
    host,
    status: 'ok',
    exit: { kind: 'code', code: 0 },
    stdout: Buffer.from(stdout),
    stderr: Buffer.from(stderr),
    startedAtMs: START_MS,
    endedAtMs: START_MS + 1_400,
    ...more,
  };
}

export function taskOf(id: number, name: string, more: Partial<TaskLabel> = {}): TaskLabel {
  return { id, name, module: 'command', position: { file: 'site.yml', line: id * 10, column: 7 }, handler: false, ...more };
}

export function taskStarted(task: TaskLabel, hosts: readonly string[]): PlayEvent {
  return { kind: 'task-started', task, hosts, atMs: START_MS };
}

export function taskFinished(
  task: TaskLabel,
  host: string,
  status: TaskStatus,
  result: Dict = dict(),
  more: { ignored?: boolean; error?: SshoalError; delegate?: string } = {},
): PlayEvent {
  return { kind: 'task-finished', task, host, status, ignored: false, result, durationMs: 5, ...more };
}

export function itemFinished(
  task: TaskLabel,
  host: string,
  item: string,
  status: TaskStatus,
  result: Dict = dict(),
  more: { delegate?: string } = {},
): PlayEvent {
  return { kind: 'item-finished', task, host, item, index: 0, status, ignored: false, result, ...more };
}

export function countsOf(counts: Partial<RecapCounts>): RecapCounts {
  return { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, ...counts };
}

export function recap(hosts: Readonly<Record<string, Partial<RecapCounts>>>, custom?: ReadonlyMap<string, Dict>): PlayEvent {
  const counted = new Map(Object.entries(hosts).map(([host, counts]) => [host, countsOf(counts)]));
  return { kind: 'recap', hosts: counted, ...(custom && { custom }), durationMs: 2_300 };
}

/** A run in which every event comes with every field it can have. */
export function everything(reporter: Reporter): void {
  const task = taskOf(1, 'Install');
  const error = new TransferError('ENOSPC', 'Full', { where: '/var', fix: 'Make room' });
  const bytes = Buffer.from([0xff, 0x0a]);
  reporter.fleetEvent({ kind: 'started', host: 'a', atMs: START_MS });
  reporter.fleetEvent({ kind: 'output', host: 'a', stream: 'stdout', chunk: bytes });
  reporter.fleetEvent({ kind: 'progress', host: 'a', doneBytes: 1, totalBytes: 2, doneFiles: 0, totalFiles: 1 });
  const moved = { bytes: 2, resumedBytes: 1, localPath: 'x', remotePath: '/x', files: 1, unchanged: 3, removed: 1, dryRun: true };
  const text = { before: 'a\n', after: 'b\n' };
  const mode = { before: 0o644, after: 0o600 };
  const changes = [{ action: 'copy file', path: 'x', bytes: 2, replaces: true, mode, text } as const];
  const full = { truncated: true, ...moved, changes, connectedAtMs: START_MS + 1, error };
  reporter.fleetEvent(finished({ ...outcomeOf('a'), ...full, stdout: bytes, stderr: bytes }));
  reporter.fleetEvent(finished(outcomeOf('b', { status: 'failed', exit: { kind: 'signal', signal: 'SIGKILL' } })));
  reporter.playEvent({ kind: 'play-started', play: 'web', hosts: ['a'], atMs: START_MS });
  reporter.playEvent(taskStarted(task, ['a']));
  reporter.playEvent({ kind: 'task-output', task, host: 'a', stream: 'stderr', chunk: bytes });
  reporter.playEvent(itemFinished(task, 'a', 'nginx', 'changed', dict({ rc: 0 }), { delegate: 'b' }));
  reporter.playEvent(taskFinished(task, 'a', 'failed', dict({ msg: 'no' }), { error: new InputError('BAD', 'Bad'), delegate: 'b' }));
  reporter.playEvent({ kind: 'play-finished', play: 'web', atMs: START_MS });
  reporter.playEvent(recap({ a: { failed: 1 } }, new Map([['_run', dict({ n: 1 })]])));
}
