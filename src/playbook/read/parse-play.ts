// One play, read from its map, with its roles and the files of variables it names. Every fault goes to the list.
import path from 'node:path';
import { formatPosition } from '../../base/position.ts';
import type { Dict } from '../../base/value.ts';
import { type YamlMap, yamlEntry, yamlValue } from '../../base/yaml.ts';
import type { Directives, Placed, Play, Step, Strategy, Task } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import { readVarsFiles, type VarsFile } from '../variables/vars-files.ts';
import { varsPrompts } from '../variables/vars-prompt.ts';
import { keywordFault, notYet } from './keywords.ts';
import { newTask } from './new-task.ts';
import { nothingMet, type ParseContext } from './parse-context.ts';
import { badType, listOf, NO_DIRECTIVES, parseDirectives, placedOf, textOf } from './parse-directives.ts';
import { parseHandlers } from './parse-handlers.ts';
import { parseRoleEntry } from './parse-role.ts';
import { parseSteps } from './parse-steps.ts';
import { noteRead } from './task-files.ts';
import { isTemplated } from './template-check.ts';

/** What an import_playbook says of all plays in the file. */
export interface Imported {
  readonly vars: Dict;
  readonly tags: readonly string[];
  readonly when: readonly Placed[];
}

const STRATEGIES: readonly Strategy[] = ['linear', 'free', 'host_pinned'];
const ORDERS = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'];

/** @param file - The playbook's file: files of variables are beside it. */
export function parsePlay(map: YamlMap, file: string, imported: Imported, outer: Omit<ParseContext, 'met'>): Play {
  const met = nothingMet();
  const { faults } = outer;
  for (const { key, keyPosition } of map.entries) {
    const fault = keywordFault('play', String(key), keyPosition);
    if (fault !== undefined) faults.add(fault);
  }
  const read = parseDirectives(map, NO_DIRECTIVES, { ...outer, met });
  const own: Directives = {
    ...read,
    vars: new Map([...read.vars, ...imported.vars]),
    tags: [...new Set([...read.tags, ...imported.tags])],
  };
  const varsFiles = filesOf(map, file, { ...outer, met });
  const plain = varsFiles.flatMap((one) => (one.kind === 'read' ? [...one.vars] : []));
  const context: ParseContext = { ...outer, met, early: new Map([...own.vars, ...plain, ...outer.early]) };
  // Variables of the play rank below facts set while it runs; those of blocks and tasks do not.
  const around: Directives = { ...own, vars: new Map(), when: imported.when };
  const steps = (name: string): Step[] => parseSteps(yamlEntry(map, name), around, context);
  const gatherFacts = factsTask(map, around, context);
  const preTasks = steps('pre_tasks');
  const roles = listOf(yamlEntry(map, 'roles')).flatMap((node) => parseRoleEntry(node, around, context) ?? []);
  const tasks = steps('tasks');
  const postTasks = steps('post_tasks');
  const handlers = yamlEntry(map, 'handlers');
  const play: Play = {
    ...own,
    name: textOf(map, 'name', context),
    at: map.position,
    directory: context.playDirectory,
    hosts: hostsOf(map, context),
    gatherFacts,
    factsAsked: gatherFacts !== undefined && yamlEntry(map, 'gather_facts') !== undefined,
    preTasks,
    tasks: [...roles.flatMap((one) => one.steps), ...tasks],
    postTasks,
    // As Ansible: those of roles, the play's own, those of imported roles. The last of a name is the one that is meant.
    handlers: [
      ...eachOnce(roles.flatMap((one) => one.handlers)),
      ...(handlers === undefined ? [] : parseHandlers(handlers.node, '`handlers`', around, context)),
      ...met.handlers,
    ],
    roles: [...roles.map((one) => one.role), ...met.roles],
    varsFiles,
    varsPrompts: varsPrompts(yamlEntry(map, 'vars_prompt')?.node, context),
    order: choiceOf(map, 'order', ORDERS, context),
    strategy: strategyOf(map, context),
    forceHandlers: placedOf(map, 'force_handlers', context),
    serial: placedOf(map, 'serial', context),
    maxFailPercentage: placedOf(map, 'max_fail_percentage', context),
  };
  checkHandlers(play, context);
  return play;
}

function choiceOf(map: YamlMap, name: string, choices: readonly string[], context: ParseContext): Placed | undefined {
  const found = placedOf(map, name, context);
  if (found !== undefined && !isTemplated(found.value) && !choices.includes(String(found.value as string)))
    context.faults.add(badType(name, `one of ${choices.join(', ')}`, found));
  return found;
}

function strategyOf(map: YamlMap, context: ParseContext): Strategy {
  const given = placedOf(map, 'strategy', context);
  if (given === undefined) return 'linear';
  const name = String(given.value as string).replace('ansible.builtin.', '');
  const strategy = STRATEGIES.find((one) => one === name);
  if (strategy !== undefined) return strategy;
  context.faults.add(notYet(`The strategy \`${name}\``, given.at, `Use one of ${STRATEGIES.join(', ')}`));
  return 'linear';
}

function hostsOf(map: YamlMap, context: ParseContext): Placed<readonly string[]> {
  const entry = yamlEntry(map, 'hosts');
  const value = entry === undefined ? undefined : yamlValue(entry.node);
  const list = Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value];
  const names = list.filter((one): one is string => typeof one === 'string');
  if (names.length === 0 || names.length !== list.length) {
    const where = entry?.node.position ?? map.position;
    context.faults.add(
      new PlaybookError('PLAYBOOK_SHAPE', names.length === 0 ? 'This play names no hosts' : '`hosts` is a pattern or a list of patterns', {
        where,
        fix: 'Write for instance hosts: web',
      }),
    );
  }
  return { value: names, at: entry?.node.position ?? map.position };
}

/** The task that gathers facts, unless the play says no; as Ansible, it runs whatever tags are asked for. */
function factsTask(map: YamlMap, around: Directives, context: ParseContext): Task | undefined {
  const gather = placedOf(map, 'gather_facts', context);
  if (gather !== undefined && gather.value !== true && !isTemplated(gather.value)) {
    if (gather.value !== false && !/^(?:no|false|off|0)$/i.test(String(gather.value as string)))
      context.faults.add(badType('gather_facts', 'yes or no', gather));
    return undefined;
  }
  const setup = context.project.modules.find('setup');
  if (setup?.kind !== 'module') throw new TypeError('There is always a module setup');
  const args: Dict = new Map();
  const argPlaces = new Map<string, Placed['at']>();
  for (const name of ['gather_subset', 'gather_timeout', 'fact_path']) {
    const given = placedOf(map, name, context);
    if (given === undefined) continue;
    args.set(name, given.value);
    argPlaces.set(name, given.at);
  }
  return newTask(
    {
      ...around,
      name: 'Gathering Facts',
      tags: around.tags.length === 0 ? ['always'] : around.tags,
      when: [...around.when, ...(gather !== undefined && isTemplated(gather.value) ? [gather] : [])],
      doing: setup,
      moduleName: 'setup',
      args,
      argPlaces,
    },
    gather?.at ?? map.position,
    context,
  );
}

/** A role that is used twice in the same way has its handlers once. */
function eachOnce(handlers: readonly Task[]): Task[] {
  const byPlace = new Map(handlers.map((handler) => [`${handler.role?.key} ${formatPosition(handler.at)}`, handler]));
  return [...byPlace.values()];
}

/** Every name that is notified must be a handler's, or a topic that one listens to. */
function checkHandlers({ handlers }: Play, { faults, met }: ParseContext): void {
  const all = [...handlers, ...met.possible];
  // A name made while the play runs may be any, and so may what is included then.
  if (met.mayBringMore || all.some(({ name, doing }) => isTemplated(name) || doing.kind === 'include')) return;
  const known = new Set(all.flatMap(({ name, role, listen }) => [...namesOf(name, role?.name), ...listen]));
  for (const { value, at } of met.notified) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one !== 'string' || isTemplated(one) || known.has(one)) continue;
      const fix = known.size === 0 ? 'Add a handler of that name to this play' : `Handlers here: ${[...known].join(', ')}`;
      faults.add(new PlaybookError('UNKNOWN_HANDLER', `There is no handler \`${one}\``, { where: at, fix }));
    }
  }
}

/** The names that a handler answers to: its own, and `role : name`. */
export function namesOf(name: string | undefined, role: string | undefined): string[] {
  if (name === undefined) return [];
  return role === undefined ? [name] : [name, `${role} : ${name}`];
}

/** The entries of vars_files, read as far as their names are known. */
function filesOf(map: YamlMap, file: string, { faults, project }: ParseContext): VarsFile[] {
  const files = listOf(yamlEntry(map, 'vars_files')).flatMap(
    (node) => faults.collect(() => readVarsFiles(node, path.dirname(path.resolve(file)), project.vault)) ?? [],
  );
  for (const one of files) if (one.kind === 'read') noteRead(one.file, project);
  return files;
}
