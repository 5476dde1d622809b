// The verb nodes beside ClusterShell's nodeset: the same flags, the same lines.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { sshoal } from './program-run.ts';

const CASES: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['fold', 'n1', 'n[2-4/2],m'],
    ['-f', 'n1', 'n[2-4/2],m'],
  ],
  [
    ['expand', 'n[08-11]', '-S', '\\n'],
    ['-S', '\\n', '-e', 'n[08-11]'],
  ],
  [
    ['count', 'n[1-4]', 'm1', '-x', 'n2'],
    ['-c', 'n[1-4]', 'm1', '-x', 'n2'],
  ],
  [
    ['diff', 'n[1-10]', 'n[3-4]', 'n9'],
    ['-f', 'n[1-10]', '-x', 'n[3-4]', '-x', 'n9'],
  ],
  [
    ['intersect', 'n[1-10]', 'n[3-40]'],
    ['-f', 'n[1-10]', '-i', 'n[3-40]'],
  ],
  [
    ['xor', 'n[1-10]', 'n[3-40]'],
    ['-f', 'n[1-10]', '-X', 'n[3-40]'],
  ],
  [
    ['split', '3', 'n[1-4],m[1-3]'],
    ['-f', '--split', '3', 'n[1-4],m[1-3]'],
  ],
  [
    ['contiguous', 'n[1-4,6],m[1-3]'],
    ['-f', '--contiguous', 'n[1-4,6],m[1-3]'],
  ],
  [
    ['slice', '1-2,4', 'n[1-4],m[1-3]'],
    ['-f', '-I', '1-2,4', 'n[1-4],m[1-3]'],
  ],
  [
    ['fold', 'n[1-9/2],n20', '--autostep', '80%'],
    ['-f', '--autostep', '80%', 'n[1-9/2],n20'],
  ],
  [
    ['fold', 'n[1-9/2]', '--autostep', 'auto'],
    ['-f', '--autostep', 'auto', 'n[1-9/2]'],
  ],
  [
    ['fold', 'r[1-2]c[1-3]', '--axis', '1'],
    ['-f', '--axis', '1', 'r[1-2]c[1-3]'],
  ],
  [
    ['fold', 'n[1-3]', '-O', '%s-ib0'],
    ['-f', '-O', '%s-ib0', 'n[1-3]'],
  ],
  [
    ['expand', 'n[1-3]', '-O', '<%s>'],
    ['-e', '-O', '<%s>', 'n[1-3]'],
  ],
];

describe('beside nodeset', needs('nodeset'), () => {
  it('writes the same lines', async () => {
    for (const [ours, theirs] of CASES) {
      const expected = spawnSync('nodeset', theirs, { encoding: 'utf8', timeout: 30_000 });
      const { stdout, stderr } = await sshoal(['nodes', ...ours]);

      assert.equal(stdout, expected.stdout, `${ours.join(' ')}: ${stderr}${expected.stderr}`);
    }
  });
});
