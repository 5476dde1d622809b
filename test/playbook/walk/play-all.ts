// Plays cases under both, each in a directory of its own. It compares nothing.
import path from 'node:path';
import { SshoalError } from '#src/base/errors';
import type { LoadOptions } from '#src/playbook/read/project';
import { playFiles } from '../play-local.ts';
import { argsOf, type Case, optionsOf, writeCase } from './case.ts';
import { type Course, ourCourse, theirCourse } from './course.ts';
import { playMany } from './many-playbooks.ts';

export interface Both {
  readonly theirs: Promise<Course>;
  /** Plays it now. Each way of making values has files of its own. */
  readonly ours: (results: NonNullable<LoadOptions['results']>) => Promise<Course>;
}

/** Begins to play all cases with ansible; with sshoal each is played when asked for. */
export async function playBoth(directory: string, cases: readonly Case[]): Promise<Both[]> {
  const calls = cases.map(({ flags }, index) => ({ directory: path.join(directory, String(index), 'theirs'), args: argsOf(flags) }));
  for (const [index, one] of cases.entries()) await writeCase(one, calls[index]?.directory ?? directory);
  const called = await playMany(directory, calls);
  return cases.map((one, index) => ({
    theirs: (async () => theirCourse(await (called[index] as (typeof called)[number]), calls[index]?.directory ?? directory))(),
    ours: async (results) => await playOurs(one, path.join(directory, String(index), results), results),
  }));
}

async function playOurs(one: Case, directory: string, results: NonNullable<LoadOptions['results']>): Promise<Course> {
  await writeCase(one, directory);
  try {
    return ourCourse(await playFiles(directory, optionsOf(one.flags), { results }));
  } catch (error) {
    // A fault of the playbook; anything else is a defect.
    if (error instanceof SshoalError && error.code !== 'DEFECT') return { lines: [], recap: {}, code: 'refused' };
    throw error;
  }
}
