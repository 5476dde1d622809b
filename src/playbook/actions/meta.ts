// meta: what a play does with itself.
import { dict } from '../../base/value.ts';
import { TaskError } from '../errors.ts';
import { type Action, META_WORDS } from './seam.ts';

export const meta: Action = {
  name: 'meta',
  summary: 'run handlers now, end the play or a host, read the inventory anew',
  params: { free_form: { type: 'str', required: true, choices: [...META_WORDS], description: 'What to do' } },
  freeForm: 'free_form',
  run: ({ args }) => {
    const word = args.get('free_form');
    const known = META_WORDS.find((one) => one === word);
    if (known === undefined)
      throw new TaskError('BAD_PARAMETER', `There is no meta \`${String(word as string)}\``, { fix: `Use ${META_WORDS.join(', ')}` });
    return { meta: known, result: { changed: false, failed: false, values: dict() } };
  },
};
