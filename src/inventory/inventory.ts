// Who there is: hosts, groups and their variables, from any number of sources. It does not know how a host is reached.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Faults } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { type Dict, dict } from '../base/value.ts';
import { PatternError } from './errors.ts';
import { Groups } from './groups.ts';
import type { Group, Host } from './host.ts';
import { LOCALHOSTS, matchPattern, type PatternSpace, splitPattern } from './pattern.ts';
import { collect, readSource, type Scripts } from './sources.ts';
import { VarsFiles } from './vars-files.ts';

/**
 * @example
 * ```ts
 * const inventory = await Inventory.load(['inventories/example.ini']);
 * const names = inventory.select('web:!web07').map((host) => host.name);
 * ```
 */
export class Inventory {
  readonly #groups: Groups;
  readonly #besideInventory: readonly VarsFiles[];
  readonly #besidePlaybook = new Map<string, VarsFiles>();
  readonly #vars = new Map<string, Dict>();
  readonly #hosts = new Map<string, Host>();
  /** The directory of the first source that is a file or directory. */
  readonly directory: string | undefined;

  private constructor(groups: Groups, directories: readonly string[]) {
    this.#groups = groups;
    this.directory = directories[0];
    this.#besideInventory = [...new Set(directories)].map((directory) => new VarsFiles(directory));
    for (const name of groups.hostNames) this.#hosts.set(name, this.#host(name));
  }

  /**
   * Reads sources: files (ini, YAML, JSON), directories, executable scripts, and lists such as `host1,host2,`. A later source
   * wins over an earlier one.
   *
   * @param options.cwd - What relative paths start from. Default: the current directory.
   * @param options.scripts - `skip` takes executable scripts for empty. Default `run`.
   * @throws InventoryError, YamlError; several as FaultsError: unlike Ansible, a source that cannot be read is never passed over.
   */
  static async load(
    sources: readonly string[],
    options: { readonly cwd?: string | undefined; readonly scripts?: Scripts | undefined } = {},
  ): Promise<Inventory> {
    const groups = new Groups();
    const directories: string[] = [];
    const faults = new Faults();
    for (const source of sources) {
      await collect(faults, async () => {
        const directory = await readSource(source, options.cwd ?? '.', groups, options.scripts);
        if (directory !== undefined) directories.push(directory);
      });
    }
    faults.throwIfAny();
    groups.settle();
    return new Inventory(groups, directories);
  }

  /** All hosts, in order of appearance. */
  get hosts(): ReadonlyMap<string, Host> {
    return this.#hosts;
  }

  /** All groups, `all` and `ungrouped` included. */
  get groups(): ReadonlyMap<string, Group> {
    const entries = [...this.#groups.groupNames].map((name): [string, Group] => {
      const { children, hosts, vars } = this.#groups.group(name);
      return [name, { name, children: [...children], hosts: [...hosts], vars }];
    });
    return new Map(entries);
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
    if (LOCALHOSTS.has(name))
      return { name, groups: [], vars: new Map([...this.#groupVars('all'), ...dict({ ansible_connection: 'local' })]) };
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
   * @param options.playbookDirectory - Where group_vars and host_vars of the playbook are.
   */
  varsOf(name: string, options: { readonly playbookDirectory?: string | undefined } = {}): Dict {
    const key = `${name}\0${options.playbookDirectory ?? ''}`;
    const known = this.#vars.get(key);
    if (known !== undefined) return known;
    if (!this.#hosts.has(name)) return this.host(name).vars;
    const groups = this.#groups.groupsOf(name);
    const files = [...this.#besideInventory, ...this.#playbookFiles(options.playbookDirectory)];
    const merged: Dict = new Map(this.#groups.group('all').vars);
    const add = (vars: Dict): void => {
      for (const [variable, value] of vars) merged.set(variable, value);
    };
    for (const group of groups) add(this.#groups.group(group).vars);
    for (const one of files) add(one.read('group_vars', 'all'));
    for (const one of files) for (const group of groups) add(one.read('group_vars', group));
    add(this.#groups.hostVars(name));
    for (const one of files) add(one.read('host_vars', name));
    this.#vars.set(key, merged);
    return merged;
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
    const known = this.#besidePlaybook.get(directory) ?? new VarsFiles(directory);
    this.#besidePlaybook.set(directory, known);
    return [known];
  }

  #groupVars(name: string): Dict {
    const merged: Dict = new Map(this.#groups.group(name).vars);
    for (const one of this.#besideInventory) for (const [variable, value] of one.read('group_vars', name)) merged.set(variable, value);
    return merged;
  }

  get #space(): PatternSpace {
    return { hosts: new Set(this.#hosts.keys()), groups: [...this.#groups.groupNames], hostsOf: (group) => this.#groups.hostsOf(group) };
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

function splitLimit(limit: string): string[] {
  return limit.split(',').flatMap((part) => (part.trim().startsWith('@') ? [part.trim()] : splitPattern(part)));
}
