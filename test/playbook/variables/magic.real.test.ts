// Magic variables, include_vars and vars_files beside Ansible's.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { toJson } from '#src/base/value';
import { Inventory } from '#src/inventory/inventory';
import { Playbook } from '#src/playbook/playbook';
import { needs } from '../../support/real.ts';
import { ansibleResults } from '../ansible-results.ts';
import { inDirectory } from '../play-local.ts';

const FILES: Readonly<Record<string, string>> = {
  'inv/hosts':
    '[web]\na.example.com color=red\nb\n[db]\nb\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n',
  'inv/more.yml': 'all: {hosts: {c: {ansible_connection: local}}}\n',
  'vars/one.yml': 'one: 1\nlazy: "{{ later }}"\n',
  'two.yml': 'two: {a: 1}\n',
  'vars/dir/a.yml': 'from: a\nonly_a: 1\n',
  'vars/dir/b.yaml': 'from: b\n',
  'vars/dir/c.txt': 'from: c\n',
  'vars/dir/deep/d.json': '{"from": "d", "deep": true}',
  'vars/empty.yml': '',
  'vars/list.yml': '[1]\n',
  'lists/x.yml': 'from: x\n',
  'color-red.yml': 'shade: dark\n',
  'color-none.yml': 'shade: none\n',
};

type Said = readonly [host: string, msg: unknown];

/** Each is the value of `msg`, said on every host. */
const SAID: readonly string[] = [
  '{{ inventory_hostname }} {{ inventory_hostname_short }} {{ group_names }}',
  '{{ inventory_file | basename }} {{ inventory_dir | basename }}',
  '{{ groups }}',
  '{{ hostvars.keys() | difference(["localhost"]) | sort }} {{ hostvars["b"].group_names }} {{ "nobody" in hostvars }}',
  '{{ hostvars["a.example.com"]["color"] }} {{ hostvars.b.color | default("no") }} {{ hostvars[inventory_hostname].inventory_hostname }}',
  '{{ hostvars.b.playbook_vars | default("unseen") }} {{ hostvars.b.mine | default("-") }}',
  '{{ hostvars.b.ansible_play_hosts | default("unseen") }} {{ hostvars.b.ansible_check_mode }} {{ hostvars.b.playbook_dir == playbook_dir }}',
  '{{ play_hosts }} {{ ansible_play_hosts }} {{ ansible_play_hosts_all }} {{ ansible_play_batch }}',
  '{{ ansible_play_name }} {{ ansible_check_mode }} {{ ansible_diff_mode }} {{ ansible_verbosity }}',
  '{{ ansible_forks }} {{ ansible_limit }} {{ ansible_run_tags }} {{ ansible_skip_tags }}',
  '{{ ansible_version.full is version("2.14", ">=") }} {{ ansible_version.major }}',
  '{{ ansible_inventory_sources | map("basename") }}',
  '{{ playbook_dir | basename == ansible_search_path[0] | basename }} {{ ansible_config_file }}',
  '{{ ansible_role_names }} {{ ansible_play_role_names }} {{ ansible_dependent_role_names }} {{ role_names }}',
  '{{ role_name | default("none") }} {{ role_path | default("none") }}',
  '{{ environment }}',
  '{{ vars.playbook_vars }} {{ vars["inventory_hostname"] }} {{ "mine" in vars }} {{ vars.get("nope", "d") }}',
  '{{ omit | length > 20 }} {{ nothing | default(omit) == omit }}',
  '{{ inventory_hostname }}',
  '{{ ansible_facts }}',
  '{{ shade }}',
];

const PLAYBOOK = `- name: the play
  hosts: web:c
  gather_facts: false
  environment: {A: "a{{ 1 + 1 }}"}
  vars: {playbook_vars: seen, later: now}
  vars_files: ["color-{{ color | default('none') }}.yml"]
  tasks:
    - set_fact: {mine: "{{ inventory_hostname }}"}
    - name: end b
      meta: end_host
      when: inventory_hostname == 'b'
${SAID.map((one) => `    - debug: {msg: ${JSON.stringify(one)}}\n      tags: [t]\n      environment: {B: b}\n`).join('')}
- hosts: b
  gather_facts: false
  vars: {later: now}
  tasks:
    - include_vars: one.yml
    - debug: {msg: "{{ one }} {{ lazy }}"}
    - debug: {msg: "{{ lazy }}"}
      vars: {later: then}
    - {include_vars: {file: two.yml, name: box}, register: r}
    - debug: {msg: "{{ box }} {{ two | default('-') }} {{ r.ansible_facts }} {{ r.ansible_included_var_files | map('basename') }}"}
    - include_vars: file=one.yml name=kv
    - debug: {msg: "{{ kv.one }}!"}
    - {include_vars: {dir: vars/dir, ignore_unknown_extensions: true}, register: r}
    - debug: {msg: "{{ from }} {{ only_a }} {{ deep }} {{ r.ansible_included_var_files | map('basename') | list }}"}
    - {include_vars: {dir: vars/dir, ignore_unknown_extensions: true, depth: 1}, register: r}
    - debug: {msg: "{{ from }} {{ r.ansible_included_var_files | map('basename') | list }}"}
    - {include_vars: {dir: vars/dir, files_matching: "^a", name: picked}}
    - debug: {msg: "{{ picked }}"}
    - {include_vars: {dir: vars/dir, ignore_files: ['c.txt', 'd.json'], extensions: [yml, yaml], name: picked}}
    - debug: {msg: "{{ picked }}"}
    - {include_vars: {dir: lists, name: picked}}
    - debug: {msg: "{{ picked }}"}
    - {include_vars: {dir: vars/dir}, ignore_errors: true, register: r}
    - debug: {msg: "{{ r is failed }}"}
    - {include_vars: {dir: nowhere}, ignore_errors: true, register: r}
    - debug: {msg: "{{ r is failed }}"}
    - {include_vars: nowhere.yml, ignore_errors: true, register: r}
    - debug: {msg: "{{ r is failed }}"}
    - {include_vars: list.yml, ignore_errors: true, register: r}
    - debug: {msg: "{{ r is failed }}"}
    - include_vars: empty.yml
    - include_vars: "{{ item }}"
      with_first_found: [nowhere.yml, one.yml]
    - debug: {msg: "{{ one }}"}
    - set_fact: {kept: 1, cacheable: true}
    - debug: {msg: "{{ kept }} {{ ansible_facts.kept }}"}
- hosts: b
  gather_facts: false
  vars: {inventory_hostname: hidden, group_names: mine, inventory_dir: here, groups: no, playbook_dir: no, omit: no}
  tasks:
    - debug: {msg: "{{ inventory_hostname }} {{ group_names }} {{ inventory_dir }} {{ groups | type_debug }} {{ playbook_dir != 'no' }} {{ omit != 'no' }}"}
`;

describe('magic variables, include_vars and vars_files', needs('ansible-playbook'), () => {
  it(
    'are those of Ansible',
    { timeout: 60_000 },
    async () =>
      await inDirectory(async (directory) => {
        for (const [name, text] of Object.entries({ ...FILES, 'site.yml': PLAYBOOK })) {
          await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
          await writeFile(path.join(directory, name), text);
        }
        const args = ['--limit', 'web,c,b', '--skip-tags', 'never_there', '-f', '7'];

        const [ours, theirs] = await Promise.all([said(directory), ansibleResults(directory, { inventory: 'inv', args })]);

        const expected = theirs.filter(({ failed, result }) => !failed && 'msg' in result && result.results === undefined);
        assert.deepEqual(byHost(ours), byHost(expected.map(({ host, result }) => [host, result.msg])));
      }),
  );
});

/** What each host said, in order: which of them is done first is nobody's promise. */
function byHost(all: readonly Said[]): Record<string, unknown[]> {
  const hosts: Record<string, unknown[]> = {};
  for (const [host, msg] of all) hosts[host] = [...(hosts[host] ?? []), msg];
  return hosts;
}

async function said(directory: string): Promise<Said[]> {
  const inventory = await Inventory.load([path.join(directory, 'inv')]);
  const playbook = Playbook.load([path.join(directory, 'site.yml')]);
  const lines: Said[] = [];
  for await (const event of playbook.play({ inventory, limit: 'web,c,b', skipTags: ['never_there'], forks: 7 })) {
    if (event.kind !== 'task-finished') continue;
    const msg = event.result.get('msg');
    if (event.task.module === 'debug' && msg !== undefined) lines.push([event.host, JSON.parse(JSON.stringify(toJson(msg)))]);
    if (event.status === 'failed' && !event.ignored) lines.push([event.host, `${event.task.name} failed: ${String(msg as string)}`]);
  }
  return lines;
}
