// The verb show: a run again, as it looked then.
import type { Run } from '../../journal/run-directory.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import type { Flags } from '../flags.ts';
import type { Verb } from '../verb.ts';

export const showVerb: Verb = {
  name: 'show',
  summary: 'show a run again, from its journal',
  notes: [
    'Of long output the last 64 KiB of each stream are there. With -o jsonl, json or junit a run is exported, as far as --host, --failed and --task let it.',
    'With --task the other tasks of a play are left out; what each host came to is still that of the whole play.',
  ],
  usage: '<run> [flags]',
  words: [
    { form: '<run>', meaning: 'its name as sshoal runs lists it, the beginning or the end of it, last, or last~1 for the one before' },
  ],
  flags: ['onHost', 'failed', 'task', 'gather', 'diff', 'diffBase', 'quiet', 'stats', 'output', 'color', 'verbose', 'config'],
  examples: [
    { line: 'sshoal show last', meaning: 'what was run last' },
    { line: 'sshoal show last --failed', meaning: 'only the hosts that did not end well' },
    { line: 'sshoal show 20260807-142501.123-3f9a2c --host web07', meaning: 'what it did on one host' },
    {
      line: "sshoal show last~1 --host 'web[01-10]' --task nginx",
      meaning: 'the tasks of that name on some hosts, in the run before the last',
    },
    { line: 'sshoal show last -o junit > report.xml', meaning: 'for CI' },
  ],
  run: async ({ words: [name = ''], flags }, context) => {
    const [{ runsOf }, { readJournal }, { reporterOf }, { replay }, { checkOutputFlags }] = await Promise.all([
      import('../retry.ts'),
      import('../../journal/read-journal.ts'),
      import('../output.ts'),
      import('../replay.ts'),
      import('../output-flags.ts'),
    ]);
    const runs = runsOf(context);
    const run = await runs.run(await runs.find(name));
    const [hosts, isTask] = [await hostsOf(run, flags), await taskOf(run, flags)];
    checkOutputFlags(run.verb, [...(hosts ?? Object.values(run.hosts).flat())], flags);
    if (hosts?.size === 0) {
      context.stderr.write('note: every host ended well\n');
      return EXIT.ok;
    }
    const journal = await readJournal(run.file);
    const clock = { atMs: 0 };
    await replay(journal, await reporterOf(flags, { ...context, now: () => clock.atMs }), clock, { hosts, isTask });
    await noteState(run, journal.isTorn(), context);
    return EXIT.ok;
  },
};

async function hostsOf(run: Run, { onHost: host, failed }: Flags): Promise<ReadonlySet<string> | undefined> {
  if (host === undefined && !failed) return undefined;
  const [{ hostsNotWell }, { hostTest }] = await Promise.all([import('../../journal/summary.ts'), import('../../journal/run-filter.ts')]);
  const all = Object.values(run.hosts).flat();
  // One that is called so is meant, even where that is no node set.
  const isHost = host === undefined ? (): boolean => true : hostTest(all.includes(host) ? [host] : host);
  if (!all.some(isHost)) throw await notOfRun('--host', `\`${host}\` is not one of the hosts`, host, all);
  return new Set((failed ? hostsNotWell(run) : all).filter(isHost));
}

/** Which tasks of a play are meant; of another run its command must be. */
async function taskOf(run: Run, { task }: Flags): Promise<((name: string) => boolean) | undefined> {
  if (task === undefined) return undefined;
  const { taskTest } = await import('../../journal/run-filter.ts');
  const isTask = taskTest(task);
  if (!run.tasks.some(isTask)) throw await notOfRun('--task', `No task is called \`${task}\``, task, run.tasks);
  return isTask;
}

async function notOfRun(where: string, what: string, given: string | undefined, all: readonly string[]): Promise<UsageError> {
  const { didYouMean } = await import('../../base/suggest.ts');
  const fix = didYouMean(given ?? '', all, `See what there is: leave ${where} out`);
  return new UsageError('BAD_FLAG', `${what} of this run`, { where, fix });
}

/** What the report itself cannot say: that the run has no end. */
async function noteState(run: Run, isTorn: boolean, { stderr }: Context): Promise<void> {
  if (run.state === 'ended') return;
  const { outcomeText } = await import('../run-table.ts');
  const torn = isTorn && run.state !== 'running' ? '; the last line of its journal is cut off' : '';
  stderr.write(`note: the run ${run.id} has no end: ${outcomeText(run)}${torn}\n`);
}
