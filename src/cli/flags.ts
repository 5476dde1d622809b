// The flags of all verbs, named as Ansible names them. It does not know which verb takes which.
import { Option } from 'commander';
import { didYouMean } from '../base/suggest.ts';
import { parseDuration, parseSize } from '../base/units.ts';
import { UsageError } from './errors.ts';

/** Every flag with its value; those that a verb does not take have their default. */
export interface Flags {
  readonly inventory: readonly string[];
  readonly limit: readonly string[];
  readonly forks: number;
  readonly connection?: string;
  readonly user?: string;
  readonly privateKey?: string;
  readonly askPass: boolean;
  readonly become: boolean;
  readonly becomeUser?: string;
  readonly becomeMethod?: string;
  readonly askBecomePass: boolean;
  readonly extraVars: readonly string[];
  /** Milliseconds. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly connectTimeout?: number;
  readonly hostKey: 'strict' | 'accept-new' | 'ask';
  readonly knownHosts: readonly string[];
  readonly output: 'text' | 'json' | 'jsonl';
  readonly verbose: number;
  readonly allowEmpty: boolean;
  readonly check: boolean;
  readonly diff: boolean;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly startAtTask?: string;
  readonly listHosts: boolean;
  readonly listTasks: boolean;
  readonly syntaxCheck: boolean;
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
  readonly localForward: readonly string[];
  readonly remoteForward: readonly string[];
  readonly dynamicForward: readonly string[];
  /** Milliseconds. */
  readonly for?: number;
  readonly reconnect: boolean;
  readonly replaceSocket: boolean;
}
export type FlagName = keyof Flags;

/** Who: every verb that reads an inventory. */
export const INVENTORY_FLAGS = ['inventory', 'extraVars', 'limit', 'verbose'] as const satisfies readonly FlagName[];

/** How: every verb that reaches hosts. */
export const CONNECT_FLAGS = [
  ...INVENTORY_FLAGS,
  ...([
    'forks',
    'connection',
    'user',
    'privateKey',
    'askPass',
    'connectTimeout',
    'hostKey',
    'knownHosts',
    'output',
    'allowEmpty',
    'listHosts',
  ] as const),
] as const satisfies readonly FlagName[];

/** As whom: every verb that runs something there. */
export const REACH_FLAGS = [
  ...CONNECT_FLAGS,
  ...(['become', 'becomeUser', 'becomeMethod', 'askBecomePass'] as const),
] as const satisfies readonly FlagName[];

const OPTIONS: Readonly<Record<FlagName, () => Option>> = {
  inventory: () => repeated('-i, --inventory <source>', 'file, directory, script, or a list with a comma: web01,web02,'),
  limit: () => repeated('-l, --limit <pattern>', 'keep only the hosts that match this pattern too'),
  forks: () => parsed('-f, --forks <number>', 'how many hosts at once', (text) => wholeNumber(text, '--forks')).default(50),
  connection: () =>
    choice('-c, --connection <kind>', 'reach hosts this way, where the inventory says nothing', ['ssh', 'openssh', 'local']),
  user: () => new Option('-u, --user <name>', 'log in as this user, where the inventory says nothing'),
  privateKey: () => new Option('--private-key <file>', 'log in with this key, where the inventory says nothing'),
  askPass: () => flag('-k, --ask-pass', 'ask for the login password (or set SSHOAL_PASSWORD)'),
  become: () => flag('-b, --become', 'become another user on the hosts'),
  becomeUser: () => new Option('--become-user <name>', 'become this user; root when not given'),
  becomeMethod: () => choice('--become-method <method>', 'how to become', ['sudo', 'su', 'doas']),
  askBecomePass: () => flag('-K, --ask-become-pass', 'ask for the become password (or set SSHOAL_BECOME_PASSWORD)'),
  extraVars: () => repeated('-e, --extra-vars <vars>', 'variables that win over all others: k=v, JSON, YAML, or @file'),
  timeout: () =>
    parsed('--timeout <duration>', 'end what runs on a host after this long: 30s, 5m', (text) => parseDuration(text, '--timeout')),
  connectTimeout: () =>
    parsed('-T, --connect-timeout <duration>', 'give a host this long to let us in; 10s when not given', (text) =>
      parseDuration(text, '--connect-timeout'),
    ),
  hostKey: () => choice('--host-key <policy>', 'what to do about unknown host keys', ['strict', 'accept-new', 'ask']).default('strict'),
  knownHosts: () => repeated('--known-hosts <file>', 'read and keep host keys here instead of ~/.ssh/known_hosts'),
  output: () => choice('-o, --output <format>', 'for people, or for machines', ['text', 'json', 'jsonl']).default('text'),
  verbose: () =>
    flag('-v, --verbose', 'show more; up to -vvv')
      .argParser((_text: unknown, before: unknown) => Number(before) + 1)
      .default(0, 'off'),
  allowEmpty: () => flag('--allow-empty', 'be content when no host matches'),
  check: () => flag('-C, --check', 'change nothing, say what would change'),
  diff: () => flag('-D, --diff', 'show what changes in files'),
  tags: () => repeated('-t, --tags <tags>', 'run only tasks with one of these tags'),
  skipTags: () => repeated('--skip-tags <tags>', 'leave out tasks with one of these tags'),
  startAtTask: () => new Option('--start-at-task <name>', 'begin with the task of this name'),
  listHosts: () => flag('--list-hosts', 'name the hosts, and do nothing'),
  listTasks: () => flag('--list-tasks', 'name the tasks, and do nothing'),
  syntaxCheck: () => flag('--syntax-check', 'read the playbook with all its faults, and do nothing'),
  mode: () => parsed('--mode <octal>', 'permission bits of the new file: 0644; those of the source when not given', fileMode),
  recursive: () => flag('-r, --recursive', 'a directory, with everything in it'),
  preserve: () => flag('-p, --preserve', 'with -r: keep modes and times exactly; else permissions less the umask, and the time of now'),
  include: () => repeated('--include <pattern>', 'with -r: take this though --exclude would leave it out'),
  exclude: () => repeated('--exclude <pattern>', 'with -r: leave this out: *.log, node_modules/, /build'),
  links: () => choice('--links <policy>', 'with -r: what becomes of links; copy when not given', ['copy', 'follow', 'skip']),
  via: () => choice('--via <way>', 'with -r: as files, or as one archive through the tar of the host', ['sftp', 'tar']),
  dryRun: () => flag('--dry-run', 'with -r: copy nothing, name what would be copied'),
  keepGoing: () => flag('--keep-going', 'with -r: copy what can be copied, and name what cannot; else the first error ends it'),
  limitRate: () =>
    parsed('--limit-rate <size>', 'bytes a second of all hosts together: 512k, 10M', (text) => parseSize(text, '--limit-rate')),
  limitRatePerHost: () =>
    parsed('--limit-rate-per-host <size>', 'bytes a second of each host', (text) => parseSize(text, '--limit-rate-per-host')),
  transfers: () =>
    parsed('--transfers <number>', 'how many hosts move data at once; as --forks when not given', (text) =>
      wholeNumber(text, '--transfers'),
    ),
  verify: () => flag('--verify', 'compare the SHA-256 of both sides before a file gets its name'),
  resume: () => flag('--resume', 'go on with an attempt that broke off, and keep what has come if this one does'),
  update: () => flag('--update', 'with -r: leave files alone whose size and time are the same on both sides, as after -p'),
  checksum: () => flag('--checksum', 'with -r: leave files alone whose SHA-256 is the same on both sides'),
  delete: () => flag('--delete', 'with -r: remove from the target what is not in the source; what --exclude leaves out stays'),
  apply: () => flag('--apply', 'with --diff: ask, and then do it'),
  yes: () => flag('-y, --yes', 'with --apply: do not ask'),
  list: () => flag('--list', 'everything as JSON, as ansible-inventory --list'),
  graph: () => flag('--graph', 'groups and hosts as a tree (the default)'),
  host: () => new Option('--host <name>', 'the variables of one host as JSON'),
  localForward: () => repeated('-L, --local-forward <forward>', 'listen here, connect from the host: [bind:]port:host:hostport, as ssh'),
  remoteForward: () =>
    repeated(
      '-R, --remote-forward <forward>',
      'listen on the host, connect from here: [bind:]port:host:hostport, or [bind:]port for SOCKS',
    ),
  dynamicForward: () => repeated('-D, --dynamic-forward <listen>', 'a SOCKS proxy here that connects from the host: [bind:]port'),
  for: () => parsed('--for <duration>', 'end by itself after this long: 10m, 8h', (text) => parseDuration(text, '--for')),
  reconnect: () => flag('--no-reconnect', 'end when a connection breaks, instead of making it anew').default(true),
  replaceSocket: () => flag('--replace-socket', 'remove a socket file that is in the way, as StreamLocalBindUnlink'),
};

/** A fresh option for the parser, for one verb. */
export function optionOf(name: FlagName): Option {
  return OPTIONS[name]();
}

/** What the parser read, completed with the defaults of the flags that the verb does not take. */
export function completeFlags(read: Readonly<Record<string, unknown>>): Flags {
  const names = Object.keys(OPTIONS) as FlagName[];
  const defaults = Object.fromEntries(names.map((name) => [name, optionOf(name).defaultValue as unknown]));
  return { ...defaults, ...read } as unknown as Flags;
}

/** The value of a list flag such as `--tags a,b --tags c`. */
export function commaList(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function flag(form: string, meaning: string): Option {
  return new Option(form, meaning).default(false);
}

function repeated(form: string, meaning: string): Option {
  return new Option(form, `${meaning}; may be repeated`)
    .default([], 'none')
    .argParser((text: string, before: readonly string[]) => [...before, text]);
}

function parsed(form: string, meaning: string, parse: (text: string) => number): Option {
  return new Option(form, meaning).argParser(parse);
}

function choice(form: string, meaning: string, choices: readonly string[]): Option {
  const name = /--[\w-]+/.exec(form)?.[0] ?? form;
  return new Option(form, `${meaning}: ${choices.join(', ')}`).argParser((text: string) => {
    if (choices.includes(text)) return text;
    throw new UsageError('BAD_FLAG', `${name} cannot be \`${text}\``, { where: name, fix: didYouMean(text, choices) });
  });
}

function wholeNumber(text: string, name: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError('BAD_FLAG', `${name} cannot be \`${text}\``, { where: name, fix: 'Give a whole number from 1' });
}

function fileMode(text: string): number {
  if (/^0?[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8);
  throw new UsageError('BAD_FLAG', `--mode cannot be \`${text}\``, { where: '--mode', fix: 'Give permission bits in octal: 0644' });
}
