// Which settings of ansible.cfg and its environment apply here, what each comes to, and why others do not. It reads no file.
import { splitWords } from '../../base/shlex.ts';
import type { SettingName } from './settings.ts';
import { pathOf, type Surroundings, sourcesOf, truthOf } from './value-kinds.ts';

/** What surrounds a value of Ansible's. */
export interface AnsibleSurroundings extends Pick<Surroundings, 'directory' | 'home'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** A setting of Ansible that is one of ours under another name. */
export interface AnsibleSetting {
  readonly flag: SettingName;
  /** Section and key; the last that is there wins, as in ansible 2.14. */
  readonly ini: readonly (readonly [section: string, key: string])[];
  /** They win over the file; the last one that is set wins. */
  readonly env: readonly string[];
  /** What it must be, for the error. */
  readonly wanted: string;
  /** The value of our flag; null where this says nothing, undefined where it makes no sense. */
  readonly read: (text: string, around: AnsibleSurroundings) => unknown;
  /** Together with the other settings of this flag it makes one value, words with blanks between. */
  readonly joined?: boolean;
}

/** A setting that would change what happens, and that nothing here can do: better no run than another one. */
export interface RefusedSetting {
  readonly ini: readonly [section: string, key: string];
  readonly env: string;
  readonly refuses: (text: string) => boolean;
  readonly reason: string;
  readonly fix: string;
  /** The verb that it matters to; all of them when not given. */
  readonly verb?: string;
}

const YES_OR_NO = 'yes or no';
const DIRECTORIES = 'directories with colons';
const KINDS: Readonly<Record<string, string>> = { smart: 'ssh', ssh: 'ssh', paramiko: 'ssh', paramiko_ssh: 'ssh', local: 'local' };
const METHODS = ['sudo', 'su', 'doas'];

export const ANSIBLE_SETTINGS: readonly AnsibleSetting[] = [
  one('inventory', 'defaults', 'inventory', 'ANSIBLE_INVENTORY', 'sources with commas', (text, around) =>
    sourcesOf(expand(text, around), around),
  ),
  one('forks', 'defaults', 'forks', 'ANSIBLE_FORKS', 'a whole number from 1', (text) => wholeNumber(text, 1)),
  one('connection', 'defaults', 'transport', 'ANSIBLE_TRANSPORT', 'smart, ssh, paramiko or local', (text) => KINDS[plain(text)]),
  one('user', 'defaults', 'remote_user', 'ANSIBLE_REMOTE_USER', 'a name', unquote),
  one('port', 'defaults', 'remote_port', 'ANSIBLE_REMOTE_PORT', 'a port from 1 to 65535', (text) => wholeNumber(text, 1, 65_535)),
  one('privateKey', 'defaults', 'private_key_file', 'ANSIBLE_PRIVATE_KEY_FILE', 'a path', ansiblePath),
  one('askPass', 'defaults', 'ask_pass', 'ANSIBLE_ASK_PASS', YES_OR_NO, truthOf),
  {
    flag: 'connectTimeout',
    ini: [
      ['defaults', 'timeout'],
      ['ssh_connection', 'timeout'],
    ],
    env: ['ANSIBLE_TIMEOUT', 'ANSIBLE_SSH_TIMEOUT'],
    wanted: 'a whole number of seconds',
    read: (text) => {
      const seconds = wholeNumber(text, 1);
      return seconds === undefined ? undefined : seconds * 1_000;
    },
  },
  {
    flag: 'hostKey',
    ini: [
      ['defaults', 'host_key_checking'],
      ['ssh_connection', 'host_key_checking'],
    ],
    env: ['ANSIBLE_HOST_KEY_CHECKING', 'ANSIBLE_SSH_HOST_KEY_CHECKING'],
    wanted: YES_OR_NO,
    // Never less: a key that has changed is refused whatever anybody sets.
    read: (text) => ({ true: 'strict', false: 'accept-new', undefined: undefined })[`${truthOf(text)}`],
  },
  one('become', 'privilege_escalation', 'become', 'ANSIBLE_BECOME', YES_OR_NO, truthOf),
  one('becomeUser', 'privilege_escalation', 'become_user', 'ANSIBLE_BECOME_USER', 'a name', unquote),
  one('becomeMethod', 'privilege_escalation', 'become_method', 'ANSIBLE_BECOME_METHOD', METHODS.join(', '), (text) =>
    METHODS.find((method) => method === plain(text).replace('community.general.', '')),
  ),
  one('becomeExe', 'privilege_escalation', 'become_exe', 'ANSIBLE_BECOME_EXE', 'a program', unquote),
  one('becomeFlags', 'privilege_escalation', 'become_flags', 'ANSIBLE_BECOME_FLAGS', 'flags', unquote),
  one('askBecomePass', 'privilege_escalation', 'become_ask_pass', 'ANSIBLE_BECOME_ASK_PASS', YES_OR_NO, truthOf),
  ...(['ssh_args', 'ssh_common_args', 'ssh_extra_args'] as const).map((key) => ({
    ...one('sshCommonArgs', 'ssh_connection', key, `ANSIBLE_${key.toUpperCase()}`, 'flags of ssh', sshWords),
    joined: true,
  })),
  one('vaultId', 'defaults', 'vault_identity_list', 'ANSIBLE_VAULT_IDENTITY_LIST', 'ids with commas', words),
  one('vaultPasswordFile', 'defaults', 'vault_password_file', 'ANSIBLE_VAULT_PASSWORD_FILE', 'a path', (text, around) => [
    ansiblePath(text, around),
  ]),
  one('askVaultPass', 'defaults', 'ask_vault_pass', 'ANSIBLE_ASK_VAULT_PASS', YES_OR_NO, truthOf),
  one('diff', 'diff', 'always', 'ANSIBLE_DIFF_ALWAYS', YES_OR_NO, truthOf),
  one('tags', 'tags', 'run', 'ANSIBLE_RUN_TAGS', 'tags with commas', words),
  one('skipTags', 'tags', 'skip', 'ANSIBLE_SKIP_TAGS', 'tags with commas', words),
  one('gathering', 'defaults', 'gathering', 'ANSIBLE_GATHERING', 'implicit, explicit or smart', (text) =>
    ['implicit', 'explicit', 'smart'].find((policy) => policy === plain(text)),
  ),
  one('factCaching', 'defaults', 'fact_caching', 'ANSIBLE_CACHE_PLUGIN', 'memory or jsonfile; other caches are not there', (text) =>
    ['memory', 'jsonfile'].find((kind) => kind === plain(text)),
  ),
  one('factCachingConnection', 'defaults', 'fact_caching_connection', 'ANSIBLE_CACHE_PLUGIN_CONNECTION', 'a directory', ansiblePath),
  one('factCachingTimeout', 'defaults', 'fact_caching_timeout', 'ANSIBLE_CACHE_PLUGIN_TIMEOUT', 'a whole number of seconds', (text) => {
    const seconds = wholeNumber(text, 0);
    return seconds === undefined ? undefined : seconds * 1_000;
  }),
  one('jinja2Native', 'defaults', 'jinja2_native', 'ANSIBLE_JINJA2_NATIVE', YES_OR_NO, truthOf),
  one('rolesPath', 'defaults', 'roles_path', 'ANSIBLE_ROLES_PATH', DIRECTORIES, directoriesOf),
  {
    flag: 'collectionsPath',
    ini: [
      ['defaults', 'collections_path'],
      ['defaults', 'collections_paths'],
    ],
    env: ['ANSIBLE_COLLECTIONS_PATH', 'ANSIBLE_COLLECTIONS_PATHS'],
    wanted: DIRECTORIES,
    // As Ansible, it may be named itself, or what it is in.
    read: (text, around) => directoriesOf(text, around).map((directory) => directory.replace(/\/ansible_collections\/?$/, '')),
  },
  one('library', 'defaults', 'library', 'ANSIBLE_LIBRARY', DIRECTORIES, (text, around) =>
    unquote(text)
      .split(':')
      .filter((directory) => directory !== '')
      .map((directory) => ansiblePath(directory, around)),
  ),
  one('verbose', 'defaults', 'verbosity', 'ANSIBLE_VERBOSITY', 'a whole number', (text) => {
    const level = wholeNumber(text, 0);
    return level === undefined ? undefined : Math.min(level, 4);
  }),
  one('color', 'defaults', 'nocolor', 'ANSIBLE_NOCOLOR', YES_OR_NO, whenTrue('never')),
  one('color', 'defaults', 'force_color', 'ANSIBLE_FORCE_COLOR', YES_OR_NO, whenTrue('always')),
];

function directoriesOf(text: string, around: AnsibleSurroundings): string[] {
  return unquote(text)
    .split(':')
    .filter((one) => one.trim() !== '')
    .map((one) => ansiblePath(one.trim(), around));
}

export const REFUSED_SETTINGS: readonly RefusedSetting[] = [
  {
    ini: ['defaults', 'hash_behaviour'],
    env: 'ANSIBLE_HASH_BEHAVIOUR',
    refuses: (text) => plain(text) === 'merge',
    reason: 'Variables that are maps replace each other here, and are never merged',
    fix: 'Remove it, and write `{{ a | combine(b) }}` where two maps shall become one; or pass ansible.cfg over: --config none',
  },
  {
    ini: ['defaults', 'any_errors_fatal'],
    env: 'ANSIBLE_ANY_ERRORS_FATAL',
    refuses: (text) => truthOf(text) !== false,
    reason: 'That any error ends the play is asked for in the play',
    fix: 'Remove it, and write `any_errors_fatal: true` in the plays; or pass ansible.cfg over: --config none',
    verb: 'play',
  },
  {
    ini: ['defaults', 'force_handlers'],
    env: 'ANSIBLE_FORCE_HANDLERS',
    refuses: (text) => truthOf(text) !== false,
    reason: 'Handlers of a host that has failed are not run',
    fix: 'Remove it; or pass ansible.cfg over: --config none',
    verb: 'play',
  },
];

/** Why a key of ansible.cfg, that many people have, does nothing here. */
export const INEFFECTIVE: ReadonlyMap<string, string> = new Map([
  ['pipelining', 'not needed: a task is one script already'],
  ['control_path', 'not needed: one connection serves a whole run'],
  ['control_path_dir', 'not needed: one connection serves a whole run'],
  ['transfer_method', 'not needed: files go over SFTP'],
  ['scp_if_ssh', 'not needed: files go over SFTP'],
  ['remote_tmp', 'not needed: nothing is put on the host to run a task'],
  ['interpreter_python', 'not needed: hosts need no Python'],
  ['retry_files_enabled', 'no retry files are written'],
  ['retry_files_save_path', 'no retry files are written'],
  ['stdout_callback', 'the form of the output is --output'],
  ['fact_caching_prefix', 'a file of facts has the name of its host'],
  ['callbacks_enabled', 'there are no callbacks'],
  ['strategy', 'all hosts go through a play together, as in linear'],
]);

function one(
  flag: SettingName,
  section: string,
  key: string,
  variable: string,
  wanted: string,
  read: AnsibleSetting['read'],
): AnsibleSetting {
  return { flag, ini: [[section, key]], env: [variable], wanted, read };
}

/** As ansible's unfrackpath, but that links are not followed. */
function ansiblePath(text: string, around: AnsibleSurroundings): string {
  return pathOf(expand(text, around), around);
}

/** `{{CWD}}`, and `$NAME` and `${NAME}` where the environment has them. */
function expand(text: string, { env, cwd }: AnsibleSurroundings): string {
  return text
    .replaceAll('{{CWD}}', cwd)
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, bare: string | undefined, braced: string | undefined) => env[bare ?? braced ?? ''] ?? whole);
}

function wholeNumber(text: string, from: number, to = 999_999): number | undefined {
  const digits = /^\s*\+?(\d{1,9})\s*$/.exec(text)?.[1];
  return digits !== undefined && Number(digits) >= from && Number(digits) <= to ? Number(digits) : undefined;
}

/** As ansible: quotes around the whole of a text are not part of it. */
function unquote(text: string): string {
  return /^(["'])(?:.*[^\\])?\1$/s.exec(text) === null ? text : text.slice(1, -1);
}

function plain(text: string): string {
  return unquote(text.trim()).toLowerCase().replace('ansible.builtin.', '');
}

function words(text: string): string[] {
  return text.split(',').map((word) => unquote(word.trim()));
}

function sshWords(text: string): string | undefined {
  try {
    splitWords(unquote(text));
    return unquote(text);
  } catch (error) {
    // What it says is that a quote is open; where it stands, the caller knows better.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function whenTrue(value: unknown): AnsibleSetting['read'] {
  return (text) => {
    const truth = truthOf(text);
    return truth === true ? value : truth === false ? null : undefined;
  };
}
