// Encrypted values and files are refused with their place: nothing here can decrypt them yet.
import type { YamlNode } from '../base/yaml.ts';
import { InventoryError } from './errors.ts';

const FIX = 'Decrypt it with ansible-vault first';

/** @throws InventoryError VAULT_NOT_SUPPORTED on a `!vault` value anywhere in the tree. */
export function refuseVault(node: YamlNode): void {
  if (node.kind === 'list') for (const item of node.items) refuseVault(item);
  else if (node.kind === 'map') for (const entry of node.entries) refuseVault(entry.node);
  else if (node.tag === '!vault')
    throw new InventoryError('VAULT_NOT_SUPPORTED', 'This value is encrypted, and vaults are not supported yet', {
      where: node.position,
      fix: FIX,
    });
}

/** @throws InventoryError VAULT_NOT_SUPPORTED on the text of an encrypted file. */
export function refuseVaultFile(text: string, file: string): void {
  if (text.startsWith('$ANSIBLE_VAULT;'))
    throw new InventoryError('VAULT_NOT_SUPPORTED', 'This file is encrypted, and vaults are not supported yet', { where: file, fix: FIX });
}
