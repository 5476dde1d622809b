// Blocks with rescue and always, and how hosts fail. They are data for both.
import type { Cases } from '../case.ts';

export const BLOCKS: Cases = {
  rescue: `
- block:
    - {name: before, debug: {msg: x}}
    - {name: fails, fail: {msg: nope}}
    - {name: not reached, debug: {msg: x}}
  rescue:
    - {name: rescue, debug: {msg: "{{ ansible_failed_task.name }} {{ ansible_failed_result.msg }} {{ ansible_failed_result.failed }}"}}
- {name: goes on, debug: {msg: x}}
`,
  'rescue that is not needed': `
- block:
    - {name: fine, debug: {msg: x}}
  rescue:
    - {name: rescue, debug: {msg: x}}
- {name: nothing failed, debug: {msg: "{{ ansible_failed_task is defined }}"}}
`,
  'always alone': `
- block:
    - {name: fails, fail: {msg: nope}}
  always:
    - {name: always, debug: {msg: x}}
- {name: not reached, debug: {msg: x}}
`,
  'rescue and always': `
- block:
    - {name: fails, raw: exit 3}
  rescue:
    - {name: rescue, debug: {msg: "{{ ansible_failed_result.rc }}"}}
  always:
    - {name: always, debug: {msg: "{{ ansible_failed_task.action }}"}}
- {name: goes on, debug: {msg: x}}
`,
  'a rescue that fails': `
- block:
    - {name: fails, fail: {msg: one}}
  rescue:
    - {name: fails too, fail: {msg: "two after {{ ansible_failed_result.msg }}"}}
    - {name: not reached, debug: {msg: x}}
  always:
    - {name: always, debug: {msg: "{{ ansible_failed_result.msg }}"}}
- {name: not reached either, debug: {msg: x}}
`,
  'an always that fails': `
- block:
    - {name: fine, debug: {msg: x}}
  always:
    - {name: fails, fail: {msg: one}}
    - {name: not reached, debug: {msg: x}}
- {name: not reached either, debug: {msg: x}}
`,
  'nested: the inner one rescues': `
- block:
    - block:
        - {name: fails, fail: {msg: one}}
      rescue:
        - {name: inner rescue, debug: {msg: x}}
    - {name: outer goes on, debug: {msg: x}}
  rescue:
    - {name: outer rescue, debug: {msg: x}}
`,
  'nested: the outer one rescues': `
- block:
    - block:
        - {name: fails, fail: {msg: one}}
      always:
        - {name: inner always, debug: {msg: x}}
    - {name: not reached, debug: {msg: x}}
  rescue:
    - {name: outer rescue, debug: {msg: "{{ ansible_failed_task.name }}"}}
  always:
    - {name: outer always, debug: {msg: x}}
- {name: goes on, debug: {msg: x}}
`,
  'nested: an inner always fails as well': `
- block:
    - block:
        - {name: fails, fail: {msg: one}}
      always:
        - {name: fails too, fail: {msg: two}}
  rescue:
    - {name: outer rescue, debug: {msg: "{{ ansible_failed_result.msg }}"}}
- {name: goes on, debug: {msg: x}}
`,
  'nested: a rescue inside always': `
- block:
    - {name: fails, fail: {msg: one}}
  always:
    - block:
        - {name: fails too, fail: {msg: two}}
      rescue:
        - {name: inner rescue, debug: {msg: "{{ ansible_failed_result.msg }}"}}
- {name: not reached, debug: {msg: x}}
`,
  'nested: the inner rescue fails': `
- block:
    - block:
        - {name: fails, fail: {msg: one}}
      rescue:
        - {name: inner rescue, fail: {msg: two}}
      always:
        - {name: inner always, debug: {msg: x}}
  rescue:
    - {name: outer rescue, debug: {msg: "{{ ansible_failed_result.msg }}"}}
- {name: goes on, debug: {msg: x}}
`,
  'a block in a rescue': `
- block:
    - {name: fails, fail: {msg: one}}
  rescue:
    - block:
        - {name: fails in it, fail: {msg: two}}
      rescue:
        - {name: inner rescue, debug: {msg: "{{ ansible_failed_result.msg }}"}}
      always:
        - {name: inner always, debug: {msg: x}}
    - {name: rescue goes on, debug: {msg: x}}
- {name: goes on, debug: {msg: x}}
`,
  'a block in always': `
- block:
    - {name: fails, fail: {msg: one}}
  always:
    - block:
        - {name: fails in it, fail: {msg: two}}
      rescue:
        - {name: inner rescue, debug: {msg: "{{ ansible_failed_result.msg }}"}}
- {name: not reached, debug: {msg: x}}
`,
  'hosts go their ways': `
- hosts: all
  gather_facts: false
  tasks:
    - block:
        - {name: fails on a, fail: {msg: nope}, when: inventory_hostname == 'a'}
        - {name: others, debug: {msg: x}}
        - {name: fails on b, fail: {msg: nope}, when: inventory_hostname == 'b'}
      rescue:
        - {name: rescue, debug: {msg: "{{ ansible_failed_task.name }}"}}
      always:
        - {name: always, debug: {msg: x}}
    - {name: all again, debug: {msg: "{{ ansible_play_hosts }}"}}
`,
  'ignored failures do not rescue': `
- block:
    - {name: ignored, fail: {msg: one}, ignore_errors: true}
    - {name: goes on, debug: {msg: x}}
  rescue:
    - {name: rescue, debug: {msg: x}}
- name: ignored block
  ignore_errors: true
  block:
    - {name: ignored by the block, fail: {msg: one}}
    - {name: goes on, debug: {msg: x}}
  rescue:
    - {name: rescue, debug: {msg: x}}
`,
  'undefined variables are failures like others': `
- block:
    - {name: undefined, debug: {msg: "{{ nowhere }}"}}
  rescue:
    - {name: rescue, debug: {msg: "{{ ansible_failed_task.name }}"}}
- block:
    - {name: undefined when, debug: {msg: x}, when: nowhere}
  rescue:
    - {name: rescue when, debug: {msg: "{{ ansible_failed_task.name }}"}}
- block:
    - {name: "name {{ nowhere }}", fail: {msg: x}}
  rescue:
    - {name: rescue name, debug: {msg: x}}
`,
  'a rescued host counts as well': `
- hosts: web
  gather_facts: false
  tasks:
    - block:
        - {name: fails, fail: {msg: one}}
      rescue:
        - {name: rescue, debug: {msg: x}}
    - block:
        - {name: fails again, fail: {msg: two}}
      rescue:
        - {name: rescue again, debug: {msg: "{{ ansible_failed_task.name }}"}}
- hosts: web
  gather_facts: false
  tasks:
    - {name: next play, debug: {msg: "{{ ansible_failed_task.name | default('gone') }}"}}
`,
  'what a block hands down': `
- name: block
  vars: {v: outer, w: outer}
  environment: {X: outer, Y: outer}
  when: v is defined
  block:
    - {name: sees, debug: {msg: "{{ v }} {{ w }}"}}
    - {name: hides, debug: {msg: "{{ v }} {{ w }}"}, vars: {v: inner}}
    - {name: environment, shell: "echo $X $Y", environment: {Y: inner}, register: r}
    - {name: environment was, debug: {msg: "{{ r.stdout }}"}}
    - block:
        - {name: two deep, debug: {msg: "{{ v }} {{ w }}"}}
      vars: {w: deep}
  rescue:
    - {name: rescue, debug: {msg: x}}
  always:
    - {name: always sees, debug: {msg: "{{ v }} {{ w }}"}}
`,
  'run_once and delegate_to on a block': `
- hosts: all
  gather_facts: false
  tasks:
    - name: once
      run_once: true
      block:
        - {name: first, debug: {msg: "{{ inventory_hostname }}"}}
        - {name: second, set_fact: {x: "{{ inventory_hostname }}"}}
    - {name: all have it, debug: {msg: "{{ x }}"}}
    - name: elsewhere
      delegate_to: c
      block:
        - {name: there, raw: "echo {{ inventory_hostname }}", register: r}
    - {name: result, debug: {msg: "{{ r.stdout }}"}}
`,
  'empty parts': `
- block: []
- block:
    - {name: fails, fail: {msg: one}}
  rescue: []
- {name: after an empty rescue, debug: {msg: x}}
`,
  'meta in a block': `
- hosts: web
  gather_facts: false
  tasks:
    - block:
        - {name: one, debug: {msg: x}}
        - {name: end for a, meta: end_host, when: inventory_hostname == 'a'}
        - {name: two, debug: {msg: x}}
      always:
        - {name: always, debug: {msg: x}}
    - {name: three, debug: {msg: x}}
`,
  'end_play in a rescue': {
    files: {
      'site.yml': `
- hosts: web
  gather_facts: false
  tasks:
    - block:
        - {name: fails, fail: {msg: one}}
      rescue:
        - {name: end, meta: end_play}
        - {name: not reached, debug: {msg: x}}
    - {name: not reached either, debug: {msg: x}}
- hosts: web
  gather_facts: false
  tasks:
    - {name: next play, debug: {msg: x}}
`,
    },
    differs: 'a host that was rescued has not failed: ansible leaves it out of all later plays',
  },
  'end_host in a rescue': {
    files: {
      'site.yml': `
- hosts: web
  gather_facts: false
  tasks:
    - block:
        - {name: fails, fail: {msg: one}, when: inventory_hostname == 'a'}
      rescue:
        - {name: end, meta: end_host}
    - {name: goes on, debug: {msg: x}}
- hosts: web
  gather_facts: false
  tasks:
    - {name: next play, debug: {msg: x}}
`,
    },
    differs: 'a host that was rescued has not failed: ansible leaves it out of all later plays',
  },
  clear_host_errors: {
    files: {
      'site.yml': `
- hosts: web
  gather_facts: false
  tasks:
    - {name: fails on a, fail: {msg: one}, when: inventory_hostname == 'a'}
    - {name: clear, meta: clear_host_errors}
    - {name: left, debug: {msg: x}}
- hosts: web
  gather_facts: false
  tasks:
    - {name: next play, debug: {msg: x}}
`,
    },
    differs: 'the recap tells of the failure, and so does the exit code',
  },
  'an include that fails inside': {
    files: {
      'site.yml': `
- block:
    - {name: include, include_tasks: part.yml}
    - {name: not reached, debug: {msg: x}}
  rescue:
    - {name: rescue, debug: {msg: "{{ ansible_failed_task.name }}"}}
    - {name: include in rescue, include_tasks: fine.yml}
  always:
    - {name: include in always, include_tasks: fine.yml}
- {name: goes on, debug: {msg: x}}
`,
      'part.yml': '- {name: first, debug: {msg: x}}\n- {name: fails, fail: {msg: one}}\n- {name: third, debug: {msg: x}}\n',
      'fine.yml': '- {name: fine, debug: {msg: x}}\n',
    },
  },
  'a failed loop in a block': `
- block:
    - {name: loop, raw: "exit {{ item }}", loop: [0, 1]}
  rescue:
    - {name: rescue, debug: {msg: "{{ ansible_failed_result.results | map(attribute='rc') | list }} {{ ansible_failed_task.name }}"}}
`,
  'a host that fails is out of later plays': `
- hosts: web
  gather_facts: false
  tasks:
    - {name: fails, fail: {msg: one}, when: inventory_hostname == 'a'}
- hosts: all
  gather_facts: false
  tasks:
    - {name: others, debug: {msg: "{{ ansible_play_hosts }} {{ ansible_play_hosts_all }}"}}
`,
  'all hosts of a play fail': `
- hosts: web
  gather_facts: false
  tasks:
    - {name: fails, fail: {msg: one}}
    - {name: not reached, debug: {msg: x}}
- hosts: db
  gather_facts: false
  tasks:
    - {name: the run has ended, debug: {msg: x}}
`,
  'all hosts of a play fail and are rescued': `
- hosts: web
  gather_facts: false
  tasks:
    - block: [{name: fails, fail: {msg: one}}]
      rescue: [{name: rescue, debug: {msg: x}}]
- hosts: db
  gather_facts: false
  tasks:
    - {name: goes on, debug: {msg: x}}
`,
  'a rescue without a block': { refused: true, files: { 'site.yml': '- rescue: [{debug: {msg: x}}]' } },
  'keywords that a block has not': { refused: true, files: { 'site.yml': '- {register: x, block: [{debug: {msg: x}}]}' } },
};
