// The group files of ClusterShell: YAML with sources, their groups, and a node set or a list of them for each.
import { NodeSetError } from '../../base/node-set/errors.ts';
import type { Position } from '../../base/position.ts';
import { parseYaml, type YamlEntry, type YamlNode } from '../../base/yaml.ts';
import type { GroupSource } from './group-source.ts';

/**
 * Reads a group file, as ClusterShell 1.9 its `groups.d/*.yaml`.
 *
 * @throws NodeSetError NODE_SET_CONFIG; YamlError.
 */
export function readYamlSources(text: string, file: string): GroupSource[] {
  return parseYaml(text, file).flatMap((tree) =>
    entriesOf(tree, 'The file').map((entry) => {
      const name = nameOf(entry);
      const groups = new Map(entriesOf(entry.node, `The source ${name}`).map((group) => [nameOf(group), nodesOf(group.node)]));
      return yamlSource(name, groups);
    }),
  );
}

function yamlSource(name: string, groups: ReadonlyMap<string, string>): GroupSource {
  return {
    name,
    nodes: async (group) => await Promise.resolve(groups.get(group)),
    // As in ClusterShell, a group of this name says what all means.
    all: async () => await Promise.resolve(groups.get('all')),
    groups: async () => await Promise.resolve([...groups.keys()]),
  };
}

function entriesOf(node: YamlNode, what: string): readonly YamlEntry[] {
  if (node.kind === 'map') return node.entries;
  throw configError(`${what} is no map of names`, node.position, 'Write a source, below it its groups, and a node set for each');
}

function nameOf({ key, keyPosition }: YamlEntry): string {
  if (typeof key === 'string') return key;
  throw configError(`The name ${String(key)} is no text`, keyPosition, 'Put it in quotes');
}

function nodesOf(node: YamlNode): string {
  if (node.kind === 'list') return node.items.map(nodesOf).join();
  if (node.kind === 'scalar' && node.value === null) return '';
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value.trim().split(/\s+/).join();
  throw configError('The nodes of a group are no text', node.position, "Write a node set in quotes, or a list of them: 'node[1-5]'");
}

function configError(message: string, where: Position, fix: string): NodeSetError {
  return new NodeSetError('NODE_SET_CONFIG', message, { where, fix });
}
