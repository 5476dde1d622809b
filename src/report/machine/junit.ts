// The reporter for CI: JUnit XML, a suite for the run or for each play, a case for each host or each task of a host.
import type { FleetEvent, Outcome } from '../../fleet/events.ts';
import type { PlayEvent, TaskFinished } from '../../playbook/events.ts';
import { errorLines } from '../error-text.ts';
import { decodeForPeople } from '../output/host-bytes.ts';
import type { Reporter, ReporterKind, ReporterOptions, RunHeader, Sink } from '../seam.ts';
import { styleOf } from '../style.ts';
import { verdictOf } from '../text/outcome-text.ts';
import { resultLines } from '../text/result-text.ts';
import { attributes, element } from './xml.ts';

/** Of each stream; the end says more than the beginning about what went wrong. */
const MOST_OUTPUT_BYTES = 64 * 1024;
const plain = styleOf(false);

export const junit: ReporterKind = {
  name: 'junit',
  create: (sink, options) => new JunitReporter(sink, options),
};

interface Counts {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  /** Seconds. */
  time: number;
}
interface Suite extends Counts {
  readonly name: string;
  readonly startedAtMs: number;
  readonly cases: string[];
}
interface Case {
  readonly name: string;
  readonly host: string;
  readonly durationMs: number;
  readonly verdict: 'passed' | 'failure' | 'error' | 'skipped';
  /** Why, in one line. */
  readonly message?: string | undefined;
  readonly type?: string | undefined;
  /** Why, in all its lines. */
  readonly details?: readonly string[] | undefined;
  readonly stdout?: Uint8Array | undefined;
  readonly stderr?: Uint8Array | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

class JunitReporter implements Reporter {
  readonly #sink: Sink;
  readonly #options: ReporterOptions;
  readonly #suites: Suite[] = [];
  #header: RunHeader | undefined;

  constructor(sink: Sink, options: ReporterOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  start(header: RunHeader): void {
    this.#header = header;
    if (header.verb !== 'play') this.#open(`${header.verb} ${header.subject}`, this.#options.now());
  }

  fleetEvent(event: FleetEvent): void {
    if (event.kind === 'finished') this.#add(caseOfOutcome(event.outcome, this.#header));
  }

  playEvent(event: PlayEvent): void {
    if (event.kind === 'play-started') this.#open(event.play, event.atMs);
    if (event.kind === 'task-finished') this.#add(caseOfTask(event, this.#options.layout?.drift === true));
  }

  finish(): void {
    const all = newCounts();
    for (const suite of this.#suites) for (const name of COUNTED) all[name] += suite[name];
    const name = `sshoal ${this.#header?.verb ?? ''} ${this.#header?.subject ?? ''}`;
    this.#sink.write(`<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${this.#attributes({ name, ...shown(all) })}>\n`);
    for (const { name: suiteName, startedAtMs, cases, ...counts } of this.#suites) {
      const timestamp = new Date(startedAtMs).toISOString().slice(0, 19);
      this.#sink.write(`  <testsuite${this.#attributes({ name: suiteName, timestamp, ...shown(counts) })}>\n`);
      for (const one of cases) this.#sink.write(one);
      this.#sink.write('  </testsuite>\n');
    }
    this.#sink.write('</testsuites>\n');
  }

  #open(name: string, startedAtMs: number): void {
    this.#suites.push({ name, startedAtMs, cases: [], ...newCounts() });
  }

  #add(one: Case): void {
    const suite = this.#suites.at(-1);
    if (suite === undefined) return;
    suite.tests++;
    suite.time += one.durationMs / 1_000;
    if (one.verdict === 'failure') suite.failures++;
    if (one.verdict === 'error') suite.errors++;
    if (one.verdict === 'skipped') suite.skipped++;
    suite.cases.push(this.#case(one));
  }

  #case({ name, host, durationMs, verdict, message, type, details, stdout, stderr, file, line }: Case): string {
    const { mask } = this.#options;
    const parts: string[] = [];
    if (verdict !== 'passed') parts.push(element(verdict, { message, type }, (details ?? []).join('\n'), mask));
    for (const [tag, bytes] of [
      ['system-out', stdout],
      ['system-err', stderr],
    ] as const) {
      if (bytes !== undefined && bytes.byteLength > 0) parts.push(element(tag, {}, lastPart(bytes), mask));
    }
    const head = `    <testcase${this.#attributes({ name, classname: host, time: (durationMs / 1_000).toFixed(3), file, line })}`;
    return parts.length === 0 ? `${head}/>\n` : `${head}>\n${parts.map((part) => `      ${part}\n`).join('')}    </testcase>\n`;
  }

  #attributes(values: Parameters<typeof attributes>[0]): string {
    return attributes(values, this.#options.mask);
  }
}

const COUNTED = ['tests', 'failures', 'errors', 'skipped', 'time'] as const;

function newCounts(): Counts {
  return { tests: 0, failures: 0, errors: 0, skipped: 0, time: 0 };
}

function shown({ time, ...counts }: Counts): Record<string, string | number> {
  return { ...counts, time: time.toFixed(3) };
}

function caseOfOutcome(outcome: Outcome, header: RunHeader | undefined): Case {
  const { host, status, error, stdout, stderr } = outcome;
  return {
    name: header?.subject ?? '',
    host,
    durationMs: outcome.endedAtMs - outcome.startedAtMs,
    verdict: status === 'ok' ? 'passed' : status === 'failed' ? 'failure' : 'error',
    message: error?.message ?? verdictOf(outcome),
    type: error?.code ?? status,
    details: error === undefined ? undefined : errorLines(error, plain),
    stdout,
    stderr,
  };
}

/** @param isDrift - Whether `changed` means that something is not as it should be. */
function caseOfTask({ task, host, status, ignored, result, error, durationMs }: TaskFinished, isDrift: boolean): Case {
  const verdicts = {
    ok: 'passed',
    changed: isDrift && !task.handler ? 'failure' : 'passed',
    skipped: 'skipped',
    failed: 'failure',
    unreachable: 'error',
    cancelled: 'error',
  } as const;
  const verdict = ignored ? 'passed' : verdicts[status];
  const details =
    error === undefined ? resultLines({ task, status, result, verbosity: 0 }, (text) => text, plain) : errorLines(error, plain);
  const reason = result.get('msg') ?? result.get('skip_reason');
  return {
    name: task.name,
    host,
    durationMs,
    verdict,
    message: error?.message ?? (typeof reason === 'string' ? reason : status),
    type: error?.code ?? (isDrift && status === 'changed' ? 'drift' : status),
    details,
    file: task.position.file,
    line: task.position.line,
  };
}

/** Text of the end of a stream; that something is missing is said, never left to be guessed. */
function lastPart(bytes: Uint8Array): string {
  if (bytes.byteLength <= MOST_OUTPUT_BYTES) return decodeForPeople(bytes);
  const left = bytes.byteLength - MOST_OUTPUT_BYTES;
  const end = bytes.subarray(left);
  return `(${left} bytes before this are left out)\n${decodeForPeople(end)}`;
}
