// What the end of a task sets: variables and facts of hosts, groups and hosts of the inventory. It does not know why.
import { type Dict, dict } from '../../base/value.ts';
import type { ActionEffect } from '../actions/seam.ts';
import type { Task } from '../ast.ts';
import type { TaskMemory } from '../events.ts';
import type { RunVariables } from '../variables/sight.ts';
import type { CustomStats } from './custom-stats.ts';
import { HostState } from './host-state.ts';
import { factsOf } from './results.ts';
import type { TaskEnd } from './task-run.ts';

/** What a task, or one item of its loop, sets. */
export interface HostChange extends Omit<ActionEffect, 'meta'> {
  readonly facts?: Dict;
  /** The host that has the variables instead: delegate_facts. */
  readonly on?: string;
}
type Hosts = RunVariables & { readonly states: Map<string, HostState> };

/** What an end sets; undefined where that is nothing. @param on - The host that has the facts instead. */
export function changeOf({ result, effect }: TaskEnd, on: string | undefined): HostChange | undefined {
  const { meta: _meta, ...sets } = effect ?? {};
  const facts = sets.setFacts === undefined && sets.includedVars === undefined ? factsOf(result) : undefined;
  if (facts === undefined && Object.values(sets).every((value) => value === undefined)) return undefined;
  return { ...sets, ...(facts === undefined ? {} : { facts }), ...(on === undefined ? {} : { on }) };
}

/**
 * Takes a change over.
 *
 * @returns Whether the inventory became another one; undefined where the change is not about it.
 */
export function applyChange(change: HostChange, hosts: readonly string[], run: Hosts, stats: CustomStats): boolean | undefined {
  if (change.customStats !== undefined) stats.take(change.customStats, hosts);
  for (const state of (change.on === undefined ? hosts : [change.on]).map((host) => stateOf(host, run))) {
    for (const [name, value] of change.setFacts ?? []) {
      state.set.set(name, value);
      if (change.cacheable === true) state.learn(name, value);
    }
    for (const [name, value] of change.includedVars ?? []) state.included.set(name, value);
    for (const [name, value] of change.facts ?? []) state.learn(name, value);
  }
  const { addHost, addToGroup } = change;
  let isNew: boolean | undefined;
  for (const host of hosts) {
    if (addHost !== undefined) isNew = run.inventory.addHost(addHost.name, addHost.groups, addHost.vars) || isNew === true;
    if (addToGroup !== undefined) isNew = run.inventory.addToGroup(host, addToGroup.group, addToGroup.parents) || isNew === true;
  }
  return isNew;
}

/** Of any host, whether it is in the play or only named by delegate_to. */
export function stateOf(host: string, { states }: Hosts): HostState {
  const state = states.get(host) ?? new HostState(host);
  states.set(host, state);
  return state;
}

/**
 * What another run must know to go on behind a task; undefined where that is nothing.
 *
 * @param isSecret - Of values that nobody may see it only says that there were some.
 */
export function memoryOf(
  { register }: Task,
  result: Dict,
  changes: readonly HostChange[],
  notified: readonly string[],
  isSecret: boolean,
): TaskMemory | undefined {
  if (register === undefined && changes.length === 0 && notified.length === 0) return undefined;
  if (isSecret) return { changes: [], notified, lost: register !== undefined || changes.length > 0 };
  return { registered: register === undefined ? undefined : result, changes: changes.map(changeData), notified, lost: false };
}

/** The same for an item of a loop: whoever goes on behind it needs its result whatever it set. */
export function memoryOfItem({ register }: Task, result: Dict, change: HostChange | undefined, isSecret: boolean): TaskMemory {
  if (isSecret) return { changes: [], notified: [], lost: true };
  const changes = change === undefined ? [] : [changeData(change)];
  return { registered: register === undefined ? undefined : result, changes, notified: [], lost: false };
}

function changeData({ setFacts, cacheable, includedVars, addHost, addToGroup, customStats, facts, on }: HostChange): Dict {
  return dict({
    setFacts,
    cacheable,
    includedVars,
    facts,
    on,
    customStats: customStats && dict({ ...customStats }),
    addHost: addHost && dict({ ...addHost, groups: [...addHost.groups] }),
    addToGroup: addToGroup && dict({ ...addToGroup, parents: [...addToGroup.parents] }),
  });
}

/** The change that {@link changeData} has made a value of. */
export function changeFrom(data: Dict): HostChange {
  const nested = (name: string): object => (data.has(name) ? { [name]: Object.fromEntries(data.get(name) as Dict) } : {});
  return { ...(Object.fromEntries(data) as HostChange), ...nested('addHost'), ...nested('addToGroup'), ...nested('customStats') };
}
