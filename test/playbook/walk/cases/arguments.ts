// Arguments in all their forms, environment, checks, defaults. They are data for both.
import type { Cases } from '../case.ts';

export const ARGUMENTS: Cases = {
  'k=v': `
- {name: plain, debug: msg=hello}
- {name: quotes, debug: msg="hello world"}
- {name: single quotes, debug: "msg='hello world'"}
- {name: template, debug: "msg={{ inventory_hostname }}"}
- {name: template with blanks, debug: "msg={{ 'a b' }}"}
- {name: quoted template, debug: 'msg="{{ inventory_hostname }} x"'}
- {name: equals in the value, debug: "msg=a=b"}
- {name: escaped, debug: 'msg="say \\"hi\\""'}
- {name: var, debug: var=inventory_hostname}
- {name: two, assert: "that=true quiet=yes"}
- {name: args, debug: , args: {msg: from args}}
- {name: args beside k=v, debug: msg=own, args: {verbosity: 0}}
- {name: template in quotes, debug: "msg='{{ \\"x\\" }}'"}
- name: over lines
  debug: >
    msg="one
    two"
`,
  'free-form': `
- {name: command, command: "echo a  b 'c d' $HOME", register: r, changed_when: false}
- {name: r1, debug: {msg: "{{ r.stdout }} {{ r.cmd }}"}}
- {name: with chdir, command: pwd chdir=/tmp, register: r, changed_when: false}
- {name: r2, debug: {msg: "{{ r.stdout }} {{ r.cmd }}"}}
- {name: with args, shell: "pwd; echo $0 | wc -l", args: {chdir: /tmp}, register: r, changed_when: false}
- {name: r3, debug: {msg: "{{ r.stdout }}"}}
- {name: cmd, command: {cmd: echo x=y}, register: r, changed_when: false}
- {name: r4, debug: {msg: "{{ r.stdout }}"}}
- {name: argv, command: {argv: [echo, "a b", "{{ inventory_hostname }}"]}, register: r, changed_when: false}
- {name: r5, debug: {msg: "{{ r.stdout }} {{ r.cmd }}"}}
- {name: equals, shell: "X=1; echo $X a=b", register: r, changed_when: false}
- {name: r6, debug: {msg: "{{ r.stdout }} {{ r.cmd }}"}}
- {name: pipes, shell: "printf 'b\\\\na\\\\n' | sort", register: r, changed_when: false}
- {name: r7, debug: {msg: "{{ r.stdout_lines }}"}}
- {name: stdin, shell: {cmd: cat, stdin: hello}, register: r, changed_when: false}
- {name: r8, debug: {msg: "{{ r.stdout }}"}}
- {name: creates, command: echo x creates=/etc/passwd, register: r}
- {name: removes, command: echo x removes=/no/such, register: r2}
- {name: r9, debug: {msg: "{{ r.stdout }} {{ r.changed }} {{ r2.stdout }} {{ r2.rc }}"}}
`,
  'several lines': `
- name: folded
  shell: >
    echo one
    two
  register: r
  changed_when: false
- {name: r1, debug: {msg: "{{ r.stdout }} {{ r.cmd }}"}}
- name: literal
  shell: |
    echo one
    echo "two  three"
  register: r
  changed_when: false
- {name: r2, debug: {msg: "{{ r.stdout }} {{ r.cmd }}"}}
- name: command over lines
  command: >
    echo a
      b
  register: r
  changed_when: false
- {name: r3, debug: {msg: "{{ r.stdout }} {{ r.cmd }}"}}
`,
  action: `
- {name: text, action: debug msg=hi}
- {name: map, action: {module: debug, msg: ho}}
- {name: long, ansible.builtin.debug: {msg: x}}
- {name: legacy, ansible.legacy.debug: {msg: x}}
`,
  'action by a template': {
    files: { 'site.yml': '- {name: template, action: "{{ which }}", args: {msg: y}, vars: {which: debug}}' },
    differs: 'which modules a playbook needs must be known before anything is played',
  },
  'args by a template': `
- {name: args, debug: "{{ given }}", vars: {given: {msg: all}}}
- {name: args keyword, debug: , args: "{{ given }}", vars: {given: {msg: all}}}
`,
  environment: `
- hosts: a
  gather_facts: false
  environment: {X: play, Y: play, Z: "{{ inventory_hostname }}"}
  tasks:
    - {name: play, shell: echo $X $Y $Z, register: r, changed_when: false}
    - {name: r1, debug: {msg: "{{ r.stdout }}"}}
    - name: block
      environment: {Y: block}
      block:
        - {name: block, shell: echo $X $Y $Z, register: r, changed_when: false, environment: {X: task}}
        - {name: r2, debug: {msg: "{{ r.stdout }}"}}
    - {name: list, shell: echo $X $Y, register: r, changed_when: false, environment: [{X: one}, {Y: two}]}
    - {name: r3, debug: {msg: "{{ r.stdout }}"}}
    - {name: variable, shell: echo $X $Y, register: r, changed_when: false, environment: "{{ env }}", vars: {env: {X: var}}}
    - {name: r4, debug: {msg: "{{ r.stdout }}"}}
    - {name: types, shell: echo $X $Y $W, register: r, changed_when: false, environment: {X: 5, Y: true, W: "a b"}}
    - {name: r5, debug: {msg: "{{ r.stdout }}"}}
    - {name: visible, debug: {msg: "{{ environment }}"}, environment: {X: 1}, when: false}
`,
  'check_mode and diff of a task': `
- {name: would, command: echo, check_mode: true, register: r}
- {name: r1, debug: {msg: "{{ r is skipped }} {{ r.changed }}"}}
- {name: raw would not, raw: echo, check_mode: true, register: r}
- {name: file, file: {path: DIR/x, state: touch}, check_mode: true, register: r}
- {name: r2, debug: {msg: "{{ r.changed }}"}}
- {name: stat, stat: {path: DIR/x}, register: s, check_mode: true}
- {name: r3, debug: {msg: "{{ s.stat.exists }}"}}
- {name: copy, copy: {content: hi, dest: DIR/y}, check_mode: true, diff: true, register: r}
- {name: r4, debug: {msg: "{{ r.changed }}"}}
- {name: mode, debug: {msg: "{{ ansible_check_mode }}"}, check_mode: true}
`,
  'check of the whole run': {
    flags: { check: true },
    files: {
      'site.yml': `
- {name: mode, debug: {msg: "{{ ansible_check_mode }}"}}
- {name: command, command: echo, register: r}
- {name: registered, debug: {msg: "{{ r is skipped }} {{ r.stdout | default('none') }}"}}
- {name: not checked, command: echo x, check_mode: false, changed_when: false, register: r}
- {name: ran, debug: {msg: "{{ r.stdout }}"}}
- {name: copy, copy: {content: hi, dest: DIR/y}, notify: h}
- {name: when, debug: {msg: x}, when: not ansible_check_mode}
- {name: set, set_fact: {a: 1}}
- {name: is set, debug: {msg: "{{ a }}"}}
`.replace(', notify: h', ''),
    },
  },
  module_defaults: `
- hosts: a
  gather_facts: false
  module_defaults: {debug: {msg: play}}
  tasks:
    - {name: play, debug: {}}
    - {name: own, debug: {msg: own}}
    - {name: long, ansible.builtin.debug: {}}
    - name: block
      module_defaults: {ansible.builtin.debug: {msg: "{{ inventory_hostname }}"}}
      block:
        - {name: block, debug: {}}
        - {name: task, debug: {}, module_defaults: {debug: {msg: task}}}
`,
  'ignore_errors and no_log': `
- {name: ignored, fail: {msg: x}, ignore_errors: true}
- {name: template, fail: {msg: x}, ignore_errors: "{{ v }}", vars: {v: true}}
- {name: word, fail: {msg: x}, ignore_errors: yes}
- {name: secret, debug: {msg: x}, no_log: true, register: r}
- {name: kept, debug: {msg: "{{ r.msg }}"}}
- {name: not ignored, fail: {msg: x}, ignore_errors: "{{ false }}"}
- {name: not reached, debug: {msg: x}}
`,
  debug: `
- {name: nothing, debug: }
- {name: empty, debug: {}}
- {name: var, debug: {var: v}, vars: {v: {a: [1]}}}
- {name: var expression, debug: {var: "v.a[0:1]"}, vars: {v: {a: [1]}}}
- {name: undefined var, debug: {var: nowhere}}
- {name: undefined inside, debug: {var: v.b.c}, vars: {v: {}}}
- {name: undefined behind, debug: {var: v}, vars: {v: "{{ nowhere }}"}}
- {name: verbosity, debug: {msg: x, verbosity: 2}}
- {name: list, debug: {msg: [1, "{{ inventory_hostname }}"]}}
- {name: dict, debug: {msg: {a: "{{ inventory_hostname }}"}}}
- {name: both, debug: {msg: x, var: y}, ignore_errors: true}
`,
  'debug of a template': {
    files: { 'site.yml': '- {name: var template, debug: {var: "{{ n }}"}, vars: {n: inventory_hostname}}' },
    differs: 'a value is shown as it is: ansible takes it for the name of another',
  },
  'fail and meta': `
- {name: skipped fail, fail: {msg: x}, when: false}
- {name: noop, meta: noop}
- {name: default, fail: , ignore_errors: true, register: r}
- {name: said, debug: {msg: "{{ r.msg }}"}}
- {name: clear facts, meta: clear_facts}
- {name: refresh, meta: refresh_inventory}
- {name: end, meta: end_play}
- {name: not reached, debug: {msg: x}}
`,
  async: `
- {name: waited for, shell: echo x, async: 10, poll: 1, register: r, changed_when: false}
- {name: said, debug: {msg: "{{ r.stdout }} {{ r.finished }}"}}
`,
  'a timeout': `
- {name: in time, command: "true", timeout: 20, changed_when: false}
- {name: too long, command: sleep 5, timeout: 1, ignore_errors: true}
`,
  'start at a task': {
    flags: { startAtTask: 'three' },
    files: {
      'site.yml': `
- hosts: a
  gather_facts: false
  tasks:
    - {name: one, debug: {msg: x}}
    - block:
        - {name: two, debug: {msg: x}}
        - {name: three, debug: {msg: x}}
    - {name: four, debug: {msg: x}}
- hosts: a
  gather_facts: false
  tasks: [{name: five, debug: {msg: x}}]
`,
    },
  },
  gather_facts: `
- hosts: a
  gather_facts: true
  tasks:
    - {name: facts, debug: {msg: "{{ ansible_facts.system }} {{ ansible_system }} {{ ansible_facts['os_family'] }} {{ ansible_distribution }}"}}
    - {name: in hostvars, debug: {msg: "{{ hostvars.a.ansible_facts.system }} {{ hostvars['a']['ansible_system'] }}"}}
    - {name: task hides, debug: {msg: "{{ ansible_system }} {{ ansible_facts.system }}"}, vars: {ansible_system: mine}}
`,
};
