// Which collectors gather_subset selects, and which facts a filter keeps.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toJson } from '#src/base/value';
import { filterFacts } from '#src/modules/facts/gather';
import { COLLECTORS } from '#src/modules/facts/registry';
import { selectCollectors } from '#src/modules/facts/subsets';
import { compileModule } from '../run-steps.js';

const selected = (...subset: string[]) => {
  const selection = selectCollectors(COLLECTORS, subset);
  return selection.kind === 'bad' ? selection.msg : selection.collectors.map((one) => one.name);
};

describe('gather_subset', () => {
  it('selects all, or the minimum', () => {
    const [all, none, minimum] = [selected('all'), selected(), selected('!all')];

    assert.deepEqual(none, all);
    assert.equal(all.length, COLLECTORS.length);
    assert.equal(minimum.includes('platform') && minimum.includes('local'), true);
    assert.equal(
      ['hardware', 'network', 'virtual', 'loadavg', 'chroot'].some((name) => minimum.includes(name)),
      false,
    );
    assert.deepEqual(selected('!all', '!min'), []);
    assert.deepEqual(selected('min'), minimum);
  });

  it('adds what is named, and what that needs before it', () => {
    assert.deepEqual(selected('!all', '!min', 'service_mgr'), ['platform', 'distribution', 'service_mgr']);
    assert.deepEqual(selected('!all', '!min', 'interfaces'), ['platform', 'distribution', 'network']);
    assert.deepEqual(selected('!all', '!min', 'facter'), []);
  });

  it('leaves out a subject with all its facts, unless it is also named', () => {
    assert.equal(selected('all', '!hardware').includes('hardware'), false);
    assert.equal(selected('all', '!mounts').includes('hardware'), true);
    assert.equal(selected('all', '!hardware', 'hardware').includes('hardware'), true);
    assert.deepEqual(selected('all', '!nonsense'), selected('all'));
  });

  it('refuses to select what does not exist', () => {
    const step = compileModule('setup', { gather_subset: ['nonsense'] });

    assert.match(
      String(selected('nonsense')),
      /^Bad subset 'nonsense' given to Ansible\. gather_subset options allowed: all, all_ipv4_addresses, /,
    );
    assert.equal(step.kind === 'finished' && step.result.failed, true);
  });
});

describe('filter', () => {
  const facts = new Map([
    ['ansible_eth0', 'a'],
    ['ansible_eth1', 'b'],
    ['ansible_lo', 'c'],
    ['module_setup', 'd'],
  ]);

  for (const [globs, kept] of [
    [[], ['ansible_eth0', 'ansible_eth1', 'ansible_lo', 'module_setup']],
    [[''], ['ansible_eth0', 'ansible_eth1', 'ansible_lo', 'module_setup']],
    [['*'], ['ansible_eth0', 'ansible_eth1', 'ansible_lo', 'module_setup']],
    [['eth[0-9]'], ['ansible_eth0', 'ansible_eth1']],
    [['ansible_eth?'], ['ansible_eth0', 'ansible_eth1']],
    [
      ['eth[!0]', 'l*'],
      ['ansible_eth1', 'ansible_lo'],
    ],
    [['ansible_*'], ['ansible_eth0', 'ansible_eth1', 'ansible_lo']],
    [['*setup'], ['module_setup']],
    [['eth.'], []],
  ] as const) {
    it(`${JSON.stringify(globs)} keeps ${kept.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(Object.keys(toJson(filterFacts(facts, globs)) as object), kept);
    });
  }
});
