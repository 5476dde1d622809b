// set_fact: sets variables of the host for the rest of the run.
import { type Dict, dict, type Value } from '../../base/value.ts';
import { TaskError } from '../errors.ts';
import { saysYes } from '../run/task-run.ts';
import type { Action } from './seam.ts';

export const setFact: Action = {
  name: 'set_fact',
  summary: 'set variables of a host',
  params: undefined,
  run: ({ args, classic }) => {
    const facts: Dict = new Map();
    for (const [key, value] of args) {
      const name = String(key);
      if (name === 'cacheable') continue;
      if (!/^[A-Za-z_]\w*$/.test(name))
        throw new TaskError('BAD_PARAMETER', `\`${name}\` cannot be the name of a variable`, {
          fix: 'Use letters, digits and _, not beginning with a digit',
        });
      facts.set(name, classic ? boolOf(value) : value);
    }
    if (facts.size === 0) throw new TaskError('BAD_PARAMETER', 'set_fact was given no variable', { fix: 'Write name: value below it' });
    const cacheable = saysYes(args.get('cacheable') ?? false);
    return { setFacts: facts, cacheable, result: { changed: false, failed: false, values: dict({ ansible_facts: facts }) } };
  },
};

// What k=v could not say otherwise; ansible 2.14 does it to every text.
function boolOf(value: Value): Value {
  return typeof value === 'string' && /^(?:true|false|yes|no)$/i.test(value) ? saysYes(value) : value;
}
