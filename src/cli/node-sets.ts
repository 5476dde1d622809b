// Node sets of the command line, with the groups that this call knows. It does not know what they are for.
import { addAbortSignal, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
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

/**
 * The node sets that are piped in, as `nodeset` reads them: with blanks between, and comments from `#` to the end of a line.
 *
 * @throws The reason of the signal, when somebody interrupts.
 */
export async function readPipedSets(
  { stdin, signal }: Pick<Context, 'stdin' | 'signal'>,
  groups: NodeGroups,
): Promise<NodeSet | undefined> {
  try {
    // Destroyed on an interrupt: an open pipe would keep the program from ending.
    const piped = await text(addAbortSignal(signal, stdin as Readable));
    const words = piped.split('\n').flatMap((line) => line.replace(/#.*/, '').match(/\S+/g) ?? []);
    return await readNodeSets(words, groups, 'stdin');
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
