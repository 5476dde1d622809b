// Groups of node sets, wherever they come from: the inventory first, ClusterShell's configuration beside it. It knows no file.
import type { Where } from '../../base/errors.ts';
import { NodeSetError } from '../../base/node-set/errors.ts';
import { type FoldOptions, NodeSet } from '../../base/node-set/node-set.ts';
import { type AskForGroup, type GroupAnswer, parseNodeSet, resolveNodeSet } from '../../base/node-set/read.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Inventory } from '../inventory.ts';
import type { ClusterShellSources } from './clustershell-config.ts';
import type { GroupSource } from './group-source.ts';
import { INVENTORY_SOURCE, inventorySource } from './inventory-source.ts';

/** Where groups come from. Each is asked once, when a group is wanted that it could have. */
export interface GroupOrigins {
  readonly inventory: () => Promise<Inventory | undefined>;
  readonly clusterShell: () => Promise<ClusterShellSources>;
  /** The source of groups without one. Default: the inventory, else what ClusterShell's configuration says. */
  readonly defaultSource?: string | undefined;
}

/** A group, and how much of it some nodes are. */
export interface GroupShare {
  /** As it is written: `@web`, `@racks:old`. */
  readonly group: string;
  readonly whole: NodeSet;
  readonly part: NodeSet;
}

/**
 * @example
 * ```ts
 * const groups = new NodeGroups({
 *   inventory: async () => await Inventory.load(['hosts.ini']),
 *   clusterShell: async () => await readClusterShellSources(clusterShellDirectories(process.env)),
 * });
 * (await groups.read('@web!web07,@racks:rack[1-2]')).toString();
 * ```
 */
export class NodeGroups {
  readonly #inventory: () => Promise<GroupSource | undefined>;
  readonly #clusterShell: () => Promise<ClusterShellSources>;
  readonly #default: string | undefined;

  constructor({ inventory, clusterShell, defaultSource }: GroupOrigins) {
    this.#inventory = once(async () => {
      const found = await inventory();
      return found === undefined ? undefined : inventorySource(found);
    });
    this.#clusterShell = once(clusterShell);
    this.#default = defaultSource;
  }

  /**
   * Reads a node set with its groups. @param name - What the text is called, for errors.
   *
   * @throws NodeSetError, and what the origins throw.
   */
  async read(text: string, name?: string): Promise<NodeSet> {
    return await resolveNodeSet(text, this.#ask, name);
  }

  /** The names of all sources, the default one first. */
  async sourceNames(): Promise<string[]> {
    const [inventory, { sources, defaultSource }] = await Promise.all([this.#inventory(), this.#clusterShell()]);
    const all = [...(inventory === undefined ? [] : [INVENTORY_SOURCE]), ...[...sources.keys()].filter((name) => inventory?.name !== name)];
    const first = this.#default ?? inventory?.name ?? defaultSource;
    return all.toSorted((a, b) => Number(b === first) - Number(a === first));
  }

  /**
   * All groups of a source that these nodes are in, by name; all there are when no nodes are given.
   *
   * @param source - Written into the names when given; the default one when not.
   * @throws NodeSetError NODE_SET_GROUP when there is no such source, or it cannot say which groups it has.
   */
  async groupsOf(nodes: NodeSet | undefined, source?: string): Promise<GroupShare[]> {
    const where = source ?? 'groups';
    const found = await this.#source(source, where);
    const names = namesOf(await listOf(found, where));
    const prefix = source === undefined ? '@' : `@${source}:`;
    const shares: GroupShare[] = [];
    for (const name of names.toSorted()) {
      const whole = await this.read(`@${found.name}:${name}`, where);
      const part = nodes === undefined ? whole : whole.intersection(nodes);
      if (nodes === undefined || !part.isEmpty) shares.push({ group: `${prefix}${name}`, whole, part });
    }
    return shares;
  }

  /**
   * The nodes written with the groups that all of their nodes are among, the largest first: `@racks:old,node7`.
   *
   * @param source - As for {@link NodeGroups.groupsOf}.
   */
  async regroup(nodes: NodeSet, source?: string, options: FoldOptions = {}): Promise<string> {
    const full = (await this.groupsOf(nodes, source)).filter(({ whole, part }) => whole.size === part.size);
    const used: string[] = [];
    let rest = nodes;
    for (const { group, whole } of full.toSorted((a, b) => b.whole.size - a.whole.size)) {
      if (!rest.isSupersetOf(whole)) continue;
      used.push(group);
      rest = rest.difference(whole);
    }
    return [NodeSet.ofNames(used), rest]
      .filter((set) => !set.isEmpty)
      .map((set) => set.toString(options))
      .join();
  }

  readonly #ask: AskForGroup = async (question) => {
    const { kind, where } = question;
    const source = await this.#source(question.source, where);
    if (kind === 'groups') return await listOf(source, where);
    if (kind === 'all')
      return (
        (await source.all()) ??
        namesOf(await listOf(source, where))
          .map((group) => `@${group}`)
          .join()
      );
    const nodes = await source.nodes(question.group);
    if (nodes !== undefined) return nodes;
    const known = await source.groups();
    throw groupError(
      `The source ${source.name} has no group \`${question.group}\``,
      where,
      didYouMean(question.group, known === undefined ? [] : namesOf(known), 'See the groups there are: sshoal nodes list-groups'),
    );
  };

  async #source(name: string | undefined, where: Where): Promise<GroupSource> {
    const wanted = name ?? this.#default;
    const inventory = wanted === undefined || wanted === INVENTORY_SOURCE ? await this.#inventory() : undefined;
    if (inventory !== undefined) return inventory;
    const { sources, defaultSource } = await this.#clusterShell();
    const source = sources.get(wanted ?? defaultSource ?? '');
    if (source !== undefined) return source;
    if (wanted === undefined)
      throw groupError('There are no groups', where, 'Give an inventory with -i, or set up the groups.conf of ClusterShell');
    throw groupError(`There is no group source \`${wanted}\``, where, didYouMean(wanted, await this.sourceNames()));
  }
}

async function listOf(source: GroupSource, where: Where): Promise<GroupAnswer> {
  const groups = await source.groups();
  if (groups !== undefined) return groups;
  throw groupError(
    `The source ${source.name} cannot say which groups it has`,
    where,
    'Add list: and a command to its section of groups.conf',
  );
}

function namesOf(groups: GroupAnswer): readonly string[] {
  return typeof groups === 'string' ? parseNodeSet(groups, 'names of groups').expand() : groups;
}

function groupError(message: string, where: Where, fix: string): NodeSetError {
  return new NodeSetError('NODE_SET_GROUP', message, { where, fix });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return async () => {
    made ??= make();
    return await made;
  };
}
