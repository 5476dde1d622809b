// The module setup: facts of a host, gathered by one small script. It does not know who asks.
import { dict } from '../base/value.ts';
import { ask, finished } from './answer.ts';
import { factsOf } from './facts.ts';
import { globSource } from './glob.ts';
import { textsOf } from './params.ts';
import { PROBE } from './probe.ts';
import { reportingScript } from './script.ts';
import type { Module } from './seam.ts';

/** `setup`: the facts playbooks use, under the names and in the shapes of ansible 2.14; not its hundreds. */
export const setup: Module = {
  name: 'setup',
  summary: 'Gathers facts about the host',
  params: {
    filter: { type: 'list', elements: 'str', default: [], description: 'globs: only facts whose names match are kept' },
    gather_subset: { type: 'list', elements: 'str', default: ['all'], description: 'without effect: all facts come in one round trip' },
    gather_timeout: { type: 'int', default: 10, description: 'without effect: the task has a timeout of its own' },
    fact_path: { type: 'path', default: '/etc/ansible/facts.d', description: 'without effect: local facts are not read' },
  },
  checkMode: 'inspects',
  compile(params, context) {
    const filters = (textsOf(params, 'filter') ?? []).filter((glob) => glob !== '' && glob !== '*').map(globRegex);
    return ask(reportingScript(context, {}, PROBE), context, (report) => {
      const facts = factsOf(report);
      const kept = [...facts].filter(([name]) => filters.length === 0 || filters.some((regex) => regex.test(String(name))));
      return finished({ changed: false, failed: false, values: dict({ ansible_facts: new Map(kept) }) });
    });
  },
};

// A name may be given without its prefix.
function globRegex(glob: string): RegExp {
  return new RegExp(`^(?:ansible_)?${globSource(glob)}$`, 's');
}
