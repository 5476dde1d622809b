// The order of the levels by itself: each hides all below it, and shows when those above are taken away.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dict } from '#src/base/value';
import { Inventory } from '#src/inventory/inventory';
import { VaultKeys } from '#src/inventory/vault/vault-keys';
import { HostState } from '#src/playbook/run/host-state';
import { LEVELS } from '#src/playbook/variables/precedence';
import { runVariables } from '#src/playbook/variables/run-variables';
import type { PlayVariables, RunVariables, TaskView } from '#src/playbook/variables/sight';
import { Templar } from '#src/playbook/variables/templar';
import { TaskScope } from '#src/playbook/variables/variables';
import { withFiles } from '../../inventory/temporary.ts';

const say = (value: string): ReturnType<typeof dict> => dict({ x: value });

/** Levels by the way they are set, the strongest first. */
const ORDER = [
  'extra vars',
  'include params',
  'role params',
  'set_fact and register',
  'include_vars',
  'block and task vars',
  'vars of the role',
  'vars of the roles of the play',
  'vars_files',
  'vars_prompt',
  'play vars',
  'facts',
  'inventory, group_vars and host_vars',
  'defaults of the role',
  'defaults of the roles of the play',
] as const;

describe('the levels of variables', () => {
  it('hide each other in the order of the table', async () =>
    await withFiles({ hosts: 'h x="{{ level }}" level="inventory, group_vars and host_vars"\n', bare: 'h\n' }, async (directory) => {
      const [full, bare] = await Promise.all([Inventory.load([`${directory}/hosts`]), Inventory.load([`${directory}/bare`])]);

      const seen = ORDER.map((_, i) => scopeOf(new Set(ORDER.slice(i)), full, bare).get('x'));

      assert.deepEqual(seen, ORDER);
    }));

  it('are told from the strongest to the weakest', () => {
    const ranks = LEVELS.map(({ rank }) => rank);

    assert.deepEqual(
      ranks,
      ranks.toSorted((a, b) => b - a),
    );
    assert.deepEqual(
      ORDER.filter((name) => LEVELS.every((level) => level.name !== name)),
      [],
    );
  });

  it('of a play and its tasks are not seen through hostvars', async () =>
    await withFiles({ hosts: 'h\n' }, async (directory) => {
      const inventory = await Inventory.load([`${directory}/hosts`]);
      const names = ['block and task vars', 'vars of the role', 'vars_files', 'play vars', 'role params', 'defaults of the role'] as const;

      const scope = scopeOf(new Set<string>(names), inventory, inventory);

      const hostvars = scope.get('hostvars') as Map<string, Map<string, unknown>>;
      assert.equal(hostvars.get('h')?.get('x'), undefined);
      assert.equal(scope.get('x'), 'role params');
      assert.equal(scope.get('role_name'), 'web');
    }));
});

/** A host of which only some levels say anything. */
function scopeOf(levels: ReadonlySet<string>, full: Inventory, bare: Inventory): TaskScope {
  const of = (name: (typeof ORDER)[number]): ReturnType<typeof dict> => (levels.has(name) ? say(name) : dict());
  const inventory = levels.has('inventory, group_vars and host_vars') ? full : bare;
  const tools = { templar: new Templar(), vault: new VaultKeys([]) };
  const host = new HostState('h');
  for (const [name, value] of of('set_fact and register')) host.set.set(name, value);
  for (const [name, value] of of('include_vars')) host.included.set(name, value);
  for (const [name, value] of of('facts')) host.facts.set(name, value);
  const run: RunVariables = { ...runVariables('/', { inventory, extraVars: of('extra vars') }, tools), states: new Map([['h', host]]) };
  const play: PlayVariables = {
    name: 'play',
    vars: of('play vars'),
    prompted: of('vars_prompt'),
    files: [{ kind: 'read', file: 'x.yml', vars: of('vars_files') }],
    allHosts: ['h'],
    batch: () => ['h'],
    roleVars: of('vars of the roles of the play'),
    roleDefaults: of('defaults of the roles of the play'),
  };
  const view: TaskView = {
    vars: of('block and task vars'),
    environment: [],
    includeParams: of('include params'),
    role: {
      name: 'web',
      collection: undefined,
      directory: '/roles/web',
      defaults: of('defaults of the role'),
      vars: of('vars of the role'),
      params: of('role params'),
    },
  };
  return new TaskScope(run, play, host, view);
}
