// The verb runs: what was run, when, where and how it ended.
import { parseDuration } from '../../base/units.ts';
import type { Run } from '../../journal/run-directory.ts';
import type { RunFilter } from '../../journal/run-filter.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Flags } from '../flags.ts';
import { noJunit } from '../output-flags.ts';
import type { Verb } from '../verb.ts';

const DEFAULT_NUMBER = 20;

export const runsVerb: Verb = {
  name: 'runs',
  summary: 'list what was run, and how it ended',
  notes: [
    'Every run of run, put, get, ping, play and of a line of the shell writes a journal, unless --no-journal: a file of JSON lines in $XDG_STATE_HOME/sshoal/runs (~/.local/state) that only you can read. It has what happened on every host, and the last 64 KiB of each output; secrets are masked. A run that was killed has all that was reported before.',
    'Journals older than 90 days, and the oldest beyond 1 GiB of all, are removed once a day at the end of a run; --prune removes them now, by limits of your own.',
    'A status is ok, changed, failed, unreachable, timed-out, cancelled, or unfinished: begun and not ended, or never begun.',
  ],
  usage: '[flags]',
  words: [],
  flags: ['onHost', 'outcome', 'since', 'task', 'number', 'prune', 'keep', 'maxSize', 'output', 'color', 'config'],
  examples: [
    { line: 'sshoal runs', meaning: `the last ${DEFAULT_NUMBER}` },
    { line: 'sshoal runs --host web07 --outcome failed --since 2d', meaning: 'where a host failed in the last two days' },
    { line: 'sshoal runs --task nginx -n 5 -o json', meaning: 'the last five with a task or command of that name, for a program to read' },
    { line: 'sshoal runs --prune --keep 30d --max-size 200M', meaning: 'remove what is older, or too much' },
  ],
  run: async ({ flags }, context) => {
    if (flags.output === 'junit') throw noJunit('runs');
    const { runsOf } = await import('../retry.ts');
    const runs = runsOf(context);
    if (flags.prune) return await pruneNow(flags, context);
    if (flags.keep !== undefined || flags.maxSize !== undefined) {
      const where = flags.keep === undefined ? '--max-size' : '--keep';
      throw new UsageError('BAD_FLAG', `${where} means nothing without --prune`, { where, fix: 'Add --prune, or leave it out' });
    }
    const { printError } = await import('../print-error.ts');
    const wanted: Run[] = [];
    const most = flags.number ?? DEFAULT_NUMBER;
    let hasMore = false;
    for await (const run of runs.select(filterOf(flags, context), (fault) => printError(fault, context))) {
      hasMore = wanted.length === most;
      if (hasMore) break;
      wanted.push(run);
    }
    await list(wanted, flags, context);
    if (hasMore && flags.output === 'text') context.stderr.write(`note: there are more; --limit shows them\n`);
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

async function pruneNow({ keep, maxSize, output }: Flags, context: Context): Promise<ExitCode> {
  const [{ DEFAULT_RETENTION, prune }, { runsOf }, { formatSize }] = await Promise.all([
    import('../../journal/retention.ts'),
    import('../retry.ts'),
    import('../../base/units.ts'),
  ]);
  const limits = { keepMs: keep ?? DEFAULT_RETENTION.keepMs, maxBytes: maxSize ?? DEFAULT_RETENTION.maxBytes };
  const gone = await prune(runsOf(context), limits, context.now());
  const text = `${gone.runs} ${gone.runs === 1 ? 'journal' : 'journals'} removed, ${formatSize(gone.bytes)}`;
  context.stdout.write(`${output === 'text' ? text : JSON.stringify(gone)}\n`);
  return EXIT.ok;
}

function filterOf({ onHost: host, outcome, task, since }: Flags, { now }: Context): RunFilter {
  return { host, outcome, task, sinceMs: since === undefined ? undefined : timeOf(since, now()) };
}

/** `2d` ago, or a day or time: `2026-08-01`, `2026-08-01T12:00`. */
function timeOf(text: string, nowMs: number): number {
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : nowMs - parseDuration(text, '--since');
  if (!Number.isNaN(at)) return at;
  throw new UsageError('BAD_FLAG', `\`${text}\` is no time`, { where: '--since', fix: 'Write 2d, 2026-08-01 or 2026-08-01T12:00' });
}
