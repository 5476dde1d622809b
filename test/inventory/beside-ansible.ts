// One inventory as we read it and as Ansible does, side by side. It makes none and asserts nothing.
import { InputError, SshoalError } from '#src/base/errors';
import { Inventory } from '#src/inventory/inventory';
import { inventoryGraph, inventoryJson, inventoryList, inventoryTree, inventoryYaml } from '#src/inventory/listing';
import { keepValuesSealed, VaultKeys } from '#src/inventory/vault/vault-keys';
import type { InventoryAnswer, InventoryCase } from './ansible-oracle.js';

/** Differences, each with what it is about; none when both read the same. */
export async function differences(given: InventoryCase, ansible: InventoryAnswer | null): Promise<unknown[]> {
  const inventory = await load(given);
  if (inventory instanceof SshoalError || ansible === null) {
    const isSame = inventory instanceof SshoalError && ansible === null;
    return isSame ? [] : [{ about: 'the sources', ours: inventory instanceof SshoalError ? inventory.message : 'read', ansible }];
  }
  const { playbookDirectory } = given;
  const forms = {
    list: inventoryJson(inventoryList(inventory, { playbookDirectory })),
    export: inventoryJson(inventoryList(inventory, { playbookDirectory, export: true })),
    yaml: inventoryYaml(inventoryTree(inventory, { playbookDirectory, export: true })),
    graph: inventoryGraph(inventory),
    drawn: inventoryGraph(inventory, { playbookDirectory, vars: true }),
  };
  const differing: unknown[] = Object.entries(forms).flatMap(([about, text]) => {
    const theirs = ansible[about as keyof typeof forms];
    return text.trimEnd() === theirs.trimEnd() ? [] : [{ about, ours: text, ansible: theirs }];
  });
  for (const [i, pattern] of (given.patterns ?? []).entries()) {
    const ours = pick(inventory, pattern);
    const theirs = ansible.patterns[i] ?? null;
    if (!isSamePick(ours, theirs)) differing.push({ about: pattern, ours, ansible: theirs });
  }
  return differing;
}

async function load({ sources, vaultPassword }: InventoryCase): Promise<Inventory | SshoalError> {
  const keys = new VaultKeys(vaultPassword === undefined ? [] : [{ id: 'default', password: Buffer.from(vaultPassword) }]);
  return await Inventory.load(sources, { vault: keepValuesSealed(keys) }).catch((error: unknown) => {
    if (error instanceof SshoalError) return error;
    throw error;
  });
}

function pick(inventory: Inventory, pattern: string): readonly string[] | string {
  try {
    return inventory.select(pattern).map((host) => host.name);
  } catch (error) {
    if (error instanceof InputError) return error.code;
    throw error;
  }
}

// A name that is nobody's is an error here, where Ansible warns and goes on.
function isSamePick(ours: readonly string[] | string, ansible: readonly string[] | null): boolean {
  if (typeof ours === 'string') return ours === 'PATTERN_NO_MATCH' || ansible === null;
  return ansible !== null && ours.join() === ansible.join();
}
