// Groups beside ClusterShell's nodeset, both reading the same configuration.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { parseNodeSet } from '#src/base/node-set/read';
import { readClusterShellSources } from '#src/inventory/node-set/clustershell-config';
import { NodeGroups } from '#src/inventory/node-set/node-groups';
import { needs } from '../../support/real.js';
import { withFiles } from '../temporary.js';
import { SITE, SITE_SETS } from './site.js';

const NODES = ['example0', 'example[0,2,4-5]', 'example[32-47]', 'example[0-300]', 'example[32-39,41],other', 'other'];

// Where groups are listed, ClusterShell 1.9 looks for the groups they name in the default source, even if they are in another:
// the sources asked here name theirs in full.
const PROGRAM = `
import json, sys
from ClusterShell.NodeSet import NodeSet, set_std_group_resolver_config, std_group_resolver
given = json.load(sys.stdin)
set_std_group_resolver_config(given['config'])
print(json.dumps({
    'sets': [str(NodeSet(text)) for text in given['sets']],
    'regrouped': [[NodeSet(text).regroup(source) for text in given['nodes']] for source in (None, 'rooms')],
    'groups': [sorted([group, str(part)] for group, (_, part) in NodeSet(text).groups('rooms').items()) for text in given['nodes']],
    'sources': sorted(std_group_resolver().sources()),
}))
`;

function ofClusterShell(directory: string): unknown {
  const input = JSON.stringify({ config: `${directory}/groups.conf`, sets: SITE_SETS, nodes: NODES });
  const run = spawnSync('/usr/bin/python3', ['-c', PROGRAM], { input, encoding: 'utf8', timeout: 60_000 });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}

async function ofSshoal(directory: string): Promise<unknown> {
  const groups = new NodeGroups({
    inventory: async () => await Promise.resolve(undefined),
    clusterShell: async () => await readClusterShellSources([directory]),
  });
  const each = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => await Promise.all(items.map(work));
  return {
    sets: await each(SITE_SETS, async (text) => (await groups.read(text)).toString()),
    regrouped: await each(
      [undefined, 'rooms'],
      async (source) => await each(NODES, async (text) => await groups.regroup(parseNodeSet(text), source)),
    ),
    groups: await each(NODES, async (text) =>
      (await groups.groupsOf(parseNodeSet(text), 'rooms')).map(({ group, part }) => [group, part.toString()]),
    ),
    sources: (await groups.sourceNames()).toSorted(),
  };
}

describe("beside ClusterShell's groups", needs('nodeset', 'python3'), () => {
  it('finds the same nodes, groups and sources', async () => {
    await withFiles(SITE, async (directory) => assert.deepEqual(await ofSshoal(directory), ofClusterShell(directory)));
  });
});
