// Forms that playbooks people have are written in, old and odd ones, under ansible-playbook and under sshoal.
import { describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { same } from './play-both.ts';

const head = '- hosts: all\n  gather_facts: false\n';

const INCLUDED = `- {name: "in {{ who | default('nobody') }}", debug: {msg: "{{ who | default('nobody') }} {{ item | default('-') }}"}}
- {name: second, debug: {msg: second}, when: inventory_hostname != 'a'}
`;

const PLAYBOOKS: Readonly<Record<string, string>> = {
  'tasks included in the old way': `${head}  vars: {file: part.yml, names: [x, y]}
  tasks:
    - include: part.yml who=words when=x
    - {include: part.yml, vars: {who: vars}, when: inventory_hostname == 'b', tags: [t]}
    - {name: looped, include: "{{ file }}", with_items: "{{ names }}"}
    - {name: found, include: "{{ item }}", with_first_found: [{files: [none.yml, part.yml], paths: DIR}]}
    - block:
        - include: part.yml
          vars: {who: block}
      when: inventory_hostname == 'c'
`,
  'values that go on at the very left': `${head}  vars:
    found: []
    map: {
  a: 1,
  b: [
1, 2 ]
}
  tasks:
    - name: gather
      set_fact:
        found: "{{ found + [
      {
        'id': item.id,
        'name': item.name
      }
      ] }}"
      with_items:
        - { id: 1, name: x }
        - { id: 2, name: 'y
z' }
    - name: see
      debug:
        msg: "{{ found }} {{ map.b }}"
`,
  'variables as a list of maps': `${head}  vars:
    - one: 1
      two: "{{ one }}2"
    - two: 3
  tasks:
    - {name: play, debug: {msg: "{{ one }} {{ two }}"}}
    - name: task
      debug: {msg: "{{ three }}"}
      vars:
        - three: "{{ two }}"
        - {four: 4}
    - block:
        - {name: block, debug: {msg: "{{ five }}"}}
      vars: [{five: 5}]
`,
  'modules with their text in a map': `${head}  tasks:
    - name: local
      local_action:
        module: shell
          echo one
        chdir: /
      register: r
    - {name: see local, debug: {msg: "{{ r.stdout }}"}}
    - name: action
      action:
        module: debug msg=two
    - name: text
      action: debug msg="three {{ 1 + 1 }}"
`,
  'parameters from one template': `${head}  vars: {all: {msg: "all {{ inventory_hostname }}"}, more: {chdir: /, creates: "{{ omit }}"}}
  tasks:
    - {name: all, debug: "{{ all }}"}
    - {name: over, debug: {msg: written}, args: "{{ all }}"}
    - {name: more, shell: pwd, args: "{{ more }}", register: r}
    - {name: see, debug: {msg: "{{ r.stdout }}"}}
    - {name: tried, stat: "{{ 5 }}", ignore_errors: true}
`,
  'keywords with nothing behind them': `${head}  tasks:
    - {name: nothing, ping: , loop: , ignore_errors: , no_log: , run_once: , check_mode: , notify: , when: [], become: }
`,
  'numbers with a zero before them': `${head}  tasks:
    - name: see
      debug: {msg: "{{ item }} {{ item | type_debug }}"}
      loop: [08, 010, 0, 1_0, -07]
`,
};

describe('a playbook as people write them', needs('ansible-playbook'), () => {
  for (const [name, text] of Object.entries(PLAYBOOKS)) {
    it(`runs the same course as under ansible: ${name}`, async () => await same({ 'site.yml': text, 'part.yml': INCLUDED }));
  }
});
