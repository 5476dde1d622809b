// Where an inventory sets a variable of a host, level after level of Ansible's order. It merges nothing.
import type { Where } from '../base/errors.ts';
import type { Value } from '../base/value.ts';
import type { Groups } from './groups.ts';
import type { VarsFiles } from './vars-files.ts';

/** One place that sets a variable. */
export interface VariableSetting {
  /** As Ansible's documentation numbers the levels, 3 to 10. */
  readonly rank: number;
  /** `group_vars beside the inventory`. */
  readonly level: string;
  /** `group web`, `host web01`. */
  readonly of: string;
  /** As it is written. */
  readonly value: Value;
  readonly where: Where;
}

/** What makes up an inventory. */
export interface SettingSources {
  readonly groups: Groups;
  /** A name of this machine that no source knows. */
  readonly isImplicit: boolean;
  readonly besideInventory: readonly VarsFiles[];
  readonly besidePlaybook: readonly VarsFiles[];
}

/** The settings of a variable, the weakest first. */
export function settingsOf(host: string, variable: string, sources: SettingSources): VariableSetting[] {
  const { groups, isImplicit, besideInventory, besidePlaybook } = sources;
  const names = groups.groupsOf(host);
  const inSources = (rank: number, kind: 'group' | 'host', of: string): VariableSetting[] =>
    groups.settings
      .filter((one) => one.kind === kind && one.of === of && one.name === variable)
      .map(({ value, where }) => ({ rank, level: `inventory ${kind} vars`, of: `${kind} ${of}`, value, where }));
  const inFiles = (rank: number, kind: 'group' | 'host', of: string): VariableSetting[] => {
    const beside = rank === 4 || rank === 6 || rank === 9 ? 'inventory' : 'playbook';
    const files = beside === 'inventory' ? besideInventory : besidePlaybook;
    return files.flatMap((one) =>
      one
        .settings(`${kind}_vars`, of, variable)
        .map(({ value, where }) => ({ rank, level: `${kind}_vars beside the ${beside}`, of: `${kind} ${of}`, value, where })),
    );
  };
  const implicit: VariableSetting = {
    rank: 8,
    level: 'inventory host vars',
    of: `host ${host}`,
    value: 'local',
    where: 'this machine, which needs no inventory',
  };
  return [
    ...['all', ...names].flatMap((group) => inSources(3, 'group', group)),
    ...inFiles(4, 'group', 'all'),
    ...inFiles(5, 'group', 'all'),
    ...names.flatMap((group) => inFiles(6, 'group', group)),
    ...names.flatMap((group) => inFiles(7, 'group', group)),
    ...inSources(8, 'host', host),
    ...(isImplicit && variable === 'ansible_connection' ? [implicit] : []),
    ...inFiles(9, 'host', host),
    ...inFiles(10, 'host', host),
  ];
}
