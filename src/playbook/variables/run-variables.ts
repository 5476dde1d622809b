// What every host of a run sees alike, from the options of the run.
import path from 'node:path';
import type { VaultReader } from '../../inventory/vault/vault-keys.ts';
import type { PlayOptions } from '../playbook.ts';
import { LiveInventory } from '../run/live-inventory.ts';
import { DEFAULT_FORKS, limitText, type ReadSettings, settingsOf } from './settings.ts';
import type { RunVariables } from './sight.ts';
import type { Templar } from './templar.ts';

/**
 * @param directory - That of the playbook.
 * @param tools.inventory - The one that all plays of a run share. Default: a new one.
 */
export function runVariables(
  directory: string,
  options: PlayOptions,
  tools: ReadSettings & { readonly templar: Templar; readonly vault: VaultReader; readonly inventory?: LiveInventory | undefined },
): Omit<RunVariables, 'states'> {
  const playbookDirectory = path.resolve(directory);
  return {
    inventory: tools.inventory ?? new LiveInventory(options.inventory),
    templar: tools.templar,
    extraVars: options.extraVars ?? new Map(),
    playbookDirectory,
    checkMode: options.checkMode ?? false,
    diff: options.diff ?? false,
    verbosity: options.verbosity ?? 0,
    runTags: options.tags ?? [],
    skipTags: options.skipTags ?? [],
    forks: options.forks ?? DEFAULT_FORKS,
    limit: limitText(options.limit),
    controller: {
      environment: options.environment ?? process.env,
      vault: tools.vault,
      playbookDirectory,
      settings: settingsOf(options, tools),
      secrets: options.secrets,
    },
  };
}
