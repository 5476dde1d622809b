// One task, read from its map and checked as far as that goes before anything runs. It runs nothing.
import { readFileSync } from 'node:fs';
import type { Position } from '../../base/position.ts';
import { isDict, type Value } from '../../base/value.ts';
import { type YamlMap, type YamlNode, yamlEntry, yamlValue } from '../../base/yaml.ts';
import { readParams } from '../../modules/parameters/params.ts';
import { shortName } from '../../modules/registry.ts';
import type { Module } from '../../modules/seam.ts';
import type { Directives, Doing, Placed, Step, Task } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import { findFile } from '../run/find-file.ts';
import { notYet } from './keywords.ts';
import { newTask } from './new-task.ts';
import { type ParseContext, searchPath } from './parse-context.ts';
import { conditionsOf, listOf, notifiedBy, parseDirectives, placedOf, textOf } from './parse-directives.ts';
import { type Found, findDoing } from './parse-doing.ts';
import { parseInclude } from './parse-include.ts';
import { loopOf } from './parse-loop.ts';
import { noteRead } from './task-files.ts';
import { checkConditions, checkTemplates, isTemplated } from './template-check.ts';

/** Reads one task. @returns None when its module is not to be found out; several steps when it imports them. */
export function parseTask(map: YamlMap, around: Directives, context: ParseContext): Step[] {
  const before = context.faults.list.length;
  const found = findDoing(map, context);
  const own = parseDirectives(map, around, context);
  const local = yamlEntry(map, 'local_action');
  const directives: Directives = local === undefined ? own : { ...own, delegateTo: { value: 'localhost', at: local.keyPosition } };
  const rest = restOf(map, context);
  if (found?.doing.kind === 'action' && rest.async !== undefined)
    context.faults.add(notYet(`\`async\` of ${found.moduleName}`, rest.async.at, 'Leave it out: the controller does this itself'));
  context.project.coverage.note(map.position, context.faults.list.slice(before));
  if (found === undefined) {
    // What it would have answered to is no unknown handler besides.
    context.met.mayBringMore ||= context.inHandlers;
    return [];
  }
  const { doing } = found;
  if (doing.kind === 'include') {
    const included = parseInclude(map, { ...found, statement: doing.statement }, directives, around, context);
    if (included === undefined || included.kind === 'steps') return [...(included?.steps ?? [])];
    const { include, vars } = included;
    return [newTask({ ...directives, ...rest, ...found, vars, doing: { kind: 'include', include } }, map.position, context)];
  }
  const task = newTask({ ...directives, ...rest, ...withDefaults(found, directives), doing }, map.position, context);
  checkArguments(task, context);
  return [task];
}

function restOf(
  map: YamlMap,
  context: ParseContext,
): Omit<Task, keyof Directives | keyof Found | 'kind' | 'id' | 'at' | 'role' | 'directory'> {
  const conditions = (name: string): readonly Placed[] | undefined => {
    const entry = yamlEntry(map, name);
    if (entry === undefined) return undefined;
    checkConditions(entry.node, context.jinja, context.faults);
    return conditionsOf(entry.node);
  };
  context.met.notified.push(...notifiedBy(map));
  return {
    // An empty name is none, as in Ansible.
    name: textOf(map, 'name', context) || undefined,
    register: registerOf(map, context),
    loop: loopOf(map, context),
    changedWhen: conditions('changed_when'),
    failedWhen: conditions('failed_when'),
    until: conditions('until'),
    retries: placedOf(map, 'retries', context),
    delay: placedOf(map, 'delay', context),
    async: placedOf(map, 'async', context),
    poll: placedOf(map, 'poll', context),
    listen: listOf(yamlEntry(map, 'listen')).map((node) => String(yamlValue(node) as string)),
  };
}

/** What module_defaults say of the task's module, under its own arguments. */
function withDefaults(found: Found, { moduleDefaults }: Directives): Found {
  const defaults = moduleDefaults.get(shortName(found.moduleName));
  if (defaults === undefined) return found;
  return {
    ...found,
    args: new Map([...[...defaults].map(([name, { value }]): [string, Value] => [name, value]), ...found.args]),
    argPlaces: new Map([...[...defaults].map(([name, { at }]): [string, Position] => [name, at]), ...found.argPlaces]),
  };
}

/** Parameters and templates of a task, checked as far as they are known before it runs. */
function checkArguments(task: Task, context: ParseContext): void {
  const { jinja, faults } = context;
  const expressions = task.doing.kind === 'action' ? task.doing.action.expressions : undefined;
  for (const [key, value] of task.args) {
    const at = task.argPlaces.get(String(key)) ?? task.at;
    if (expressions?.has(String(key)))
      for (const one of Array.isArray(value) ? value : [value])
        checkConditions({ kind: 'scalar', value: one as string, position: at }, jinja, faults);
    else checkTemplates(asNode(value, at), jinja, faults);
  }
  const module = checkable(task.doing);
  if (module === undefined) return;
  for (const { param, message, fix } of readParams(module, task.args, { isTemplated }).faults) {
    const where = (param === undefined ? undefined : task.argPlaces.get(param)) ?? task.at;
    faults.add(
      new PlaybookError(
        'BAD_PARAMETER',
        `${task.moduleName}: ${message.startsWith('`') || param === undefined ? message : `\`${param}\` ${message}`}`,
        { where, fix },
      ),
    );
  }
  if (module.name === 'meta' && task.role === undefined && task.args.get('free_form') === 'end_role')
    faults.add(
      new PlaybookError('BAD_PARAMETER', 'meta: there is no role to end here', { where: task.at, fix: 'Use end_host or end_play' }),
    );
  if (module.name === 'template') checkTemplateFile(task.args.get('src'), context);
  if (module.name === 'include_vars') noteVariables(task.args.get('file'), context);
}

/** A template file that is there is compiled now; one that is not may be made while the play runs. */
function checkTemplateFile(name: Value | undefined, { role, directory, playDirectory, jinja, faults, project }: ParseContext): void {
  if (typeof name !== 'string' || isTemplated(name)) return;
  const file = findFile(name, 'templates', searchPath(role, directory, playDirectory));
  if (file === undefined) return;
  faults.collect(() => noteRead(file, project));
  faults.collect(() => jinja.compileTemplate(readFileSync(file, 'utf8'), { file, line: 1, column: 1 }));
}

function noteVariables(name: Value | undefined, { role, directory, playDirectory, project, faults }: ParseContext): void {
  if (typeof name !== 'string' || isTemplated(name)) return;
  const file = findFile(name, 'vars', searchPath(role, directory, playDirectory));
  if (file !== undefined) faults.collect(() => noteRead(file, project));
}

/** Actions describe their parameters as modules do, and are checked the same way. */
function checkable(doing: Doing): Module | undefined {
  if (doing.kind === 'module') return doing.module;
  if (doing.kind === 'include') return undefined;
  const { name, summary, params, freeForm } = doing.action;
  if (params === undefined) return undefined;
  const compile = (): never => {
    throw new TypeError('Actions are not compiled');
  };
  return { name, summary, params, ...(freeForm === undefined ? {} : { freeForm }), compile, checkMode: 'inspects' };
}

function asNode(value: Value, position: Position): YamlNode {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => asNode(item, position)), position };
  if (isDict(value))
    return {
      kind: 'map',
      entries: [...value].map(([key, item]) => ({ key, keyPosition: position, node: asNode(item, position) })),
      position,
    };
  return { kind: 'scalar', value, position };
}

function registerOf(map: YamlMap, context: ParseContext): string | undefined {
  const name = textOf(map, 'register', context);
  if (name === undefined || /^[A-Za-z_]\w*$/.test(name)) return name;
  const at = yamlEntry(map, 'register')?.node.position ?? map.position;
  context.faults.add(
    new PlaybookError('BAD_KEYWORD', `\`${name}\` cannot be the name of a variable`, {
      where: at,
      fix: 'Use letters, digits and _, not beginning with a digit',
    }),
  );
  return undefined;
}
