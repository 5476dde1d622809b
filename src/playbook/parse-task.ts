// One task or block, read from its map. Every fault goes to the list; a task with a fault is still read to its end.
import { formatPosition, type Position } from '../base/position.ts';
import { type Dict, isDict, type Value } from '../base/value.ts';
import { type YamlEntry, type YamlMap, type YamlNode, yamlEntry, yamlValue } from '../base/yaml.ts';
import { parseKeyValue } from '../modules/key-value.ts';
import { firstFault } from '../modules/library/module-space.ts';
import { readParams } from '../modules/params.ts';
import { shortName } from '../modules/registry.ts';
import type { Module } from '../modules/seam.ts';
import { ACTIONS } from './actions/registry.ts';
import type { Block, Directives, Doing, Loop, Placed, Step, Task } from './ast.ts';
import { PlaybookError } from './errors.ts';
import { BLOCK_KEYWORDS, keywordFault, notYet, STATEMENTS_LATER, TASK_KEYWORDS } from './keywords.ts';
import { LOOP_KEYWORDS } from './loop-items.ts';
import { badType, conditionsOf, listOf, type ParseContext, parseDirectives, placedOf, textOf } from './parse-directives.ts';
import { checkConditions, checkTemplates, isTemplated } from './template-check.ts';

const LOOP_CONTROL = new Set(['loop_var', 'index_var', 'label', 'extended', 'pause']);

/** Reads the tasks of a list. */
export function parseSteps(entry: YamlEntry | undefined, around: Directives, context: ParseContext): Step[] {
  if (entry === undefined || (entry.node.kind === 'scalar' && entry.node.value === null)) return [];
  if (entry.node.kind !== 'list') {
    context.faults.add(
      new PlaybookError('PLAYBOOK_SHAPE', `\`${String(entry.key)}\` must be a list of tasks`, {
        where: entry.node.position,
        fix: 'Begin each task with a dash',
      }),
    );
    return [];
  }
  return entry.node.items.flatMap((node) => {
    if (node.kind === 'map') return parseStep(node, around, context);
    context.faults.add(
      new PlaybookError('PLAYBOOK_SHAPE', 'A task is a map with the name of a module', {
        where: node.position,
        fix: 'Write - name: ..., and the module below it',
      }),
    );
    return [];
  });
}

function parseStep(map: YamlMap, around: Directives, context: ParseContext): Step[] {
  return yamlEntry(map, 'block') === undefined ? parseTask(map, around, context) : [parseBlock(map, around, context)];
}

function parseBlock(map: YamlMap, around: Directives, context: ParseContext): Block {
  for (const { key, keyPosition } of map.entries) {
    const fault = keywordFault('block', String(key), keyPosition);
    if (fault !== undefined) context.faults.add(fault);
  }
  const directives = parseDirectives(map, around, context);
  const part = (name: string): Step[] => parseSteps(yamlEntry(map, name), directives, context);
  return {
    kind: 'block',
    at: map.position,
    name: textOf(map, 'name', context),
    body: part('block'),
    rescue: part('rescue'),
    always: part('always'),
  };
}

/** Reads one task. @returns None when its module is not to be found out. */
export function parseTask(map: YamlMap, around: Directives, context: ParseContext): Task[] {
  const { faults, jinja } = context;
  const module = findDoing(map, context);
  const directives = parseDirectives(map, around, context);
  const conditions = (name: string): readonly Placed[] | undefined => {
    const entry = yamlEntry(map, name);
    if (entry === undefined) return undefined;
    checkConditions(entry.node, jinja, faults);
    return conditionsOf(entry.node);
  };
  const rest = {
    name: textOf(map, 'name', context),
    register: registerOf(map, context),
    loop: loopOf(map, context),
    changedWhen: conditions('changed_when'),
    failedWhen: conditions('failed_when'),
    until: conditions('until'),
    retries: placedOf(map, 'retries', context),
    delay: placedOf(map, 'delay', context),
    notify: listOf(yamlEntry(map, 'notify')).map((node) => ({ value: yamlValue(node), at: node.position })),
    listen: listOf(yamlEntry(map, 'listen')).map((node) => String(yamlValue(node) as string)),
  };
  if (module === undefined) return [];
  const task: Task = { kind: 'task', id: context.nextId(), at: map.position, ...directives, ...rest, ...module };
  checkArguments(task, context);
  return [task];
}

type Found = Pick<Task, 'doing' | 'moduleName' | 'args' | 'argPlaces'>;

function findDoing(map: YamlMap, context: ParseContext): Found | undefined {
  const { faults } = context;
  const candidates: YamlEntry[] = [];
  for (const entry of map.entries) {
    const key = String(entry.key);
    if (TASK_KEYWORDS.has(key)) continue;
    if (isModule(key, context) || STATEMENTS_LATER.has(shortName(key))) candidates.push(entry);
    else {
      // A name with a dot, or the only stranger in the task, can only be meant as a module.
      const strangers = map.entries.filter((one) => !TASK_KEYWORDS.has(String(one.key)) && !isModule(String(one.key), context));
      const asKeyword = keywordFault('task', key, entry.keyPosition, BLOCK_KEYWORDS);
      const likeKeyword =
        asKeyword !== undefined && (asKeyword.code === 'NOT_SUPPORTED_YET' || (asKeyword.fix?.startsWith('Did you mean') ?? false));
      const noModule = map.entries.every((one) => !isModule(String(one.key), context)) && yamlEntry(map, 'action') === undefined;
      if (asKeyword !== undefined && (likeKeyword || !noModule || strangers.length > 1)) faults.add(asKeyword);
      else {
        const unknown = context.modules.unknown(key, [...ACTIONS.keys(), ...STATEMENTS_LATER]);
        faults.add(new PlaybookError(unknown.code, unknown.message, { where: entry.keyPosition, fix: unknown.fix }));
        return undefined;
      }
    }
  }
  const action = yamlEntry(map, 'action');
  const [first, second] = candidates;
  if (second !== undefined && first !== undefined) {
    faults.add(
      new PlaybookError('TWO_MODULES', `One task has two modules: ${String(first.key)} and ${String(second.key)}`, {
        where: second.keyPosition,
        fix: 'Make two tasks of it: begin the second with a dash',
      }),
    );
    return undefined;
  }
  if (first !== undefined) return doingFrom(String(first.key), first.keyPosition, first.node, map, context);
  if (action !== undefined) return doingFromAction(action, map, context);
  const said = faults.list.some(
    (fault) =>
      typeof fault.where === 'object' &&
      map.entries.some(
        (entry) => entry.keyPosition.line === (fault.where as Position).line && entry.keyPosition.file === (fault.where as Position).file,
      ),
  );
  if (!said)
    faults.add(
      new PlaybookError('NO_MODULE', 'This task has no module', {
        where: map.position,
        fix: 'Name one, such as command:, copy: or debug:',
      }),
    );
  return undefined;
}

function doingFromAction(action: YamlEntry, map: YamlMap, context: ParseContext): Found | undefined {
  const value = yamlValue(action.node);
  if (isDict(value)) {
    const name = value.get('module');
    if (typeof name === 'string' && action.node.kind === 'map') {
      const others: YamlMap = { ...action.node, entries: action.node.entries.filter((entry) => entry.key !== 'module') };
      return doingFrom(name, action.node.position, others, map, context);
    }
  } else if (typeof value === 'string') {
    const [, name = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(value) ?? [];
    return doingFrom(
      name,
      action.node.position,
      { kind: 'scalar', value: rest === '' ? null : rest, position: action.node.position },
      map,
      context,
    );
  }
  context.faults.add(badType('action', 'a module with its arguments', { value, at: action.node.position }));
  return undefined;
}

function doingFrom(name: string, at: Position, node: YamlNode, map: YamlMap, context: ParseContext): Found | undefined {
  const doing = doingOf(name, at, context);
  if (doing === undefined) return undefined;
  if (doing === 'unknown') {
    if (STATEMENTS_LATER.has(shortName(name))) context.faults.add(notYet(`\`${shortName(name)}\``, at));
    else {
      const unknown = context.modules.unknown(name, ACTIONS.keys());
      context.faults.add(new PlaybookError(unknown.code, unknown.message, { where: at, fix: unknown.fix }));
    }
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
      // Only of commands is `a=b` no parameter.
      for (const [key, value] of parseKeyValue(from.value, free !== undefined && doing.kind === 'module')) {
        const argument = key === '_raw_params' ? (free ?? key) : key;
        args.set(argument, value);
        argPlaces.set(argument, from.position);
      }
    } else if (!(from.kind === 'scalar' && from.value === null)) {
      context.faults.add(badType(name, 'a map of parameters', { value: yamlValue(from), at: from.position }));
    }
  };
  const extra = yamlEntry(map, 'args');
  if (extra !== undefined) add(extra.node);
  context.faults.collect(() => add(node));
  return { doing, moduleName: name, args, argPlaces };
}

/** Whether a name is that of something to do, be it a file that turns out to be no module. */
function isModule(name: string, { modules }: ParseContext): boolean {
  return ACTIONS.has(shortName(name)) || modules.find(name) !== undefined;
}

/** @returns Undefined after a fault; `unknown` when nothing has that name. */
function doingOf(name: string, at: Position, { modules, faults }: ParseContext): Doing | 'unknown' | undefined {
  const action = ACTIONS.get(shortName(name));
  if (action !== undefined) return { kind: 'action', action };
  const found = modules.find(name);
  if (found?.kind !== 'refused') return found ?? 'unknown';
  const { code, message, where, fix } = firstFault(found.error);
  const place = typeof where === 'object' ? formatPosition(where) : found.file;
  faults.add(new PlaybookError(code, `\`${name}\` cannot be used: ${message} (${place})`, { where: at, fix, cause: found.error }));
  return undefined;
}

function freeFormOf(doing: Doing): string | undefined {
  return doing.kind === 'module' ? doing.module.freeForm : doing.action.freeForm;
}

/** Parameters and templates of a task, checked as far as they are known before it runs. */
function checkArguments(task: Task, { jinja, faults }: ParseContext): void {
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
}

/** Actions describe their parameters as modules do, and are checked the same way. */
function checkable(doing: Doing): Module | undefined {
  if (doing.kind === 'module') return doing.module;
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

function loopOf(map: YamlMap, context: ParseContext): Loop | undefined {
  const found = LOOP_KEYWORDS.flatMap((name) => {
    const source = placedOf(map, name, context);
    return source === undefined ? [] : [{ name, source }];
  });
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (second !== undefined)
    context.faults.add(
      new PlaybookError('BAD_KEYWORD', `One task has two loops: ${first.name} and ${second.name}`, {
        where: second.source.at,
        fix: 'Keep one of them',
      }),
    );
  if (first.name === 'loop' && !Array.isArray(first.source.value) && !isTemplated(first.source.value))
    context.faults.add(badType('loop', 'a list', first.source));
  return {
    kind: first.name.replace(/^with_/, ''),
    source: first.source,
    control: controlOf(map, context),
  };
}

function controlOf(map: YamlMap, context: ParseContext): Loop['control'] {
  const node = yamlEntry(map, 'loop_control')?.node;
  const control: YamlMap = node?.kind === 'map' ? node : { kind: 'map', entries: [], position: map.position };
  for (const { key, keyPosition } of control.entries) {
    if (!LOOP_CONTROL.has(String(key)))
      context.faults.add(
        new PlaybookError('UNKNOWN_KEYWORD', `loop_control has no \`${String(key)}\``, {
          where: keyPosition,
          fix: `Known: ${[...LOOP_CONTROL].join(', ')}`,
        }),
      );
  }
  return {
    loopVar: textOf(control, 'loop_var', context) ?? 'item',
    indexVar: textOf(control, 'index_var', context),
    label: placedOf(control, 'label', context),
    extended: placedOf(control, 'extended', context)?.value === true,
    pause: placedOf(control, 'pause', context),
  };
}
