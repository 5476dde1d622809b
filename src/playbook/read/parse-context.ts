// What parsing carries from file to file: where it is, what it has met, and what is known before anything runs.
import type { Faults } from '../../base/errors.ts';
import type { Position } from '../../base/position.ts';
import type { Dict, Value } from '../../base/value.ts';
import type { YamlNode } from '../../base/yaml.ts';
import type { VaultReader } from '../../inventory/vault/vault-keys.ts';
import type { Environment } from '../../jinja/environment.ts';
import type { ModuleSpace } from '../../modules/library/module-space.ts';
import { type Directives, type Placed, type RoleUse, type Step, shortRoleName, type Task } from '../ast.ts';
import type { Coverage } from '../coverage.ts';
import type { Templar } from '../variables/templar.ts';
import { earlyScope } from './early-scope.ts';
import type { LoadOptions } from './project.ts';

/** What one reading shares, whatever file it is in. */
export interface Project {
  readonly templar: Templar;
  /** Reads a list of tasks: includes and roles hold lists again. @param what - How the list is called in faults. */
  readonly parseList: (node: YamlNode, what: string, around: Directives, context: ParseContext) => Step[];
  /** Opens whatever is encrypted. */
  readonly vault: VaultReader;
  /** The modules that tasks can name. */
  readonly modules: ModuleSpace;
  /** Directories besides the playbook's own in which roles are looked for. */
  readonly rolesPath: readonly string[];
  /** Directories besides the playbook's own that hold collections. */
  readonly collectionsPath: readonly string[];
  /** What a lone `{{ }}` becomes. */
  readonly results: LoadOptions['results'];
  /** SHA-256 of the files that were read, by absolute path. */
  readonly digests: Map<string, string>;
  /** The same of files that are not part of the plan, and that tasks read while it is played: templates, files of variables. */
  readonly reads: Map<string, string>;
  /** Told of every task that is read. */
  readonly coverage: Coverage;
  /** Ids for tasks, in order. */
  readonly nextId: () => number;
  /** A directory with templates was met: other templates may name those in it. */
  readonly addTemplates: (directory: string) => void;
}

/** What was met on the way, for the play or for whatever is included. */
export interface Met {
  /** Of roles. */
  readonly handlers: Task[];
  /** Handlers that will be there if an include with a plain name is played. */
  readonly possible: Task[];
  readonly roles: RoleUse[];
  readonly notified: Placed[];
  /** Whether includes with templated names may bring more. */
  mayBringMore: boolean;
}

export function nothingMet(): Met {
  return { handlers: [], possible: [], roles: [], notified: [], mayBringMore: false };
}

export interface ParseContext {
  readonly project: Project;
  readonly jinja: Environment;
  readonly faults: Faults;
  readonly met: Met;
  /** The directory of the playbook. */
  readonly playDirectory: string;
  /** The directory of the file under way. */
  readonly directory: string;
  readonly role: RoleUse | undefined;
  /** Whether handlers are being read. */
  readonly inHandlers: boolean;
  /** What names of imported files may use: variables of the play and extra ones. */
  readonly early: Dict;
  /** Files being read, outermost first: an import of one of them would never end. */
  readonly open: readonly string[];
}

/** Where files that a task names are looked for, as ansible 2.14: its role, roles around that, its own file, the playbook. */
export function searchPath(role: RoleUse | undefined, directory: string, playDirectory: string): string[] {
  const roles: string[] = [];
  for (let one = role; one !== undefined; one = one.parent) roles.push(one.directory);
  return [...new Set([...roles, directory, playDirectory])];
}

/**
 * A value that must be known before anything runs, such as the name of an imported file: its templates see `early`, and the
 * magic variables of the role and playbook.
 *
 * @throws what its templates throw; TaskError VARIABLE_LOOP.
 */
export function earlyValue(value: Value, at: Position, { project, early, role, playDirectory }: ParseContext): Value {
  const known = new Map<string, Value>([
    ['playbook_dir', playDirectory],
    ...(role === undefined
      ? []
      : ([
          ['role_name', shortRoleName(role)],
          ['role_path', role.directory],
        ] as const)),
  ]);
  const scope = earlyScope(project.templar, (name) => known.get(name) ?? early.get(name));
  return project.templar.value(value, scope, at);
}
