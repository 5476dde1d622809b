// What came back from a host, as modules read it or as the end of a task. It asks for nothing.
import { SshoalError } from '../../base/errors.ts';
import type { Value } from '../../base/value.ts';
import type { Outcome } from '../../fleet/events.ts';
import type { Answer } from '../../modules/seam.ts';
import { failedResult } from './results.ts';
import type { TaskEnd } from './task-run.ts';

export function answerOf(outcome: Outcome): Answer {
  const { exit, stdout, stderr, startedAtMs, endedAtMs } = outcome;
  const nothing = new Uint8Array();
  return {
    code: exit?.kind === 'code' ? exit.code : undefined,
    signal: exit?.kind === 'signal' ? exit.signal : undefined,
    stdout: stdout ?? nothing,
    stderr: stderr ?? nothing,
    startedAtMs,
    endedAtMs,
  };
}

/** The end of a task whose instruction did not come to its own end; undefined when it did. */
export function endedEarly(outcome: Outcome, timeoutMs: number | undefined): TaskEnd | undefined {
  const { error, status } = outcome;
  if (status === 'cancelled') return { result: failedResult('Cancelled'), error, cancelled: true };
  if (error === undefined) return undefined;
  if (status === 'unreachable')
    return {
      result: new Map<string, Value>([
        ['changed', false],
        ['unreachable', true],
        ['msg', error.message],
      ]),
      error,
    };
  if (status === 'timed-out') return { result: failedResult(`The task was not done within ${(timeoutMs ?? 0) / 1_000} seconds`), error };
  return { result: failedResult(error.message), error };
}

/** The end of a task that could not be carried out. @throws what is no error of this program's own. */
export function failure(error: unknown): TaskEnd {
  if (error instanceof SshoalError) return { result: failedResult(error.message), error };
  throw error;
}

/** The end of work, be it that it failed. */
export async function guarded(work: () => TaskEnd | Promise<TaskEnd>): Promise<TaskEnd> {
  try {
    return await work();
  } catch (error) {
    return failure(error);
  }
}
