// A module as a job in the background of its host: started, and waited for when the task says so.
import { setTimeout as delay } from 'node:timers/promises';
import { type Dict, dict, type Value } from '../../base/value.ts';
import type { Become } from '../../fleet/events.ts';
import { data } from '../../jinja/values.ts';
import type { Answer, ScriptStep } from '../../modules/seam.ts';
import type { Task } from '../ast.ts';
import type { TaskScope } from '../variables/variables.ts';
import { askScript, cleanUpScript, jobDirectory, jobKey, jobResult, jobState, newJobId, startScript } from './background.ts';
import { endedEarly } from './outcomes.ts';
import { failedResult, resultDict } from './results.ts';
import { type Reach, type TaskEnd, type TaskRun, wholeNumber } from './task-run.ts';

/** What the job is. */
interface Job {
  readonly step: ScriptStep;
  /** Assignments that its script begins with. */
  readonly surroundings: string;
  readonly become: Become | undefined;
  /** After which it is ended. */
  readonly seconds: number;
}

// Enough for starting a job and for asking after it; how long the job may take is another matter.
const ASK_TIMEOUT_MS = 60_000;
/** As ansible 2.14. */
const DEFAULT_POLL_SECONDS = 15;

/** Starts a job; with `poll` 0 that is all. */
export async function runInBackground(task: Task, job: Job, host: TaskRun, scope: TaskScope, reach: Reach): Promise<TaskEnd> {
  const { step, surroundings, become, seconds } = job;
  const poll = task.poll === undefined ? DEFAULT_POLL_SECONDS : wholeNumber(task.poll, 'poll', scope, host.run.templar);
  const id = newJobId();
  const given = scope.get('ansible_async_dir');
  const directory = jobDirectory(given === undefined ? undefined : data(given));
  const perform = async (script: string): ReturnType<TaskRun['hands']['perform']> =>
    await host.hands.perform(reach.line, { kind: 'script', script, become, timeoutMs: ASK_TIMEOUT_MS }, () => undefined, host.signal);
  const started = await perform(startScript(directory, id, surroundings + step.script, seconds));
  const early = endedEarly(started, ASK_TIMEOUT_MS);
  if (early !== undefined) return early;
  if (started.exit?.kind !== 'code' || started.exit.code !== 0)
    return {
      result: failedResult(
        `The job could not be started: ${Buffer.from(started.stderr ?? [])
          .toString('utf8')
          .trim()}`,
      ),
    };
  host.jobs.set(jobKey(host.host, id), (answer: Answer) => step.read(answer));
  const about: Dict = dict({ ansible_job_id: id, results_file: `${directory}/${id}` });
  if (poll <= 0)
    return { result: new Map<string, Value>([...asText(about), ['started', 1], ['finished', 0], ['changed', true], ['failed', false]]) };
  for (let left = seconds; left > 0; left -= poll) {
    await delay(poll * 1_000, undefined, { signal: host.signal }).catch(() => undefined);
    if (host.signal?.aborted === true) return { result: failedResult('Cancelled'), cancelled: true };
    const asked = await perform(askScript(directory, id));
    // The line may break while a job runs, and come back: only the end of the time is a failure.
    const state = asked.error === undefined ? jobState(asked.stdout ?? new Uint8Array()) : { kind: 'running' as const };
    if (state.kind === 'running') continue;
    if (state.kind !== 'done') break;
    await perform(cleanUpScript(directory, id));
    const result = resultDict(jobResult(state.answer, (answer) => step.read(answer)));
    return { result: new Map<string, Value>([...asText(result), ...asText(about), ['started', 1], ['finished', 1]]) };
  }
  return { result: failedResult(`async task did not complete within the requested time - ${seconds}s`) };
}

function asText(values: Dict): [string, Value][] {
  return [...values].map(([key, value]) => [String(key), value]);
}
