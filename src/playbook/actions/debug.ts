// debug: says something, or shows a variable.
import { dict, type Value } from '../../base/value.ts';
import { UndefinedError } from '../../jinja/errors.ts';
import { TaskError } from '../errors.ts';
import type { Action } from './seam.ts';

export const debug: Action = {
  name: 'debug',
  summary: 'say something while playing',
  params: {
    msg: { type: 'raw', description: 'What to say' },
    var: { type: 'str', description: 'The variable to show' },
    verbosity: { type: 'int', default: 0, description: 'Say it only with as many -v' },
  },
  expressions: new Set(['var']),
  run: ({ args, evaluate, verbosity }) => {
    const needed = Number(args.get('verbosity') ?? 0);
    if (needed > verbosity)
      return { result: { changed: false, failed: false, skipped: true, values: dict({ skipped_reason: 'Verbosity threshold not met.' }) } };
    const name = args.get('var');
    if (name !== undefined && args.has('msg'))
      throw new TaskError('BAD_PARAMETER', '`msg` and `var` cannot both be given', { fix: 'Keep one of them' });
    if (typeof name === 'string')
      return { result: { changed: false, failed: false, values: dict({ [name]: shown(() => evaluate(name)) }) } };
    return { result: { changed: false, failed: false, values: dict({ msg: args.has('msg') ? args.get('msg') : 'Hello world!' }) } };
  },
};

/** A value, or as in Ansible words for there being none: to look at what is not there is no failure. */
function shown(evaluate: () => Value): Value {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof UndefinedError) return 'VARIABLE IS NOT DEFINED!';
    throw error;
  }
}
