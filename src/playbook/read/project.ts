// What one reading of playbooks shares, made before the first file is opened. It reads nothing but templates that others name.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Dict } from '../../base/value.ts';
import { VaultKeys, type VaultReader } from '../../inventory/vault/vault-keys.ts';
import type { EnvironmentOptions } from '../../jinja/environment.ts';
import { ModuleSpace } from '../../modules/library/module-space.ts';
import { Coverage } from '../coverage.ts';
import { Templar } from '../variables/templar.ts';
import type { Project } from './parse-context.ts';
import { parseList } from './parse-steps.ts';

/** What must be known to read a playbook. */
export interface LoadOptions {
  /** Directories besides `roles` beside the playbook in which roles are looked for. */
  readonly rolesPath?: readonly string[] | undefined;
  /** Directories besides `collections` beside the playbook that hold `ansible_collections`. */
  readonly collectionsPath?: readonly string[] | undefined;
  /** For names of imported files and playbooks. */
  readonly extraVars?: Dict | undefined;
  /** What opens encrypted playbooks, values and files of variables. They are refused when not given. */
  readonly vault?: VaultReader | undefined;
  /** What tasks can name. Default: what is built in. */
  readonly modules?: ModuleSpace | undefined;
  /** What a lone `{{ }}` becomes: the value itself (`native`, the default), or as ansible 2.14 what its text looks like (`classic`). */
  readonly results?: EnvironmentOptions['results'];
}

export function newProject(options: LoadOptions): Project {
  const { rolesPath = [], collectionsPath = [], vault = new VaultKeys([]), modules = ModuleSpace.builtIn, results } = options;
  const directories = new Set<string>();
  let id = 0;
  return {
    templar: new Templar({ loadTemplate: (name) => findTemplate(name, directories), results }),
    rolesPath,
    collectionsPath,
    results,
    modules,
    vault,
    coverage: new Coverage(),
    digests: new Map(),
    reads: new Map(),
    parseList,
    nextId: () => id++,
    addTemplates: (directory) => directories.add(directory),
  };
}

function findTemplate(name: string, directories: Iterable<string>): { text: string; file: string } | undefined {
  const candidates = path.isAbsolute(name) ? [name] : [...directories].map((directory) => path.join(directory, name));
  const file = candidates.find((candidate) => existsSync(candidate));
  return file === undefined ? undefined : { text: readFileSync(file, 'utf8'), file };
}
