// A host and a group as an inventory knows them. They do not know how a host is reached.
import type { Dict } from '../base/value.ts';

export interface Host {
  readonly name: string;
  /** Names of all groups the host is in, parents included, `all` excluded, in Ansible's order (depth, priority, name). */
  readonly groups: readonly string[];
  /** Its variables from inventory sources, group_vars and host_vars beside them, merged in Ansible's order. */
  readonly vars: Dict;
}

export interface Group {
  readonly name: string;
  /** Direct children. */
  readonly children: readonly string[];
  /** Direct hosts, in inventory order. */
  readonly hosts: readonly string[];
  readonly vars: Dict;
}
