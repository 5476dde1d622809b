// Where a variable of a host comes from: every place that sets it, in the order in which they count. It plays nothing.
import { SshoalError, type Where } from '../../base/errors.ts';
import { isDict, type Value } from '../../base/value.ts';
import { placeOf, readVarsFile } from '../../inventory/vars-files.ts';
import { data } from '../../jinja/values.ts';
import { type Play, type RoleUse, type Task, tasksOf } from '../ast.ts';
import { isTemplated } from '../read/template-check.ts';
import { findFile } from '../run/find-file.ts';
import { HostState } from '../run/host-state.ts';
import { type RoleSetting, roleSettings } from './explain-roles.ts';
import { HOST_MAGIC, MAGIC } from './magic.ts';
import { placeBelow } from './places.ts';
import { PlayRoles } from './play-roles.ts';
import { viewOf } from './role-variables.ts';
import type { RunVariables } from './sight.ts';
import { TaskScope } from './variables.ts';
import { hostsFile } from './vars-files.ts';

/** A place that sets a variable. */
export interface VariablePlace {
  /** As Ansible's documentation numbers the levels: 2 to 22, and 23 for magic variables. */
  readonly rank: number;
  readonly level: string;
  /** `group web`, `task Set the port`. */
  readonly of: string | undefined;
  readonly where: Where | undefined;
  /** As it is written; undefined where only the run will tell. */
  readonly value: Value | undefined;
  /** `now`: before any task. `wins`: the one of these that counts. `later`: in this task or role, or once it has run. */
  readonly counts: 'now' | 'wins' | 'later';
}

/** A variable as one play sees it, or as it is without any. */
export interface VariableExplanation {
  readonly host: string;
  readonly name: string;
  /** The name of the play; undefined without one. */
  readonly play: string | undefined;
  /** Templated, as it is before the first task; undefined when it is not set then. */
  readonly value: Value | undefined;
  /** Why its templates cannot be evaluated then. */
  readonly error: SshoalError | undefined;
  /** The weakest first. */
  readonly places: readonly VariablePlace[];
}

type Found = Omit<VariablePlace, 'counts'> & { readonly later?: boolean };

/**
 * Explains a variable.
 *
 * @param play - One that plays on the host; undefined to see what is set without any. With `role` it is seen as by the tasks of that role.
 * @param extraPlace - Where the extra variable of this name was given.
 */
export function explainVariable(
  host: string,
  name: string,
  run: RunVariables,
  play: { readonly play: Play; readonly name: string; readonly hosts: readonly string[]; readonly role?: RoleUse | undefined } | undefined,
  extraPlace: Where | undefined,
): VariableExplanation {
  const roles = new PlayRoles(play?.play.roles ?? []);
  const ofRoles = play && roleSettings(play.play, play.role, name, run.controller.vault);
  const variables = play && {
    name: play.name,
    vars: play.play.vars,
    prompted: new Map(),
    files: play.play.varsFiles,
    allHosts: play.hosts,
    batch: () => play.hosts,
    roleVars: roles.vars,
    roleDefaults: roles.defaults,
    roleNames: roles.names,
    neededRoleNames: roles.dependentNames,
  };
  const state = run.states.get(host) ?? new HostState(host);
  const view = { vars: new Map(), environment: [], role: play?.role && viewOf(play.role) };
  const scope = new TaskScope(run, variables, state, view);
  const fact = state.facts.get(name);
  const magic =
    MAGIC.has(name) || name === 'hostvars' ? [{ rank: 23, level: 'magic', of: undefined, where: undefined, value: undefined }] : [];
  const told = HOST_MAGIC.get(name)?.(scope.sight);
  const known: Found[] =
    told === undefined
      ? []
      : [{ rank: 8, level: 'inventory host vars', of: `host ${host}`, where: run.inventory.originOf(host)?.file, value: told }];
  const extra = run.extraVars.get(name);
  const found: Found[] = [
    ...ranked(2, 'role defaults', ofRoles?.defaults),
    ...run.inventory.settingsOf(host, name, { playbookDirectory: run.playbookDirectory }),
    ...known,
    ...(fact === undefined ? [] : [{ rank: 11, level: 'cached facts', of: `host ${host}`, where: undefined, value: fact }]),
    ...(play === undefined ? [] : inPlay(play.play, name, run, scope, ranked(15, 'role vars', ofRoles?.vars))),
    ...ranked(20, 'role params', ofRoles?.params),
    ...(extra === undefined ? [] : [{ rank: 22, level: 'extra vars', of: undefined, where: extraPlace, value: extra }]),
    ...magic,
  ];
  const winner = found.findLastIndex(({ later }) => later !== true);
  const places = found.map(
    ({ later, ...place }, i): VariablePlace => ({ ...place, counts: later === true ? 'later' : i === winner ? 'wins' : 'now' }),
  );
  return { host, name, play: play?.name, ...valueIn(scope, name), places };
}

function valueIn(scope: TaskScope, name: string): Pick<VariableExplanation, 'value' | 'error'> {
  try {
    const value = scope.get(name);
    return { value: value === undefined ? undefined : data(value), error: undefined };
  } catch (error) {
    if (error instanceof SshoalError) return { value: undefined, error };
    throw error;
  }
}

/** What roles say, as places of a level. */
function ranked(rank: number, level: string, settings: readonly RoleSetting[] = []): Found[] {
  return settings.map(({ inside, ...setting }) => ({ rank, level, ...setting, ...(inside ? { later: true } : {}) }));
}

function inPlay(play: Play, name: string, run: RunVariables, scope: TaskScope, ofRoles: readonly Found[]): Found[] {
  const { vault } = run.controller;
  const tasks = [...tasksOf([...play.preTasks, ...play.tasks, ...play.postTasks]), ...play.handlers];
  const own = play.vars.get(name);
  return [
    ...(own === undefined
      ? []
      : [{ rank: 12, level: 'play vars', of: undefined, where: placeBelow(play.at, ['vars', name], vault), value: own }]),
    ...play.varsPrompts
      .filter((prompt) => prompt.name === name && !run.extraVars.has(name))
      .map(() => ({
        rank: 13,
        level: 'vars_prompt',
        of: undefined,
        where: placeBelow(play.at, ['vars_prompt'], vault),
        value: undefined,
        later: true,
      })),
    ...inFiles(play, name, run, scope),
    ...ofRoles,
    ...tasks.flatMap((task) => taskVars(task, name, run)),
    ...tasks.flatMap((task) => included(task, name, run, scope)),
    ...tasks.flatMap((task) => set(task, name, run)),
  ];
}

function inFiles({ varsFiles }: Play, name: string, run: RunVariables, scope: TaskScope): Found[] {
  return varsFiles.flatMap((entry): Found[] => {
    const { file, vars } = entry.kind === 'read' ? entry : (hostsFile(entry, scope.sight, new Map()) ?? {});
    const value = vars?.get(name);
    if (file === undefined || value === undefined) return [];
    return [{ rank: 14, level: 'vars_files', of: undefined, where: placeOf(file, name, run.controller.vault), value }];
  });
}

function taskVars(task: Task, name: string, { controller }: RunVariables): Found[] {
  const value = task.vars.get(name);
  if (value === undefined) return [];
  return [
    {
      rank: 17,
      level: 'block and task vars',
      of: label(task),
      where: placeBelow(task.at, ['vars', name], controller.vault),
      value,
      later: true,
    },
  ];
}

// Only files whose names are known already can be looked into.
function included(task: Task, name: string, { controller }: RunVariables, scope: TaskScope): Found[] {
  if (task.doing.kind !== 'action' || task.doing.action.name !== 'include_vars') return [];
  const found = { rank: 18, level: 'include_vars', of: label(task), later: true };
  if (task.args.get('name') === name) return [{ ...found, where: task.at, value: undefined }];
  const file = task.args.get('file');
  if (typeof file !== 'string' || isTemplated(file) || task.args.has('name')) return [];
  const place = findFile(file, 'vars', scope.searchPath);
  const value = place && readVarsFile(place, controller.vault).get(name);
  return place === undefined || value === undefined ? [] : [{ ...found, where: placeOf(place, name, controller.vault), value }];
}

function set(task: Task, name: string, { controller }: RunVariables): Found[] {
  const common = { rank: 19, of: label(task), later: true };
  const registered: Found[] =
    task.register === name
      ? [{ ...common, level: 'register', where: placeBelow(task.at, ['register'], controller.vault), value: undefined }]
      : [];
  if (task.doing.kind !== 'action' || task.doing.action.name !== 'set_fact' || !isDict(task.args)) return registered;
  const value = task.args.get(name);
  if (value === undefined) return registered;
  return [...registered, { ...common, level: 'set_fact', where: task.argPlaces.get(name) ?? task.at, value }];
}

function label({ name, moduleName }: Task): string {
  return `task ${name ?? moduleName}`;
}
