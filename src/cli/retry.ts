// Which run --retry-failed and --resume take up again, and on which hosts. It does not know what is done on them.
import { RunNameError } from '../journal/errors.ts';
import { type Run, RunDirectory } from '../journal/run-directory.ts';
import { stepsBack } from '../journal/run-id.ts';
import { hostsNotWell } from '../journal/summary.ts';
import type { RunHeader } from '../report/seam.ts';
import type { Context } from './context.ts';
import type { Flags } from './flags.ts';
import { printError } from './print-error.ts';
import { runsDirectory } from './state-directory.ts';

/** The journals of this user. @throws RunNameError `RUN_NOT_FOUND` where there is no place for any. */
export function runsOf({ env, stderr }: Pick<Context, 'env' | 'stderr'>): RunDirectory {
  const directory = runsDirectory(env);
  if (directory !== undefined) return new RunDirectory(directory, { onNote: (note) => stderr.write(`note: ${note}\n`) });
  throw new RunNameError('RUN_NOT_FOUND', 'There are no runs: nobody has a home here', {
    fix: 'Set XDG_STATE_HOME to a directory of yours',
  });
}

/**
 * The hosts that did not end well, or never began; undefined without the flag.
 *
 * @throws RunNameError `RUN_NOT_FOUND`, `RUN_AMBIGUOUS`, `RUN_STILL_GOING`; and as `readJournal`.
 */
export async function retriedHosts(
  verb: RunHeader['verb'],
  { retryFailed }: Flags,
  context: Context,
): Promise<readonly string[] | undefined> {
  if (retryFailed === undefined) return undefined;
  const run = await endedRun(verb, retryFailed, '--retry-failed', context);
  const hosts = hostsNotWell(run);
  if (hosts.length === 0) context.stderr.write(`note: nothing is left to be done: every host of ${run.id} ended well\n`);
  return hosts;
}

/**
 * The run that a flag names.
 *
 * @param name - `last` for the last of the verb, `last~1` for the one before it; any other may be of another one.
 * @throws RunNameError `RUN_NOT_FOUND`, `RUN_AMBIGUOUS`, `RUN_STILL_GOING`; and as `readJournal`.
 */
export async function endedRun(verb: RunHeader['verb'], name: string, flag: string, context: Context): Promise<Run> {
  const runs = runsOf(context);
  const back = stepsBack(name);
  const run = back !== undefined ? await lastOf(verb, back, runs, flag, context) : await runs.run(await runs.find(name));
  if (run.state !== 'running') return run;
  throw new RunNameError('RUN_STILL_GOING', `The run ${run.id} is still going on`, {
    where: run.file,
    fix: 'Wait for its end, or name another run',
  });
}

async function lastOf(verb: RunHeader['verb'], back: number, runs: RunDirectory, flag: string, context: Context): Promise<Run> {
  let left = back;
  for await (const run of runs.select({ verb }, (fault) => printError(fault, context))) if (left-- === 0) return run;
  throw new RunNameError('RUN_NOT_FOUND', `There is no${left === back ? '' : ' such'} run of \`${verb}\` yet`, {
    where: flag,
    fix: 'See which runs there are: sshoal runs',
  });
}
