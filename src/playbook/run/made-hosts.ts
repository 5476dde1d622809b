// Hosts that are made while a playbook is played: whether there may be any, and what that means for names that nobody has yet.
import { PatternError } from '../../inventory/errors.ts';
import { type Play, tasksOf } from '../ast.ts';

/** Whether add_host, group_by or a new reading of the inventory may come, or anything at all through an include. */
export function mayMakeHosts(plays: readonly Play[]): boolean {
  return plays.some((play) =>
    [...tasksOf([...play.preTasks, ...play.tasks, ...play.postTasks]), ...play.handlers].some(({ doing, args }) => {
      if (doing.kind === 'include') return true;
      if (doing.kind !== 'action') return false;
      return ['add_host', 'group_by'].includes(doing.action.name) || args.get('free_form') === 'refresh_inventory';
    }),
  );
}

/**
 * The hosts of a play. A name that nobody has is a slip, unless hosts may be made: then it has none yet.
 *
 * @throws what `select` throws.
 */
export function hostsOrNone(select: () => string[], mayBeMade: boolean): string[] {
  try {
    return select();
  } catch (error) {
    if (mayBeMade && error instanceof PatternError && error.code === 'PATTERN_NO_MATCH') return [];
    throw error;
  }
}
