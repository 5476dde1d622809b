// The verb inventory: what the inventory says, in the forms of ansible-inventory.
import { toJson } from '../../base/value.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { type Flags, INVENTORY_FLAGS } from '../flags.ts';
import type { Verb } from '../verb.ts';

export const inventoryVerb: Verb = {
  name: 'inventory',
  summary: 'show groups, hosts and variables',
  notes: ['Variables are shown as they are, secrets included: somebody who may read the inventory asks for them.'],
  usage: '[--graph | --list | --host <name>] [flags]',
  words: [],
  flags: [...INVENTORY_FLAGS.filter((name) => name !== 'limit' && name !== 'extraVars' && name !== 'verbose'), 'graph', 'list', 'host'],
  examples: [
    { line: 'sshoal inventory --graph', meaning: 'groups and hosts as a tree' },
    { line: 'sshoal inventory --host web01', meaning: 'all variables of one host' },
    { line: 'sshoal inventory -i inventories/example.ini --list', meaning: 'everything, as ansible-inventory --list' },
  ],
  run: async ({ flags }, context) => {
    refuseTwoForms(flags);
    const { readWho } = await import('../who.ts');
    const { inventoryGraph, inventoryList } = await import('../../inventory/listing.ts');
    const { inventory } = await readWho(flags, context);
    if (flags.list) context.stdout.write(`${JSON.stringify(inventoryList(inventory), null, 4)}\n`);
    else if (flags.host !== undefined) context.stdout.write(`${JSON.stringify(toJson(inventory.host(flags.host).vars), null, 4)}\n`);
    else context.stdout.write(inventoryGraph(inventory));
    return EXIT.ok;
  },
};

function refuseTwoForms({ list, graph, host }: Flags): void {
  if ([list, graph, host !== undefined].filter(Boolean).length < 2) return;
  throw new UsageError('BAD_FLAG', '--list, --graph and --host exclude each other', { where: 'sshoal inventory', fix: 'Give one of them' });
}
