// The verb inventory: what the inventory says, in the forms of ansible-inventory.
import path from 'node:path';
import type { Value } from '../../base/value.ts';
import type { ListingOptions } from '../../inventory/listing.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { NODE_FLAGS, VAULT_FLAGS } from '../flag-groups.ts';
import type { Flags } from '../flags.ts';
import type { Verb } from '../verb.ts';

export const inventoryVerb: Verb = {
  name: 'inventory',
  summary: 'show groups, hosts and variables',
  notes: [
    'Variables are shown as they are, secrets included: somebody who may read the inventory asks for them. Values that are encrypted one by one stay so; files that are encrypted as a whole are opened.',
  ],
  usage: '[--graph [group] | --list | --host <name> | -w <set>] [flags]',
  words: [{ form: '[group]', meaning: 'with --graph: where to begin; all when not given' }],
  flags: ['inventory', ...VAULT_FLAGS, 'graph', 'list', 'host', ...NODE_FLAGS, 'vars', 'export', 'yaml', 'playbookDir'],
  examples: [
    { line: 'sshoal inventory --graph', meaning: 'groups and hosts as a tree' },
    { line: 'sshoal inventory --host web01', meaning: 'all variables of one host' },
    { line: 'sshoal inventory -w @web', meaning: 'all variables of each host of a node set' },
    { line: 'sshoal inventory -i inventories/example.ini --list', meaning: 'everything, as ansible-inventory --list' },
    { line: 'sshoal inventory -i old.ini --list --yaml --export > hosts.yml', meaning: 'turn an inventory into YAML' },
  ],
  run: async ({ flags, words }, context) => {
    // With --nodes there is no first word, which is then empty.
    const group = words[0] || undefined;
    refuseTwoForms(flags, group);
    const { readWho, selectHosts } = await import('../who.ts');
    const { readVaultKeys } = await import('../vault-passwords.ts');
    const { keepValuesSealed } = await import('../../inventory/vault/vault-keys.ts');
    const { hostVarsOf, inventoryGraph, inventoryList, inventoryTree } = await import('../../inventory/listing.ts');
    const who = await readWho(flags, context, undefined, keepValuesSealed(await readVaultKeys(flags, context)));
    const { inventory } = who;
    const playbookDirectory = flags.playbookDir === undefined ? undefined : path.resolve(context.cwd, flags.playbookDir);
    const options: ListingOptions = { export: flags.export, playbookDirectory };
    if (who.nodes !== undefined) {
      const hosts = selectHosts(who, '', flags).map(({ name, vars }): [string, Value] => [name, vars]);
      context.stdout.write(await written(new Map(hosts), flags));
    } else if (flags.list) {
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

function refuseTwoForms(flags: Flags, group: string | undefined): void {
  const { list, graph, host, nodes, excludeNodes, vars, yaml } = flags;
  const refuse = (message: string, fix: string): never => {
    throw new UsageError('BAD_FLAG', message, { where: 'sshoal inventory', fix });
  };
  if (excludeNodes.length > 0 && nodes.length === 0) refuse('--exclude-nodes needs --nodes here', "Write -w '@*' for all hosts");
  if ([list, graph, host !== undefined, nodes.length > 0].filter(Boolean).length > 1)
    refuse('--list, --graph, --host and --nodes exclude each other', 'Give one of them');
  const drawsGraph = !list && host === undefined && nodes.length === 0;
  if ((vars || group !== undefined) && !drawsGraph)
    refuse('A group and --vars belong to --graph', 'Leave them out; --list shows all variables');
  if (yaml && drawsGraph) refuse('--yaml belongs to --list, --host and --nodes', 'Add --list');
  if (flags.export && !list && host === undefined) refuse('--export belongs to --list and --host', 'Add --list');
  if (flags.playbookDir !== undefined && nodes.length > 0) refuse('--playbook-dir has no meaning with --nodes', 'Use --host');
}
