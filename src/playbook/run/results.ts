// Results as Ansible registers them, and the verdicts of changed_when, failed_when and until. It runs nothing.
import { SshoalError } from '../../base/errors.ts';
import { type Dict, dict, isDict, type Value } from '../../base/value.ts';
import type { ModuleResult } from '../../modules/seam.ts';
import type { Placed, Task } from '../ast.ts';
import type { TaskStatus } from '../events.ts';
import type { Templar } from '../variables/templar.ts';
import type { TaskScope } from '../variables/variables.ts';

/** A module's or action's result as the dict that `register` keeps. */
export function resultDict(result: ModuleResult): Dict {
  const values: Dict = new Map(result.values);
  if (result.msg !== undefined) values.set('msg', result.msg);
  values.set('changed', result.changed);
  if (result.skipped === true) values.set('skipped', true);
  if (result.failed || !values.has('failed')) values.set('failed', result.failed);
  if (result.diff !== undefined && result.diff.length > 0 && !values.has('diff')) {
    values.set(
      'diff',
      result.diff.map((one) =>
        dict({ before_header: one.beforeHeader, after_header: one.afterHeader, before: one.before, after: one.after }),
      ),
    );
  }
  return values;
}

/** The result of a task whose condition is false. */
export function skippedResult(condition: Value | undefined): Dict {
  return dict({ changed: false, skipped: true, skip_reason: 'Conditional result was False', false_condition: condition });
}

/** The result of a task that failed before or without its module. */
export function failedResult(message: string): Dict {
  return dict({ changed: false, failed: true, msg: message });
}

/** The result that stands for all items of a loop, as Ansible shapes it. */
export function loopResult(results: readonly Dict[]): Dict {
  const any = (key: string): boolean => results.some((result) => result.get(key) === true);
  if (results.length === 0) return dict({ changed: false, skipped: true, skipped_reason: 'No items in the list', results: [] });
  const skipped = results.every((result) => result.get('skipped') === true);
  const failed = any('failed');
  const unreachable = any('unreachable');
  return dict({
    results: [...results],
    changed: any('changed'),
    skipped,
    ...(unreachable ? { unreachable: true } : {}),
    ...(failed ? { failed: true } : {}),
    msg: failed ? 'One or more items failed' : skipped ? 'All items skipped' : 'All items completed',
  });
}

/** What a result means for its host. */
export function statusOf(result: Dict): TaskStatus {
  if (result.get('unreachable') === true) return 'unreachable';
  if (hasFailed(result)) return 'failed';
  if (result.get('skipped') === true) return 'skipped';
  return result.get('changed') === true ? 'changed' : 'ok';
}

// failed_when has the last word, over `until` that gave up too: a result can say `failed`, and be none.
function hasFailed(result: Dict): boolean {
  const verdict = result.get('failed_when_result');
  if (verdict !== undefined) return verdict !== false;
  const items = result.get('results');
  if (Array.isArray(items) && items.length > 0 && items.every(isDict)) return items.some(hasFailed);
  return result.get('failed') === true;
}

/**
 * Lets changed_when and failed_when have the last word, in this order, as ansible 2.14. They see the result under its
 * registered name.
 *
 * @returns Why one of them could not be evaluated: then the task has failed, with the result that it had.
 */
export function applyVerdicts(task: Task, result: Dict, scope: TaskScope, templar: Templar): SshoalError | undefined {
  if (result.get('skipped') === true || result.get('unreachable') === true) return undefined;
  const seen = withRegistered(task, result, scope);
  const { changedWhen = [], failedWhen = [] } = task;
  let verdict = 'changed_when_result';
  try {
    if (changedWhen.length > 0) result.set('changed', holds(changedWhen, seen, templar));
    verdict = 'failed_when_result';
    if (failedWhen.length > 0) {
      const failed = holds(failedWhen, seen, templar);
      result.set('failed', failed);
      result.set(verdict, failed);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof SshoalError)) throw error;
    result.set('failed', true);
    result.set(verdict, error.message);
    return error;
  }
}

/** Whether all conditions hold. */
export function holds(conditions: readonly Placed[], scope: TaskScope, templar: Templar): boolean {
  return conditions.every(({ value, at }) => templar.test(value, scope, at));
}

export function withRegistered(task: Task, result: Dict, scope: TaskScope): TaskScope {
  return task.register === undefined ? scope : scope.with(new Map([[task.register, result]]));
}

/** A result without what nobody may see. */
export function censored(result: Dict): Dict {
  const text = "the output has been hidden due to the fact that 'no_log: true' was specified for this result";
  const kept = ['changed', 'failed', 'skipped', 'unreachable', 'attempts'].flatMap((key) =>
    result.has(key) ? [[key, result.get(key) ?? null] as const] : [],
  );
  return new Map<string, Value>([['censored', text], ...kept]);
}

/** The variables that a result sets on its host by itself: facts. */
export function factsOf(result: Dict): Dict | undefined {
  const facts = result.get('ansible_facts');
  return isDict(facts) ? facts : undefined;
}
