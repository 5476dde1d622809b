// A task that is done again: until it is enough, or until its host is reached. It does not know how a task is done.
import { setTimeout as delay } from 'node:timers/promises';
import type { Placed, Task } from '../ast.ts';
import { TaskError } from '../errors.ts';
import { retriesWhenUnreachable } from '../on-unreachable.ts';
import type { TaskScope } from '../variables/variables.ts';
import { guarded } from './outcomes.ts';
import { applyVerdicts, holds, statusOf, withRegistered } from './results.ts';
import { seconds, type TaskEnd, type TaskRun, wholeNumber } from './task-run.ts';

const RETRIES = 3;
const DELAY_S = 5;

/** `until`, `retries`, `delay`. As ansible 2.16: without `until` it is enough that it does not fail. */
export async function untilEnough(
  task: Task,
  host: TaskRun,
  scope: TaskScope,
  once: (attempt: number) => TaskEnd | Promise<TaskEnd>,
): Promise<TaskEnd> {
  const { templar } = host.run;
  const { until } = task;
  const retries = Math.max(0, task.retries === undefined ? RETRIES : wholeNumber(task.retries, 'retries', scope, templar));
  for (let attempt = 1; ; attempt++) {
    const end = await guarded(() => once(attempt));
    if (end.cancelled === true || end.result.get('unreachable') === true || end.result.get('skipped') === true) return end;
    // As Ansible: without retries nobody asks whether it was enough.
    if (retries === 0) return end;
    if (until === undefined ? statusOf(end.result) !== 'failed' : holds(until, withRegistered(task, end.result, scope), templar))
      return end;
    if (attempt > retries) {
      end.result.set('failed', true);
      end.result.set('attempts', retries);
      return end;
    }
    if (await isStopped(task, host, scope)) return { ...end, cancelled: true };
  }
}

/** `on_unreachable`, which is ours: who cannot be reached has failed the task, as for any other reason, or is tried again first. */
export async function untilReached(
  task: Task,
  given: Placed,
  host: TaskRun,
  scope: TaskScope,
  once: () => TaskEnd | Promise<TaskEnd>,
): Promise<TaskEnd> {
  const { templar } = host.run;
  const retries = retriesWhenUnreachable(templar.value(given.value, scope, given.at));
  if (retries === undefined)
    throw new TaskError('BAD_PARAMETER', '`on_unreachable` must be fail or retry(n)', { where: given.at, fix: 'Write retry(3)' });
  for (let attempt = 0; ; attempt++) {
    const end = await guarded(once);
    if (end.cancelled === true || end.result.get('unreachable') !== true) return end;
    if (attempt === retries) {
      end.result.delete('unreachable');
      end.result.set('failed', true);
      const error = applyVerdicts(task, end.result, scope, templar);
      return error === undefined ? end : { ...end, error };
    }
    if (await isStopped(task, host, scope)) return { ...end, cancelled: true };
  }
}

/** Waits as long as `delay` says. @returns Whether the run was stopped meanwhile. */
async function isStopped({ delay: given }: Task, { run, signal }: TaskRun, scope: TaskScope): Promise<boolean> {
  const pauseMs = seconds(run.templar.value(given?.value ?? DELAY_S, scope));
  // An abort is no fault of the pause.
  await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  return signal?.aborted === true;
}
