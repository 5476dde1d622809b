// The order in which variables count, beside Ansible's: the same names set on random levels, seen from every kind of task.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toJson, type Value } from '#src/base/value';
import { Inventory } from '#src/inventory/inventory';
import { Playbook } from '#src/playbook/playbook';
import { needs } from '../../support/real.ts';
import { ansibleResults } from '../ansible-results.ts';
import { inDirectory } from '../play-local.ts';

const NAMES = 60;
/** Every place that can set a variable, in no order. */
const LEVELS = [
  'ini-all',
  'ini-parent',
  'ini-child',
  'ini-zed',
  'inventory/group_vars/all.yml',
  'inventory/group_vars/parent.yml',
  'inventory/group_vars/child/deep.yml',
  'inventory/group_vars/zed',
  'play/group_vars/all.yml',
  'play/group_vars/parent.yml',
  'play/group_vars/child.yml',
  'play/group_vars/zed.json',
  'ini-host',
  'inventory/host_vars/a.yml',
  'play/host_vars/a.yml',
  'play-vars',
  'play/vars/first.yml',
  'play/second.yml',
  'play/third-a.yml',
  'block-vars',
  'inner-block-vars',
  'task-vars',
  'play/vars/included.yml',
  'set-fact',
  'extra',
] as const;
type Level = (typeof LEVELS)[number];

/** What a level says of a name: plain text, or a template that needs another name of the same kind. */
type Plan = ReadonlyMap<Level, readonly { readonly name: string; readonly value: string }[]>;

describe('variables', needs('ansible-playbook'), () => {
  it('count in the order of Ansible, wherever they are set', { timeout: 120_000 }, async () => {
    const seed = Math.floor(Math.random() * 0x7fff_ffff);
    const plan = planOf(seed);
    await inDirectory(async (directory) => {
      await writeAll(directory, plan);
      const extra = JSON.stringify(object(plan, 'extra'));

      const [ours, theirs] = await Promise.all([
        played(directory, object(plan, 'extra')),
        ansibleResults(directory, { inventory: 'inventory/hosts.ini', playbook: 'play/site.yml', args: ['-e', extra] }),
      ]);

      const seen = theirs.filter(({ result }) => 'msg' in result).map(({ host, result }) => ({ host, msg: result.msg }));
      assert.ok(seen.length >= 2 * 6, 'Ansible said too little');
      assert.deepEqual(taskByTask(ours), taskByTask(seen), `seed ${seed}`);
    });
  });
});

/** Within a task Ansible tells of whoever is done first. */
function taskByTask<T extends { readonly host: string }>(seen: readonly T[]): T[][] {
  const tasks: T[][] = [];
  for (let i = 0; i < seen.length; i += 2) tasks.push(seen.slice(i, i + 2).sort((one, other) => (one.host < other.host ? -1 : 1)));
  return tasks;
}

function planOf(seed: number): Plan {
  const subsets = fc.sample(fc.subarray([...LEVELS], { minLength: 1 }), { numRuns: NAMES, seed });
  const needs = fc.sample(fc.option(fc.nat(NAMES - 1), { nil: undefined }), { numRuns: NAMES * LEVELS.length, seed });
  const plan = new Map<Level, { name: string; value: string }[]>(LEVELS.map((level) => [level, []]));
  subsets.forEach((subset, i) => {
    for (const level of subset) {
      const other = needs[i * LEVELS.length + LEVELS.indexOf(level)];
      // Only later names are needed, so that none needs itself. What set_fact says is worked out once, by whoever runs it.
      const value =
        other === undefined || other <= i ? level : `${level} of {{ inventory_hostname }} with {{ v${other} | default('none') }}`;
      plan.get(level)?.push({ name: `v${i}`, value });
    }
  });
  return plan;
}

function object(plan: Plan, level: Level): Record<string, string> {
  return Object.fromEntries((plan.get(level) ?? []).map(({ name, value }) => [name, value]));
}

async function writeAll(directory: string, plan: Plan): Promise<void> {
  const flow = (level: Level): string => JSON.stringify(object(plan, level));
  const lines = (level: Level): string => (plan.get(level) ?? []).map(({ name, value }) => `${name}=${JSON.stringify(value)}\n`).join('');
  const files: Record<string, string> = {
    'inventory/hosts.ini': `[child]\na ${lines('ini-host').replaceAll('\n', ' ')}\n[zed]\na\nb\n[parent:children]\nchild\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n${lines('ini-all')}[parent:vars]\n${lines('ini-parent')}[child:vars]\n${lines('ini-child')}[zed:vars]\n${lines('ini-zed')}`,
    'play/site.yml': playbook(flow),
    'play/third-b.yml': '{}',
  };
  for (const level of LEVELS) if (level.includes('/')) files[level] = flow(level);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  }
}

/** Shows all names: in the first tasks few levels are there, in the last ones all. */
function playbook(flow: (level: Level) => string): string {
  const all = Array.from({ length: NAMES }, (_, i) => `v${i}: "{{ v${i} | default('-') }}"`).join(', ');
  const other = Array.from({ length: NAMES }, (_, i) => `v${i}: "{{ hostvars['a'].v${i} | default('-') }}"`).join(', ');
  const show = `debug: {msg: {${all}}}`;
  return `- hosts: all
  gather_facts: false
  vars: ${flow('play-vars')}
  vars_files:
    - first.yml
    - [nowhere.yml, second.yml]
    - "third-{{ inventory_hostname }}.yml"
  tasks:
    - ${show}
    - debug: {msg: {${other}}}
    - ${show}
      vars: ${flow('task-vars')}
    - vars: ${flow('block-vars')}
      block:
        - vars: ${flow('inner-block-vars')}
          block:
            - ${show}
            - ${show}
              vars: ${flow('task-vars')}
    - include_vars: included.yml
    - ${show}
      vars: ${flow('task-vars')}
    - set_fact: ${flow('set-fact') === '{}' ? '{nothing: 1}' : flow('set-fact')}
    - ${show}
      vars: ${flow('task-vars')}
    - debug: {msg: {${other}}}
`;
}

async function played(directory: string, extra: Readonly<Record<string, string>>): Promise<{ host: string; msg: unknown }[]> {
  const inventory = await Inventory.load([path.join(directory, 'inventory/hosts.ini')]);
  const playbook = Playbook.load([path.join(directory, 'play/site.yml')]);
  const said: { host: string; msg: unknown }[] = [];
  for await (const event of playbook.play({ inventory, extraVars: new Map(Object.entries(extra)) })) {
    if (event.kind !== 'task-finished') continue;
    assert.equal(event.status, 'ok', JSON.stringify(toJson(event.result)));
    const msg = event.result.get('msg') as Value | undefined;
    if (msg !== undefined) said.push({ host: event.host, msg: JSON.parse(JSON.stringify(toJson(msg))) });
  }
  return said;
}
