// Every flag there is, with the type of its value. It does not know how flags are written, nor which verb takes which.
import type { RunDescription } from '../journal/entry.ts';
import type { HostStatus } from '../journal/host-status.ts';
import type { GatherMode } from '../report/seam.ts';
import type { Amount } from './amount.ts';
import type { ExitCodes } from './exit-code.ts';
import type { ObservingFlags } from './observe-flags.ts';

/** Every flag with its value; those that a verb does not take have their default. */
export interface Flags extends ObservingFlags {
  readonly config?: string;
  readonly inventory: readonly string[];
  readonly limit: readonly string[];
  /** Node sets, instead of a pattern. */
  readonly nodes: readonly string[];
  readonly excludeNodes: readonly string[];
  readonly forks: number;
  readonly maxConnects: number;
  readonly connectRate?: number;
  readonly connectRetries: number;
  readonly retries: number;
  readonly batch?: Amount;
  readonly failFast: boolean;
  readonly maxFail?: Amount;
  /** Milliseconds. */
  readonly deadline?: number;
  /** Milliseconds. */
  readonly idleTimeout?: number;
  readonly connection?: string;
  readonly user?: string;
  readonly port?: number;
  readonly privateKey?: string;
  readonly sshConfig?: string;
  /** Words with blanks between, quoted as for a shell. */
  readonly sshCommonArgs?: string;
  readonly askPass: boolean;
  readonly become: boolean;
  readonly becomeUser?: string;
  readonly becomeMethod?: string;
  readonly becomeExe?: string;
  readonly becomeFlags?: string;
  readonly askBecomePass: boolean;
  readonly extraVars: readonly string[];
  /** Milliseconds. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly connectTimeout?: number;
  /** A local file, or `-`. */
  readonly script?: string;
  readonly stdin: boolean;
  /** A local file, or `-`. */
  readonly input?: string;
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly chdir?: string;
  readonly shell?: string;
  readonly hostKey: 'strict' | 'accept-new' | 'ask';
  readonly knownHosts: readonly string[];
  readonly output: 'text' | 'json' | 'jsonl' | 'junit';
  readonly junit?: string;
  readonly quiet: boolean;
  readonly stats: boolean;
  readonly live: boolean;
  readonly gather?: GatherMode;
  readonly diffBase?: string;
  readonly outdir?: string;
  readonly errdir?: string;
  readonly overwrite: boolean;
  readonly color: 'auto' | 'always' | 'never';
  readonly verbose: number;
  readonly allowEmpty: boolean;
  readonly check: boolean;
  readonly diff: boolean;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly startAtTask?: string;
  readonly listHosts: boolean;
  readonly listTasks: boolean;
  readonly listTags: boolean;
  readonly step: boolean;
  readonly syntaxCheck: boolean;
  readonly rolesPath: readonly string[];
  readonly collectionsPath: readonly string[];
  readonly gathering: 'implicit' | 'explicit' | 'smart';
  readonly factCaching: 'memory' | 'jsonfile';
  readonly factCachingConnection?: string;
  /** Milliseconds. */
  readonly factCachingTimeout?: number;
  readonly jinja2Native: boolean;
  readonly library: readonly string[];
  readonly schema?: 'modules' | 'playbook';
  /** Permission bits. */
  readonly mode?: number;
  readonly recursive: boolean;
  readonly preserve: boolean;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly links?: 'copy' | 'follow' | 'skip';
  readonly via?: 'sftp' | 'tar';
  readonly dryRun: boolean;
  readonly keepGoing: boolean;
  /** Bytes a second. */
  readonly limitRate?: number;
  /** Bytes a second. */
  readonly limitRatePerHost?: number;
  readonly transfers?: number;
  readonly verify: boolean;
  readonly resume: boolean;
  readonly update: boolean;
  readonly checksum: boolean;
  readonly delete: boolean;
  readonly apply: boolean;
  readonly yes: boolean;
  readonly list: boolean;
  readonly graph: boolean;
  readonly host?: string;
  readonly export: boolean;
  readonly yaml: boolean;
  readonly vars: boolean;
  readonly playbookDir?: string;
  readonly role?: string;
  readonly vaultId: readonly string[];
  readonly vaultPasswordFile: readonly string[];
  readonly askVaultPass: boolean;
  readonly encryptVaultId?: string;
  readonly newVaultId?: string;
  readonly newVaultPasswordFile?: string;
  readonly outputFile?: string;
  readonly name: readonly string[];
  readonly stdinName?: string;
  readonly prompt: boolean;
  readonly localForward: readonly string[];
  readonly remoteForward: readonly string[];
  readonly dynamicForward: readonly string[];
  /** Milliseconds. */
  readonly for?: number;
  readonly reconnect: boolean;
  readonly replaceSocket: boolean;
  /** Where the page listens; 0 for any free port. */
  readonly pagePort: number;
  readonly bind: string;
  /** A name, or name and port. */
  readonly behindProxy?: string;
  /** A directory. */
  readonly allowRun?: string;
  readonly open: boolean;
  readonly all: boolean;
  readonly groupsource?: string;
  readonly separator: string;
  readonly outputFormat: string;
  readonly autostep?: string;
  readonly axis?: string;
  /** Whether a journal is written. */
  readonly journal: boolean;
  /** Milliseconds. */
  readonly journalKeep?: number;
  /** Bytes. */
  readonly journalMaxSize?: number;
  /** The run whose hosts are taken up again; `last` for the last of the verb. */
  readonly retryFailed?: string;
  /** A run of play, or `last`. */
  readonly resumedRun?: string;
  readonly failed: boolean;
  readonly exitCodes: ExitCodes;
  readonly outcome?: HostStatus | 'running' | 'interrupted';
  /** A run of this verb. */
  readonly ofVerb?: RunDescription['verb'];
  readonly since?: string;
  readonly until?: string;
  readonly task?: string;
  readonly number?: number;
  /** Hosts whose runs are wanted: a node set. */
  readonly onHost?: string;
  readonly prune: boolean;
  readonly reindex: boolean;
  /** The address of a Redis. */
  readonly engine?: string;
  readonly engineKeyFile?: string;
  readonly newKey?: string;
  readonly allow: readonly string[];
  readonly allowLocal: boolean;
  /** Milliseconds. */
  readonly lease: number;
  /** Milliseconds. */
  readonly keep?: number;
  /** Bytes. */
  readonly maxSize?: number;
}
export type FlagName = keyof Flags;
