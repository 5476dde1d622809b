// meta: what a play does with itself.
import { dict } from '../../base/value.ts';
import { TaskError } from '../errors.ts';
import type { Action, ActionEffect } from './seam.ts';

const KNOWN = ['noop', 'flush_handlers', 'end_play', 'end_host', 'clear_host_errors', 'clear_facts'] as const;

export const meta: Action = {
  name: 'meta',
  summary: 'run handlers now, end the play or a host',
  params: { free_form: { type: 'str', required: true, choices: [...KNOWN], description: 'What to do' } },
  freeForm: 'free_form',
  run: ({ args }) => {
    const word = args.get('free_form');
    const known: ActionEffect['meta'] = KNOWN.find((one) => one === word);
    if (known === undefined)
      throw new TaskError('BAD_PARAMETER', `There is no meta \`${String(word as string)}\``, { fix: `Use ${KNOWN.join(', ')}` });
    return { meta: known, result: { changed: false, failed: false, values: dict() } };
  },
};
