// Handlers: who is notified, when, and in which order. They are data for both.
import type { Cases } from '../case.ts';

// Two hosts only where it matters which one it is: every task of a host costs ansible a process.
const play = (text: string): string => {
  const hosts = text.includes('inventory_hostname ==') ? 'web' : 'a';
  return `- hosts: ${hosts}\n  gather_facts: false\n${text.replace(/^\n/, '').replaceAll(/^(?=.)/gm, '  ')}`;
};

export const HANDLERS: Cases = {
  'in the order of their definition, once': play(`
tasks:
  - {name: one, raw: echo, notify: [c, a]}
  - {name: two, raw: echo, notify: a}
handlers:
  - {name: a, debug: {msg: a}}
  - {name: b, debug: {msg: b}}
  - {name: c, debug: {msg: c}}
`),
  'only what changed notifies': play(`
tasks:
  - {name: ok, debug: {msg: x}, notify: a}
  - {name: changed, debug: {msg: x}, changed_when: true, notify: b}
  - {name: skipped, raw: echo, when: false, notify: c}
  - {name: failed, raw: exit 1, ignore_errors: true, notify: d}
  - {name: not failed, raw: exit 1, failed_when: false, notify: e}
handlers:
  - {name: a, debug: {msg: a}}
  - {name: b, debug: {msg: b}}
  - {name: c, debug: {msg: c}}
  - {name: d, debug: {msg: d}}
  - {name: e, debug: {msg: e}}
`),
  listen: play(`
tasks:
  - {name: one, raw: echo, notify: topic}
  - {name: two, raw: echo, notify: other}
handlers:
  - {name: a, debug: {msg: a}, listen: topic}
  - {name: b, debug: {msg: b}, listen: [other, topic]}
  - {name: c, debug: {msg: c}, listen: nobody}
  - {name: topic, debug: {msg: by name}}
`),
  'the same topic twice': play(`
tasks:
  - {name: one, raw: echo, notify: [topic, a]}
handlers:
  - {name: a, debug: {msg: a}, listen: topic}
  - {name: b, debug: {msg: b}, listen: topic}
`),
  flush_handlers: play(`
tasks:
  - {name: one, raw: echo, notify: a}
  - {name: flush, meta: flush_handlers}
  - {name: between, debug: {msg: x}}
  - {name: two, raw: echo, notify: [a, b]}
handlers:
  - {name: a, debug: {msg: a}}
  - {name: b, debug: {msg: b}}
`),
  'flush_handlers that is skipped': play(`
tasks:
  - {name: one, raw: echo, notify: a}
  - {name: flush, meta: flush_handlers, when: false}
  - {name: between, debug: {msg: x}}
handlers:
  - {name: a, debug: {msg: a}}
`),
  'a handler that notifies': play(`
tasks:
  - {name: one, raw: echo, notify: b}
handlers:
  - {name: a, debug: {msg: a}}
  - {name: b, raw: echo, notify: [a, c]}
  - {name: c, debug: {msg: c}}
`),
  'a handler that notifies an earlier one, then a flush': play(`
tasks:
  - {name: one, raw: echo, notify: b}
  - {name: flush, meta: flush_handlers}
  - {name: after, debug: {msg: x}}
handlers:
  - {name: a, debug: {msg: a}}
  - {name: b, raw: echo, notify: a}
`),
  'after a failure': play(`
tasks:
  - {name: one, raw: echo, notify: a}
  - {name: fails, fail: {msg: nope}, when: inventory_hostname == 'a'}
handlers:
  - {name: a, debug: {msg: a}}
`),
  'after a failure, forced by the play': play(`
force_handlers: true
tasks:
  - {name: one, raw: echo, notify: a}
  - {name: fails, fail: {msg: nope}, when: inventory_hostname == 'a'}
  - {name: not for a, debug: {msg: x}}
handlers:
  - {name: a, debug: {msg: a}}
`),
  'after a failure, forced by a flag': {
    files: {
      'site.yml': play(`
tasks:
  - {name: one, raw: echo, notify: a}
  - {name: fails, fail: {msg: nope}}
handlers:
  - {name: a, debug: {msg: a}}
`),
    },
    flags: { forceHandlers: true },
  },
  'after a rescued failure': play(`
tasks:
  - block:
      - {name: one, raw: echo, notify: a}
      - {name: fails, fail: {msg: nope}}
    rescue:
      - {name: rescue, raw: echo, notify: b}
    always:
      - {name: always, raw: echo, notify: c}
handlers:
  - {name: a, debug: {msg: a}}
  - {name: b, debug: {msg: b}}
  - {name: c, debug: {msg: c}}
`),
  'a handler that fails': play(`
tasks:
  - {name: one, raw: echo, notify: [a, b]}
post_tasks:
  - {name: post, debug: {msg: x}}
handlers:
  - {name: a, fail: {msg: nope}, when: inventory_hostname == 'a'}
  - {name: b, debug: {msg: b}}
`),
  'a handler that fails but is ignored': play(`
tasks:
  - {name: one, raw: echo, notify: [a, b]}
handlers:
  - {name: a, fail: {msg: nope}, ignore_errors: true}
  - {name: b, debug: {msg: b}}
`),
  sections: play(`
pre_tasks:
  - {name: pre, raw: echo, notify: a}
tasks:
  - {name: task, raw: echo, notify: [a, b]}
post_tasks:
  - {name: post, raw: echo, notify: b}
handlers:
  - {name: a, debug: {msg: a}}
  - {name: b, debug: {msg: b}}
`),
  'conditions and loops of handlers': play(`
tasks:
  - {name: one, raw: echo, notify: [a, b, c], register: r}
handlers:
  - {name: a, debug: {msg: a}, when: inventory_hostname == 'b'}
  - {name: b, debug: {msg: "{{ item }}"}, loop: [1, 2]}
  - {name: c, debug: {msg: "{{ r.rc }}"}, when: r is changed}
`),
  'names by templates': play(`
vars: {which: b}
tasks:
  - {name: one, raw: echo, notify: "{{ which }}"}
  - {name: two, raw: echo, notify: "restart {{ which }}"}
  - {name: by item, raw: echo, loop: [x, y], notify: "h {{ item }}"}
handlers:
  - {name: b, debug: {msg: b}}
  - {name: "restart {{ which }}", debug: {msg: restart}}
  - {name: h x, debug: {msg: x}}
  - {name: h y, debug: {msg: y}}
`),
  'lists by templates': play(`
vars: {which: [a, b]}
tasks:
  - {name: one, raw: echo, notify: "{{ which }}"}
handlers:
  - {name: a, debug: {msg: a}}
  - {name: b, debug: {msg: b}}
`),
  'the first of two of one name': play(`
tasks:
  - {name: one, raw: echo, notify: same}
handlers:
  - {name: same, debug: {msg: first}}
  - {name: same, debug: {msg: second}}
`),
  'a name that is not there': {
    refused: true,
    files: {
      'site.yml': play(`
tasks:
  - {name: one, raw: echo, notify: nobody}
handlers:
  - {name: a, debug: {msg: a}}
`),
    },
  },
  'notify of a block': play(`
tasks:
  - name: block
    notify: a
    block:
      - {name: one, raw: echo}
      - {name: two, debug: {msg: x}}
  - name: block with own
    notify: b
    block:
      - {name: three, raw: echo, notify: c}
handlers:
  - {name: a, debug: {msg: a}}
  - {name: b, debug: {msg: b}}
  - {name: c, debug: {msg: c}}
`),
  'notify of a play': `
- hosts: a
  gather_facts: false
  tasks:
    - {name: one, raw: echo, notify: h}
  handlers:
    - {name: h, debug: {msg: "{{ v }}"}, vars: {v: own}}
- hosts: a
  gather_facts: false
  tasks:
    - {name: nothing is left, debug: {msg: x}}
  handlers:
    - {name: h, debug: {msg: other}}
`,
  'include_tasks as a handler': {
    files: {
      'site.yml': play(`
tasks:
  - {name: one, raw: echo, notify: inc}
handlers:
  - {name: inc, include_tasks: part.yml}
  - {name: later, debug: {msg: later}}
`),
      'part.yml': '- {name: in part, raw: echo, notify: later}\n- {name: in part 2, debug: {msg: x}}\n',
    },
  },
  'import_tasks among handlers': {
    files: {
      'site.yml': play(`
tasks:
  - {name: one, raw: echo, notify: [imported, late]}
handlers:
  - {import_tasks: part.yml}
  - {name: late, debug: {msg: late}}
`),
      'part.yml': '- {name: imported, debug: {msg: imported}}\n- {name: unasked, debug: {msg: x}}\n',
    },
  },
  'handlers of roles': {
    files: {
      'site.yml': play(`
roles: [r, s]
tasks:
  - {name: one, raw: echo, notify: [h, "s : h", topic]}
handlers:
  - {name: own, debug: {msg: own}, listen: topic}
`),
      'roles/r/tasks/main.yml': '- {name: of r, raw: echo, notify: h}\n',
      'roles/r/handlers/main.yml': '- {name: h, debug: {msg: "r {{ role_name }}"}}\n- {name: rt, debug: {msg: rt}, listen: topic}\n',
      'roles/s/tasks/main.yml': '- {name: of s, raw: echo, notify: h}\n',
      'roles/s/handlers/main.yml': '- {name: h, debug: {msg: "s {{ role_name }}"}}\n',
    },
  },
  'handlers of an included role': {
    files: {
      'site.yml': play(`
tasks:
  - {name: include, include_role: {name: r}}
  - {name: one, raw: echo, notify: h}
handlers:
  - {name: own, debug: {msg: own}}
`),
      'roles/r/tasks/main.yml': '- {name: of r, raw: echo, notify: [h, own]}\n',
      'roles/r/handlers/main.yml': '- {name: h, debug: {msg: r}}\n',
    },
  },
  'variables that handlers see': {
    files: {
      'site.yml': play(`
vars: {v: play}
tasks:
  - {name: one, raw: echo, notify: [h, r], vars: {v: task}}
  - {name: set, set_fact: {f: "{{ inventory_hostname }}"}}
roles: [{role: r, vars: {p: param}}]
handlers:
  - {name: h, debug: {msg: "{{ v }} {{ f }} {{ p | default('none') }}"}}
`),
      'roles/r/tasks/main.yml': '- {name: of r, raw: echo, notify: r}\n',
      'roles/r/handlers/main.yml': '- {name: r, debug: {msg: "{{ v }} {{ f }} {{ p }} {{ d }}"}}\n',
      'roles/r/defaults/main.yml': 'd: default\n',
    },
  },
  'a handler that fails at flush_handlers in a block': {
    differs: 'it is a failure of the block like others: ansible passes over the rescue and always',
    files: {
      'site.yml': play(`
tasks:
  - block:
      - {name: one, raw: echo, notify: a}
      - {name: flush, meta: flush_handlers}
    rescue:
      - {name: rescue, debug: {msg: x}}
    always:
      - {name: always, debug: {msg: x}}
handlers:
  - {name: a, fail: {msg: nope}}
`),
    },
  },
  'force_handlers and run_once after a failure': {
    differs: 'whoever failed before does not end it for all: ansible takes the failure for one of the task that runs once',
    files: {
      'site.yml': play(`
force_handlers: true
tasks:
  - {name: fails, fail: {msg: nope}, when: inventory_hostname == 'a'}
  - {name: once, debug: {msg: x}, run_once: true}
  - {name: after, debug: {msg: x}}
`),
    },
  },
  'run_once in handlers': {
    differs: 'once is once: ansible 2.14 goes on to the next host that was notified',
    files: {
      'site.yml': play(`
tasks:
  - {name: one, raw: echo, notify: a}
  - {name: on b only, raw: echo, notify: b, when: inventory_hostname == 'b'}
handlers:
  - {name: a, debug: {msg: "{{ inventory_hostname }}"}, run_once: true}
  - {name: b, debug: {msg: "{{ inventory_hostname }}"}, run_once: true}
`),
    },
  },
  'any_errors_fatal and handlers': play(`
any_errors_fatal: true
tasks:
  - {name: one, raw: echo, notify: a}
  - {name: fails, fail: {msg: nope}, when: inventory_hostname == 'a'}
handlers:
  - {name: a, debug: {msg: a}}
`),
  'a block as a handler': {
    refused: true,
    files: {
      'site.yml': play(`
tasks:
  - {name: one, raw: echo, notify: a}
handlers:
  - {name: a, block: [{debug: {msg: x}}]}
`),
    },
  },
  'serial batches have handlers each': play(`
serial: 1
tasks:
  - {name: one, raw: echo, notify: a}
handlers:
  - {name: a, debug: {msg: a}}
`),
  'end_play and end_host leave handlers behind': play(`
tasks:
  - {name: one, raw: echo, notify: a}
  - {name: end a, meta: end_host, when: inventory_hostname == 'a'}
  - {name: two, debug: {msg: x}}
  - {name: end, meta: end_play}
handlers:
  - {name: a, debug: {msg: a}}
`),
};
