// The language walked line by line: each small playbook under ansible-playbook and under sshoal, task for task and value for value.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { needs } from '../../support/real.ts';
import { caseOf } from './case.ts';
import { SUBJECTS } from './cases/subjects.ts';
import { statusesOf } from './course.ts';
import { playBoth } from './play-all.ts';

describe('the language, walked through beside ansible', { ...needs('ansible-playbook'), concurrency: 2 }, () => {
  const walk = Object.entries(SUBJECTS).flatMap(([subject, cases]) =>
    Object.entries(cases).map(([name, one]) => ({ subject, name, ...caseOf(one) })),
  );
  let directory = '';
  let played: Awaited<ReturnType<typeof playBoth>> = [];

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-walk-'));
    played = await playBoth(directory, walk);
  });
  after(async () => {
    // Whatever is not awaited by a test must have ended before its files go.
    await Promise.allSettled(played.map(async ({ theirs }) => await theirs));
    await rm(directory, { recursive: true, force: true });
  });

  for (const [index, { subject, name, differs, native, refused }] of walk.entries()) {
    it(`${subject}: ${name}`, { timeout: 120_000 }, async () => {
      const both = played[index];
      assert.ok(both !== undefined);

      const [theirs, classic, typed] = await Promise.all([both.theirs, both.ours('classic'), both.ours('native')]);

      if (differs === undefined) assert.equal(theirs.code === 'refused', refused ?? false, 'ansible refuses it');
      if (differs === undefined) assert.deepEqual(classic, theirs);
      else assert.notDeepEqual(classic, theirs, `is said to differ, and does not: ${differs}`);
      if (differs === undefined && native === undefined) assert.deepEqual(statusesOf(typed), statusesOf(theirs));
    });
  }
});
