// The course of plays beside ansible: handlers, delegation, limits, loops, retries, groups made on the way, strategies.
import { describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { same, type Tree } from './play-both.ts';

const head = '- hosts: all\n  gather_facts: false\n';

const TREES: Readonly<Record<string, Tree>> = {
  'handlers after each section, forced or not': {
    'site.yml': `${head}  pre_tasks:
    - {name: pre, command: "true", notify: h1}
  tasks:
    - {name: one, command: "true", notify: [h2, h1]}
    - name: block
      notify: h3
      block:
        - {name: in block, command: "true"}
        - {name: flush some, meta: flush_handlers, when: inventory_hostname != 'b'}
    - {name: looped, command: "test {{ item }} = y", loop: [x, y], failed_when: false, changed_when: item == 'y', notify: "h-{{ item }}"}
    - {name: fails, fail: {msg: nope}, when: inventory_hostname == 'c'}
  post_tasks:
    - {name: post, command: "true", notify: inc}
  handlers:
    - {name: h1, debug: {msg: h1}}
    - {name: h2, command: "true", notify: h1}
    - {name: h3, debug: {msg: h3}}
    - {name: h-x, debug: {msg: x}}
    - {name: h-y, debug: {msg: "{{ item }}"}, loop: [1, 2]}
    - {name: inc, include_tasks: handlers.yml}
    - {import_tasks: more.yml}
- hosts: all
  gather_facts: false
  force_handlers: true
  tasks:
    - {name: forced one, command: "true", notify: forced}
    - {name: forced fails, fail: {msg: nope}, when: inventory_hostname == 'a'}
    - {name: goes on, debug: {msg: on}}
  handlers:
    - {name: forced, debug: {msg: forced}}
`,
    'handlers.yml': '- {name: from file, debug: {msg: included}}\n',
    'more.yml': '- {name: more, debug: {msg: more}, listen: [inc]}\n',
  },
  'run_once and delegation': {
    'site.yml': `${head}  vars: {mine: "{{ inventory_hostname }}"}
  tasks:
    - {name: once, command: "echo {{ inventory_hostname }}", run_once: true, register: r}
    - {name: all have it, debug: {msg: "{{ r.stdout }}"}}
    - {name: once skipped, command: "true", run_once: true, when: inventory_hostname == 'b', register: s}
    - {name: all skipped, debug: {msg: "{{ s is skipped }}"}}
    - {name: set once, set_fact: {shared: "{{ mine }}"}, run_once: true}
    - {name: shared, debug: {msg: "{{ shared }} {{ hostvars.c.shared }}"}}
    - {name: delegated, command: "echo {{ mine }}", delegate_to: "{{ groups.db[0] }}", register: d}
    - {name: at home, debug: {msg: "{{ d.stdout }}"}}
    - {name: local, local_action: "command echo {{ mine }}", register: l}
    - {name: was local, debug: {msg: "{{ l.stdout }}"}}
    - {name: facts elsewhere, set_fact: {given: "{{ mine }}"}, delegate_to: c, delegate_facts: true, when: mine == 'a'}
    - {name: where, debug: {msg: "{{ given | default('none') }} {{ hostvars.c.given }}"}}
    - {name: looped, command: "echo {{ item }}", delegate_to: "{{ item }}", loop: "{{ groups.web }}", run_once: true, register: g}
    - {name: looped results, debug: {msg: "{{ g.results | map(attribute='stdout') | join(',') }}"}}
    - {name: stranger, command: echo x, delegate_to: elsewhere, vars: {ansible_connection: local}, changed_when: false}
    - {name: throttled, command: "true", throttle: 1, changed_when: false}
    - {name: env, shell: "echo $X$Y", register: e, environment: {X: "{{ mine }}"}, changed_when: false}
    - {name: env is, debug: {msg: "{{ e.stdout }}"}}
    - {name: once fails, fail: {msg: all}, run_once: true, when: mine == 'a'}
    - {name: never, debug: {msg: never}}
`,
  },
  'loops and retries': {
    'site.yml': `${head}  vars: {users: [{name: u, keys: [1, 2]}, {name: v, keys: []}], d: {k: 1, l: 2}}
  tasks:
    - {name: extended, debug: {msg: "{{ ansible_loop.index }}/{{ ansible_loop.length }} {{ i }} {{ thing }}"}, loop: [p, q], loop_control: {extended: true, index_var: i, loop_var: thing, label: "{{ thing }}"}, register: x}
    - {name: extended results, debug: {msg: "{{ x.results | map(attribute='msg') | join(';') }} {{ x.results[0].ansible_loop_var }} {{ x.results[1].thing }}"}}
    - {name: lines, debug: {msg: "{{ item }}"}, with_lines: printf 'a\\nb\\n', register: n, when: false}
    - {name: dict, set_fact: {"seen_{{ item.key }}": "{{ item.value }}"}, with_dict: "{{ d }}"}
    - {name: seen, debug: {msg: "{{ seen_k }} {{ seen_l }}"}}
    - {name: nested, debug: {msg: "{{ item[0] }}{{ item[1] }}"}, with_nested: [[1, 2], [x]], register: n}
    - {name: together, debug: {msg: "{{ item.0 }}{{ item.1 }}"}, with_together: [[1, 2], [x, y]], register: t}
    - {name: both, debug: {msg: "{{ n.results | map(attribute='msg') | join }} {{ t.results | map(attribute='msg') | join }}"}}
    - {name: sequence, debug: {msg: "{{ item }}"}, with_sequence: start=1 end=3 format=n%02d, register: q}
    - {name: sequenced, debug: {msg: "{{ q.results | map(attribute='item') | join(',') }}"}}
    - {name: gives up, command: "false", register: u, until: u.rc == 0, retries: 2, delay: 0, ignore_errors: true}
    - {name: gave up, debug: {msg: "{{ u.attempts }} {{ u.failed }}"}}
    - {name: each item, shell: "echo {{ item }}; test {{ item }} != 2", loop: [1, 2, 3], register: p, until: p.rc == 0, retries: 1, delay: 0, ignore_errors: true}
    - {name: each, debug: {msg: "{{ p.results | map(attribute='attempts') | list }}"}}
    - {name: undefined list, debug: {msg: x}, loop: "{{ nowhere }}", when: nowhere is defined}
    - {name: partly changed, command: "true", loop: [1, 2], changed_when: item == 2}
    - {name: failed list, command: "echo x", register: f, failed_when: ["'x' in f.stdout", f.rc == 0], ignore_errors: true}
    - {name: ignored result, debug: {msg: "{{ f.failed }} {{ f.failed_when_result }}"}}
`,
  },
  'limits of failure': {
    'site.yml': `- hosts: all
  gather_facts: false
  order: reverse_sorted
  serial: ["34%", 2]
  tasks:
    - {name: batch, debug: {msg: "{{ ansible_play_batch | join(',') }} {{ ansible_play_hosts_all | join(',') }}"}}
    - {name: batch end, meta: end_batch, when: inventory_hostname == 'c'}
    - {name: not in first, debug: {msg: x}}
    - {name: host end, meta: end_host, when: inventory_hostname == 'a'}
    - {name: only b, debug: {msg: "{{ ansible_play_hosts | join(',') }}"}}
- hosts: all
  gather_facts: false
  tasks:
    - {name: lost, fail: {msg: lost}, when: inventory_hostname == 'a'}
    - {name: forgiven, meta: clear_host_errors}
    - {name: nobody left out, debug: {msg: "{{ ansible_play_hosts_all | length }}"}}
- hosts: all
  gather_facts: false
  max_fail_percentage: 20
  tasks:
    - {name: limit, fail: {msg: lost}, when: inventory_hostname == 'b'}
    - {name: beyond the limit, debug: {msg: x}}
`,
  },
  'any errors fatal, and the end of plays': {
    'site.yml': `- hosts: web
  gather_facts: false
  tasks:
    - {name: before, debug: {msg: x}}
    - {name: play end, meta: end_play, when: inventory_hostname == 'a'}
    - {name: not any more, debug: {msg: x}}
- hosts: db
  gather_facts: false
  tasks:
    - {name: other play, debug: {msg: "{{ groups.web | length }}"}}
- hosts: all
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - {name: fatal, fail: {msg: lost}, when: inventory_hostname == 'b'}
    - {name: unreached, debug: {msg: x}}
- hosts: db
  gather_facts: false
  tasks:
    - {name: unreached too, debug: {msg: x}}
`,
  },
  'groups and hosts made on the way': {
    'site.yml': `${head}  tasks:
    - {name: group, group_by: {key: "kind {{ 'x' if inventory_hostname != 'b' else 'y' }}", parents: [kinds]}}
    - {name: groups, debug: {msg: "{{ groups['kind-x'] | join(',') }} {{ group_names | join(',') }} {{ groups.kinds | length }}"}}
    - {name: add, add_host: {name: new, groups: "fresh,web", color: red, ansible_connection: local, ansible_python_interpreter: /usr/bin/python3}}
    - {name: many, add_host: {name: "n{{ item }}", groups: fresh, ansible_connection: local, ansible_python_interpreter: /usr/bin/python3}, loop: [1, 2]}
- hosts: fresh
  gather_facts: false
  tasks:
    - {name: fresh, debug: {msg: "{{ color | default('none') }} {{ group_names | join(',') }}"}}
- hosts: kind-x:&web
  gather_facts: false
  tasks:
    - {name: selected, debug: {msg: "{{ marked | default('unmarked') }}"}}
- hosts: kind-y
  gather_facts: false
  tasks:
    - {name: files, debug: {msg: "{{ marked | default('unmarked') }}"}}
`,
    'group_vars/kind-y.yml': 'marked: by file\n',
  },
  'defaults of modules, checks and tags': {
    'site.yml': `${head}  module_defaults: {command: {chdir: /tmp}, debug: {msg: from play}}
  tasks:
    - {name: here, command: pwd, register: p, changed_when: false}
    - {name: default message, debug: {}}
    - name: inner
      module_defaults: {debug: {msg: from block}}
      block:
        - {name: block message, debug: {}}
        - {name: own message, debug: {msg: own}}
    - {name: pwd, debug: {msg: "{{ p.stdout }}"}}
    - {name: checks, file: {path: "DIR/checked-{{ inventory_hostname }}", state: touch}, check_mode: true}
    - {name: not there, stat: {path: "DIR/checked-{{ inventory_hostname }}"}, register: st}
    - {name: is there, debug: {msg: "{{ st.stat.exists }}"}}
    - {name: fetched, fetch: {src: "DIR/hosts.ini", dest: "DIR/got"}}
    - {name: fetched again, fetch: {src: "DIR/hosts.ini", dest: "DIR/got"}}
    - {name: fetched nothing, fetch: {src: /nowhere, dest: "DIR/got", fail_on_missing: false}}
    - {name: paused, pause: {seconds: 1}, register: w}
    - {name: rested, debug: {msg: "{{ w.rc }} {{ w.delta }} {{ w.user_input }}"}, when: w is defined}
    - {name: reachable, wait_for_connection: {timeout: 5}}
`,
  },
  'jobs in the background': {
    'site.yml': `${head}  vars: {ansible_async_dir: DIR/jobs}
  tasks:
    - {name: waited for, shell: "echo done", async: 20, poll: 1, register: j}
    - {name: result, debug: {msg: "{{ j.stdout }} {{ j.finished }} {{ j.rc }}"}}
    - {name: fire, shell: "sleep 1; echo later; exit 3", async: 30, poll: 0, register: job}
    - {name: started, debug: {msg: "{{ job.started }} {{ job.finished }}"}}
    - {name: ask, async_status: {jid: "{{ job.ansible_job_id }}"}, register: st, until: st is finished, retries: 20, delay: 1, failed_when: false}
    - {name: asked, debug: {msg: "{{ st.rc }} {{ st.stdout }}"}}
    - {name: tidy, async_status: {jid: "{{ job.ansible_job_id }}", mode: cleanup}}
    - {name: too long, shell: sleep 30, async: 1, poll: 1, ignore_errors: true}
`,
  },
};

const TAGGED: Tree = {
  'site.yml': `${head}  roles:
    - {role: r, tags: [role]}
  tasks:
    - {name: plain, debug: {msg: x}}
    - {name: tagged, debug: {msg: x}, tags: [one, two]}
    - {name: always, debug: {msg: x}, tags: always}
    - {name: never, debug: {msg: x}, tags: [never, rare]}
    - {import_tasks: part.yml, tags: imported}
    - {name: inc, include_tasks: part.yml, tags: included}
    - {name: applied, include_tasks: {file: part.yml, apply: {tags: applied}}, tags: applied}
    - {name: inc role, include_role: {name: r}, tags: [one]}
    - name: block
      tags: blocked
      block:
        - {name: in block, command: "true", notify: h, tags: inner}
        - {name: inc in block, include_tasks: part.yml}
  handlers:
    - {name: h, debug: {msg: x}}
`,
  'part.yml':
    '- {name: of part, debug: {msg: x}}\n- {name: own tag, debug: {msg: x}, tags: own}\n- {name: part always, debug: {msg: x}, tags: [always]}\n',
  'roles/r/tasks/main.yml': '- {name: of role, debug: {msg: x}}\n- {name: deep, debug: {msg: x}, tags: [one]}\n',
};
const SELECTIONS: readonly (readonly [tags: string, skipTags: string])[] = [
  ['one', ''],
  ['imported,own', ''],
  ['included', ''],
  ['applied', ''],
  ['blocked', 'inner'],
  ['rare', 'always'],
  ['role', ''],
  ['all', 'one,role'],
  ['untagged', ''],
  ['tagged', 'two'],
];

const LOST: Tree = {
  'site.yml': `${head}  tasks:
    - {name: first, command: "true", ignore_unreachable: true, register: f}
    - {name: told, debug: {msg: "{{ f.unreachable | default(false) }}"}}
    - name: block
      block:
        - {name: lost here, command: "true", when: inventory_hostname != 'b'}
      rescue:
        - {name: no rescue, debug: {msg: x}}
      always:
        - {name: always, debug: {msg: x}}
    - {name: left, debug: {msg: "{{ ansible_play_hosts | join(',') }}"}}
- hosts: all
  gather_facts: false
  max_fail_percentage: 0
  tasks:
    - {name: next play, debug: {msg: "{{ ansible_play_batch | join(',') }}"}}
    - {name: lost too, command: "true", delegate_to: c, when: inventory_hostname == 'a'}
    - {name: others, debug: {msg: x}}
`,
  'host_vars/c.yml': 'ansible_connection: ssh\nansible_host: 127.0.0.1\nansible_port: 1\n',
};

describe('the course of plays beside ansible', needs('ansible-playbook'), () => {
  for (const [name, files] of Object.entries(TREES)) it(name, async () => await same(files));

  it('hosts that cannot be reached', async () => await same(LOST));

  for (const [tags, skipTags] of SELECTIONS) {
    it(`tags ${tags}${skipTags === '' ? '' : ` without ${skipTags}`}`, async () =>
      await same(TAGGED, {
        args: ['--tags', tags, ...(skipTags === '' ? [] : ['--skip-tags', skipTags])],
        ours: { tags: tags.split(','), skipTags: skipTags.split(',').filter((tag) => tag !== '') },
      }));
  }
});
