// fail: fails, with a message.
import { dict } from '../../base/value.ts';
import { str } from '../../jinja/printing.ts';
import type { Action } from './seam.ts';

export const fail: Action = {
  name: 'fail',
  summary: 'fail with a message',
  params: { msg: { type: 'str', default: 'Failed as requested from task', description: 'What to say' } },
  run: ({ args }) => ({
    result: { changed: false, failed: true, msg: str(args.get('msg') ?? 'Failed as requested from task'), values: dict() },
  }),
};
