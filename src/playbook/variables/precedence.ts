// The order in which variables count: the levels of ansible 2.14, in one table. It templates nothing.
import { HOST_MAGIC } from './magic.ts';
import type { Lookable, Sight } from './sight.ts';

/** A place where variables are set. */
export interface Level {
  /** As Ansible's documentation numbers it; the highest of those that are merged. */
  readonly rank: number;
  readonly name: string;
  /** Whether its values are templates. What hosts said, and what was worked out already, never is. */
  readonly templated: boolean;
  /** What this level says; undefined where it does not exist, as those of a play in hostvars. */
  readonly vars: (sight: Sight) => Lookable | undefined;
}

/**
 * From the strongest to the weakest. A name is looked for in each: how many variables there are does not matter.
 *
 * Above all of them stand the magic variables. Levels 3 to 10 are merged by the inventory, once for each host, and levels 16 and 17 when a
 * playbook is read. Level 1, flags of the command line, are no variables.
 */
export const LEVELS: readonly Level[] = [
  { rank: 22, name: 'extra vars', templated: true, vars: ({ run }) => run.extraVars },
  { rank: 21, name: 'include params', templated: true, vars: ({ view }) => view?.includeParams },
  { rank: 20, name: 'role params', templated: true, vars: ({ view }) => view?.role?.params },
  { rank: 19, name: 'set_fact and register', templated: false, vars: ({ host }) => host.set },
  { rank: 18, name: 'include_vars', templated: true, vars: ({ host }) => host.included },
  { rank: 17, name: 'block and task vars', templated: true, vars: ({ play, view }) => (play === undefined ? undefined : view?.vars) },
  { rank: 15, name: 'vars of the role', templated: true, vars: ({ view }) => view?.role?.vars },
  { rank: 15, name: 'vars of the roles of the play', templated: true, vars: ({ play }) => play?.roleVars },
  { rank: 14, name: 'vars_files', templated: true, vars: ({ play, fileVars }) => (play === undefined ? undefined : fileVars()) },
  { rank: 13, name: 'vars_prompt', templated: true, vars: ({ play }) => play?.prompted },
  { rank: 12, name: 'play vars', templated: true, vars: ({ play }) => play?.vars },
  { rank: 11, name: 'facts', templated: false, vars: ({ host }) => host.facts },
  {
    rank: 10,
    name: 'what the inventory knows of the host',
    templated: false,
    vars: (sight) => ({ get: (name) => HOST_MAGIC.get(name)?.(sight), keys: () => HOST_MAGIC.keys() }),
  },
  {
    rank: 10,
    name: 'inventory, group_vars and host_vars',
    templated: true,
    vars: ({ run, host }) => run.inventory.varsOf(host.name, run.playbookDirectory),
  },
  { rank: 2, name: 'defaults of the role', templated: true, vars: ({ view }) => view?.role?.defaults },
  { rank: 2, name: 'defaults of the roles of the play', templated: true, vars: ({ play }) => play?.roleDefaults },
];
