// The settings of a run by the names Ansible gives them: what the lookup config finds.
import type { Value } from '../../base/value.ts';
import { DEFAULT_VAULT_ID } from '../../inventory/vault/vault-text.ts';
import { FACT_CACHE_TIMEOUT_SECONDS } from '../../modules/facts/cache.ts';
import type { PlayOptions } from '../playbook.ts';
import type { LoadOptions } from '../read/project.ts';

/** How many hosts at once where nobody says. */
export const DEFAULT_FORKS = 50;

/** What reading the playbook was told. */
export type ReadSettings = Pick<LoadOptions, 'rolesPath' | 'collectionsPath' | 'results'>;

/** Settings that mean the same here as in Ansible, with what they come to in this run. */
export function settingsOf(
  options: PlayOptions,
  { rolesPath = [], collectionsPath = [], results = 'native' }: ReadSettings,
): Map<string, Value> {
  const { defaults = {}, forks = DEFAULT_FORKS, diff = false, tags = [], skipTags = [], facts = {}, inventory } = options;
  return new Map<string, Value>(
    Object.entries({
      ANY_ERRORS_FATAL: false,
      CACHE_PLUGIN: facts.cache === undefined ? 'memory' : 'jsonfile',
      CACHE_PLUGIN_TIMEOUT: facts.timeoutSeconds ?? FACT_CACHE_TIMEOUT_SECONDS,
      COLLECTIONS_PATHS: [...collectionsPath],
      DEFAULT_EXECUTABLE: '/bin/sh',
      DEFAULT_FORCE_HANDLERS: options.forceHandlers ?? false,
      DEFAULT_GATHER_SUBSET: ['all'],
      DEFAULT_HOST_LIST: [...inventory.sources],
      DEFAULT_NO_LOG: false,
      DEFAULT_POLL_INTERVAL: 15,
      DEFAULT_PRIVATE_ROLE_VARS: false,
      DEFAULT_ROLES_PATH: [...rolesPath],
      DEFAULT_UNDEFINED_VAR_BEHAVIOR: true,
      DEFAULT_VAULT_IDENTITY: DEFAULT_VAULT_ID,
      DEFAULT_VAULT_ID_MATCH: false,
      DEFAULT_VERBOSITY: options.verbosity ?? 0,
      DUPLICATE_YAML_DICT_KEY: 'error',
      ERROR_ON_MISSING_HANDLER: true,
      SHOW_CUSTOM_STATS: true,
      TASK_TIMEOUT: 0,
      TRANSFORM_INVALID_GROUP_CHARS: 'never',
      YAML_FILENAME_EXTENSIONS: ['.yml', '.yaml', '.json'],
      DEFAULT_FORKS: forks,
      DEFAULT_TRANSPORT: defaults.kind ?? 'ssh',
      DEFAULT_REMOTE_USER: defaults.user ?? null,
      DEFAULT_REMOTE_PORT: defaults.port ?? null,
      DEFAULT_PRIVATE_KEY_FILE: defaults.privateKeyFile ?? null,
      DEFAULT_TIMEOUT: Math.ceil((defaults.connectTimeoutMs ?? 10_000) / 1_000),
      HOST_KEY_CHECKING: defaults.hostKeyPolicy !== 'accept-new',
      DEFAULT_BECOME: defaults.become ?? false,
      DEFAULT_BECOME_USER: defaults.becomeUser ?? 'root',
      DEFAULT_BECOME_METHOD: defaults.becomeMethod ?? 'sudo',
      DEFAULT_BECOME_EXE: defaults.becomeExe ?? null,
      DEFAULT_BECOME_FLAGS: defaults.becomeFlags ?? '',
      DIFF_ALWAYS: diff,
      TAGS_RUN: [...tags],
      TAGS_SKIP: [...skipTags],
      DEFAULT_HASH_BEHAVIOUR: 'replace',
      DEFAULT_JINJA2_NATIVE: results === 'native',
      DEFAULT_STRATEGY: 'linear',
      DEFAULT_GATHERING: facts.gathering ?? 'implicit',
      INJECT_FACTS_AS_VARS: true,
      DEFAULT_MANAGED_STR: 'Ansible managed',
      INVENTORY_ANY_UNPARSED_IS_FAILED: true,
      RETRY_FILES_ENABLED: false,
    }),
  );
}

/** `ansible_limit`; undefined without one. */
export function limitText(limit: PlayOptions['limit']): string | undefined {
  return limit === undefined || typeof limit === 'string' ? limit : limit.join(',');
}
