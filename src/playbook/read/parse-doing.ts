// Which module a task names, and its arguments: as a map, as k=v, as free text, behind `action`. It runs nothing.
import { formatPosition, type Position } from '../../base/position.ts';
import { type Dict, isDict, Sealed } from '../../base/value.ts';
import { type YamlEntry, type YamlMap, type YamlNode, yamlEntry, yamlValue } from '../../base/yaml.ts';
import { firstFault } from '../../modules/library/module-space.ts';
import { parseKeyValue } from '../../modules/parameters/key-value.ts';
import { shortName } from '../../modules/registry.ts';
import { ACTIONS } from '../actions/registry.ts';
import type { Doing } from '../ast.ts';
import { PlaybookError, UnsupportedError } from '../errors.ts';
import { isKeyword, KEYWORDS, keywordFault, notYet } from './keywords.ts';
import type { ParseContext } from './parse-context.ts';
import { badType } from './parse-directives.ts';
import { isLoopKeyword, LOOP_KEYWORDS, loopFault } from './parse-loop.ts';

/** Statements in the place of a module that bring in other tasks, with the argument that free text is. */
export const INCLUDES: ReadonlyMap<string, string> = new Map([
  ['import_tasks', 'file'],
  ['include_tasks', 'file'],
  ['import_role', 'name'],
  ['include_role', 'name'],
]);
/** Statements in the place of a module that are not there. */
export const STATEMENTS_LATER: ReadonlyMap<string, string> = new Map([['include', 'Use include_tasks or import_tasks']]);

/** What a task was found to do. */
export interface Found {
  readonly doing: Exclude<Doing, { kind: 'include' }> | { readonly kind: 'include'; readonly statement: string };
  /** As it was written: `ansible.builtin.copy`. */
  readonly moduleName: string;
  readonly args: Dict;
  readonly argPlaces: Map<string, Position>;
}

/** Undefined when it is not to be found out; the faults say why. */
export function findDoing(map: YamlMap, context: ParseContext): Found | undefined {
  const { faults } = context;
  const candidates: YamlEntry[] = [];
  const before = faults.list.length;
  const strangers = map.entries.filter(({ key }) => !isTaskKeyword(String(key)) && !isStatement(String(key), context));
  for (const entry of map.entries) {
    const key = String(entry.key);
    if (isTaskKeyword(key)) continue;
    if (isStatement(key, context)) candidates.push(entry);
    else if (!strangerFault(entry, strangers.length, map, context)) return undefined;
  }
  const [first, second] = [...candidates, ...map.entries.filter(({ key }) => key === 'action' || key === 'local_action')];
  if (second !== undefined && first !== undefined) {
    faults.add(
      new PlaybookError('TWO_MODULES', `One task has two modules: ${String(first.key)} and ${String(second.key)}`, {
        where: second.keyPosition,
        fix: 'Make two tasks of it: begin the second with a dash',
      }),
    );
    return undefined;
  }
  if (first !== undefined)
    return first.key === 'action' || first.key === 'local_action'
      ? doingFromAction(first, map, context)
      : doingFrom(String(first.key), first.keyPosition, first.node, map, context);
  // A misspelt module was said already.
  if (faults.list.length === before)
    faults.add(
      new PlaybookError('NO_MODULE', 'This task has no module', {
        where: map.position,
        fix: 'Name one, such as command:, copy: or debug:',
      }),
    );
  return undefined;
}

/** Says what is wrong with a key that nothing answers to. @returns False when it can only be meant as the module. */
function strangerFault(entry: YamlEntry, strangers: number, map: YamlMap, context: ParseContext): boolean {
  const { faults, project } = context;
  const key = String(entry.key);
  const asKeyword =
    loopFault(key, entry.keyPosition) ?? keywordFault('task', key, entry.keyPosition, [...Object.keys(KEYWORDS.block), ...LOOP_KEYWORDS]);
  const likeKeyword =
    asKeyword !== undefined &&
    (asKeyword.code === 'NOT_SUPPORTED_YET' || key.startsWith('with_') || (asKeyword.fix?.startsWith('Did you mean') ?? false));
  const noModule = map.entries.every((one) => !isStatement(String(one.key), context) && one.key !== 'action' && one.key !== 'local_action');
  // A name with a dot, or the only stranger in the task, can only be meant as a module.
  if (asKeyword !== undefined && (likeKeyword || !noModule || strangers > 1)) {
    faults.add(asKeyword);
    return true;
  }
  faults.add(moduleFault(key, entry.keyPosition, project));
  return false;
}

function moduleFault(name: string, where: Position, { modules }: ParseContext['project']): UnsupportedError {
  const { code, message, fix } = modules.unknown(name, statementNames());
  return new UnsupportedError(code, message, name, { where, fix });
}

function isTaskKeyword(key: string): boolean {
  return isKeyword('task', key) || isLoopKeyword(key);
}

/** Whether a name is that of something to do, be it a file that turns out to be no module. */
function isStatement(name: string, { project }: ParseContext): boolean {
  const short = shortName(name);
  return INCLUDES.has(short) || ACTIONS.has(short) || STATEMENTS_LATER.has(short) || project.modules.find(asModule(name)) !== undefined;
}

/** gather_facts is setup, where no other way to gather is configured. */
function asModule(name: string): string {
  return shortName(name) === 'gather_facts' ? 'setup' : name;
}

function statementNames(): string[] {
  return [...ACTIONS.keys(), ...INCLUDES.keys(), ...STATEMENTS_LATER.keys()];
}

function doingFromAction(action: YamlEntry, map: YamlMap, context: ParseContext): Found | undefined {
  const { node } = action;
  const value = yamlValue(node);
  if (isDict(value)) {
    const name = value.get('module');
    if (typeof name === 'string' && node.kind === 'map') {
      const others: YamlMap = { ...node, entries: node.entries.filter((entry) => entry.key !== 'module') };
      return doingFrom(name, node.position, others, map, context);
    }
  } else if (typeof value === 'string') {
    const [, name = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(value) ?? [];
    return doingFrom(name, node.position, { kind: 'scalar', value: rest === '' ? null : rest, position: node.position }, map, context);
  }
  context.faults.add(badType(String(action.key), 'a module with its arguments', { value, at: node.position }));
  return undefined;
}

function doingFrom(name: string, at: Position, node: YamlNode, map: YamlMap, context: ParseContext): Found | undefined {
  const short = shortName(name);
  const doing = doingOf(name, at, context);
  if (doing === undefined) return undefined;
  if (doing === 'unknown') {
    if (STATEMENTS_LATER.has(short)) context.faults.add(notYet(`\`${short}\``, at, STATEMENTS_LATER.get(short)));
    else context.faults.add(moduleFault(name, at, context.project));
    return undefined;
  }
  const argPlaces = new Map<string, Position>();
  const args: Dict = new Map();
  const add = (from: YamlNode): void => {
    if (from.kind === 'map') {
      for (const entry of from.entries) {
        args.set(String(entry.key), yamlValue(entry.node));
        argPlaces.set(String(entry.key), entry.node.position);
      }
    } else if (from.kind === 'scalar' && typeof from.value === 'string') {
      const free = freeFormOf(doing);
      // Only of commands, and in the names of files, is `a=b` no parameter.
      const isRaw = free !== undefined && (doing.kind === 'module' || free === 'file');
      for (const [key, value] of parseKeyValue(from.value, isRaw && short !== 'include_vars')) {
        const argument = key === '_raw_params' ? (free ?? key) : key;
        args.set(argument, value);
        argPlaces.set(argument, from.position);
      }
    } else if (from.kind === 'scalar' && from.value instanceof Sealed && freeFormOf(doing) !== undefined) {
      args.set(freeFormOf(doing) ?? '', from.value);
    } else if (!(from.kind === 'scalar' && from.value === null)) {
      context.faults.add(badType(name, 'a map of parameters', { value: yamlValue(from), at: from.position }));
    }
  };
  const extra = yamlEntry(map, 'args');
  if (extra !== undefined) add(extra.node);
  context.faults.collect(() => add(node));
  return { doing, moduleName: name, args, argPlaces };
}

/** @returns Undefined after a fault; `unknown` when nothing has that name. */
function doingOf(name: string, at: Position, { project, faults }: ParseContext): Found['doing'] | 'unknown' | undefined {
  const short = shortName(name);
  if (INCLUDES.has(short)) return { kind: 'include', statement: short };
  const action = ACTIONS.get(short);
  if (action !== undefined) return { kind: 'action', action };
  const found = project.modules.find(asModule(name));
  if (found?.kind !== 'refused') return found ?? 'unknown';
  const { code, message, where, fix } = firstFault(found.error);
  const place = typeof where === 'object' ? formatPosition(where) : found.file;
  faults.add(new PlaybookError(code, `\`${name}\` cannot be used: ${message} (${place})`, { where: at, fix, cause: found.error }));
  return undefined;
}

function freeFormOf(doing: Found['doing']): string | undefined {
  if (doing.kind === 'include') return INCLUDES.get(doing.statement);
  return doing.kind === 'module' ? doing.module.freeForm : doing.action.freeForm;
}
