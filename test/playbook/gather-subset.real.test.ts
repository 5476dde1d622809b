// What gather_subset and fact_path of a play bring, beside ansible-playbook.
import { describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { same } from './play-both.ts';

const KNOWN = ['ansible_system', 'ansible_interfaces', 'ansible_mounts', 'ansible_user_id', 'ansible_virtualization_type', 'ansible_env']
  .map((name) => `${name} is defined`)
  .join(', ');

describe('gather_subset of a play, beside ansible-playbook', needs('ansible-playbook', 'python3'), () => {
  for (const subset of ['[min]', "['!all']", "['!all', '!min', network]", "['!hardware', '!virtual']", "\"{{ ['min', 'virtual'] }}\""])
    it(`brings the same facts for ${subset}`, async () => {
      await same({
        'site.yml': `- hosts: a\n  vars: {known: "{{ [${KNOWN}] | string }}"}\n  gather_subset: ${subset}\n  gather_timeout: 5\n  tasks: [{debug: {msg: "{{ known }}"}}]\n`,
      });
    });

  it('reads the facts of the host where fact_path says', async () => {
    await same({
      'site.yml':
        '- hosts: a\n  gather_subset: [local]\n  fact_path: DIR/facts\n  tasks: [{debug: {msg: "{{ ansible_local.own.a.b }}"}}]\n',
      'facts/own.fact': '[a]\nb=c\n',
    });
  });

  it('fails alike on a subset that is none', async () => {
    await same({ 'site.yml': '- hosts: a\n  gather_subset: [nonsense]\n  tasks: [{debug: {msg: never}}]\n' });
  });
});
