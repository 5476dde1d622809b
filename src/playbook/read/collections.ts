// Collections as ansible-galaxy lays them out: where their roles and playbooks are. It reads none of them.
import path from 'node:path';
import { isDirectory, isFile } from './task-files.ts';

/** `namespace.collection.name`, with directories between where there are some: `acme.web.sites.blog`. */
const QUALIFIED = /^(\w+\.\w+)\.(\w+(?:\.\w+)*)$/;

/** Where collections are looked for. */
export interface CollectionSearch {
  /** Each holds `ansible_collections/<namespace>/<collection>`. */
  readonly directories: readonly string[];
  /** What a name without a collection may be of, the first one first. */
  readonly collections: readonly string[];
}

/** The directory of a role, asked for with its collection or as one of those that are searched; undefined where there is none. */
export function roleInCollections(name: string, { directories, collections }: CollectionSearch): string | undefined {
  const [, named, rest = ''] = QUALIFIED.exec(name) ?? [];
  const wanted = named === undefined ? collections.map((one) => [one, name] as const) : [[named, rest] as const];
  return wanted
    .flatMap(([collection, role]) => directories.map((one) => path.join(placeOf(one, collection), 'roles', ...role.split('.'))))
    .find(isDirectory);
}

/** The file of a playbook, asked for with its collection; undefined where there is none. */
export function playbookInCollections(name: string, directories: readonly string[]): string | undefined {
  const [, collection, rest = ''] = QUALIFIED.exec(name.replace(/\.ya?ml$/, '')) ?? [];
  if (collection === undefined) return undefined;
  return directories
    .map((one) => path.join(placeOf(one, collection), 'playbooks', ...rest.split('.')))
    .flatMap((base) => [`${base}.yml`, `${base}.yaml`])
    .find(isFile);
}

/** Whether a name can be that of something in a collection. */
export function isQualified(name: string): boolean {
  return QUALIFIED.test(name);
}

/** The collection that a role or playbook is part of. */
interface Membership {
  readonly collection: string;
  /** The directory that the collection was found in. */
  readonly directory: string;
}

/** Of a directory of a role, or of playbooks; undefined where that is part of none. */
export function membershipOf(place: string): Membership | undefined {
  const parts = /^(.*)[/\\]ansible_collections[/\\](\w+)[/\\](\w+)[/\\](?:roles|playbooks)(?:[/\\]|$)/.exec(place);
  if (parts === null) return undefined;
  const [, directory = '', namespace, name] = parts;
  return { collection: `${namespace}.${name}`, directory };
}

function placeOf(directory: string, collection: string): string {
  return path.join(directory, 'ansible_collections', ...collection.split('.'));
}
