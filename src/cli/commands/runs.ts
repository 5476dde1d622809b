// The verb runs: what was run, when, where and how it ended.
import type { Run } from '../../journal/run-directory.ts';
import type { RunFilter } from '../../journal/run-filter.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Flags } from '../flags.ts';
import { parseMoment } from '../moment.ts';
import { noJunit } from '../output-flags.ts';
import type { Verb } from '../verb.ts';

const DEFAULT_NUMBER = 20;

export const runsVerb: Verb = {
  name: 'runs',
  summary: 'list what was run, and how it ended',
  notes: [
    'Every run of run, put, get, ping, play and of a line of the shell writes a journal, unless --no-journal: a file of JSON lines in $XDG_STATE_HOME/sshoal/runs (~/.local/state) that only you can read. It has what happened on every host, and the last 64 KiB of each output; secrets are masked. A run that was killed has all that was reported before.',
    'Journals older than 90 days, and the oldest beyond 1 GiB of all, are removed once a day at the end of a run; --journal-keep, --journal-max-size and sshoal.yml change that, and --prune removes them now. What is going on stays, and for seven days what play --resume can take up.',
    'A status is ok, changed, failed, unreachable, timed-out, cancelled, or unfinished: begun and not ended, or never begun.',
    'Searches have an index, made of the journals and beside them, by the SQLite of Node or the optional package libsql; without either they read a summary of each run. What is wrong with it is a note, and never changes an answer.',
  ],
  usage: '[flags]',
  words: [],
  flags: [
    ...(['onHost', 'outcome', 'task', 'ofVerb', 'since', 'until', 'number'] as const),
    ...(['prune', 'keep', 'maxSize', 'reindex', 'output', 'color', 'config'] as const),
  ],
  examples: [
    { line: 'sshoal runs', meaning: `the last ${DEFAULT_NUMBER}` },
    { line: 'sshoal runs --host web07 --outcome failed --since 2d', meaning: 'where a host failed in the last two days' },
    { line: "sshoal runs --host 'web[01-40]!web07' --verb play", meaning: 'plays on some hosts' },
    { line: 'sshoal runs --task nginx -n 5 -o json', meaning: 'the last five with a task or command of that name, for a program to read' },
    { line: 'sshoal runs --since 2026-08-01 --until 2026-09-01 -n 1000 -o jsonl', meaning: 'all of a month, a line each' },
    { line: 'sshoal runs --prune --keep 30d --max-size 200M', meaning: 'remove what is older, or too much' },
  ],
  run: async ({ flags }, context) => {
    if (flags.output === 'junit') throw noJunit('runs');
    checkTogether(flags);
    if (flags.prune) return await pruneNow(flags, context);
    if (flags.reindex) return await reindexNow(flags, context);
    const [{ runsOf }, { queryRuns }, { printError }] = await Promise.all([
      import('../retry.ts'),
      import('../../journal/query-runs.ts'),
      import('../print-error.ts'),
    ]);
    const { runs, next, faults } = await queryRuns(runsOf(context), filterOf(flags, context), flags.number ?? DEFAULT_NUMBER);
    for (const fault of faults) printError(fault, context);
    await list(runs, flags, context);
    if (next !== undefined && flags.output === 'text') context.stderr.write(`note: there are more; --limit shows them\n`);
    return EXIT.ok;
  },
};

async function list(runs: readonly Run[], { output }: Flags, { stdout, secrets }: Context): Promise<void> {
  const [{ runData, runTable }, { styleOf }, { maskedJson }] = await Promise.all([
    import('../run-table.ts'),
    import('../../report/style.ts'),
    import('../../report/machine/json-data.ts'),
  ]);
  const mask = (text: string): string => secrets.mask(text);
  if (output === 'json') stdout.write(`${maskedJson(runs.map(runData), mask, 2)}\n`);
  else if (output === 'jsonl') for (const run of runs) stdout.write(`${maskedJson(runData(run), mask)}\n`);
  else stdout.write(runs.length === 0 ? 'No runs\n' : `${mask(runTable(runs, styleOf(stdout.colour)).join('\n'))}\n`);
}

async function pruneNow(flags: Flags, context: Context): Promise<ExitCode> {
  const [{ prune }, { retentionForNow }, { runsOf }, { formatSize }] = await Promise.all([
    import('../../journal/retention.ts'),
    import('../retention.ts'),
    import('../retry.ts'),
    import('../../base/units.ts'),
  ]);
  const gone = await prune(runsOf(context), await retentionForNow(flags, context), context.now());
  const text = `${gone.runs} ${gone.runs === 1 ? 'journal' : 'journals'} removed, ${formatSize(gone.bytes)}`;
  context.stdout.write(`${flags.output === 'text' ? text : JSON.stringify(gone)}\n`);
  return EXIT.ok;
}

async function reindexNow({ output }: Flags, context: Context): Promise<ExitCode> {
  const [{ reindex }, { runsOf }, { printError }] = await Promise.all([
    import('../../journal/reindex.ts'),
    import('../retry.ts'),
    import('../print-error.ts'),
  ]);
  const runs = await reindex(runsOf(context), (fault) => printError(fault, context));
  context.stdout.write(`${output === 'text' ? `${runs} ${runs === 1 ? 'journal' : 'journals'} read` : JSON.stringify({ runs })}\n`);
  return EXIT.ok;
}

/** @throws UsageError `BAD_FLAG` on flags that would have to be ignored. */
function checkTogether(flags: Flags): void {
  const { prune, reindex, keep, maxSize, number } = flags;
  if (!prune && (keep !== undefined || maxSize !== undefined))
    throw meaningless(keep === undefined ? '--max-size' : '--keep', 'without --prune', 'Add --prune, or leave it out');
  if (!prune && !reindex) return;
  const work = prune ? '--prune' : '--reindex';
  if (prune && reindex) throw meaningless('--reindex', 'with --prune', 'Do one after the other');
  const searches = { '--host': flags.onHost, '--outcome': flags.outcome, '--task': flags.task, '--verb': flags.ofVerb };
  const [first] = Object.entries({ ...searches, '--since': flags.since, '--until': flags.until, '--limit': number }).find(
    ([, value]) => value !== undefined,
  ) ?? [undefined];
  if (first !== undefined) throw meaningless(first, `with ${work}`, 'Leave it out: all runs are meant');
}

function meaningless(name: string, how: string, fix: string): UsageError {
  return new UsageError('BAD_FLAG', `${name} means nothing ${how}`, { where: name, fix });
}

function filterOf({ onHost: host, outcome, task, ofVerb: verb, since, until }: Flags, { now }: Context): RunFilter {
  const momentOf = (text: string | undefined, flag: string): number | undefined =>
    text === undefined ? undefined : parseMoment(text, flag, now());
  return { host, outcome, task, verb, sinceMs: momentOf(since, '--since'), untilMs: momentOf(until, '--until') };
}
