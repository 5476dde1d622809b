// A program that searches a directory again and again, each time with all summaries and indexes gone, until it is killed; it says what
// it has found. For several-searchers.test.ts.
import process from 'node:process';
import { reindex } from '#src/journal/reindex';
import { RunDirectory } from '#src/journal/run-directory';

const [, , directory = '', times = '1'] = process.argv;
const fail = (error: Error): never => {
  throw error;
};
const runs = new RunDirectory(directory, { onNote: (note) => process.stdout.write(`note: ${note}\n`) });
for (let time = 0; time < Number(times); time++) {
  await reindex(runs, fail);
  let found = 0;
  for await (const _run of runs.select({ host: 'web0[1-2]', outcome: 'failed' }, fail)) found++;
  process.stdout.write(`${found}\n`);
}
