// Node sets of the command line, with the groups that this call knows. It does not know what they are for.
import { NodeSet } from '../base/node-set/node-set.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { clusterShellDirectories, readClusterShellSources } from '../inventory/node-set/clustershell-config.ts';
import { NodeGroups } from '../inventory/node-set/node-groups.ts';
import type { Context } from './context.ts';

/** Groups of the inventory, where there is one, and of ClusterShell's configuration; neither is read before a group is wanted. */
export function nodeGroupsOf(
  inventory: () => Promise<Inventory | undefined>,
  { env, signal }: Pick<Context, 'env' | 'signal'>,
  defaultSource?: string,
): NodeGroups {
  const clusterShell = async () => await readClusterShellSources(clusterShellDirectories(env), { signal });
  return new NodeGroups({ inventory, clusterShell, defaultSource });
}

/**
 * The hosts of all these texts together; each of their lines is a node set of its own. Undefined for no texts.
 *
 * @param name - What they are called, for errors: `--nodes`.
 * @throws NodeSetError, and what the sources of groups throw.
 */
export async function readNodeSets(texts: readonly string[], groups: NodeGroups, name: string): Promise<NodeSet | undefined> {
  if (texts.length === 0) return undefined;
  const sets: NodeSet[] = [];
  for (const line of texts.flatMap((text) => text.split(/\r?\n/))) sets.push(await groups.read(line, name));
  return NodeSet.union(sets);
}

/** Node sets with blanks between them, and comments from `#` to the end of a line, as `nodeset` reads its input. */
export function pipedSets(text: string): string[] {
  return text.split('\n').flatMap((line) => line.replace(/#.*/, '').match(/\S+/g) ?? []);
}
