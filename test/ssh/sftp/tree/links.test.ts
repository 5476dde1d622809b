// Links of a host that may be made here, and those that may not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leadsOut } from '#src/ssh/sftp/tree/links';

const TABLE: readonly [path: string, target: string, out: boolean][] = [
  ['a', 'b', false],
  ['a', './b//c', false],
  ['sub/a', '../b', false],
  ['sub/deep/a', '../../b/c', false],
  ['sub/a', '..', false],
  ['a', '.', false],
  ['a', '..', true],
  ['a', '../b', true],
  ['sub/a', '../../b', true],
  ['a', '/etc/passwd', true],
  ['a', '', true],
  ['sub/deep/a', 'x/../../b', true],
  ['a', 'b/..', true],
  ['a', 'C:\\Windows', true],
];

describe('a link of a host', () => {
  for (const [path, target, out] of TABLE) {
    it(`at ${path} to ${JSON.stringify(target)} ${out ? 'may lead out of the tree' : 'stays in the tree'}`, () => {
      assert.equal(leadsOut({ path, target }), out);
    });
  }
});
