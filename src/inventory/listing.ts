// An inventory as people and other tools read it: ansible-inventory's JSON and graph.
import { toJson } from '../base/value.ts';
import type { Inventory } from './inventory.ts';

/** As `ansible-inventory --list`: groups with hosts and children, and the variables of every host under `_meta`. */
export function inventoryList(inventory: Inventory): Record<string, unknown> {
  const list: Record<string, unknown> = { _meta: { hostvars: hostVars(inventory) } };
  const visit = (name: string): void => {
    const group = inventory.groups.get(name);
    if (group === undefined || name in list) return;
    const children = group.children.filter((child) => child !== 'ungrouped' || name === 'all');
    const entry = {
      ...(children.length === 0 ? {} : { children }),
      ...(group.hosts.length === 0 || name === 'all' ? {} : { hosts: group.hosts }),
    };
    if (Object.keys(entry).length > 0) list[name] = entry;
    for (const child of children) visit(child);
  };
  visit('all');
  return list;
}

/** As `ansible-inventory --graph`: one line for each group and host, indented. */
export function inventoryGraph(inventory: Inventory): string {
  const lines = ['@all:'];
  const visit = (name: string, depth: number): void => {
    const group = inventory.groups.get(name);
    const indent = '  |'.repeat(depth);
    for (const child of group?.children ?? []) {
      lines.push(`${indent}--@${child}:`);
      visit(child, depth + 1);
    }
    if (name !== 'all') for (const host of group?.hosts ?? []) lines.push(`${indent}--${host}`);
  };
  visit('all', 1);
  return `${lines.join('\n')}\n`;
}

function hostVars(inventory: Inventory): Record<string, unknown> {
  return Object.fromEntries(
    [...inventory.hosts.values()]
      .map((host) => [host.name, toJson(host.vars)])
      .filter(([, vars]) => Object.keys(vars as object).length > 0),
  );
}
