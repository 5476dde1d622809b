// Runs the text of a shell module on this machine with a shell of choice. It knows no test.
import { fromJson } from '#src/base/value';
import { shellModule } from '#src/modules/library/shell-module';
import { readParams } from '#src/modules/parameters/params';
import type { Module, ModuleResult } from '#src/modules/seam';
import { type RunOptions, runScript } from '../run-steps.js';

/** A module whose head is this YAML. */
export function moduleWith(head: string, body: string): Module {
  const comments = head
    .trim()
    .split('\n')
    .map((line) => `#   ${line}`)
    .join('\n');
  return shellModule('mine', `#!/bin/sh\n# Does something.\n#\n# sshoal:\n${comments}\n${body}\n`, 'library/mine.sh');
}

/** Plays one task of it. Faults of the arguments are errors. */
export async function runOwn(module: Module, args: Readonly<Record<string, unknown>>, options: RunOptions = {}): Promise<ModuleResult> {
  const { params, faults } = readParams(module, new Map(Object.entries(args).map(([key, value]) => [key, fromJson(value)])));
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('; '));
  const { checkMode = false, diff = false, token = 't1' } = options;
  let step = module.compile(params, { checkMode, diff, token });
  while (step.kind !== 'finished') {
    if (step.kind === 'upload') throw new Error('Shell text uploads nothing');
    step = step.read(await runScript(step.script, options));
  }
  return step.result;
}
