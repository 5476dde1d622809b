// Corners of keywords beside ansible 2.14: text that is no template, meta for all hosts, loops that know where they are.
import { describe, it } from 'node:test';
import { needs } from '../../support/real.ts';
import { same } from '../play-both.ts';

const play = (tasks: string, keywords = ''): string =>
  `- hosts: all\n  gather_facts: false\n${keywords}  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;

const CASES: Readonly<Record<string, string>> = {
  'what is marked !unsafe is no template, wherever it is and whatever uses it': `
- hosts: a
  gather_facts: false
  vars:
    raw: !unsafe "{{ x }} {% y %}"
    via: "<{{ raw }}>"
    pair: {key: !unsafe "{{ z }}"}
  tasks:
    - debug: {msg: "{{ raw }}"}
    - debug: {msg: "{{ via }}"}
    - debug: {msg: "{{ pair.key }}"}
    - debug: {msg: !unsafe "{{ a }}"}
    - set_fact: {kept: !unsafe "{{ a }}"}
    - debug: {msg: "{{ kept }}"}
    - debug: {msg: "{{ item }}"}
      loop: [!unsafe "{{ a }}", b]
`,
  'the first host says whether meta ends a play or batch for all of them': `${play(`- debug: {msg: 1}
- meta: end_play
  when: inventory_hostname == 'b'
- debug: {msg: 2}
- meta: end_play
  when: inventory_hostname == 'a'
- debug: {msg: 3}`)}${play(
    `- meta: end_host
  when: inventory_hostname == 'a'
- debug: {msg: 4}
- set_fact: {cached: 1, cacheable: true}
- meta: clear_facts
- debug: {msg: "{{ cached | default('gone') }}"}
- meta: reset_connection
- meta: end_batch
  when: inventory_hostname == 'b'
- debug: {msg: 5}`,
    '  serial: 2\n',
  )}`,
  'items know where they are, and all the others unless they are not to':
    play(`- debug: {msg: "{{ ansible_loop.index }} {{ ansible_loop.allitems is defined }} {{ ansible_loop.last }}"}
  loop: [a, b]
  register: looped
  loop_control: {index_var: i, extended: "{{ 1 == 1 }}", extended_allitems: false}
- debug: {msg: "{{ looped.results | map(attribute='msg') | list }} {{ looped.results | map(attribute='i') | list }}"}`),
  'whoever a task is delegated to has its variables at hand, under its name':
    play(`- debug: {msg: "{{ ansible_delegated_vars['b'].port }} {{ ansible_delegated_vars.b.inventory_hostname }} {{ inventory_hostname }}"}
  delegate_to: b
- debug: {msg: "{{ ansible_delegated_vars | default('none') }}"}`),
  'a verdict that cannot be evaluated fails the task with the result it had': play(`- command: "true"
  failed_when: nope.x
  ignore_errors: true
  register: r
- debug: {msg: "{{ r.failed }} {{ r.rc }} {{ r.changed }} {{ r.failed_when_result is string }}"}
- command: "true"
  changed_when: nope.x
  ignore_errors: true
  register: r
- debug: {msg: "{{ r.failed }} {{ r.changed }} {{ r.changed_when_result is string }}"}`),
};

describe('keywords', needs('ansible-playbook'), () => {
  for (const [name, text] of Object.entries(CASES)) it(`do what they do there: ${name}`, async () => await same({ 'site.yml': text }));
});
