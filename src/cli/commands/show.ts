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
  notes: ['Of long output the last 64 KiB of each stream are there. With -o jsonl, json or junit a run is exported.'],
  usage: '<run> [flags]',
  words: [{ form: '<run>', meaning: 'its name as sshoal runs lists it, the beginning or the end of it, or last' }],
  flags: ['onHost', 'failed', 'gather', 'diff', 'diffBase', 'quiet', 'stats', 'output', 'color', 'verbose', 'config'],
  examples: [
    { line: 'sshoal show last', meaning: 'what was run last' },
    { line: 'sshoal show last --failed', meaning: 'only the hosts that did not end well' },
    { line: 'sshoal show 20260807-142501.123-3f9a2c --host web07', meaning: 'what it did on one host' },
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
    const only = await hostsOf(run, flags);
    checkOutputFlags(run.verb, [...(only ?? Object.values(run.hosts).flat())], flags);
    if (only?.size === 0) {
      context.stderr.write('note: every host ended well\n');
      return EXIT.ok;
    }
    const journal = await readJournal(run.file);
    const clock = { atMs: 0 };
    await replay(journal, await reporterOf(flags, { ...context, now: () => clock.atMs }), clock, only);
    await noteState(run, journal.isTorn(), context);
    return EXIT.ok;
  },
};

async function hostsOf(run: Run, { onHost: host, failed }: Flags): Promise<ReadonlySet<string> | undefined> {
  const [{ hostsNotWell }, { didYouMean }] = await Promise.all([import('../../journal/summary.ts'), import('../../base/suggest.ts')]);
  const all = Object.values(run.hosts).flat();
  if (host !== undefined && !all.includes(host)) {
    throw new UsageError('BAD_FLAG', `\`${host}\` is not one of the hosts of this run`, {
      where: '--host',
      fix: didYouMean(host, all, 'See who they are: leave --host out'),
    });
  }
  if (host === undefined && !failed) return undefined;
  const wanted = failed ? hostsNotWell(run) : all;
  return new Set(wanted.filter((name) => host === undefined || name === host));
}

/** What the report itself cannot say: that the run has no end. */
async function noteState(run: Run, isTorn: boolean, { stderr }: Context): Promise<void> {
  if (run.state === 'ended') return;
  const { outcomeText } = await import('../run-table.ts');
  const torn = isTorn && run.state !== 'running' ? '; the last line of its journal is cut off' : '';
  stderr.write(`note: the run ${run.id} has no end: ${outcomeText(run)}${torn}\n`);
}
