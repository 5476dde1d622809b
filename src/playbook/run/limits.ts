// Limits of failure: when so much has failed that the hosts that are left must not go on.
import { str } from '../../jinja/printing.ts';
import type { Task } from '../ast.ts';
import type { TaskScope } from '../variables/variables.ts';
import type { BatchRun } from './batch-run.ts';
import { truth } from './task-run.ts';

/**
 * Looks at a batch after a task: any_errors_fatal, run_once and max_fail_percentage fail all hosts that are left. As ansible 2.14,
 * hosts that cannot be reached are no part of the percentage, exactly as much as it says may fail, and inside a block with a rescue or
 * always no failure counts: it may not be the end.
 *
 * @param once - Whether one host did the task for all.
 */
export function checkLimits(batch: BatchRun, task: Task, hosts: readonly string[], once: boolean, scope: TaskScope): void {
  if (batch.lost === 0) return;
  const { templar } = batch.execution.run;
  const someFailed = hosts.some((host) => batch.state(host).failed || batch.state(host).unreachable);
  const { anyErrorsFatal } = task;
  const fatal = someFailed && (once || (anyErrorsFatal !== undefined && truth(anyErrorsFatal, scope, templar)));
  const most = batch.play.maxFailPercentage;
  const percentage = most === undefined ? undefined : Number(str(templar.value(most.value, scope, most.at)));
  const failed = batch.batch.filter((host) => batch.state(host).failed);
  const tooMany = batch.shelters === 0 && percentage !== undefined && failed.length / batch.batch.length > percentage / 100;
  if (fatal || tooMany) for (const host of batch.active(batch.batch)) batch.state(host).failed = true;
}
