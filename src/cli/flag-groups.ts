// Flags that verbs take together. It does not know what any of them means.
import type { FlagName } from './flags.ts';

/** With which passwords: every verb that may meet something encrypted. */
export const VAULT_FLAGS = ['vaultId', 'vaultPasswordFile', 'askVaultPass'] as const satisfies readonly FlagName[];

/** Who: every verb that reads an inventory. */
export const INVENTORY_FLAGS = [
  'inventory',
  'extraVars',
  'limit',
  'verbose',
  'config',
  ...VAULT_FLAGS,
] as const satisfies readonly FlagName[];

/** Who, as ClusterShell says it: every verb that takes a pattern. */
export const NODE_FLAGS = ['nodes', 'excludeNodes'] as const satisfies readonly FlagName[];

/** By what way: every verb that opens a line to hosts. */
export const LINE_FLAGS = [
  ...INVENTORY_FLAGS,
  ...([
    'forks',
    'connection',
    'user',
    'port',
    'privateKey',
    'sshConfig',
    'sshCommonArgs',
    'askPass',
    'connectTimeout',
    'hostKey',
    'knownHosts',
    'output',
    'color',
    'allowEmpty',
    'listHosts',
  ] as const),
] as const satisfies readonly FlagName[];

/** How: every verb that has something done on hosts, by a fleet of them. */
export const CONNECT_FLAGS = [
  ...LINE_FLAGS,
  ...(['maxConnects', 'connectRate', 'connectRetries'] as const),
] as const satisfies readonly FlagName[];

/** How far it goes: every verb that does one thing on many hosts. */
export const COURSE_FLAGS = ['timeout', 'deadline', 'batch', 'failFast', 'maxFail', 'retries'] as const satisfies readonly FlagName[];

/** What is seen of it: every verb that ends with a report. */
export const REPORT_FLAGS = ['quiet', 'stats', 'junit', 'exitCodes'] as const satisfies readonly FlagName[];

/** What is kept of it: every verb that does something on hosts. */
export const RECORD_FLAGS = ['journal', 'journalKeep', 'journalMaxSize'] as const satisfies readonly FlagName[];

/** What is kept of it, and taken up again: every verb that does one thing on hosts. */
export const JOURNAL_FLAGS = [...RECORD_FLAGS, 'retryFailed'] as const satisfies readonly FlagName[];

/** By whom: every verb that others can do. */
export const ENGINE_FLAGS = ['engine', 'engineKeyFile'] as const satisfies readonly FlagName[];

/** What is seen of the answers of commands. */
export const ANSWER_FLAGS = ['live', 'gather', 'diff', 'diffBase', 'outdir', 'errdir', 'overwrite'] as const satisfies readonly FlagName[];

/** As whom: every verb that runs something there. */
export const REACH_FLAGS = [
  ...CONNECT_FLAGS,
  ...(['become', 'becomeUser', 'becomeMethod', 'becomeExe', 'becomeFlags', 'askBecomePass'] as const),
] as const satisfies readonly FlagName[];

/** Where facts are kept from run to run. */
export const FACT_CACHE_FLAGS = ['factCaching', 'factCachingConnection', 'factCachingTimeout'] as const satisfies readonly FlagName[];
