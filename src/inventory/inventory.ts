// Who there is: hosts, groups and their variables, from any number of sources. It does not know how a host is reached.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Faults } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import type { Dict } from '../base/value.ts';
import { PatternError } from './errors.ts';
import { Groups } from './groups.ts';
import type { Group, Host } from './host.ts';
import { LOCALHOSTS, matchPattern, type PatternSpace, splitPattern } from './pattern.ts';
import { collect, readSource, type Scripts } from './sources.ts';
import { settingsOf, type VariableSetting } from './variable-settings.ts';
import { VarsFiles } from './vars-files.ts';
import { VaultKeys, type VaultReader } from './vault/vault-keys.ts';

/** An inventory script that says nothing for so long will say nothing more. */
const SCRIPT_TIMEOUT_MS = 30_000;

export interface InventoryOptions {
  /** What relative paths start from. Default: the current directory. */
  readonly cwd?: string | undefined;
  /** What opens encrypted sources, files of variables, and values in them. Without it they are refused. */
  readonly vault?: VaultReader | undefined;
  /** `skip` takes executable scripts for empty. Default `run`. */
  readonly scripts?: Scripts | undefined;
  /** Default 30 s for each call of a script. */
  readonly scriptTimeoutMs?: number | undefined;
  /** Remembers where each variable is set, for {@link Inventory.settingsOf}. Default false: it costs memory. */
  readonly traced?: boolean | undefined;
  /** Ends scripts that still run. */
  readonly signal?: AbortSignal | undefined;
}

/** Where group_vars and host_vars may be besides those of the inventory. */
export interface VarsOptions {
  /** The directory of the playbook. */
  readonly playbookDirectory?: string | undefined;
}

/**
 * @example
 * ```ts
 * const inventory = await Inventory.load(['inventories/example.ini']);
 * const names = inventory.select('web:!web07').map((host) => host.name);
 * ```
 */
export class Inventory {
  readonly #groups: Groups;
  /** What opens the files of variables of this inventory; those that a playbook names may need it too. */
  readonly vault: VaultReader;
  readonly #besideInventory: readonly VarsFiles[];
  readonly #besidePlaybook = new Map<string, VarsFiles>();
  readonly #groupViews: ReadonlyMap<string, Group>;
  readonly #space: PatternSpace;
  readonly #vars = new Map<string, Dict>();
  readonly #hosts = new Map<string, Host>();
  /** The directory of the first source that is a file or directory. */
  readonly directory: string | undefined;
  /** As they were given: paths are absolute. */
  readonly sources: readonly string[];

  private constructor(groups: Groups, sources: readonly string[], directories: readonly string[], vault: VaultReader) {
    this.#groups = groups;
    this.sources = sources;
    this.vault = vault;
    this.directory = directories[0];
    // Where a directory comes twice, the last time counts.
    const distinct = directories.filter((directory, i) => directories.lastIndexOf(directory) === i);
    this.#besideInventory = distinct.map((directory) => new VarsFiles(directory, vault));
    for (const name of groups.hostNames) this.#hosts.set(name, this.#host(name));
    this.#groupViews = new Map([...groups.groupNames].map((name) => [name, groupView(groups, name)]));
    this.#space = { hosts: new Set(groups.hostNames), groups: [...groups.groupNames], hostsOf: (group) => groups.hostsOf(group) };
  }

  /**
   * Reads sources: files (ini, YAML, JSON), directories, executable scripts, and lists such as `host1,host2,`. A later source
   * wins over an earlier one.
   *
   * @throws InventoryError, YamlError, VaultError; several as FaultsError: unlike Ansible, a source that cannot be read is never passed over.
   */
  static async load(sources: readonly string[], options: InventoryOptions = {}): Promise<Inventory> {
    const { cwd = '.', vault = new VaultKeys([]), scripts = 'run', scriptTimeoutMs = SCRIPT_TIMEOUT_MS, traced, signal } = options;
    const groups = new Groups({ traced });
    const directories: string[] = [];
    const faults = new Faults();
    for (const source of sources) {
      await collect(faults, async () => {
        const directory = await readSource(source, { groups, vault, cwd, scripts, scriptTimeoutMs, signal });
        if (directory !== undefined) directories.push(directory);
      });
    }
    faults.throwIfAny();
    groups.settle();
    const named = sources.map((source) => (source.includes(',') ? source : path.resolve(cwd, source)));
    return new Inventory(groups, named, directories, vault);
  }

  /** All hosts, in order of appearance. */
  get hosts(): ReadonlyMap<string, Host> {
    return this.#hosts;
  }

  /** All groups, `all` and `ungrouped` included. */
  get groups(): ReadonlyMap<string, Group> {
    return this.#groupViews;
  }

  /**
   * The hosts that a pattern picks, as ansible 2.14 orders them. `localhost` needs no inventory: it is this machine.
   *
   * @param pattern - `web:!web07`, `web*,&prod`, `~web\d+`, `web[0:3]`.
   * @param options.limit - Another pattern that every host must match too; {@link Inventory.readLimit} reads those of an `@file`.
   * @throws PatternError when a plain name is nobody's, and on a pattern that cannot be read.
   */
  select(pattern: string | readonly string[], options: { readonly limit?: string | readonly string[] | undefined } = {}): Host[] {
    const names = matchPattern(pattern, this.#space);
    const limit = options.limit === undefined ? undefined : new Set(matchPattern(options.limit, this.#space));
    return names.filter((name) => limit?.has(name) ?? true).map((name) => this.host(name));
  }

  /** A host by name; one of the names of this machine always exists. @throws PatternError PATTERN_NO_MATCH. */
  host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    if (LOCALHOSTS.has(name)) return this.#host(name);
    throw new PatternError('PATTERN_NO_MATCH', `There is no host ${name}`, {
      where: name,
      fix: didYouMean(name, this.#hosts.keys(), 'List what there is: sshoal inventory --graph'),
    });
  }

  /** The names of the hosts of a group, those of its children included. */
  hostsOf(group: string): string[] {
    return this.#groups.hostsOf(group);
  }

  /**
   * The variables of a host, merged as ansible 2.14 (levels 3 to 11 of its order): group variables of the sources, then
   * group_vars of `all`, then group_vars of each group, then the host's own, then host_vars; files beside the playbook after those
   * beside the inventory.
   *
   * @throws PatternError PATTERN_NO_MATCH; and what files of variables can be wrong with.
   */
  varsOf(name: string, options: VarsOptions = {}): Dict {
    const key = `${name}\0${options.playbookDirectory ?? ''}`;
    const known = this.#vars.get(key);
    if (known !== undefined) return known;
    const { name: host } = this.host(name);
    const groups = this.#groups.groupsOf(host);
    const files = [...this.#besideInventory, ...this.#playbookFiles(options.playbookDirectory)];
    const merged: Dict = new Map(this.#groups.group('all').vars);
    for (const group of groups) mergeInto(merged, this.#groups.group(group).vars);
    for (const one of files) mergeInto(merged, one.read('group_vars', 'all'));
    for (const one of files) for (const group of groups) mergeInto(merged, one.read('group_vars', group));
    mergeInto(merged, this.#ownVars(host, files));
    this.#vars.set(key, merged);
    return merged;
  }

  /**
   * Every place that sets a variable of a host, the weakest first: the last one counts.
   *
   * @param variable - Its name. Places in sources are known only where the inventory was loaded as `traced`.
   * @throws as {@link Inventory.varsOf}.
   */
  settingsOf(name: string, variable: string, options: VarsOptions = {}): VariableSetting[] {
    return settingsOf(this.host(name).name, variable, {
      groups: this.#groups,
      isImplicit: !this.#hosts.has(name),
      besideInventory: this.#besideInventory,
      besidePlaybook: this.#playbookFiles(options.playbookDirectory),
    });
  }

  /** The file that named a host first, and its directory; undefined for hosts of a list. */
  originOf(name: string): { readonly file: string; readonly directory: string } | undefined {
    const file = this.#groups.originOf(name);
    return file === undefined ? undefined : { file, directory: path.dirname(file) };
  }

  /** What is said about a host itself, in sources and in host_vars; nothing that its groups say. */
  ownVarsOf(name: string, options: VarsOptions = {}): Dict {
    return this.#ownVars(this.host(name).name, [...this.#besideInventory, ...this.#playbookFiles(options.playbookDirectory)]);
  }

  /** What is said about a group itself, in sources and in group_vars, and its rank where it has one. */
  groupVarsOf(name: string, options: VarsOptions = {}): Dict {
    const merged: Dict = new Map(this.#groups.group(name).vars);
    for (const one of [...this.#besideInventory, ...this.#playbookFiles(options.playbookDirectory)])
      mergeInto(merged, one.read('group_vars', name));
    const priority = this.#groups.priority(name);
    return priority === 1 ? merged : merged.set('ansible_group_priority', priority);
  }

  /** Patterns of a `--limit @file`, one a line. @throws PatternError PATTERN_SYNTAX when it cannot be read. */
  static async readLimit(limit: string, cwd = '.'): Promise<string[]> {
    const parts = splitLimit(limit);
    const texts = await Promise.all(
      parts.map(async (part) => {
        if (!part.startsWith('@')) return [part];
        const file = path.resolve(cwd, part.slice(1));
        const text = await readFile(file, 'utf8').catch((cause: unknown) => {
          throw new PatternError('PATTERN_SYNTAX', `The limit file ${file} cannot be read`, {
            where: `--limit ${part}`,
            fix: 'Check the path',
            cause,
          });
        });
        return text
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '' && !line.startsWith('#'));
      }),
    );
    return texts.flat();
  }

  #playbookFiles(directory: string | undefined): VarsFiles[] {
    if (directory === undefined) return [];
    const known = this.#besidePlaybook.get(directory) ?? new VarsFiles(directory, this.vault);
    this.#besidePlaybook.set(directory, known);
    return [known];
  }

  #ownVars(host: string, files: readonly VarsFiles[]): Dict {
    const own: Dict = new Map(this.#groups.hostVars(host));
    if (!this.#hosts.has(host)) own.set('ansible_connection', 'local');
    for (const one of files) mergeInto(own, one.read('host_vars', host));
    return own;
  }

  #host(name: string): Host {
    const groupsOf = (): readonly string[] => this.#groups.groupsOf(name);
    const varsOf = (): Dict => this.varsOf(name);
    return {
      name,
      get groups(): readonly string[] {
        return groupsOf();
      },
      // Files are read when somebody asks: an inventory of ten thousand hosts is listed without them.
      get vars(): Dict {
        return varsOf();
      },
    };
  }
}

function groupView(groups: Groups, name: string): Group {
  const { children, hosts, vars } = groups.group(name);
  return { name, children: [...children], hosts: [...hosts], vars };
}

function mergeInto(merged: Dict, vars: Dict): void {
  for (const [variable, value] of vars) merged.set(variable, value);
}

function splitLimit(limit: string): string[] {
  return limit.split(',').flatMap((part) => (part.trim().startsWith('@') ? [part.trim()] : splitPattern(part)));
}
