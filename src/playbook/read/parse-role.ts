// Roles: found, read with all their files, and the roles they need before them. It runs nothing.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Position } from '../../base/position.ts';
import { didYouMean } from '../../base/suggest.ts';
import { type Dict, dict, toJson, type Value } from '../../base/value.ts';
import { type YamlMap, type YamlNode, yamlEntry, yamlValue } from '../../base/yaml.ts';
import { readVarsFile } from '../../inventory/vars-files.ts';
import { validateArgumentSpec } from '../actions/validate-argument-spec.ts';
import type { Directives, RoleUse, Step, Task } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import { rolesAround } from '../variables/role-variables.ts';
import { type CollectionSearch, isQualified, membershipOf, roleInCollections } from './collections.ts';
import { isKeyword } from './keywords.ts';
import { newTask } from './new-task.ts';
import { earlyValue, type ParseContext } from './parse-context.ts';
import { listOf, parseDirectives } from './parse-directives.ts';
import { parseHandlers } from './parse-handlers.ts';
import { isDirectory, isFile, readTrees } from './task-files.ts';
import { checkTemplates } from './template-check.ts';

/** Files of a role other than `main`. */
export type RoleFiles = Readonly<Partial<Record<'tasks' | 'vars' | 'defaults' | 'handlers', string>>>;

/** A role as somebody asks for it. */
export interface RoleRequest {
  readonly name: string;
  readonly files: RoleFiles;
  readonly params: Dict;
  readonly vars: Dict;
  /** What holds for all its tasks. */
  readonly around: Directives;
  /** Over what the role itself says. */
  readonly allowDuplicates: boolean | undefined;
  /** Whether its arguments are checked when it begins. */
  readonly validate: boolean;
  readonly isInclude: boolean;
  readonly at: Position;
  /** What makes this use the same as another. */
  readonly use: string;
}

export interface LoadedRole {
  readonly role: RoleUse;
  /** The roles it needs, then its own tasks. */
  readonly steps: readonly Step[];
  readonly handlers: readonly Task[];
}

/** Reads an entry of `roles` or `dependencies`: a name, or a map with keywords and parameters. */
export function parseRoleEntry(node: YamlNode, around: Directives, context: ParseContext): LoadedRole | undefined {
  const { faults } = context;
  const shape = (): undefined => {
    faults.add(
      new PlaybookError('PLAYBOOK_SHAPE', 'A role is a name, or a map with `role`', { where: node.position, fix: 'Write - role: name' }),
    );
    return undefined;
  };
  if (node.kind === 'scalar')
    return typeof node.value === 'string' ? parseRoleEntry(asMap(node.value, node.position), around, context) : shape();
  if (node.kind === 'list') return shape();
  const named = yamlEntry(node, 'role') ?? yamlEntry(node, 'name');
  const written = named === undefined ? undefined : yamlValue(named.node);
  if (named === undefined || typeof written !== 'string') return shape();
  const own = parseDirectives(node, { ...around, vars: new Map() }, context);
  const params: Dict = new Map();
  for (const entry of node.entries) {
    const key = String(entry.key);
    if (key === 'name' || key === 'role' || isKeyword('role', key)) continue;
    checkTemplates(entry.node, context.jinja, faults);
    params.set(key, yamlValue(entry.node));
  }
  const when = yamlEntry(node, 'when');
  const tags = yamlEntry(node, 'tags');
  return faults.collect(() =>
    loadRole(
      {
        name: String(earlyValue(written, named.node.position, context) as string),
        files: {},
        params,
        vars: own.vars,
        around: { ...own, vars: around.vars },
        allowDuplicates: undefined,
        validate: true,
        isInclude: false,
        at: named.node.position,
        use: JSON.stringify([when && toJson(yamlValue(when.node)), tags && toJson(yamlValue(tags.node))]),
      },
      context,
    ),
  );
}

/** @throws PlaybookError PLAYBOOK_NOT_FOUND, NOT_SUPPORTED_YET, PLAYBOOK_SHAPE; faults inside the role go to the list. */
export function loadRole(request: RoleRequest, context: ParseContext): LoadedRole {
  const { name, at, around } = request;
  const directory = findRole(request, context);
  const member = membershipOf(directory);
  const parent = context.role;
  if (parent !== undefined && !request.isInclude && [parent, ...rolesAround(parent)].some((one) => one.directory === directory))
    throw new PlaybookError('PLAYBOOK_SHAPE', `The role ${name} needs itself`, { where: at, fix: 'Take it out of its own dependencies' });
  const file = (kind: keyof RoleFiles): string[] => roleFiles(path.join(directory, kind), request.files[kind] ?? 'main');
  const meta = metaOf(directory, at, context);
  const dependencies: RoleUse[] = [];
  const role: RoleUse = {
    name: [...(member === undefined ? [] : [member.collection]), path.basename(member === undefined ? name : directory)].join('.'),
    collection: member?.collection,
    directory,
    parent,
    ownDefaults: merged(file('defaults'), at, context),
    ownVars: new Map([...request.vars, ...merged(file('vars'), at, context)]),
    ownParams: request.params,
    included: request.isInclude,
    allowDuplicates: request.allowDuplicates ?? meta.allowDuplicates,
    dependencies,
    key: JSON.stringify([directory, request.use, toJson(request.params), toJson(request.vars), request.files, request.isInclude]),
  };
  context.project.addTemplates(path.join(directory, 'templates'));
  const inside: ParseContext = {
    ...context,
    role,
    directory: path.join(directory, 'tasks'),
    open: [...context.open, roleMark(request, context)],
  };
  const needed = meta.dependencies.flatMap((node) => parseRoleEntry(node, around, inside) ?? []);
  dependencies.push(...needed.map((one) => one.role));
  const read = (kind: 'tasks' | 'handlers'): YamlNode[] => {
    const [main] = file(kind);
    if (main === undefined && request.files[kind] !== undefined)
      throw new PlaybookError('PLAYBOOK_NOT_FOUND', `The role ${name} has no file ${kind}/${request.files[kind]}`, {
        where: at,
        fix: `Look into ${path.join(directory, kind)}`,
      });
    return main === undefined ? [] : readTrees(main, at, context.project);
  };
  const handlers = read('handlers').flatMap((tree) =>
    parseHandlers(tree, 'A file of handlers', around, { ...inside, directory: path.join(directory, 'handlers') }),
  );
  const spec = request.validate ? meta.specs.get(request.files.tasks ?? 'main') : undefined;
  const body = [
    ...(spec instanceof Map ? [validationTask(spec, request.files.tasks ?? 'main', request, inside)] : []),
    ...read('tasks').flatMap((tree) => context.project.parseList(tree, 'A file of tasks', around, inside)),
  ];
  return {
    role,
    steps: [...needed.flatMap((one) => one.steps), { kind: 'role', at, role, body }],
    handlers: [...needed.flatMap((one) => one.handlers), ...handlers],
  };
}

/** What stands in the list of what is being read for the tasks of a role. @throws as {@link loadRole}. */
export function roleMark(request: Pick<RoleRequest, 'name' | 'at' | 'files' | 'around'>, context: ParseContext): string {
  const { files } = request;
  return path.join(findRole(request, context), 'tasks', files.tasks ?? 'main');
}

/** Looks for a role as ansible 2.14: in collections, beside the playbook, on the path, beside the role that asks, as a path itself. */
function findRole({ name, at, around }: Pick<RoleRequest, 'name' | 'at' | 'around'>, context: ParseContext): string {
  const { project, playDirectory, role } = context;
  const search = collectionSearch(around.collections, context);
  const collected = roleInCollections(name, search);
  if (collected !== undefined) return collected;
  const places = path.isAbsolute(name)
    ? [name]
    : [
        ...[
          path.join(playDirectory, 'roles'),
          ...project.rolesPath,
          ...(role === undefined ? [] : [path.dirname(role.directory)]),
          playDirectory,
        ].map((directory) => path.join(directory, name)),
      ];
  const found = places.find(isDirectory);
  if (found !== undefined) return path.resolve(found);
  const looked = [...new Set([...(isQualified(name) ? search.directories : []), ...places.map((place) => path.dirname(place))])];
  throw new PlaybookError('PLAYBOOK_NOT_FOUND', `There is no role \`${name}\``, {
    where: at,
    fix: didYouMean(name, namesIn(looked), `It was looked for in ${looked.join(', ')}`),
  });
}

/** As ansible 2.14: collections beside the playbook come first; who is part of one finds it, wherever that is. */
function collectionSearch(named: readonly string[], { project, playDirectory, role }: ParseContext): CollectionSearch {
  const own = [role?.directory, playDirectory].flatMap((place) => (place === undefined ? [] : (membershipOf(place) ?? [])));
  return {
    directories: [path.join(playDirectory, 'collections'), ...project.collectionsPath, ...own.map(({ directory }) => directory)],
    collections: [...own.map(({ collection }) => collection), ...named],
  };
}

function namesIn(directories: readonly string[]): string[] {
  return directories
    .filter((directory) => path.basename(directory) === 'roles' && isDirectory(directory))
    .flatMap((one) => readdirSync(one));
}

/** `main.yml` and its like; a directory of that name stands for all files in it. */
function roleFiles(directory: string, name: string): string[] {
  const base = path.join(directory, name);
  const file = [`${base}.yml`, `${base}.yaml`, `${base}.json`, base].find(isFile);
  if (file !== undefined) return [file];
  if (!isDirectory(base)) return [];
  return readdirSync(base)
    .filter((entry) => /\.(?:ya?ml|json)$/.test(entry))
    .sort()
    .map((entry) => path.join(base, entry));
}

function merged(files: readonly string[], at: Position, { faults, jinja, project }: ParseContext): Dict {
  const vars: Dict = new Map();
  for (const file of files) {
    const read = faults.collect(() => readVarsFile(file, project.vault));
    if (read === undefined) continue;
    for (const [key, value] of read) vars.set(key, value);
    // Values know no places; the tree does.
    for (const tree of readTrees(file, at, project)) checkTemplates(tree, jinja, faults);
  }
  return vars;
}

interface Meta {
  readonly dependencies: readonly YamlNode[];
  readonly allowDuplicates: boolean;
  readonly specs: Dict;
}

function metaOf(directory: string, at: Position, { faults, project }: ParseContext): Meta {
  const read = (name: string): YamlMap | undefined => {
    const [file] = roleFiles(path.join(directory, 'meta'), name);
    if (file === undefined) return undefined;
    const [tree] = faults.collect(() => readTrees(file, at, project)) ?? [];
    if (tree === undefined || tree.kind === 'map' || (tree.kind === 'scalar' && tree.value === null))
      return tree?.kind === 'map' ? tree : undefined;
    faults.add(
      new PlaybookError('PLAYBOOK_SHAPE', 'The meta of a role is a map', { where: tree.position, fix: 'Write dependencies: [...]' }),
    );
    return undefined;
  };
  const main = read('main') ?? asMap('', { file: directory, line: 1, column: 1 });
  const specs = read('argument_specs') ?? main;
  const entry = yamlEntry(specs, 'argument_specs');
  const value = entry === undefined ? undefined : yamlValue(entry.node);
  const duplicates = yamlEntry(main, 'allow_duplicates');
  return {
    dependencies: listOf(yamlEntry(main, 'dependencies')),
    allowDuplicates: duplicates !== undefined && yamlValue(duplicates.node) === true,
    specs: value instanceof Map ? value : new Map(),
  };
}

function validationTask(spec: Dict, entryPoint: string, { around, at }: RoleRequest, context: ParseContext): Task {
  const short = spec.get('short_description');
  const args = dict({ argument_spec: spec.get('options') ?? new Map(), validate_args_context: dict({ argument_spec_name: entryPoint }) });
  return newTask(
    {
      ...around,
      tags: [...new Set([...around.tags, 'always'])],
      name: `Validating arguments against arg spec '${entryPoint}'${typeof short === 'string' ? ` - ${short}` : ''}`,
      doing: { kind: 'action', action: validateArgumentSpec },
      moduleName: 'ansible.builtin.validate_argument_spec',
      args,
      argPlaces: new Map(),
    },
    at,
    context,
  );
}

function asMap(role: Value, position: Position): YamlMap {
  const node: YamlNode = { kind: 'scalar', value: role as string, position };
  return { kind: 'map', entries: [{ key: 'role', keyPosition: position, node }], position };
}
