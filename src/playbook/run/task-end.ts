// What a task's keywords say of its end on one host: how it is called, what is shown, what is let pass, what counts. It changes nothing.
import { SshoalError } from '../../base/errors.ts';
import type { Dict } from '../../base/value.ts';
import { str } from '../../jinja/printing.ts';
import { type Task, titleOf } from '../ast.ts';
import type { TaskStatus } from '../events.ts';
import type { Templar } from '../variables/templar.ts';
import type { TaskScope } from '../variables/variables.ts';
import { censored } from './results.ts';
import { type TaskEnd, truth } from './task-run.ts';

/** As Ansible: a name that cannot be templated yet is shown as it is written; tasks of roles begin with the role. */
export function nameOf(task: Task, scope: TaskScope, templar: Templar): string {
  const title = titleOf(task);
  if (!title.includes('{{')) return title;
  try {
    return str(templar.value(title, scope, task.at));
  } catch (error) {
    if (error instanceof SshoalError) return title;
    throw error;
  }
}

/** Whether this end is let pass: `ignore_errors`, `ignore_unreachable`. */
export function ignores({ ignoreErrors, ignoreUnreachable }: Task, scope: TaskScope, templar: Templar, status: TaskStatus): boolean {
  const given = status === 'failed' ? ignoreErrors : status === 'unreachable' ? ignoreUnreachable : undefined;
  return given !== undefined && truth(given, scope, templar);
}

/** `no_log`. */
export function hidesResults({ noLog }: Task, scope: TaskScope, templar: Templar): boolean {
  return noLog !== undefined && truth(noLog, scope, templar);
}

/** What may be seen of a result: nothing with `no_log`, and what differs only when somebody asked. */
export function shownOf(task: Task, scope: TaskScope, run: { readonly templar: Templar; readonly diff: boolean }, result: Dict): Dict {
  if (hidesResults(task, scope, run.templar)) return censored(result);
  const diff = task.diff === undefined ? run.diff : truth(task.diff, scope, run.templar);
  return diff || !result.has('diff') ? result : new Map([...result].filter(([key]) => key !== 'diff'));
}

/** As ansible's recap: meta counts for nothing, an included role neither, an included file once for every time it is included. */
export function timesInRecap({ doing }: Task, status: TaskStatus, { inclusions }: TaskEnd): number {
  if (doing.kind === 'action' && doing.action.name === 'meta') return 0;
  if (doing.kind !== 'include' || status !== 'ok') return 1;
  if (doing.include.what === 'role') return 0;
  return inclusions?.filter(({ included }) => included.steps.length > 0).length ?? 0;
}
