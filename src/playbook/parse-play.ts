// One play, read from its map, with the files of variables it names. Every fault goes to the list.
import path from 'node:path';
import { type YamlMap, type YamlNode, yamlEntry, yamlValue } from '../base/yaml.ts';
import { type Directives, type Placed, type Play, type Step, type Task, tasksOf } from './ast.ts';
import { PlaybookError } from './errors.ts';
import { keywordFault, notYet } from './keywords.ts';
import { badType, listOf, NO_DIRECTIVES, type ParseContext, parseDirectives, placedOf, textOf } from './parse-directives.ts';
import { parseSteps } from './parse-task.ts';
import { isTemplated } from './template-check.ts';
import { readVarsFiles, type VarsFile } from './vars-files.ts';
import { varsPrompts } from './vars-prompt.ts';

/** @param file - The playbook's file: files of variables are beside it. */
export function parsePlay(node: YamlNode, file: string, context: ParseContext): Play | undefined {
  const { faults } = context;
  if (node.kind !== 'map') {
    faults.add(
      new PlaybookError('PLAYBOOK_SHAPE', 'A play is a map with `hosts` and `tasks`', {
        where: node.position,
        fix: 'Begin each play with - hosts: ...',
      }),
    );
    return undefined;
  }
  const imported = node.entries.find((entry) => /^(?:ansible\.builtin\.)?(?:import_playbook|include)$/.test(String(entry.key)));
  if (imported !== undefined) {
    faults.add(notYet(`\`${String(imported.key)}\``, imported.keyPosition));
    return undefined;
  }
  for (const { key, keyPosition } of node.entries) {
    const fault = keywordFault('play', String(key), keyPosition);
    if (fault !== undefined) faults.add(fault);
  }
  const own = parseDirectives(node, NO_DIRECTIVES, context);
  // Variables of the play rank below facts set while it runs; those of blocks and tasks do not.
  const around: Directives = { ...own, vars: new Map(), when: [] };
  const steps = (name: string): Step[] => parseSteps(yamlEntry(node, name), around, context);
  const strategy = placedOf(node, 'strategy', context);
  if (strategy !== undefined && !['linear', 'ansible.builtin.linear'].includes(String(strategy.value as string)))
    faults.add(notYet(`The strategy \`${String(strategy.value as string)}\``, strategy.at));
  const play: Play = {
    ...own,
    name: textOf(node, 'name', context),
    at: node.position,
    hosts: hostsOf(node, context),
    gatherFacts: factsTask(node, own, context),
    preTasks: steps('pre_tasks'),
    tasks: steps('tasks'),
    postTasks: steps('post_tasks'),
    handlers: handlersOf(steps('handlers'), context),
    varsFiles: varsFiles(node, file, context),
    varsPrompts: varsPrompts(yamlEntry(node, 'vars_prompt')?.node, context),
    remoteUser: placedOf(node, 'remote_user', context) ?? placedOf(node, 'user', context),
    connection: placedOf(node, 'connection', context),
    serial: placedOf(node, 'serial', context),
    maxFailPercentage: placedOf(node, 'max_fail_percentage', context),
  };
  checkHandlers(play, context);
  return play;
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
function factsTask(map: YamlMap, own: Directives, context: ParseContext): Task | undefined {
  const gather = placedOf(map, 'gather_facts', context);
  if (gather !== undefined && gather.value !== true && !isTemplated(gather.value)) {
    if (gather.value !== false && !/^(?:no|false|off|0)$/i.test(String(gather.value as string)))
      context.faults.add(badType('gather_facts', 'yes or no', gather));
    return undefined;
  }
  const setup = context.modules.find('setup');
  if (setup?.kind !== 'module') throw new TypeError('There is always a module setup');
  return {
    kind: 'task',
    id: context.nextId(),
    name: 'Gathering Facts',
    at: gather?.at ?? map.position,
    ...own,
    vars: new Map(),
    tags: own.tags.length === 0 ? ['always'] : own.tags,
    when: gather !== undefined && isTemplated(gather.value) ? [gather] : [],
    doing: { kind: 'module', module: setup.module },
    moduleName: 'setup',
    args: new Map(),
    argPlaces: new Map(),
    register: undefined,
    loop: undefined,
    changedWhen: undefined,
    failedWhen: undefined,
    until: undefined,
    retries: undefined,
    delay: undefined,
    notify: [],
    listen: [],
  };
}

function handlersOf(steps: readonly Step[], context: ParseContext): Task[] {
  return steps.flatMap((step) => {
    if (step.kind === 'task') return [step];
    context.faults.add(
      new PlaybookError('BAD_KEYWORD', 'A block cannot be a handler', {
        where: step.at,
        fix: 'Give each handler a name of its own, or let them listen to one topic',
      }),
    );
    return [];
  });
}

/** Every name that is notified must be a handler's, or a topic that one listens to. */
function checkHandlers(play: Play, { faults }: ParseContext): void {
  const known = new Set(play.handlers.flatMap((handler) => [...(handler.name === undefined ? [] : [handler.name]), ...handler.listen]));
  const templated = play.handlers.some((handler) => isTemplated(handler.name));
  for (const task of [...tasksOf([...play.preTasks, ...play.tasks, ...play.postTasks]), ...play.handlers]) {
    for (const { value, at } of task.notify) {
      if (typeof value !== 'string' || isTemplated(value) || known.has(value) || templated) continue;
      const fix = known.size === 0 ? 'Add a handler of that name to this play' : `Handlers here: ${[...known].join(', ')}`;
      faults.add(new PlaybookError('UNKNOWN_HANDLER', `There is no handler \`${value}\``, { where: at, fix }));
    }
  }
}

/** The entries of vars_files, read as far as their names are known. */
function varsFiles(map: YamlMap, file: string, { faults, vault }: ParseContext): VarsFile[] {
  return listOf(yamlEntry(map, 'vars_files')).flatMap(
    (node) => faults.collect(() => readVarsFiles(node, path.dirname(path.resolve(file)), vault)) ?? [],
  );
}
