// lookup inventory_hostnames: the hosts of the inventory that patterns pick.
import { isDict } from '../../base/value.ts';
import { PatternError } from '../../inventory/errors.ts';
import { matchPattern } from '../../inventory/pattern.ts';
import type { Lookup } from './seam.ts';
import { textTerm } from './terms.ts';

export const inventoryHostnames: Lookup = {
  name: 'inventory_hostnames',
  summary: 'hosts of the inventory that patterns pick',
  options: {},
  find: (terms, _options, { scope }) => {
    const value = scope.get('groups');
    const groups = new Map(isDict(value) ? [...value].map(([name, hosts]) => [String(name), hosts as string[]]) : []);
    const space = {
      hosts: new Set(groups.get('all') ?? []),
      groups: [...groups.keys()],
      hostsOf: (name: string) => groups.get(name) ?? [],
    };
    try {
      return matchPattern(
        terms.map((term) => textTerm('inventory_hostnames', term)),
        space,
      );
    } catch (error) {
      // As in Ansible: a pattern of nobody picks nobody.
      if (error instanceof PatternError) return [];
      throw error;
    }
  },
};
