// What a script said, read back: records ended by NUL, between a mark that opens and one that closes. It does not know what they mean.
import { dict, type Value } from '../../base/value.ts';
import type { Answer, FinishedStep, ModuleContext, ModuleResult, ScriptStep, Step } from '../seam.ts';
import { decodeText, splitLines } from './text.ts';

/** The records of one complete answer. The last one of a name counts. */
export interface Report {
  readonly values: ReadonlyMap<string, string>;
  /** Raw bytes, where the script sent a file with `send_body`: the last one. */
  readonly body?: Uint8Array;
  /** All of them, in order. */
  readonly bodies: readonly Uint8Array[];
}

/** A script in pieces, each complete in itself. */
export type Script = readonly string[];

/** Opens every answer, after whatever a login file of the host may have printed. */
export function openingMark(token: string): string {
  return `sshoal:${token}`;
}

/**
 * Reads the records a script wrote with `report`, and the bytes it sent after a record `body=LENGTH`.
 *
 * @returns Undefined when the opening or the closing mark is missing: the script did not come to its end.
 */
export function readReport(stdout: Uint8Array, token: string): Report | undefined {
  const bytes = Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength);
  const mark = `${openingMark(token)}\0`;
  const opening = bytes.indexOf(mark);
  if (opening < 0) return undefined;
  const values = new Map<string, string>();
  const bodies: Uint8Array[] = [];
  for (let at = opening + mark.length; ; ) {
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    const record = decodeText(bytes.subarray(at, end));
    const equals = record.indexOf('=');
    const [name, value] = [record.slice(0, equals), record.slice(equals + 1)];
    at = end + 1;
    const body = bodies.at(-1);
    if (name === 'end') return body === undefined ? { values, bodies } : { values, bodies, body };
    if (name === 'body') {
      bodies.push(bytes.subarray(at, at + Number(value)));
      at += Number(value) + 1;
    } else {
      values.set(name, value);
    }
  }
}

/**
 * A script step whose answer is a report. A script that called `fail`, or that never came to its end, finishes the module as
 * failed; `then` only sees what succeeded.
 */
export function ask(script: string | Script, context: ModuleContext, then: (report: Report) => Step): ScriptStep {
  const read = (answer: Answer): Step => {
    const report = readReport(answer.stdout, context.token);
    if (report === undefined) return failed('The script did not come to its end on the host', outputOf(answer));
    const message = report.values.get('failed');
    if (message === undefined) return then(report);
    return failed(message, Object.fromEntries([...report.values].filter(([name]) => /^(?!failed$)\w+$/.test(name)).map(typedRecord)));
  };
  return typeof script === 'string' ? { kind: 'script', script, read } : { kind: 'script', script: script.join('\n'), parts: script, read };
}

/** The same, of a script that nothing follows. */
export function askLast(script: string | Script, context: ModuleContext, then: (report: Report) => FinishedStep): ScriptStep {
  return { ...ask(script, context, then), isLast: true };
}

/** The end of a module. */
export function finished(result: ModuleResult): FinishedStep {
  return { kind: 'finished', result };
}

/** The end of a module that could not do its work. */
export function failed(msg: string, values: Readonly<Record<string, Value | undefined>> = {}): FinishedStep {
  return finished({ changed: false, failed: true, msg, values: dict(values) });
}

/** A command's output as Ansible registers it: rc, stdout, stderr and their lines. */
export function outputOf(answer: Answer, stripEnds = true): Record<string, Value> {
  const clean = (bytes: Uint8Array): string => (stripEnds ? decodeText(bytes).replace(/[\r\n]+$/, '') : decodeText(bytes));
  const [stdout, stderr] = [clean(answer.stdout), clean(answer.stderr)];
  return { rc: exitCode(answer), stdout, stderr, stdout_lines: splitLines(stdout), stderr_lines: splitLines(stderr) };
}

/** What a tool said, in the records `stdout` and `stderr`, as Ansible registers it; what it did not say is left out. */
export function streamsOf({ values }: Report): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const name of ['stdout', 'stderr']) {
    const text = values.get(name);
    if (text !== undefined) Object.assign(found, { [name]: text, [`${name}_lines`]: splitLines(text) });
  }
  return found;
}

const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  ABRT: 6,
  FPE: 8,
  KILL: 9,
  SEGV: 11,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
};

// As Python's subprocess: minus the number of the signal that ended it.
function exitCode(answer: Answer): number {
  return answer.code ?? -(SIGNALS[(answer.signal ?? '').replace(/^SIG/, '')] ?? 1);
}

const NUMBERS = new Set(['rc', 'exit_status', 'status_code']);
function typedRecord([name, value]: readonly [string, string]): [string, Value] {
  return [name, NUMBERS.has(name) ? Number(value) : value];
}
