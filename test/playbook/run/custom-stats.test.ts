// Figures of a run on their way out: the recap, the journal, the text and the JSON.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dict, Float } from '#src/base/value';
import { CustomStats } from '#src/playbook/run/custom-stats';

describe('custom stats', () => {
  it('are none where nobody kept any', () => {
    assert.equal(new CustomStats().all, undefined);
  });

  it('keep the first of two that do not go together', () => {
    const stats = new CustomStats();
    const take = (value: Parameters<typeof dict>[0]): void => stats.take({ data: dict(value), perHost: false, aggregate: true }, ['a']);

    take({ text: 'a', number: 1, float: new Float(0.5), list: [1], none: null });
    take({ text: 1, number: 'b', float: new Float(1), list: 2, none: 3 });

    assert.deepEqual(stats.all?.get('_run'), dict({ text: 'a', number: 1, float: new Float(1.5), list: [1], none: null }));
  });
});
