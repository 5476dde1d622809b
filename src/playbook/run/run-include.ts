// An include on one host: which tasks it brings, and with what variables. It runs none of them.
import { type Dict, dict, toJson, type Value } from '../../base/value.ts';
import type { Include, Task } from '../ast.ts';
import { TaskError } from '../errors.ts';
import { withoutOmitted } from '../variables/templar.ts';
import type { TaskScope } from '../variables/variables.ts';
import type { TaskEnd, TaskRun } from './task-run.ts';

/** Includes in includes in includes: so many can only be one that never ends. */
const DEEPEST = 60;

/**
 * Opens what a task includes.
 *
 * @param direct - The loop variables of the include, if it is looped over.
 * @throws PlaybookError and others when it cannot be read.
 */
export function runInclude(task: Task, include: Include, host: TaskRun, scope: TaskScope, direct: ReadonlyMap<string, Value>): TaskEnd {
  const { templar } = host.run;
  if (scope.depth >= DEEPEST)
    throw new TaskError('INCLUDE_TOO_DEEP', `There are more than ${DEEPEST} includes inside each other`, {
      where: task.at,
      fix: 'Give the include a condition that ends it',
    });
  const args: Dict = new Map();
  for (const [key, value] of task.args)
    if (key !== 'apply') args.set(key, templar.value(value, scope, task.argPlaces.get(String(key)) ?? task.at));
  const given = withoutOmitted(args) as Dict;
  const included = include.open(given);
  const key = JSON.stringify([toJson(given), toJson(new Map(direct))]);
  return {
    result: dict({ changed: false, failed: false, include: given.get('file') ?? given.get('name') }),
    inclusions: [{ included, key, direct }],
  };
}
