// A command of the controller, run to its end for a template. Templates wait for nothing, so everything else waits: hence a deadline.
import { spawnSync } from 'node:child_process';
import type { Value } from '../../base/value.ts';
import type { ParamSpecs, Params } from '../../modules/seam.ts';
import { seconds } from '../run/task-run.ts';
import type { Controller } from './seam.ts';
import { failed, textTerm } from './terms.ts';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export const COMMAND_OPTIONS: ParamSpecs = {
  timeout: { type: 'float', default: 60, description: 'Seconds after which the command is ended; only sshoal has this' },
};

/**
 * What a command line writes to stdout, in the directory of the playbook.
 *
 * @throws TaskError LOOKUP_FAILED with the exit status and what was written to stderr, on a signal, and at the deadline.
 */
export function outputOf(lookup: string, term: Value, { timeout }: Params, { environment, playbookDirectory }: Controller): string {
  const command = textTerm(lookup, term);
  const timeoutMs = seconds(timeout as Value);
  const { status, signal, stdout, stderr, error } = spawnSync(command, {
    shell: true,
    cwd: playbookDirectory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
    encoding: 'utf8',
  });
  if (error !== undefined && 'code' in error && error.code === 'ETIMEDOUT')
    throw failed(
      lookup,
      `\`${command}\` took longer than ${timeoutMs / 1_000} s`,
      'Run it as a task on localhost, or give it a longer timeout',
    );
  if (error !== undefined) throw failed(lookup, `\`${command}\`: ${error.message}`, 'Check the command', error);
  if (status === 0) return stdout;
  const how = status === null ? `was ended by ${signal ?? 'a signal'}` : `returned ${status}`;
  const said = stderr.trim().slice(-500);
  throw failed(lookup, `\`${command}\` ${how}${said === '' ? '' : `: ${said}`}`, 'Run it by hand in the directory of the playbook');
}
