// The verb inventory: what the inventory says, in the forms of ansible-inventory.
import path from 'node:path';
import type { Value } from '../../base/value.ts';
import type { ListingOptions } from '../../inventory/listing.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { type Flags, INVENTORY_FLAGS } from '../flags.ts';
import type { Verb } from '../verb.ts';

export const inventoryVerb: Verb = {
  name: 'inventory',
  summary: 'show groups, hosts and variables',
  notes: [
    'Variables are shown as they are, secrets included: somebody who may read the inventory asks for them. Values that are encrypted one by one stay so; files that are encrypted as a whole are opened.',
  ],
  usage: '[--graph [group] | --list | --host <name>] [flags]',
  words: [{ form: '[group]', meaning: 'with --graph: where to begin; all when not given' }],
  flags: [
    ...INVENTORY_FLAGS.filter((name) => name !== 'limit' && name !== 'extraVars' && name !== 'verbose'),
    'graph',
    'list',
    'host',
    'vars',
    'export',
    'yaml',
    'playbookDir',
  ],
  examples: [
    { line: 'sshoal inventory --graph', meaning: 'groups and hosts as a tree' },
    { line: 'sshoal inventory --host web01', meaning: 'all variables of one host' },
    { line: 'sshoal inventory -i inventories/example.ini --list', meaning: 'everything, as ansible-inventory --list' },
    { line: 'sshoal inventory -i old.ini --list --yaml --export > hosts.yml', meaning: 'turn an inventory into YAML' },
  ],
  run: async ({ flags, words: [group] }, context) => {
    refuseTwoForms(flags, group);
    const { readWho } = await import('../who.ts');
    const { keepValuesSealed } = await import('../../inventory/vault/vault-keys.ts');
    const { hostVarsOf, inventoryGraph, inventoryList, inventoryTree } = await import('../../inventory/listing.ts');
    const { readVaultKeys } = await import('../vault-passwords.ts');
    const { inventory } = await readWho(flags, context, undefined, keepValuesSealed(await readVaultKeys(flags, context)));
    const playbookDirectory = flags.playbookDir === undefined ? undefined : path.resolve(context.cwd, flags.playbookDir);
    const options: ListingOptions = { export: flags.export, playbookDirectory };
    if (flags.list) {
      const listing = flags.yaml ? inventoryTree(inventory, options) : inventoryList(inventory, options);
      context.stdout.write(await written(listing, flags));
    } else if (flags.host === undefined) {
      context.stdout.write(inventoryGraph(inventory, { playbookDirectory, group, vars: flags.vars }));
    } else {
      context.stdout.write(await written(hostVarsOf(inventory.host(flags.host).name, inventory, options), flags));
    }
    return EXIT.ok;
  },
};

async function written(value: Value, { yaml }: Flags): Promise<string> {
  const { inventoryJson, inventoryYaml } = await import('../../inventory/listing.ts');
  return yaml ? inventoryYaml(value) : inventoryJson(value);
}

function refuseTwoForms({ list, graph, host, vars, export: exported, yaml }: Flags, group: string | undefined): void {
  const refuse = (message: string, fix: string): never => {
    throw new UsageError('BAD_FLAG', message, { where: 'sshoal inventory', fix });
  };
  if ([list, graph, host !== undefined].filter(Boolean).length > 1)
    refuse('--list, --graph and --host exclude each other', 'Give one of them');
  const drawsGraph = !list && host === undefined;
  if ((vars || group !== undefined) && !drawsGraph)
    refuse('A group and --vars belong to --graph', 'Leave them out; --list shows all variables');
  if ((exported || yaml) && drawsGraph) refuse('--export and --yaml belong to --list and --host', 'Add --list');
}
