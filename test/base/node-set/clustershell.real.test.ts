// Node sets beside ClusterShell's own library: hundreds of expressions, each read, folded, cut and counted by both.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NodeSet } from '#src/base/node-set/node-set';
import { parseNodeSet } from '#src/base/node-set/read';
import { needs } from '../../support/real.js';
import { askClusterShell } from './clustershell.js';
import { EXPRESSIONS, expressions, WRONG } from './expressions.js';

function sshoalAnswer(text: string): object {
  const nodes = parseNodeSet(text);
  const names = [...nodes];
  return {
    folded: nodes.toString(),
    names,
    size: nodes.size,
    autostep: [3, 4].map((autostep) => nodes.toString({ autostep })),
    axes: [0, -1].map((axis) => nodes.toString({ axes: [axis] })),
    split: [...nodes.split(3)].map(String),
    contiguous: [...nodes.contiguous()].map(String),
    slice: nodes.slice(1, 5).toString(),
    again: NodeSet.ofNames(names).toString(),
  };
}

describe('beside ClusterShell', needs('nodeset', 'python3'), () => {
  it('reads and writes what people write alike', () => {
    const answers = askClusterShell(EXPRESSIONS);

    for (const text of EXPRESSIONS) assert.deepEqual(sshoalAnswer(text), answers.get(text), text);
  });

  it('reads and writes alike whatever the grammar has', () => {
    const texts = [...new Set(fc.sample(expressions, { numRuns: 300, seed: 20_260_101 }))];
    const answers = askClusterShell(texts);

    for (const text of texts) assert.deepEqual(sshoalAnswer(text), answers.get(text), text);
  });

  it('refuses what ClusterShell refuses', () => {
    const answers = askClusterShell(WRONG);

    for (const text of WRONG) {
      assert.ok(answers.get(text)?.error !== undefined, `ClusterShell reads ${text}`);
      assert.throws(() => parseNodeSet(text), { name: 'NodeSetError' }, text);
    }
  });
});
