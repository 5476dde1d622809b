// Blocks, failures, handlers and batches that nobody thought of, under ansible-playbook and under sshoal.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { needs } from '../../support/real.ts';
import { inDirectory } from '../play-local.ts';
import type { Course } from './course.ts';
import { playBoth } from './play-all.ts';
import { randomPlays } from './random-plays.ts';

// The same ones each time: a test that fails by chance helps nobody. Other seeds were tried by hand, and may be.
const SEED = 20_26;

describe('plays by chance beside ansible', needs('ansible-playbook'), () => {
  it('go the same way on every host, and come to the same', { timeout: 300_000 }, async () => {
    const plays = randomPlays(20, SEED);
    await inDirectory(async (directory) => {
      const both = await playBoth(directory, plays);

      // All of them, before one may fail: what still runs needs the directory.
      const courses = await Promise.all(both.map(async ({ theirs, ours }) => ({ theirs: await theirs, ours: await ours('classic') })));

      for (const [i, { theirs, ours }] of courses.entries()) assert.deepEqual(byHost(ours), byHost(theirs), plays[i]?.files['site.yml']);
    });
  });
});

/** What each host went through. Hosts that are not together in a task may come to it in another order. */
function byHost({ lines, recap, code }: Course): unknown {
  const hosts: Record<string, unknown[]> = {};
  for (const [task, results] of lines)
    for (const [host, told] of Object.entries(results)) {
      hosts[host] ??= [];
      hosts[host].push([task, told]);
    }
  return { hosts, recap, code };
}
