// The module setup: facts of a host, gathered by one small script. It does not know who asks.
import { dict } from '../base/value.ts';
import { factsOf, filterFacts } from './facts/gather.ts';
import { FACT_PATH, localWarnings } from './facts/local.ts';
import { probeOf } from './facts/probe.ts';
import { COLLECTORS } from './facts/registry.ts';
import { selectCollectors } from './facts/subsets.ts';
import { textOf, textsOf } from './parameters/params.ts';
import { ask, failed, finished } from './script/answer.ts';
import { reportingScript } from './script/script.ts';
import type { Module } from './seam.ts';

/** As ansible 2.14, which takes 0 for it too. */
const GATHER_TIMEOUT_SECONDS = 10;

/** `setup`: facts under the names, in the shapes and with the values of ansible 2.14. */
export const setup: Module = {
  name: 'setup',
  summary: 'Gathers facts about the host',
  params: {
    filter: { type: 'list', elements: 'str', default: [], description: 'globs: only facts whose names match are kept' },
    gather_subset: {
      type: 'list',
      elements: 'str',
      default: ['all'],
      description: 'all, min, network, hardware, virtual, or one subject; with ! in front: all but that',
    },
    gather_timeout: {
      type: 'int',
      default: GATHER_TIMEOUT_SECONDS,
      description: 'seconds for what may hang: sizes of mounts, the name of the host',
    },
    fact_path: { type: 'path', default: FACT_PATH, description: 'where the host keeps facts of its own, in *.fact' },
  },
  checkMode: 'inspects',
  compile(params, context) {
    const subset = textsOf(params, 'gather_subset') ?? ['all'];
    const selection = selectCollectors(COLLECTORS, subset);
    if (selection.kind === 'bad') return failed(selection.msg);
    const timeout = Number(params.gather_timeout ?? 0) || GATHER_TIMEOUT_SECONDS;
    const probe = probeOf(selection.collectors, timeout);
    return ask(reportingScript(context, { fact_path: textOf(params, 'fact_path') ?? FACT_PATH }, probe), context, (report) => {
      const facts = factsOf(selection.collectors, report.values);
      const about = dict({ gather_subset: [...subset], module_setup: true });
      const warnings = localWarnings(facts.get('ansible_local'));
      const kept = filterFacts(new Map([...facts, ...about]), textsOf(params, 'filter') ?? []);
      return finished({
        changed: false,
        failed: false,
        values: dict({ ansible_facts: kept, warnings: warnings.length > 0 ? warnings : undefined }),
      });
    });
  },
};
