// The verb inventory: what the inventory says, in the forms of ansible-inventory.
import { toJson } from '../../base/value.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { type Flags, NODE_FLAGS } from '../flags.ts';
import type { Verb } from '../verb.ts';

export const inventoryVerb: Verb = {
  name: 'inventory',
  summary: 'show groups, hosts and variables',
  notes: ['Variables are shown as they are, secrets included: somebody who may read the inventory asks for them.'],
  usage: '[--graph | --list | --host <name> | -w <set>] [flags]',
  words: [],
  flags: ['inventory', 'graph', 'list', 'host', ...NODE_FLAGS],
  examples: [
    { line: 'sshoal inventory --graph', meaning: 'groups and hosts as a tree' },
    { line: 'sshoal inventory --host web01', meaning: 'all variables of one host' },
    { line: 'sshoal inventory -w @web', meaning: 'all variables of each host of a node set' },
    { line: 'sshoal inventory -i inventories/example.ini --list', meaning: 'everything, as ansible-inventory --list' },
  ],
  run: async ({ flags }, context) => {
    refuseTwoForms(flags);
    const { readWho, selectHosts } = await import('../who.ts');
    const { inventoryGraph, inventoryList } = await import('../../inventory/listing.ts');
    const who = await readWho(flags, context);
    const { inventory } = who;
    if (who.nodes !== undefined)
      context.stdout.write(json(Object.fromEntries(selectHosts(who, '', flags).map(({ name, vars }) => [name, toJson(vars)]))));
    else if (flags.list) context.stdout.write(json(inventoryList(inventory)));
    else if (flags.host !== undefined) context.stdout.write(json(toJson(inventory.host(flags.host).vars)));
    else context.stdout.write(inventoryGraph(inventory));
    return EXIT.ok;
  },
};

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 4)}\n`;
}

function refuseTwoForms({ list, graph, host, nodes, excludeNodes }: Flags): void {
  if (excludeNodes.length > 0 && nodes.length === 0)
    throw new UsageError('BAD_FLAG', '--exclude-nodes needs --nodes here', {
      where: 'sshoal inventory',
      fix: "Write -w '@*' for all hosts",
    });
  if ([list, graph, host !== undefined, nodes.length > 0].filter(Boolean).length < 2) return;
  throw new UsageError('BAD_FLAG', '--list, --graph, --host and --nodes exclude each other', {
    where: 'sshoal inventory',
    fix: 'Give one of them',
  });
}
