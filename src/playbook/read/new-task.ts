// A task, made of what is known of it. It reads nothing.
import type { Position } from '../../base/position.ts';
import type { Directives, Task } from '../ast.ts';
import type { ParseContext } from './parse-context.ts';

/** A task with its number, where it stands. Whatever is not given is as if it had not been written. */
export function newTask(
  given: Directives & Pick<Task, 'doing' | 'moduleName' | 'args' | 'argPlaces' | 'name'> & Partial<Task>,
  at: Position,
  { project, role, directory }: Pick<ParseContext, 'project' | 'role' | 'directory'>,
): Task {
  return {
    kind: 'task',
    register: undefined,
    loop: undefined,
    changedWhen: undefined,
    failedWhen: undefined,
    until: undefined,
    retries: undefined,
    delay: undefined,
    listen: [],
    async: undefined,
    poll: undefined,
    ...given,
    id: project.nextId(),
    at,
    role,
    directory,
  };
}
