// What a playbook would do, as lists: plays with their tasks and tags, as ansible 2.14 lists them. It knows no host.
import { type Play, type Step, type Task, tasksOf, titleOf } from './ast.ts';
import { isSelected, type TagSelection } from './tags.ts';

/** A play as `--list-tasks`, `--list-tags` and `--list-hosts` show it. */
export interface PlayPlan {
  /** The file it was asked for by: of an imported play, the one that imports it. */
  readonly playbook: string;
  readonly name: string;
  /** As it is written. */
  readonly pattern: readonly string[];
  readonly hosts: readonly string[];
  readonly tags: readonly string[];
  readonly tasks: readonly { readonly name: string; readonly tags: readonly string[] }[];
}

/** The tasks of a play that tags let run, in order; of a block its tasks, but none that only run when something went wrong or ended. */
export function plannedTasks(play: Play, selection: TagSelection): PlayPlan['tasks'] {
  return [...listedTasks(stepsOf(play))]
    .filter(({ tags }) => isSelected(tags, selection))
    .map((task) => ({ name: task.name === undefined ? task.moduleName : titleOf(task), tags: task.tags.toSorted() }));
}

/** The names that a task can be started at by. */
export function namesOfTask(task: Task): string[] {
  return [titleOf(task), task.name ?? task.moduleName];
}

/** All tasks of a play, with those that includes with a plain name bring. */
export function* allTasks(steps: readonly Step[]): Generator<Task> {
  for (const task of tasksOf(steps)) {
    yield task;
    if (task.doing.kind === 'include') yield* allTasks(task.doing.include.early?.steps ?? []);
  }
}

export function stepsOf({ preTasks, tasks, postTasks }: Play): Step[] {
  return [...preTasks, ...tasks, ...postTasks];
}

function* listedTasks(steps: readonly Step[]): Generator<Task> {
  for (const step of steps) {
    if (step.kind === 'task') yield step;
    else yield* listedTasks(step.body);
  }
}
