// How every flag is written, what it means and how its value is read; named as Ansible names them. It does not know which verb takes which.
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { parseDuration, parseSize } from '../base/units.ts';
import { RUN_VERBS } from '../journal/entry.ts';
import { HOST_STATUSES } from '../journal/host-status.ts';
import { parseAmount } from './amount.ts';
import { UsageError } from './errors.ts';
import { EXIT_CODES } from './exit-code.ts';
import { choice, flag, named, parsed, repeated } from './flag-forms.ts';
import type { FlagName, Flags } from './flags.ts';
import { OBSERVING_OPTIONS } from './observe-flags.ts';

const OPTIONS: Readonly<Record<FlagName, () => Option>> = {
  config: () => new Option('--config <file>', 'read this sshoal.yml and no other; none reads no ansible.cfg either'),
  inventory: () => repeated('-i, --inventory <source>', 'file, directory, script, or a list with a comma: web01,web02,'),
  limit: () => repeated('-l, --limit <pattern>', 'keep only the hosts that match this pattern too'),
  nodes: () => repeated('-w, --nodes <set>', 'these hosts instead of a pattern, as ClusterShell writes them: web[01-10]!web07, @group'),
  excludeNodes: () => repeated('-x, --exclude-nodes <set>', 'leave out these hosts, as ClusterShell writes them'),
  forks: () =>
    parsed('-f, --forks <number>', 'how many hosts at once; 32 for each core when not given, and 50 at least', (text) =>
      wholeNumber(text, '--forks'),
    ).default(Math.max(50, 32 * availableParallelism()), 'by the machine'),
  maxConnects: () =>
    parsed('--max-connects <number>', 'how many hosts are being connected at once', (text) => wholeNumber(text, '--max-connects')).default(
      128,
    ),
  connectRate: () =>
    parsed('--connect-rate <number>', 'no more new connections than this in a second', (text) => wholeNumber(text, '--connect-rate')),
  connectRetries: () =>
    parsed('--connect-retries <number>', 'connect again this often, with growing pauses, where time may heal it', (text) =>
      wholeNumber(text, '--connect-retries', 0),
    ).default(0),
  retries: () =>
    parsed('--retries <number>', 'do it again this often on hosts where it did not end well', (text) =>
      wholeNumber(text, '--retries', 0),
    ).default(0),
  batch: () =>
    new Option('--batch <hosts>', 'bring so many hosts to their end before the next are begun: 10, 25%').argParser((text) =>
      parseAmount(text, '--batch', 1),
    ),
  failFast: () => flag('--fail-fast', 'begin with no further host once one did not end well; as --max-fail 0'),
  maxFail: () =>
    new Option('--max-fail <hosts>', 'begin with no further host once more than these did not end well: 5, 10%').argParser((text) =>
      parseAmount(text, '--max-fail', 0),
    ),
  exitCodes: () =>
    choice('--exit-codes <which>', 'compatible with ansible, or distinct for each way to end badly', EXIT_CODES).default('compatible'),
  deadline: () => parsed('--deadline <duration>', 'end everything after this long: 10m, 2h', (text) => parseDuration(text, '--deadline')),
  idleTimeout: () =>
    parsed('--idle-timeout <duration>', 'end what runs on a host when it has written nothing for this long', (text) =>
      parseDuration(text, '--idle-timeout'),
    ),
  connection: () =>
    choice('-c, --connection <kind>', 'reach hosts this way, where the inventory says nothing', ['ssh', 'openssh', 'local']),
  user: () => new Option('-u, --user <name>', 'log in as this user, where the inventory says nothing'),
  port: () => parsed('--port <number>', 'connect to this port, where the inventory says nothing', portNumber),
  sshConfig: () => new Option('--ssh-config <file>', 'read this instead of ~/.ssh/config; none reads no such file'),
  sshCommonArgs: () => new Option('--ssh-common-args <words>', "ssh's own flags, before those of the inventory: -J jump -o Key=Value"),
  privateKey: () => new Option('--private-key <file>', 'log in with this key, where the inventory says nothing'),
  askPass: () => flag('-k, --ask-pass', 'ask for the login password (or set SSHOAL_PASSWORD)'),
  become: () => flag('-b, --become', 'become another user on the hosts'),
  becomeUser: () => new Option('--become-user <name>', 'become this user; root when not given'),
  becomeMethod: () => choice('--become-method <method>', 'how to become', ['sudo', 'su', 'doas']),
  becomeExe: () => new Option('--become-exe <program>', 'start this to become another user, instead of what the method is named after'),
  becomeFlags: () => new Option('--become-flags <flags>', 'give these flags to it, instead of -H with sudo and none otherwise'),
  askBecomePass: () => flag('-K, --ask-become-pass', 'ask for the become password (or set SSHOAL_BECOME_PASSWORD)'),
  extraVars: () => repeated('-e, --extra-vars <vars>', 'variables that win over all others: k=v, JSON, YAML, or @file'),
  timeout: () =>
    parsed('--timeout <duration>', 'end what runs on a host after this long: 30s, 5m', (text) => parseDuration(text, '--timeout')),
  script: () => new Option('--script <file>', 'run this local script there, with the words as its arguments; - reads it from stdin'),
  stdin: () => flag('--stdin', 'give every host all of what is piped into sshoal to read'),
  input: () => new Option('--input <file>', 'give every host this local file to read; - is --stdin'),
  env: () => repeated('--env <name=value>', 'give the command a variable'),
  chdir: () => new Option('--chdir <dir>', 'run the command in this directory of the host'),
  shell: () => new Option('--shell <path>', 'have this read the line instead of sh: bash, zsh; with --script, the script'),
  connectTimeout: () =>
    parsed('-T, --connect-timeout <duration>', 'give a host this long to let us in; 10s when not given', (text) =>
      parseDuration(text, '--connect-timeout'),
    ),
  hostKey: () => choice('--host-key <policy>', 'what to do about unknown host keys', ['strict', 'accept-new', 'ask']).default('strict'),
  knownHosts: () => repeated('--known-hosts <file>', 'read and keep host keys here instead of ~/.ssh/known_hosts'),
  output: () => choice('-o, --output <format>', 'for people, or for machines', ['text', 'json', 'jsonl', 'junit']).default('text'),
  junit: () => new Option('--junit <file>', 'write a JUnit report there too, for CI'),
  quiet: () => flag('-q, --quiet', 'show what failed, and nothing else'),
  stats: () => flag('--stats', 'how long hosts took, the slowest, how fast all of it was, how commands ended'),
  live: () => flag('--live', "show lines while they are written, with the host's name in front; then no answers at the end"),
  gather: () =>
    choice('--gather <mode>', 'equal answers in one block at the end or incrementally, a block for each host, or no answers', [
      'end',
      'incremental',
      'host',
      'none',
    ]),
  diffBase: () => new Option('--diff-base <host>', 'show answers as differences from that of this host'),
  outdir: () => new Option('--outdir <directory>', 'write what each host writes to stdout to a file there, all of it, while it comes'),
  errdir: () => new Option('--errdir <directory>', 'the same for stderr'),
  overwrite: () => flag('--overwrite', 'replace the files of an earlier run in --outdir and --errdir'),
  color: () => choice('--color <when>', 'colours; auto is at a terminal only', ['auto', 'always', 'never']).default('auto'),
  verbose: () =>
    flag('-v, --verbose', 'show more; up to -vvv')
      .argParser((_text: unknown, before: unknown) => Number(before) + 1)
      .default(0, 'off'),
  allowEmpty: () => flag('--allow-empty', 'be content when no host matches'),
  check: () => flag('-C, --check', 'change nothing, say what would change'),
  diff: () =>
    flag(
      '-D, --diff',
      'show differences: with play what changes in files, with run answers beside that of most hosts, with put and get what would change',
    ),
  tags: () => repeated('-t, --tags <tags>', 'run only tasks with one of these tags'),
  skipTags: () => repeated('--skip-tags <tags>', 'leave out tasks with one of these tags'),
  startAtTask: () => new Option('--start-at-task <name>', 'begin with the task of this name, which may stand in a role or an include'),
  listHosts: () => flag('--list-hosts', 'name the hosts, and do nothing'),
  listTasks: () => flag('--list-tasks', 'name the tasks, and do nothing'),
  listTags: () => flag('--list-tags', 'name the tags of plays and of their tasks, and do nothing'),
  step: () => flag('--step', 'ask before each task whether to run it'),
  syntaxCheck: () => flag('--syntax-check', 'read the playbook with all its faults, and do nothing'),
  gathering: () =>
    choice('--gathering <policy>', 'gather facts unless a play says no, only where it says yes, or once for each host', [
      'implicit',
      'explicit',
      'smart',
    ]).default('implicit'),
  factCaching: () =>
    choice('--fact-caching <kind>', 'keep facts for this run only, or in a file for each host', ['memory', 'jsonfile']).default('memory'),
  factCachingConnection: () => new Option('--fact-caching-connection <directory>', 'with jsonfile: where the files are'),
  factCachingTimeout: () =>
    parsed(
      '--fact-caching-timeout <duration>',
      'facts that were kept for longer are gathered anew; 24h when not given, 0 for never',
      (text) => parseDuration(text, '--fact-caching-timeout'),
    ),
  jinja2Native: () =>
    named(
      'jinja2Native',
      flag('--no-jinja2-native', 'make of a lone {{ }} what its text looks like, as ansible 2.14 does unless jinja2_native is on').default(
        true,
      ),
    ),
  rolesPath: () => repeated('--roles-path <directory>', "look for roles there, besides the playbook's own, instead of where Ansible does"),
  collectionsPath: () =>
    repeated(
      '--collections-path <directory>',
      'look for ansible_collections there, besides `collections` beside the playbook, instead of where Ansible does',
    ),
  library: () => repeated('-M, --library <directory>', 'find modules of your own there too; colons part several'),
  schema: () => choice('--schema <of>', 'print a JSON Schema for editors: of modules, or of whole playbooks', ['modules', 'playbook']),
  mode: () => parsed('--mode <octal>', 'permission bits of the new file: 0644; those of the source when not given', fileMode),
  recursive: () => flag('-r, --recursive', 'a directory, with everything in it'),
  preserve: () => flag('-p, --preserve', 'with -r: keep modes and times exactly; else permissions less the umask, and the time of now'),
  include: () => repeated('--include <pattern>', 'with -r: take this though --exclude would leave it out'),
  exclude: () => repeated('--exclude <pattern>', 'with -r: leave this out: *.log, node_modules/, /build'),
  links: () => choice('--links <policy>', 'with -r: what becomes of links; copy when not given', ['copy', 'follow', 'skip']),
  via: () => choice('--via <way>', 'with -r: as files, or as one archive through the tar of the host', ['sftp', 'tar']),
  dryRun: () => flag('--dry-run', 'with -r: copy nothing, name what would be copied'),
  limitRate: () =>
    parsed('--limit-rate <size>', 'bytes a second of all hosts together: 512k, 10M', (text) => parseSize(text, '--limit-rate')),
  limitRatePerHost: () =>
    parsed('--limit-rate-per-host <size>', 'bytes a second of each host', (text) => parseSize(text, '--limit-rate-per-host')),
  transfers: () =>
    parsed('--transfers <number>', 'how many hosts move data at once; 32 when not given', (text) => wholeNumber(text, '--transfers')),
  verify: () => flag('--verify', 'compare the SHA-256 of both sides before a file gets its name'),
  resume: () => flag('--resume', 'go on with an attempt that broke off, and keep what has come if this one does'),
  update: () => flag('--update', 'with -r: leave files alone whose size and time are the same on both sides, as after -p'),
  checksum: () => flag('--checksum', 'with -r: leave files alone whose SHA-256 is the same on both sides'),
  delete: () => flag('--delete', 'with -r: remove from the target what is not in the source; what --exclude leaves out stays'),
  apply: () => flag('--apply', 'with --diff: ask, and then do it'),
  yes: () => flag('-y, --yes', 'with --apply: do not ask'),
  keepGoing: () =>
    flag(
      '--keep-going',
      'go on after an error, which else ends it: with -r copy the rest and name what could not be; in a shell run the lines that follow',
    ),
  list: () => flag('--list', 'everything as JSON, as ansible-inventory --list'),
  graph: () => flag('--graph', 'groups and hosts as a tree (the default)'),
  host: () => new Option('--host <name>', 'the variables of one host as JSON'),
  export: () => flag('--export', 'with --list or --host: variables where they were said, not all of them at each host'),
  yaml: () => flag('-y, --yaml', 'with --list or --host: YAML instead of JSON'),
  vars: () => flag('--vars', 'with --graph: variables too'),
  role: () => new Option('--role <name>', 'as the tasks of this role see it'),
  playbookDir: () => new Option('--playbook-dir <directory>', 'read the group_vars and host_vars there too'),
  vaultId: () => repeated('--vault-id <id@source>', 'a vault password and its id: prod@prompt, dev@<file>, dev@<script>'),
  vaultPasswordFile: () => repeated('--vault-password-file <file>', 'a vault password, or a script that prints it'),
  askVaultPass: () => flag('-J, --ask-vault-pass', 'ask for the vault password'),
  encryptVaultId: () => new Option('--encrypt-vault-id <id>', 'encrypt with the password of this id, where there are several'),
  newVaultId: () => new Option('--new-vault-id <id@source>', 'with rekey: the new password and its id'),
  newVaultPasswordFile: () => new Option('--new-vault-password-file <file>', 'with rekey: the new password, or a script that prints it'),
  outputFile: () => named('outputFile', new Option('--output <file>', 'write here, - for stdout; else the file itself is replaced')),
  name: () => repeated('-n, --name <name>', 'with encrypt-string: the variable the next string is for'),
  stdinName: () => new Option('--stdin-name <name>', 'with encrypt-string: the variable that stdin is for'),
  prompt: () => flag('-p, --prompt', 'with encrypt-string: ask for the string'),
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
  pagePort: () =>
    named(
      'pagePort',
      parsed('--port <number>', 'listen at this port; 0 is any that is free', freePortNumber).default(0, 'any that is free'),
    ),
  bind: () => new Option('--bind <address>', 'listen at this address of this machine').default('127.0.0.1'),
  behindProxy: () =>
    new Option('--behind-proxy <name>', 'the name people know it by, where a proxy with https and users of its own stands in front'),
  allowRun: () => new Option('--allow-run <directory>', 'let the page play what is in there, and run commands'),
  open: () => flag('--open', 'open a browser too'),
  all: () => flag('-a, --all', 'with show: what is set for Ansible and does not apply here too'),
  groupsource: () =>
    new Option('-s, --groupsource <name>', 'the source of groups without one; else the inventory, else as groups.conf says'),
  separator: () => new Option('-S, --separator <text>', 'what stands between names, with \\n and \\t').default(' ', 'a space'),
  outputFormat: () => new Option('-O, --output-format <format>', 'write every name so, %s being the name').default('%s'),
  autostep: () => new Option('--autostep <number>', 'write [0-10/2] from so many numbers on: 4, 50%, or auto'),
  journal: () => flag('--no-journal', 'write no journal of what is done').default(true),
  journalKeep: () =>
    parsed('--journal-keep <duration>', 'remove journals that are older, once a day; 90d when not given', (text) =>
      parseDuration(text, '--journal-keep'),
    ),
  journalMaxSize: () =>
    parsed('--journal-max-size <size>', 'remove the oldest journals beyond this size of all, once a day; 1G when not given', (text) =>
      parseSize(text, '--journal-max-size'),
    ),
  retryFailed: () =>
    new Option(
      '--retry-failed [run]',
      'the hosts that did not end well, or never began, in that run, or the last of this verb; a pattern is not needed then',
    ).preset('last'),
  resumedRun: () =>
    named(
      'resumedRun',
      new Option(
        '--resume [run]',
        'go on with that play, or the last one, where each host stood; playbooks, inventory, limit, tags and --check are as they were then',
      ).preset('last'),
    ),
  failed: () => flag('--failed', 'only the hosts that did not end well'),
  outcome: () =>
    choice('--outcome <status>', 'with a host that ended so, or runs that are so', [...HOST_STATUSES, 'running', 'interrupted']),
  ofVerb: () => named('ofVerb', choice('--verb <verb>', 'only runs of this verb', RUN_VERBS)),
  since: () => new Option('--since <time>', 'begun then or later: 2d ago, or on 2026-08-01'),
  until: () => new Option('--until <time>', 'begun before that: 2d ago, or 2026-08-01'),
  task: () => new Option('--task <text>', 'with this in the name of a task, or in the command; with * or ? all of it'),
  number: () =>
    named(
      'number',
      parsed('-n, --limit <number>', 'how many, the newest first; 20 when not given', (text) => wholeNumber(text, '--limit')),
    ),
  onHost: () => named('onHost', new Option('--host <hosts>', 'only what was done on these: web07, web[01-10], web*!web07')),
  prune: () => flag('--prune', 'remove old journals now'),
  reindex: () => flag('--reindex', 'make the index and all summaries anew from the journals'),
  keep: () =>
    parsed('--keep <duration>', 'with --prune: keep what is not older; as --journal-keep when not given', (text) =>
      parseDuration(text, '--keep'),
    ),
  maxSize: () =>
    parsed('--max-size <size>', 'with --prune: keep so much of the newest; as --journal-max-size when not given', (text) =>
      parseSize(text, '--max-size'),
    ),
  engine: () => new Option('--engine <address>', 'the Redis whose workers do it: redis://[user:password@]host[:port][/database]'),
  engineKeyFile: () => new Option('--engine-key-file <file>', 'the key that all controllers share, made by sshoal worker --new-key'),
  newKey: () => new Option('--new-key <file>', 'make a key that only you may read, and end'),
  allow: () => repeated('--allow <directory>', 'play what lies under this directory: playbooks, inventories, roles'),
  allowLocal: () => flag('--allow-local', 'let runs work on this machine itself, over ansible_connection: local'),
  lease: () =>
    parsed('--lease <duration>', 'how long this worker may be silent before others get its hosts; 15s when not given', (text) => {
      const leaseMs = parseDuration(text, '--lease');
      if (leaseMs >= 1_000) return leaseMs;
      throw new UsageError('BAD_FLAG', `--lease cannot be \`${text}\``, { where: '--lease', fix: 'Give a second at least' });
    }).default(15_000, '15s'),
  axis: () => new Option('--axis <axes>', 'where several numbers vary fold only these: 1, 1-2, or -1 for the last'),
  ...OBSERVING_OPTIONS,
};

/** Every flag there is. */
export const FLAG_NAMES = Object.keys(OPTIONS) as readonly FlagName[];

/** A fresh option for the parser, for one verb. */
export function optionOf(name: FlagName): Option {
  return OPTIONS[name]();
}

/** What a flag means, with its default where it has one worth naming. */
export function optionMeaning(option: Option): string {
  const value: unknown = option.defaultValue;
  const worthNaming = (typeof value === 'string' || typeof value === 'number') && option.defaultValueDescription === undefined;
  return worthNaming ? `${option.description} (default: ${value})` : option.description;
}

/** What the parser read, completed with the defaults of the flags that the verb does not take. */
export function completeFlags(read: Readonly<Record<string, unknown>>): Flags {
  const defaults = Object.fromEntries(FLAG_NAMES.map((name) => [name, optionOf(name).defaultValue as unknown]));
  return { ...defaults, ...read } as unknown as Flags;
}

function portNumber(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError('BAD_FLAG', `--port cannot be \`${text}\``, { where: '--port', fix: 'Give a port from 1 to 65535' });
}

function freePortNumber(text: string): number {
  return text === '0' ? 0 : portNumber(text);
}

function wholeNumber(text: string, name: string, least: 0 | 1 = 1): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError('BAD_FLAG', `${name} cannot be \`${text}\``, { where: name, fix: `Give a whole number from ${least}` });
}

function fileMode(text: string): number {
  if (/^0?[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8);
  throw new UsageError('BAD_FLAG', `--mode cannot be \`${text}\``, { where: '--mode', fix: 'Give permission bits in octal: 0644' });
}

/** The value of a list flag such as `--tags a,b --tags c`. */
export function commaList(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
