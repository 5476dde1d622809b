// import_tasks, include_tasks, import_role, include_role: imports become the steps themselves, includes wait for their host.
import path from 'node:path';
import { Faults } from '../../base/errors.ts';
import { type Dict, isDict, toJson, type Value } from '../../base/value.ts';
import { type YamlMap, yamlEntry, yamlValue } from '../../base/yaml.ts';
import type { Directives, Include, Included, Placed, Step } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import { earlyValue, nothingMet, type ParseContext } from './parse-context.ts';
import { parseDirectives } from './parse-directives.ts';
import type { Found } from './parse-doing.ts';
import { isLoopKeyword } from './parse-loop.ts';
import { loadRole, type RoleFiles, roleMark } from './parse-role.ts';
import { findTaskFile, readTrees } from './task-files.ts';
import { checkTemplates, isTemplated } from './template-check.ts';

/** What an include, which only brings in tasks, may say of itself. */
const INCLUDE_KEYWORDS = new Set(
  'action args collections debugger ignore_errors loop loop_control name no_log register run_once tags timeout vars when listen'.split(' '),
);
const TASKS_ARGUMENTS = ['file', 'apply'];
const FROM_ARGUMENTS = ['tasks_from', 'vars_from', 'defaults_from', 'handlers_from'];
const ROLE_ARGUMENTS = ['name', 'role', ...FROM_ARGUMENTS, 'allow_duplicates', 'rolespec_validate'];

type Statement = Omit<Found, 'doing'> & { readonly statement: string };

/**
 * @param own - The directives of the statement: those of its contents too when it is an import.
 * @param around - The directives around it: those of the contents of an include.
 */
export function parseInclude(
  map: YamlMap,
  found: Statement,
  own: Directives,
  around: Directives,
  context: ParseContext,
):
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | { readonly kind: 'include'; readonly include: Include; readonly vars: Dict }
  | undefined {
  const isRole = found.statement.endsWith('_role');
  const isImport = found.statement.startsWith('import_');
  const before = context.faults.list.length;
  checkShape(map, found, isRole, isImport, context);
  if (context.faults.list.length > before) return undefined;
  // What it says under `vars` itself: the role it names passes that on to the play.
  const given: Dict = new Map([...own.vars].filter(([name, value]) => around.vars.get(name) !== value));
  if (isImport) {
    const steps = context.faults.collect(() => importNow(found, isRole, own, given, context));
    return { kind: 'steps', steps: steps ?? [] };
  }
  const inside = applied(map, found, around, context);
  const open = remembered((args) => openInclude(found, args, isRole, inside, given, context));
  const include: Include = { what: isRole ? 'role' : 'tasks', open, early: openEarly(open, isRole, found, inside, context) };
  return { kind: 'include', include, vars: given };
}

function checkShape(
  map: YamlMap,
  { statement, args, argPlaces }: Statement,
  isRole: boolean,
  isImport: boolean,
  context: ParseContext,
): void {
  const { faults } = context;
  const known = isRole ? [...ROLE_ARGUMENTS, ...(isImport ? [] : ['apply', 'public'])] : isImport ? ['file'] : TASKS_ARGUMENTS;
  const bad = (message: string, where: Placed['at'], fix: string): void => {
    faults.add(new PlaybookError('BAD_PARAMETER', `${statement}: ${message}`, { where, fix }));
  };
  for (const key of args.keys()) {
    const name = String(key);
    if (!known.includes(name)) bad(`there is no parameter \`${name}\``, argPlaces.get(name) ?? map.position, `Known: ${known.join(', ')}`);
  }
  const name = args.get(isRole ? (args.has('role') ? 'role' : 'name') : 'file');
  if (typeof name !== 'string' || name.trim() === '')
    bad(`it names no ${isRole ? 'role' : 'file'}`, map.position, isRole ? 'Write name: and a role' : 'Write the name of a file behind it');
  if (isRole && context.inHandlers) bad('it cannot be a handler', map.position, 'Notify a handler of the role instead');
  for (const { key, keyPosition } of map.entries) {
    const keyword = String(key);
    if (isImport && isLoopKeyword(keyword))
      bad('an import cannot be looped over', keyPosition, `Use ${statement.replace('import', 'include')}`);
    if (!isImport && !INCLUDE_KEYWORDS.has(keyword) && !isLoopKeyword(keyword) && !keyword.endsWith(statement))
      bad(`\`${keyword}\` has no effect on an include`, keyPosition, 'Put it below apply:, and it holds for the tasks inside');
  }
}

function importNow(found: Statement, isRole: boolean, own: Directives, given: Dict, context: ParseContext): readonly Step[] {
  const args: Dict = new Map();
  for (const [key, value] of found.args) args.set(key, earlyValue(value, found.argPlaces.get(String(key)) ?? positionOf(found), context));
  if (!isRole) return stepsOfFile(fileOf(found, args, context), found, own, context);
  const request = { ...roleRequest(found, args), vars: given, around: own, isInclude: true };
  if (context.open.includes(roleMark(request, context)))
    throw new PlaybookError('PLAYBOOK_SHAPE', `The role ${request.name} imports itself`, {
      where: positionOf(found),
      fix: 'Use include_role with a condition that ends it',
    });
  const loaded = loadRole(request, context);
  context.met.handlers.push(...loaded.handlers);
  context.met.roles.push(loaded.role);
  return loaded.steps;
}

/** The steps of a file, with what holds around them. */
function stepsOfFile(file: string, found: Statement, around: Directives, context: ParseContext): Step[] {
  if (context.open.includes(file) && found.statement.startsWith('import_'))
    throw new PlaybookError('PLAYBOOK_SHAPE', `${file} imports itself`, {
      where: positionOf(found),
      fix: 'Use include_tasks with a condition that ends it',
    });
  const inside: ParseContext = { ...context, directory: path.dirname(file), open: [...context.open, file] };
  return readTrees(file, positionOf(found), context.project).flatMap((tree) =>
    context.project.parseList(tree, 'A file of tasks', around, inside),
  );
}

function fileOf(found: Statement, args: Dict, context: ParseContext): string {
  return findTaskFile(String(args.get('file') as string).trim(), positionOf(found), context);
}

function openInclude(found: Statement, args: Dict, isRole: boolean, inside: Directives, given: Dict, context: ParseContext): Included {
  // Its faults are its own: when the play runs already, they fail the host that met them.
  const faults = new Faults();
  const met = nothingMet();
  const own: ParseContext = { ...context, faults, met };
  let included: Included | undefined;
  if (isRole) {
    const loaded = faults.collect(() => loadRole({ ...roleRequest(found, args), vars: given, around: inside, isInclude: true }, own));
    const isPublic = isYes(args.get('public'));
    if (loaded !== undefined)
      included = {
        steps: loaded.steps,
        handlers: [...loaded.handlers, ...met.handlers],
        roles: [...(isPublic ? [loaded.role] : []), ...met.roles],
      };
  } else {
    const steps = faults.collect(() => stepsOfFile(fileOf(found, args, context), found, inside, own));
    if (steps !== undefined) included = { steps, handlers: met.handlers, roles: met.roles };
  }
  context.met.notified.push(...met.notified);
  context.met.possible.push(...(included?.handlers ?? []), ...met.possible);
  context.met.mayBringMore ||= met.mayBringMore;
  faults.throwIfAny();
  if (included === undefined) throw new TypeError('What cannot be read has a fault');
  return included;
}

/** Where its arguments are plain it is read at once, so that its faults show before anything runs. */
function openEarly(
  open: Include['open'],
  isRole: boolean,
  found: Statement,
  around: Directives,
  context: ParseContext,
): Included | undefined {
  const { apply: _apply, ...names } = Object.fromEntries([...found.args].map(([key, value]) => [String(key), value]));
  if (Object.values(names).some(isTemplated)) {
    context.met.mayBringMore = true;
    return undefined;
  }
  const args: Dict = new Map(Object.entries(names));
  const mark = context.faults.collect(() =>
    isRole ? roleMark({ ...roleRequest(found, args), around }, context) : fileOf(found, args, context),
  );
  // What includes itself ends by its conditions; it is being read already.
  if (mark === undefined || context.open.includes(mark)) return undefined;
  return context.faults.collect(() => open(args));
}

/** What `apply` lays around the tasks inside. */
function applied(map: YamlMap, found: Statement, around: Directives, context: ParseContext): Directives {
  const statement = map.entries.find(({ key }) => String(key).endsWith(found.statement));
  const nodes = [statement?.node, yamlEntry(map, 'args')?.node];
  const apply = nodes.flatMap((node) => (node?.kind === 'map' ? (yamlEntry(node, 'apply') ?? []) : [])).at(-1);
  if (apply === undefined) return around;
  if (apply.node.kind === 'map') return parseDirectives(apply.node, around, context);
  const value = yamlValue(apply.node);
  context.faults.add(
    new PlaybookError('BAD_PARAMETER', `${found.statement}: \`apply\` must be a map of keywords`, {
      where: apply.keyPosition,
      fix: isDict(value) ? undefined : 'Write keywords such as tags: below it',
    }),
  );
  checkTemplates(apply.node, context.jinja, context.faults);
  return around;
}

function roleRequest(found: Statement, args: Dict): Omit<Parameters<typeof loadRole>[0], 'around' | 'isInclude' | 'vars'> {
  const files = Object.fromEntries(
    FROM_ARGUMENTS.flatMap((name) => {
      const value = args.get(name);
      return typeof value === 'string' ? [[name.replace('_from', ''), value.replace(/\.(ya?ml|json)$/, '')]] : [];
    }),
  ) as RoleFiles;
  return {
    name: String((args.get('name') ?? args.get('role')) as string),
    files,
    params: new Map(),
    allowDuplicates: args.has('allow_duplicates') ? isYes(args.get('allow_duplicates')) : true,
    validate: !args.has('rolespec_validate') || isYes(args.get('rolespec_validate')),
    at: positionOf(found),
    use: JSON.stringify([found.statement, toJson(args)]),
  };
}

function positionOf({ argPlaces }: Statement): Placed['at'] {
  const [first] = argPlaces.values();
  if (first === undefined) throw new TypeError('An include without arguments was refused before');
  return first;
}

function isYes(value: Value | undefined): boolean {
  return value === true || (typeof value === 'string' && /^(?:yes|true|on|1|y|t)$/i.test(value));
}

function remembered(open: (args: Dict) => Included): (args: Dict) => Included {
  const known = new Map<string, Included>();
  return (args) => {
    const named = new Map([...args].filter(([key]) => key !== 'apply'));
    const key = JSON.stringify(toJson(named));
    const included = known.get(key) ?? open(named);
    known.set(key, included);
    return included;
  };
}
