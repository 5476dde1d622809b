// set_stats: figures that are told at the end of the run. No task sees them.
import { type Dict, dict, isDict } from '../../base/value.ts';
import { TaskError } from '../errors.ts';
import { saysYes } from '../run/task-run.ts';
import type { Action } from './seam.ts';

export const setStats: Action = {
  name: 'set_stats',
  summary: 'keep figures that are told at the end of the run',
  params: {
    data: { type: 'dict', required: true, description: 'Figures by name' },
    per_host: { type: 'bool', default: false, description: 'Whether each host has its own, not the run as a whole' },
    aggregate: {
      type: 'bool',
      default: true,
      description: 'Whether figures of the same name are put together: numbers added, texts and lists joined, dicts merged',
    },
  },
  run: ({ args, template }) => {
    const data = args.get('data');
    if (!isDict(data))
      throw new TaskError('BAD_PARAMETER', "The 'data' option needs to be a dictionary/hash", { fix: 'Write name: value below it' });
    const figures: Dict = new Map();
    for (const [key, value] of data) {
      const name = template(String(key));
      if (!/^[A-Za-z_]\w*$/.test(name))
        throw new TaskError('BAD_PARAMETER', `\`${name}\` cannot be the name of a variable`, {
          fix: 'Use letters, digits and _, not beginning with a digit',
        });
      figures.set(name, value);
    }
    const perHost = saysYes(args.get('per_host') ?? false);
    const aggregate = saysYes(args.get('aggregate') ?? true);
    return {
      customStats: { data: figures, perHost, aggregate },
      result: { changed: false, failed: false, values: dict({ ansible_stats: dict({ data: figures, per_host: perHost, aggregate }) }) },
    };
  },
};
