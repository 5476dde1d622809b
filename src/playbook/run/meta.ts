// What meta does with the hosts of a batch. Which of its words are for one host and which for all is as in ansible 2.14.
import type { MetaWord } from '../actions/seam.ts';
import type { Task } from '../ast.ts';
import { TaskError } from '../errors.ts';
import type { TaskScope } from '../variables/variables.ts';
import type { BatchRun } from './batch-run.ts';
import { failedResult } from './results.ts';
import type { TaskEnd } from './task-run.ts';

/** What is for all hosts: as in ansible's lockstep the first of them says whether, by its conditions. */
const FOR_ALL: ReadonlySet<unknown> = new Set([
  'end_play',
  'end_batch',
  'clear_facts',
  'clear_host_errors',
  'refresh_inventory',
] satisfies MetaWord[]);

/** Whether a task is a word of meta for all hosts of a batch. */
export function isForAll({ doing, args }: Task): boolean {
  return doing.kind === 'action' && doing.action.name === 'meta' && FOR_ALL.has(args.get('free_form'));
}

/** Does what a meta task asked for; other ends pass through as they are. */
export async function carryOutMeta(batch: BatchRun, task: Task, end: TaskEnd, host: string, scope: TaskScope): Promise<TaskEnd> {
  const { run, hands, refreshInventory, signal } = batch.execution;
  switch (end.effect?.meta) {
    case 'end_play':
      batch.ended = true;
      batch.playEnded = true;
      return end;
    case 'end_batch':
      batch.ended = true;
      return end;
    case 'end_host':
      batch.state(host).ended = true;
      return end;
    case 'end_role':
      batch.state(host).outOfRole = true;
      return end;
    case 'clear_facts':
      for (const one of batch.batch) batch.state(one).forgetFacts();
      return end;
    case 'clear_host_errors':
      // They are out of this play all the same: what they missed is not made up for. The next one has them again.
      for (const state of batch.batch.map((one) => batch.state(one)))
        if (!state.active) Object.assign(state, { failed: false, unreachable: false, ended: true });
      return end;
    case 'reset_connection':
      await hands.disconnect(hands.take(host, task, scope, run.templar), signal);
      return end;
    case 'refresh_inventory': {
      if (refreshInventory !== undefined) {
        run.inventory.replace(await refreshInventory());
        return end;
      }
      const error = new TaskError('NOT_SUPPORTED_YET', 'Nobody said how the inventory is read anew', {
        where: task.at,
        fix: 'Give refreshInventory to Playbook.play',
      });
      return { result: failedResult(error.message), error };
    }
    default:
      return end;
  }
}
