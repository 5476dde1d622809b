// What the roles of a play say of a variable, and where: to the tasks of the play, and to those of a role. It plays nothing.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Where } from '../../base/errors.ts';
import type { Value } from '../../base/value.ts';
import { placeOf, readVarsFile } from '../../inventory/vars-files.ts';
import type { VaultReader } from '../../inventory/vault/vault-keys.ts';
import { type Play, type RoleUse, type Step, shortRoleName } from '../ast.ts';
import { stepsOf } from '../plan.ts';
import { isDirectory } from '../read/task-files.ts';
import { allDependencies, rolesAround } from './role-variables.ts';

/** A role that sets the variable. */
export interface RoleSetting {
  readonly of: string;
  readonly where: Where | undefined;
  readonly value: Value;
  /** Only its own tasks, and those of roles that it brings, see it. */
  readonly inside: boolean;
}

/** The settings of one variable by roles, each list the weakest first. */
interface RoleSettings {
  readonly defaults: readonly RoleSetting[];
  readonly vars: readonly RoleSetting[];
  readonly params: readonly RoleSetting[];
}

/** Every role of a play, in the order in which they are written: those that it names, those they need, those that are included by a plain name. */
export function rolesOf(play: Play): RoleUse[] {
  const met = [...play.roles.flatMap((role) => [...allDependencies(role), role]), ...rolesIn(stepsOf(play)), ...rolesIn(play.handlers)];
  return [...new Map(met.map((role) => [role.key, role])).values()];
}

/** The role of that name, with its collection or without. */
export function roleNamed(play: Play, name: string): RoleUse | undefined {
  return rolesOf(play).find((role) => role.name === name || shortRoleName(role) === name);
}

/** @param inside - Whose tasks look. Default those of the play. */
export function roleSettings(play: Play, inside: RoleUse | undefined, name: string, vault: VaultReader): RoleSettings {
  const shared = play.roles.flatMap((role) => [...allDependencies(role), role]);
  const around = inside === undefined ? [] : rolesAround(inside);
  const needed = inside === undefined ? [] : allDependencies(inside);
  const own = inside === undefined ? [] : [inside];
  const others = rolesOf(play).filter((role) => !shared.includes(role) && ![...around, ...needed, ...own].includes(role));
  const set = (roles: readonly RoleUse[], what: 'defaults' | 'vars' | 'params', isInside: boolean): RoleSetting[] =>
    roles.flatMap((role) => {
      const value = { defaults: role.ownDefaults, vars: role.ownVars, params: role.ownParams }[what].get(name);
      if (value === undefined) return [];
      const where = what === 'params' ? undefined : placeIn(path.join(role.directory, what), name, vault);
      return [{ of: `role ${role.name}`, where, value, inside: isInside }];
    });
  return {
    defaults: [
      ...set(others, 'defaults', true),
      ...eachOnce([...set(shared, 'defaults', false), ...set([...needed, ...around, ...own], 'defaults', false)]),
    ],
    vars: [
      ...set(others, 'vars', true),
      ...eachOnce([...set(shared, 'vars', false), ...set([...around, ...needed, ...own], 'vars', false)]),
    ],
    params: [
      ...set(
        [...shared, ...others].filter((role) => ![...around, ...own].includes(role)),
        'params',
        true,
      ),
      ...set([...around, ...own], 'params', false),
    ],
  };
}

/** A role that is met twice says the same: it counts where it is met last. */
function eachOnce(settings: readonly RoleSetting[]): RoleSetting[] {
  return settings.filter(({ of }, i) => settings.findLastIndex((other) => other.of === of) === i);
}

function* rolesIn(steps: Iterable<Step>): Generator<RoleUse> {
  for (const step of steps) {
    if (step.kind === 'role') {
      yield step.role;
      yield* rolesIn(step.body);
    } else if (step.kind === 'block') yield* rolesIn([...step.body, ...step.rescue, ...step.always]);
    else if (step.doing.kind === 'include') yield* rolesIn(step.doing.include.early?.steps ?? []);
  }
}

/** The last file of a directory that sets it; undefined where it came from where the role is used. */
function placeIn(directory: string, name: string, vault: VaultReader): Where | undefined {
  if (!isDirectory(directory)) return undefined;
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:ya?ml|json)$/.test(file))
    .sort()
    .map((file) => path.join(directory, file));
  const file = files.findLast((one) => readVarsFile(one, vault).has(name));
  return file === undefined ? undefined : placeOf(file, name, vault);
}
