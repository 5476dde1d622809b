// Node sets asked of one name after the other.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nodeMask } from '#src/base/node-set/node-mask';
import { parseNodeSet } from '#src/base/node-set/read';

const NAMES = ['web1', 'web2', 'web01', 'web02', 'web10', 'db1', 'db2', 'db-a', 'gw'];

describe('a node mask', () => {
  it('means the same names as the node set that is written so', () => {
    const term = fc.constantFrom('web[1-2]', 'web[01-10]', 'web1', 'db[1-9]', 'gw', 'db-a');
    const operators = fc.array(fc.tuple(fc.constantFrom(',', '!', '&', '^'), term), { maxLength: 4 });

    fc.assert(
      fc.property(term, operators, (first, rest) => {
        const text = first + rest.map((pair) => pair.join('')).join('');
        const expected = new Set(parseNodeSet(text).expand());
        for (const mask of [nodeMask(text), nodeMask(`${text},no*one`)]) {
          assert.deepEqual(
            NAMES.filter(mask),
            NAMES.filter((name) => expected.has(name)),
          );
        }
      }),
    );
  });

  it('takes wildcards, with ranges and operators around them', () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['web*', ['web1', 'web2', 'web01', 'web02', 'web10']],
      ['db?', ['db1', 'db2']],
      ['*!web*', ['db1', 'db2', 'db-a', 'gw']],
      ['?b[1-2]', ['db1', 'db2']],
      ['w*&*0?', ['web01', 'web02']],
      ['*^gw', NAMES.filter((name) => name !== 'gw')],
    ];
    for (const [text, expected] of cases) assert.deepEqual(NAMES.filter(nodeMask(text)), expected, text);
  });

  it('refuses groups and what is no node set', () => {
    for (const text of ['@web', '@*', 'web*,@db']) assert.throws(() => nodeMask(text, '--host'), { code: 'NODE_SET_GROUP' }, text);
    for (const text of ['web[', 'web*,,', 'web[1-']) assert.throws(() => nodeMask(text, '--host'), { code: 'NODE_SET_SYNTAX' }, text);
  });
});
