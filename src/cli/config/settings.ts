// What sshoal.yml and the environment can set: one table that ties every key to its flag and its kind of value. It reads nothing.
import type { Option } from 'commander';
import { optionOf } from '../flag-options.ts';
import type { FlagName } from '../flags.ts';
import { type KindName, VALUE_KINDS, type ValueKind } from './value-kinds.ts';

/** The flags that can be set for good, in the order of the documentation. To add one: a line here; all else is made of it. */
const TABLE = {
  inventory: 'sources',
  forks: 'count',
  maxConnects: 'count',
  connectRate: 'count',
  connectRetries: 'times',
  deadline: 'duration',
  idleTimeout: 'duration',
  connection: 'choice',
  user: 'text',
  port: 'port',
  privateKey: 'file',
  sshConfig: 'file',
  sshCommonArgs: 'text',
  askPass: 'switch',
  connectTimeout: 'duration',
  timeout: 'duration',
  hostKey: 'choice',
  knownHosts: 'files',
  become: 'switch',
  becomeUser: 'text',
  becomeMethod: 'choice',
  becomeExe: 'text',
  becomeFlags: 'text',
  askBecomePass: 'switch',
  vaultId: 'words',
  vaultPasswordFile: 'files',
  askVaultPass: 'switch',
  output: 'choice',
  color: 'choice',
  verbose: 'level',
  diff: 'switch',
  tags: 'words',
  skipTags: 'words',
  rolesPath: 'files',
  collectionsPath: 'files',
  gathering: 'choice',
  factCaching: 'choice',
  factCachingConnection: 'file',
  factCachingTimeout: 'duration',
  jinja2Native: 'switch',
  library: 'files',
  journal: 'switch',
  engine: 'text',
  engineKeyFile: 'file',
  journalKeep: 'duration',
  journalMaxSize: 'size',
  log: 'file',
  logLevel: 'choice',
} as const satisfies Partial<Record<FlagName, KindName>>;

export type SettingName = keyof typeof TABLE;

/** One thing that can be set: `forks` by `--forks`, `SSHOAL_FORKS`, or `forks:` in sshoal.yml. */
export interface Setting {
  readonly flag: SettingName;
  /** In sshoal.yml: `connect_timeout`. */
  readonly key: string;
  /** In the environment: `SSHOAL_CONNECT_TIMEOUT`. */
  readonly variable: string;
  readonly kind: ValueKind;
  /** The flag as the parser knows it: its meaning, choices and default. */
  readonly option: Option;
  readonly choices: readonly string[];
}

export const SETTINGS: ReadonlyMap<SettingName, Setting> = new Map(
  (Object.entries(TABLE) as [SettingName, KindName][]).map(([flag, kind]) => {
    const option = optionOf(flag);
    const key = flag.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const variable = `SSHOAL_${key.toUpperCase()}`;
    return [flag, { flag, key, variable, kind: VALUE_KINDS[kind], option, choices: option.argChoices ?? [] }];
  }),
);

/** Passwords come through the environment or a question, never a file: with what they are called on the command line. */
export const SECRET_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['password', 'SSHOAL_PASSWORD'],
  ['become_password', 'SSHOAL_BECOME_PASSWORD'],
  ['passphrase', 'SSHOAL_PASSPHRASE'],
]);
