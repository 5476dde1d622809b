// Parameters of a task that one template gives as a whole: `file: "{{ settings }}"`, `args: "{{ more }}"`. It knows no module.
import { type Dict, isDict, typeName } from '../../base/value.ts';
import type { Task } from '../ast.ts';
import { TaskError } from '../errors.ts';
import { VARIABLE_ARGS } from '../read/parse-doing.ts';
import type { Templar } from '../variables/templar.ts';
import type { TaskScope } from '../variables/variables.ts';

/**
 * What the template says; parameters that are written out come over it. Values are not templated again.
 *
 * @throws TaskError BAD_PARAMETER when it gives no map.
 */
export function variableArgs(task: Task, scope: TaskScope, templar: Templar): Dict {
  const written = task.args.get(VARIABLE_ARGS);
  if (written === undefined) return new Map();
  const at = task.argPlaces.get(VARIABLE_ARGS) ?? task.at;
  const value = templar.value(written, scope, at);
  if (isDict(value)) return value;
  throw new TaskError('BAD_PARAMETER', `The parameters of ${task.moduleName} come from a template, which gave a ${typeName(value)}`, {
    where: at,
    fix: 'Let it give a map of parameters and their values',
  });
}
