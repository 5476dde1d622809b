// The module ping: whether the host runs scripts at all. It changes nothing.
import { dict } from '../base/value.ts';
import { textOf } from './parameters/params.ts';
import { ask, failed, finished } from './script/answer.ts';
import { reportingScript } from './script/script.ts';
import type { Module } from './seam.ts';

/** `ping`: `pong`, or the text in `data`; `data: crash` fails, as in ansible 2.14. */
export const ping: Module = {
  name: 'ping',
  summary: 'Tries whether the host runs scripts',
  params: { data: { type: 'str', default: 'pong', description: 'what to answer' } },
  checkMode: 'inspects',
  compile(params, context) {
    const data = textOf(params, 'data') ?? 'pong';
    if (data === 'crash') return failed('boom');
    return ask(reportingScript(context, {}), context, () => finished({ changed: false, failed: false, values: dict({ ping: data }) }));
  },
};
