// Node sets without ClusterShell at hand: what they promise, whatever is in them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NodeSet } from '#src/base/node-set/node-set';
import { parseNodeSet } from '#src/base/node-set/read';
import { expressions } from './expressions.js';

const pair = fc.tuple(expressions, expressions);

describe('a node set', () => {
  it('is read again as itself from its folded text, with steps or without', () => {
    fc.assert(
      fc.property(expressions, fc.integer({ min: 2, max: 5 }), (text, autostep) => {
        const nodes = parseNodeSet(text);

        assert.ok(parseNodeSet(nodes.toString()).equals(nodes));
        assert.ok(parseNodeSet(nodes.toString({ autostep })).equals(nodes));
        assert.ok(parseNodeSet(nodes.toString({ axes: [0] })).equals(nodes));
      }),
    );
  });

  it('has as many names as it says, all different, each at its place', () => {
    fc.assert(
      fc.property(expressions, (text) => {
        const nodes = parseNodeSet(text);

        const names = nodes.expand();

        assert.equal(new Set(names).size, nodes.size);
        assert.ok(names.every((name, i) => nodes.has(name) && nodes.at(i) === name && nodes.at(i - names.length) === name));
        assert.equal(nodes.at(names.length), undefined);
      }),
      { numRuns: 40 },
    );
  });

  it('is added, taken away, met and parted as sets of names are', () => {
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const [a, b] = [parseNodeSet(one), parseNodeSet(other)];
        const [mine, theirs] = [new Set(a), new Set(b)];

        assert.deepEqual(new Set(a.union(b)), new Set([...mine, ...theirs]));
        assert.deepEqual(new Set(a.intersection(b)), new Set([...mine].filter((name) => theirs.has(name))));
        assert.deepEqual(new Set(a.difference(b)), new Set([...mine].filter((name) => !theirs.has(name))));
        assert.ok(a.symmetricDifference(b).equals(a.union(b).difference(a.intersection(b))));
      }),
    );
  });

  it('comes in order in parts that differ by one name at most', () => {
    fc.assert(
      fc.property(expressions, fc.integer({ min: 1, max: 9 }), (text, count) => {
        const nodes = parseNodeSet(text);

        const parts = [...nodes.split(count)];

        const sizes = parts.map((part) => part.size);
        assert.equal(parts.length, Math.min(count, nodes.size));
        assert.ok(sizes.length === 0 || Math.max(...sizes) - Math.min(...sizes) <= 1);
        assert.deepEqual(new Set(parts.flatMap((part) => [...part])), new Set(nodes));
      }),
    );
  });

  it('gives some of its names at random, none twice, and all when there are no more', () => {
    const nodes = parseNodeSet('n[1-10]');

    assert.equal(nodes.pick(3, () => 0).toString(), 'n[1-3]');
    assert.equal(nodes.pick(3, () => 0.999).toString(), 'n[1-2,10]');
    assert.equal(nodes.pick(10).toString(), 'n[1-10]');
    assert.ok(nodes.isSupersetOf(nodes.pick(4)) && nodes.pick(4).size === 4);
    assert.throws(() => nodes.pick(0), { code: 'NODE_SET_SYNTAX' });
  });

  it('takes names as they are when they are no text to read', () => {
    const nodes = NodeSet.ofNames(['@web', 'a,b', 'n[1', 'n1!n2']);

    assert.deepEqual(nodes.expand().toSorted(), ['@web', 'a,b', 'n1!n2', 'n[1']);
  });

  it('counts, folds and cuts a range of a thousand million without writing it out', () => {
    const nodes = parseNodeSet('n[0-999999999]!n[5,7]');

    assert.equal(nodes.size, 999_999_998);
    assert.equal(nodes.toString(), 'n[0-4,6,8-999999999]');
    assert.equal(nodes.at(-1), 'n999999999');
    assert.deepEqual([...nodes.split(2)].map(String), ['n[0-4,6,8-500000000]', 'n[500000001-999999999]']);
    assert.equal(nodes[Symbol.iterator]().next().value, 'n0');
  });

  it('refuses to write out more than a million names, and says how many there are', () => {
    assert.throws(() => parseNodeSet('n[0-1000000]').expand(), { code: 'NODE_SET_TOO_LARGE', message: /1000001 names/ });
    assert.throws(() => parseNodeSet('n[0-9]').expand(9), { code: 'NODE_SET_TOO_LARGE' });
    assert.throws(() => parseNodeSet('n[0-999999999]').pick(3), { code: 'NODE_SET_TOO_LARGE' });
    assert.throws(() => parseNodeSet('n[0-999999999/2]'), { code: 'NODE_SET_SYNTAX', message: /500000000 numbers/ });
    assert.throws(() => parseNodeSet('r[1-9999]n[1-9999],r1n1x,r[2-3]n[3-10000]').toString(), { code: 'NODE_SET_TOO_LARGE' });
  });
});
