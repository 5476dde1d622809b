// The module raw: a line sent as it is, for hosts that hold back a proper shell. It checks nothing.
import { dict } from '../base/value.ts';
import { textOf } from './parameters/params.ts';
import { finished, outputOf } from './script/answer.ts';
import { pathWord, word } from './script/script.ts';
import type { Module } from './seam.ts';

/** `raw`: always changed; output with its last newline, as in ansible 2.14. */
export const raw: Module = {
  name: 'raw',
  summary: 'Sends a line of shell as it is',
  freeForm: 'cmd',
  params: {
    cmd: { type: 'str', required: true, aliases: ['free_form'], description: 'the line' },
    executable: { type: 'path', description: 'a shell to run it with' },
  },
  checkMode: 'skips',
  compile(params) {
    const line = textOf(params, 'cmd') ?? '';
    const executable = textOf(params, 'executable');
    return {
      kind: 'script',
      script: executable === undefined ? `${line}\n` : `executable=${pathWord(executable)}\nexec "$executable" -c ${word(line)}\n`,
      read(answer) {
        const output = outputOf(answer, false);
        const isFailed = output.rc !== 0;
        return finished({ changed: true, failed: isFailed, ...(isFailed ? { msg: 'non-zero return code' } : {}), values: dict(output) });
      },
    };
  },
};
