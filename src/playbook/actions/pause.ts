// pause: waits for some time, or for a person.
import { setTimeout as delay } from 'node:timers/promises';
import { dict } from '../../base/value.ts';
import { str } from '../../jinja/printing.ts';
import { isTruthy } from '../../jinja/values.ts';
import { TaskError } from '../errors.ts';
import type { Action, ActionContext, ActionEnd } from './seam.ts';

export const pause: Action = {
  name: 'pause',
  summary: 'wait for some time, or for a person',
  params: {
    seconds: { type: 'float', description: 'How long' },
    minutes: { type: 'float', description: 'How long' },
    prompt: { type: 'str', description: 'What to ask; without a terminal nobody is asked, and the play goes on' },
    echo: { type: 'bool', default: true, description: 'Whether the answer is seen while it is typed' },
  },
  once: true,
  run: async (context) => await run(context),
};

async function run({ args, ask, signal }: ActionContext): Promise<ActionEnd> {
  const startedAt = new Date();
  const seconds = numberOf(args.get('seconds'), 'seconds') ?? (numberOf(args.get('minutes'), 'minutes') ?? 0) * 60;
  const timed = args.has('seconds') || args.has('minutes');
  const echo = args.get('echo') === undefined || isTruthy(args.get('echo') ?? true);
  let answer = '';
  if (timed) await delay(Math.max(seconds, 1) * 1_000, undefined, { signal }).catch(() => undefined);
  else if (ask !== undefined) {
    const prompt = args.get('prompt');
    answer = await ask({ text: prompt === undefined ? 'Press enter to continue' : str(prompt), echo, signal });
  }
  const endedAt = new Date();
  // Timers may be a little early by this clock.
  const took = Math.max((endedAt.getTime() - startedAt.getTime()) / 1_000, timed && signal?.aborted !== true ? Math.max(seconds, 1) : 0);
  const text = took >= 60 && args.has('minutes') ? `${rounded(took / 60)} minutes` : `${rounded(took)} seconds`;
  return {
    result: {
      changed: false,
      failed: false,
      values: dict({
        rc: 0,
        stdout: `Paused for ${text}`,
        stderr: '',
        start: startedAt.toISOString().replace('T', ' ').replace('Z', ''),
        stop: endedAt.toISOString().replace('T', ' ').replace('Z', ''),
        delta: Math.floor(took),
        echo,
        user_input: answer,
      }),
    },
  };
}

/** As Python prints a number that was rounded to two digits: `1.0`, `1.25`. */
function rounded(value: number): string {
  const text = String(Number(value.toFixed(2)));
  return text.includes('.') ? text : `${text}.0`;
}

function numberOf(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(str(value as string));
  if (Number.isFinite(number)) return number;
  throw new TaskError('BAD_PARAMETER', `\`${name}\` of pause must be a number, and is \`${str(value as string)}\``, {
    fix: 'Write a number',
  });
}
