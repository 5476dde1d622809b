// assert: fails unless all conditions hold, and names the one that does not.
import { dict, type Value } from '../../base/value.ts';
import { str } from '../../jinja/printing.ts';
import type { Action } from './seam.ts';

export const assert: Action = {
  name: 'assert',
  summary: 'fail unless conditions hold',
  params: {
    that: { type: 'raw', required: true, description: 'One condition, or a list of them' },
    fail_msg: { type: 'raw', aliases: ['msg'], description: 'What to say when one does not hold' },
    success_msg: { type: 'raw', description: 'What to say when all hold' },
    quiet: { type: 'bool', default: false, description: 'Show no conditions' },
  },
  expressions: new Set(['that']),
  run: ({ args, test }) => {
    const that = args.get('that') ?? null;
    const conditions: readonly Value[] = Array.isArray(that) ? that : [that];
    for (const condition of conditions) {
      if (test(condition)) continue;
      const msg = textOf(args.get('fail_msg') ?? args.get('msg') ?? 'Assertion failed');
      return { result: { changed: false, failed: true, msg, values: dict({ evaluated_to: false, assertion: condition }) } };
    }
    return { result: { changed: false, failed: false, msg: textOf(args.get('success_msg') ?? 'All assertions passed'), values: dict() } };
  },
};

function textOf(value: Value): string {
  return Array.isArray(value) ? value.map(str).join('\n') : str(value);
}
