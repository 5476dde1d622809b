// wait_for_connection: tries to reach the host until it answers.
import { setTimeout as sleep } from 'node:timers/promises';
import { dict, type Value } from '../../base/value.ts';
import { str } from '../../jinja/printing.ts';
import type { Action, ActionContext, ActionEnd } from './seam.ts';

export const waitForConnection: Action = {
  name: 'wait_for_connection',
  summary: 'wait until the host can be reached',
  params: {
    connect_timeout: { type: 'int', default: 5, description: 'Seconds of one attempt' },
    delay: { type: 'int', default: 0, description: 'Seconds before the first attempt' },
    sleep: { type: 'int', default: 1, description: 'Seconds between attempts' },
    timeout: { type: 'int', default: 600, description: 'Seconds in all' },
  },
  run: async (context) => await run(context),
};

async function run(context: ActionContext): Promise<ActionEnd> {
  const { args, signal } = context;
  const startedAt = performance.now();
  const seconds = (name: string, otherwise: number): number => Number(str(args.get(name) ?? otherwise));
  const elapsed = (): number => Math.floor((performance.now() - startedAt) / 1_000);
  await sleep(seconds('delay', 0) * 1_000, undefined, { signal }).catch(() => undefined);
  for (;;) {
    await context.disconnect();
    const outcome = await context.perform({ kind: 'ping', timeoutMs: seconds('connect_timeout', 5) * 1_000 });
    const values = dict({ elapsed: elapsed() as Value });
    if (outcome.status === 'ok') return { result: { changed: false, failed: false, values } };
    if (elapsed() >= seconds('timeout', 600) || signal?.aborted === true) {
      const msg = `timed out waiting for ping module test: ${outcome.error?.message ?? 'no answer'}`;
      return { result: { changed: false, failed: true, msg, values } };
    }
    await sleep(seconds('sleep', 1) * 1_000, undefined, { signal }).catch(() => undefined);
  }
}
