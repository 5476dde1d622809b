// The verb diff: what changed between two runs, and on which hosts.
import { EXIT } from '../exit-code.ts';
import { noJunit } from '../output-flags.ts';
import type { Verb } from '../verb.ts';

export const diffVerb: Verb = {
  name: 'diff',
  summary: 'say what changed between two runs, and on which hosts',
  notes: [
    'Of run, put, get and ping it compares how each host ended and what it answered; of play the status of each task, by its name. Hosts with the same change are one block.',
  ],
  usage: '<before> <after> [flags]',
  words: [
    { form: '<before>', meaning: 'a run, as with sshoal show' },
    { form: '<after>', meaning: 'another, mostly last' },
  ],
  flags: ['output', 'color', 'config'],
  examples: [
    { line: 'sshoal diff last~1 last', meaning: 'what is different from the time before' },
    { line: 'sshoal diff 20260807-142501.123-3f9a2c last -o jsonl', meaning: 'what is different from then, for a program to read' },
  ],
  run: async ({ words: [before = '', after = ''], flags }, context) => {
    if (flags.output === 'junit') throw noJunit('diff');
    const [{ runsOf }, { compareRuns }, { differenceData, differenceLines }, { styleOf }, { maskedJson }] = await Promise.all([
      import('../retry.ts'),
      import('../../journal/compare-runs.ts'),
      import('../run-difference.ts'),
      import('../../report/style.ts'),
      import('../../report/machine/json-data.ts'),
    ]);
    const runs = runsOf(context);
    const [from, to] = [await runs.find(before), await runs.find(after)];
    const comparison = await compareRuns(runs.fileOf(from), runs.fileOf(to));
    const { stdout, secrets } = context;
    const mask = (text: string): string => secrets.mask(text);
    if (flags.output === 'json') stdout.write(`${maskedJson(comparison.differences.map(differenceData), mask, 2)}\n`);
    else if (flags.output === 'jsonl') {
      for (const difference of comparison.differences) stdout.write(`${maskedJson(differenceData(difference), mask)}\n`);
    } else stdout.write(mask(`${differenceLines(comparison, { from, to }, styleOf(stdout.colour)).join('\n')}\n`));
    return EXIT.ok;
  },
};
