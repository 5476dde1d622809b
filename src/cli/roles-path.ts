// Where roles and collections are looked for besides the playbook's own.
import os from 'node:os';
import path from 'node:path';
import type { Flags } from './flags.ts';

/** What --roles-path or a configuration says, else where Ansible looks. */
export function rolesPath({ rolesPath: given }: Pick<Flags, 'rolesPath'>): readonly string[] {
  if (given.length > 0) return given;
  return [path.join(os.homedir(), '.ansible/roles'), '/usr/share/ansible/roles', '/etc/ansible/roles'];
}

/** What --collections-path or a configuration says, else where Ansible looks. */
export function collectionsPath({ collectionsPath: given }: Pick<Flags, 'collectionsPath'>): readonly string[] {
  return given.length > 0 ? given : [path.join(os.homedir(), '.ansible/collections'), '/usr/share/ansible/collections'];
}
