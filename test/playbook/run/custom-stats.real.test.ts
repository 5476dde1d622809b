// Figures of set_stats beside ansible 2.14: whose they are, and how those of the same name go together.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { toJson } from '#src/base/value';
import { needs } from '../../support/real.ts';
import { inDirectory, playLocal } from '../play-local.ts';

const HOSTS = 'a\nb\nc\n';
const SITE = `
- hosts: all
  gather_facts: false
  tasks:
    - set_stats: {data: {count: 1, names: ["{{ inventory_hostname }}"], text: "{{ inventory_hostname }}", "of_{{ inventory_hostname }}": 1, deep: {x: {k: "{{ inventory_hostname }}"}, y: 1}}}
    - set_stats: {data: {own: "{{ [inventory_hostname] }}", plain: 1}, per_host: true}
    - set_stats: {data: {plain: 2.5, own: text}, per_host: true}
      when: inventory_hostname != 'b'
    - set_stats: {data: {last: "{{ inventory_hostname }}"}, aggregate: false}
    - set_stats: {data: {once: 1}, per_host: true}
      run_once: true
    - set_stats: {data: {looped: ["{{ item }}"]}}
      loop: [1, 2]
      when: inventory_hostname == 'c'
    - set_stats: {data: {count: true}}
      when: inventory_hostname == 'c'
- hosts: b
  gather_facts: false
  tasks:
    - set_stats: {data: {count: 10}}
`;

const CALLBACK = `
import json
from ansible.plugins.callback import CallbackBase
class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'figures'
    def v2_playbook_on_stats(self, stats):
        print('\\n' + json.dumps(stats.custom))
`;

describe('set_stats', needs('ansible-playbook'), () => {
  it('keeps figures of the run and of hosts as ansible does', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(directory, SITE, HOSTS);
      await writeFile(path.join(directory, 'figures.py'), CALLBACK);

      const { stdout } = await promisify(execFile)('ansible-playbook', ['-i', 'hosts.ini', 'site.yml', '--forks', '1'], {
        cwd: directory,
        env: { ...process.env, ANSIBLE_STDOUT_CALLBACK: 'figures', ANSIBLE_CALLBACK_PLUGINS: directory, ANSIBLE_HOME: directory },
      });

      const recap = played.events.at(-1);
      const ours = recap?.kind === 'recap' ? toJson(new Map(recap.custom)) : undefined;
      assert.deepEqual(JSON.parse(JSON.stringify(ours)), JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    }));
});
