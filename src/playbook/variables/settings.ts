// The settings of a run by the names Ansible gives them: what the lookup config finds.
import type { Value } from '../../base/value.ts';
import type { PlayOptions } from '../playbook.ts';

/** How many hosts at once where nobody says. */
export const DEFAULT_FORKS = 50;

/** Settings that mean the same here as in Ansible, with what they come to in this run. */
export function settingsOf({
  defaults = {},
  forks = DEFAULT_FORKS,
  diff = false,
  tags = [],
  skipTags = [],
}: PlayOptions): Map<string, Value> {
  return new Map<string, Value>(
    Object.entries({
      DEFAULT_FORKS: forks,
      DEFAULT_TRANSPORT: defaults.kind ?? 'ssh',
      DEFAULT_REMOTE_USER: defaults.user ?? null,
      DEFAULT_REMOTE_PORT: defaults.port ?? null,
      DEFAULT_PRIVATE_KEY_FILE: defaults.privateKeyFile ?? null,
      DEFAULT_TIMEOUT: Math.ceil((defaults.connectTimeoutMs ?? 10_000) / 1_000),
      HOST_KEY_CHECKING: true,
      DEFAULT_BECOME: defaults.become ?? false,
      DEFAULT_BECOME_USER: defaults.becomeUser ?? 'root',
      DEFAULT_BECOME_METHOD: defaults.becomeMethod ?? 'sudo',
      DIFF_ALWAYS: diff,
      TAGS_RUN: [...tags],
      TAGS_SKIP: [...skipTags],
      DEFAULT_HASH_BEHAVIOUR: 'replace',
      DEFAULT_JINJA2_NATIVE: false,
      DEFAULT_STRATEGY: 'linear',
      DEFAULT_GATHERING: 'implicit',
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
