// What register keeps of each kind of result. They are data for both.
import type { Cases } from '../case.ts';

export const REGISTERS: Cases = {
  'ok, changed, failed, skipped': `
- {name: ok, debug: {msg: x}, register: r}
- {name: r1, debug: {var: r}}
- {name: changed, raw: "echo out; echo err >&2", register: r}
- {name: r2, debug: {var: r}}
- {name: failed, raw: "echo out; exit 4", register: r, ignore_errors: true}
- {name: r3, debug: {var: r}}
- {name: skipped, raw: echo, register: r, when: false}
- {name: r4, debug: {var: r}}
- {name: fail, fail: {msg: words}, register: r, ignore_errors: true}
- {name: r5, debug: {msg: "{{ r.failed }} {{ r.msg }} {{ r.changed }}"}}
- {name: skipped for two, raw: echo, register: r, when: [true, "1 == 2"]}
- {name: r6, debug: {var: r}}
`,
  'a skipped task takes the place of what was there': `
- {name: first, raw: echo one, register: r}
- {name: second, raw: echo two, register: r, when: false}
- {name: left, debug: {msg: "{{ r.stdout | default('gone') }}"}}
`,
  'results of command and shell': `
- {name: command, command: "printf 'a\\\\nb\\\\n\\\\n'", register: r}
- {name: r1, debug: {var: r}}
- {name: shell, shell: "echo $((1 + 1)); echo e >&2", register: r}
- {name: r2, debug: {var: r}}
- {name: lines, debug: {msg: "{{ r.stdout_lines }} {{ r.stderr_lines }}"}}
- {name: failing, command: sh -c 'exit 3', register: r, ignore_errors: true}
- {name: r3, debug: {var: r}}
- {name: nothing to run, command: /no/such/program, register: r, ignore_errors: true}
- {name: r4, debug: {msg: "{{ r.rc }} {{ r.failed }}"}}
- {name: creates, command: "echo x", args: {creates: /etc/passwd}, register: r}
- {name: r5, debug: {var: r}}
`,
  'results of set_fact, assert, stat': `
- {name: set_fact, set_fact: {x: 1}, register: r}
- {name: r1, debug: {var: r}}
- {name: assert, assert: {that: true}, register: r}
- {name: r2, debug: {var: r}}
- {name: stat, stat: {path: /no/such}, register: r}
- {name: r3, debug: {var: r}}
- {name: ping, ping: , register: r}
- {name: r4, debug: {var: r}}
- {name: ping data, ping: {data: hi}, register: r}
- {name: r5, debug: {var: r}}
`,
  'a register is a variable like others': `
- {name: say, raw: echo hi, register: r}
- {name: again, debug: {msg: "{{ r.stdout }}"}, vars: {r: {stdout: task}}}
- {name: set, set_fact: {r: fact}}
- {name: fact, debug: {msg: "{{ r }}"}}
- {name: say again, raw: echo ho, register: r}
- {name: register again, debug: {msg: "{{ r.stdout }}"}}
- {name: hostvars, debug: {msg: "{{ hostvars['a'].r.stdout }} {{ vars.r.stdout }} {{ vars['r']['rc'] }}"}}
- {name: hidden by a template, raw: "echo '{{ '{{' }} inventory_hostname {{ '}}' }}'", register: t}
- {name: not templated again, debug: {msg: "{{ t.stdout }}"}}
`,
  'of the play that comes next': `
- hosts: web
  gather_facts: false
  tasks:
    - {name: say, raw: "echo {{ inventory_hostname }}", register: r}
- hosts: all
  gather_facts: false
  tasks:
    - {name: still there, debug: {msg: "{{ r.stdout | default('none') }} {{ hostvars.a.r.stdout }}"}}
`,
  'of includes': {
    files: {
      'site.yml': `
- {name: include, include_tasks: part.yml, register: r}
- {name: registered, debug: {msg: "{{ r is defined }}"}}
- {name: skipped, include_tasks: part.yml, register: s, when: false}
- {name: registered skip, debug: {msg: "{{ s is skipped }}"}}
- {name: what was registered inside, debug: {msg: "{{ inner.stdout }}"}}
`,
      'part.yml': '- {name: inner, raw: echo in, register: inner}\n',
    },
  },
  'a name that is none': { refused: true, files: { 'site.yml': '- {name: bad, debug: {msg: x}, register: "not a name"}' } },
};
