// The variables that a role brings, with those of the roles it needs and of those around it, in the order of ansible 2.14.
import type { Dict } from '../../base/value.ts';
import type { RoleUse } from '../ast.ts';
import type { RoleView } from './sight.ts';

/** The roles around one, outermost first. */
export function rolesAround(role: RoleUse): RoleUse[] {
  const around: RoleUse[] = [];
  for (let one = role.parent; one !== undefined; one = one.parent) around.unshift(one);
  return around;
}

/** The roles that a role is included by, the nearest first. */
function includersOf(role: RoleUse): RoleUse[] {
  return role.included && role.parent !== undefined ? [role.parent, ...includersOf(role.parent)] : [];
}

/** Every role that one needs, with what those need, first met first. */
export function allDependencies(role: RoleUse): RoleUse[] {
  return role.dependencies.flatMap((one) => [...allDependencies(one), one]);
}

/** Lowest of all variables: of the roles needed, then of the roles around, then its own. */
export const defaultsOf = remembered((role) => [
  ...allDependencies(role).map((one) => one.ownDefaults),
  ...rolesAround(role).map((one) => one.ownDefaults),
  role.ownDefaults,
]);

/** Above the variables of the play: of the roles around, then of the roles needed, then its own. */
const varsOf = remembered((role) => [
  ...rolesAround(role).map((one) => one.ownVars),
  ...allDependencies(role).map((one) => one.ownVars),
  role.ownVars,
]);

/** What all tasks of a play see of a role that belongs to it. */
export const exportedVarsOf = remembered((role) => [...allDependencies(role).map((one) => one.ownVars), role.ownVars]);

/** Above facts set while the play runs: of the roles around, then its own. */
const paramsOf = remembered((role) => [...rolesAround(role).map((one) => one.ownParams), role.ownParams]);

const views = new WeakMap<RoleUse, RoleView>();

/** A role as its own tasks see it. */
export function viewOf(role: RoleUse): RoleView {
  const known = views.get(role);
  if (known !== undefined) return known;
  const includers = includersOf(role);
  const view: RoleView = {
    name: role.name,
    collection: role.collection,
    directory: role.directory,
    defaults: defaultsOf(role),
    vars: varsOf(role),
    params: paramsOf(role),
    includers: includers.length === 0 ? undefined : includers,
  };
  views.set(role, view);
  return view;
}

// Asked for with every variable of every task of a role.
function remembered(layers: (role: RoleUse) => readonly Dict[]): (role: RoleUse) => Dict {
  const known = new WeakMap<RoleUse, Dict>();
  return (role) => {
    const before = known.get(role);
    if (before !== undefined) return before;
    const merged: Dict = new Map(layers(role).flatMap((layer) => [...layer]));
    known.set(role, merged);
    return merged;
  };
}
