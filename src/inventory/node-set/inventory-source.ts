// The groups of an Ansible inventory as groups of node sets.
import type { Inventory } from '../inventory.ts';
import type { GroupSource } from './group-source.ts';

/** What `@inventory:web` means where an inventory is there. */
export const INVENTORY_SOURCE = 'inventory';

/** Names are taken as they are: an inventory knows no node sets. */
export function inventorySource(inventory: Inventory): GroupSource {
  return {
    name: INVENTORY_SOURCE,
    nodes: async (group) => await Promise.resolve(inventory.groups.has(group) ? inventory.hostsOf(group) : undefined),
    all: async () => await Promise.resolve([...inventory.hosts.keys()]),
    groups: async () => await Promise.resolve([...inventory.groups.keys()]),
  };
}
