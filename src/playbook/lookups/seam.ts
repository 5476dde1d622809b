// What a lookup is: something found on this machine for a template, as a list. It never sees a host.
import type { Secrets } from '../../base/secrets.ts';
import type { Value } from '../../base/value.ts';
import type { VaultReader } from '../../inventory/vault/vault-keys.ts';
import type { Scope } from '../../jinja/frame.ts';
import type { ParamSpecs, Params } from '../../modules/seam.ts';
import type { Templar } from '../variables/templar.ts';

/** This machine, as far as lookups may see it. */
export interface Controller {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Opens files that are vaults. */
  readonly vault: VaultReader;
  /** Where commands run. */
  readonly playbookDirectory: string;
  /** Settings by Ansible's names, for the lookup config. */
  readonly settings: ReadonlyMap<string, Value>;
  /** Learns passwords that were made or read. */
  readonly secrets: Secrets | undefined;
}

/** What a lookup may look at. */
export interface LookupContext {
  readonly templar: Templar;
  readonly scope: Scope;
  /** Where files are looked for, one after another. */
  readonly directories: readonly string[];
  /** Names of all variables. */
  readonly names: () => string[];
  readonly controller: Controller;
  /** Says something that is no error. */
  readonly warn: (message: string) => void;
  /** Where first_found looks below the directories. Default `files`. */
  readonly subdirectory?: 'files' | 'templates' | 'vars';
}

export interface Lookup {
  readonly name: string;
  readonly summary: string;
  /** Options by name; those that every lookup has besides are read elsewhere. */
  readonly options: ParamSpecs;
  /**
   * Finds what the terms ask for.
   *
   * @param terms - What stands behind the name of the lookup, or in the list of a `with_` loop.
   * @throws TaskError LOOKUP_FAILED and FILE_NOT_FOUND, which `errors=` may turn into nothing; BAD_PARAMETER, which it may not.
   */
  readonly find: (terms: readonly Value[], options: Params, context: LookupContext) => Value[];
}
