// Tasks that one host does for another or for all, and hosts made on the way. They are data for both.
import type { Cases } from '../case.ts';

export const DELEGATION: Cases = {
  delegate_to: `
- hosts: web
  gather_facts: false
  tasks:
    - {name: there, raw: "echo {{ inventory_hostname }}", delegate_to: c, register: r}
    - {name: here, debug: {msg: "{{ r.stdout }}"}}
    - {name: fact, set_fact: {f: "{{ inventory_hostname }}"}, delegate_to: c}
    - {name: fact is, debug: {msg: "{{ f | default('none') }} {{ hostvars.c.f | default('none') }}"}}
    - {name: delegate_facts, set_fact: {g: "{{ inventory_hostname }}"}, delegate_to: c, delegate_facts: true}
    - {name: fact there, debug: {msg: "{{ g | default('none') }} {{ hostvars.c.g is defined }}"}}
    - {name: fails there, raw: exit 1, delegate_to: c, when: inventory_hostname == 'a'}
    - {name: left, debug: {msg: "{{ ansible_play_hosts }}"}}
`,
  'delegate_to by templates and loops': `
- hosts: web
  gather_facts: false
  tasks:
    - {name: template, raw: echo x, delegate_to: "{{ groups.db[0] }}", register: r}
    - {name: loop, raw: "echo {{ item }}", delegate_to: "{{ item }}", loop: "{{ groups.all }}", register: r}
    - {name: results, debug: {msg: "{{ r.results | map(attribute='stdout') | map('trim') | list }}"}}
    - {name: undefined, raw: echo, delegate_to: "{{ nowhere }}", ignore_errors: true}
    - {name: not evaluated, raw: echo, delegate_to: "{{ nowhere }}", when: false}
    - {name: ansible_delegated_vars, raw: "echo {{ ansible_delegated_vars[item].inventory_hostname | default('none') }}", delegate_to: "{{ item }}", loop: [c], register: v, ignore_errors: true}
`,
  run_once: `
- hosts: all
  gather_facts: false
  tasks:
    - {name: once, raw: "echo {{ inventory_hostname }}", run_once: true, register: r}
    - {name: all have it, debug: {msg: "{{ r.stdout }}"}}
    - {name: once fact, set_fact: {f: "{{ inventory_hostname }}"}, run_once: true}
    - {name: all have the fact, debug: {msg: "{{ f }}"}}
    - {name: skipped for the first, raw: echo, run_once: true, when: inventory_hostname != 'a', register: s}
    - {name: all skipped, debug: {msg: "{{ s is skipped }}"}}
    - {name: loop, debug: {msg: "{{ item }}"}, run_once: true, loop: [1, 2], register: l}
    - {name: all have the loop, debug: {msg: "{{ l.results | length }}"}}
    - {name: delegated, raw: echo x, run_once: true, delegate_to: c, register: d}
    - {name: all have that, debug: {msg: "{{ d.stdout }}"}}
    - {name: not once, debug: {msg: x}, run_once: false}
    - {name: template, debug: {msg: x}, run_once: "{{ true }}"}
    - {name: ends a, meta: end_host, when: inventory_hostname == 'a'}
    - {name: once more, debug: {msg: "{{ inventory_hostname }}"}, run_once: true}
`,
  local_action: `
- {name: text, local_action: command echo hi, register: r, changed_when: false}
- {name: text is, debug: {msg: "{{ r.stdout }}"}}
- {name: map, local_action: {module: command, cmd: echo ho}, register: r, changed_when: false}
- {name: map is, debug: {msg: "{{ r.stdout }}"}}
- {name: localhost, raw: echo, delegate_to: localhost, changed_when: false}
`,
  'add_host and group_by': `
- hosts: web
  gather_facts: false
  tasks:
    - {name: add, add_host: {name: "new-{{ inventory_hostname }}", groups: [fresh, both], color: red, ansible_connection: local}}
    - {name: seen, debug: {msg: "{{ groups.fresh }} {{ groups.both }} {{ hostvars[groups.fresh[0]].color }}"}}
    - {name: add again, add_host: {name: new-a, color: blue}}
    - {name: color, debug: {msg: "{{ hostvars['new-a'].color }} {{ groups.fresh }}"}}
    - {name: group, group_by: {key: "os_{{ inventory_hostname }}"}}
    - {name: grouped, debug: {msg: "{{ groups.os_a }} {{ group_names }}"}}
    - {name: group again, group_by: {key: "os_{{ inventory_hostname }}"}}
    - {name: parents, group_by: {key: kid, parents: [mum]}}
    - {name: of parents, debug: {msg: "{{ groups.mum }}"}}
- hosts: fresh
  gather_facts: false
  tasks:
    - {name: fresh, debug: {msg: "{{ inventory_hostname }} {{ color }} {{ group_names }}"}}
- hosts: os_b:mum
  gather_facts: false
  tasks:
    - {name: grouped, debug: {msg: "{{ inventory_hostname }}"}}
`,
};
