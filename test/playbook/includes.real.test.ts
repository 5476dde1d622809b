// Includes, imports and roles beside ansible: what is brought in, with which variables, tags and conditions, in which order.
import { describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { same, type Tree } from './play-both.ts';

const head = '- hosts: all\n  gather_facts: false\n';

const TREES: Readonly<Record<string, Tree>> = {
  'imports and includes of tasks': {
    'site.yml': `${head}  vars: {which: one, level: play, mine: "{{ 'two' if inventory_hostname == 'a' else 'three' }}"}
  tasks:
    - {name: set level, set_fact: {level: fact}}
    - {import_tasks: "tasks/{{ which }}.yml", when: inventory_hostname != 'c', vars: {given: import}}
    - {name: include, include_tasks: tasks/one.yml, vars: {given: include, level: included}}
    - {name: by host, include_tasks: "tasks/{{ mine }}.yml", vars: {given: "{{ inventory_hostname }}"}}
    - {name: looped, include_tasks: tasks/two.yml, loop: [x, y], when: item != 'x' or inventory_hostname == 'b', vars: {given: "{{ item }}"}}
    - {name: skipped include, include_tasks: tasks/one.yml, when: false}
    - name: applied
      include_tasks:
        file: tasks/one.yml
        apply: {when: inventory_hostname == 'b', vars: {given: applied}}
    - {name: missing, include_tasks: "tasks/{{ 'no' ~ 'thing' }}.yml", when: inventory_hostname == 'a'}
    - {name: after, debug: {msg: "{{ given | default('none') }} {{ level }}"}}
`,
    'tasks/one.yml': `- {name: first of one, debug: {msg: "{{ given | default('-') }} {{ level }}"}}
- {name: deeper, include_tasks: more/deep.yml, vars: {deep: "{{ given | default('') }}!"}}
- {import_tasks: two.yml}
`,
    'tasks/two.yml': `- {name: first of two, debug: {msg: "{{ item | default('no item') }} {{ given | default('-') }}"}}
`,
    'tasks/three.yml': '- {name: of three, debug: {msg: "{{ given }}"}}\n',
    'tasks/more/deep.yml': `- {name: deep, debug: {msg: "{{ deep }} {{ level }}"}}
- {name: own loop, debug: {msg: "{{ item }}"}, loop: [1, 2]}
- {name: again, include_tasks: ../two.yml, vars: {given: deepest}}
`,
  },
  'blocks around includes': {
    'site.yml': `${head}  tasks:
    - name: outer
      tags: [x]
      block:
        - {name: inc, include_tasks: fails.yml}
        - {name: not on a, command: "true"}
      rescue:
        - {name: rescue, debug: {msg: "{{ ansible_failed_task.name }} {{ ansible_failed_result.msg }}"}}
        - {name: inc rescue, include_tasks: inner.yml}
      always:
        - {name: always, debug: {msg: always}}
    - name: nested
      block:
        - name: inner
          block:
            - {name: breaks, fail: {msg: inner}, when: inventory_hostname != 'c'}
          rescue:
            - {name: breaks again, fail: {msg: in rescue}, when: inventory_hostname == 'b'}
          always:
            - {name: inner always, debug: {msg: x}}
        - {name: after inner, debug: {msg: y}}
      rescue:
        - {name: outer rescue, debug: {msg: "{{ ansible_failed_task.name }}"}}
    - name: lost
      block:
        - {name: lost on a, fail: {msg: gone}, when: inventory_hostname == 'a'}
      always:
        - {name: last words, debug: {msg: bye}}
    - {name: last, debug: {msg: end}}
`,
    'fails.yml': `- {name: fails on a, fail: {msg: broken}, when: inventory_hostname == 'a'}
- {name: passes on others, debug: {msg: fine}}
`,
    'inner.yml': '- {name: rescued inside, debug: {msg: ok}}\n',
  },
  'roles with all their parts': {
    'site.yml': `${head}  vars: {from_play: play, over: play, order: play}
  pre_tasks:
    - {name: pre, debug: {msg: "{{ over }} {{ base_default | default('none') }}"}}
  roles:
    - web
    - {role: web}
    - {role: web, port: 81, tags: [t]}
    - {role: base, when: inventory_hostname == 'a', vars: {over: entry}}
    - {name: again, color: blue}
    - {role: again, color: red}
    - {role: again, color: red}
  tasks:
    - {name: task, debug: {msg: "{{ over }} {{ base_default }} {{ port | default('no port') }} {{ role_name | default('no role') }} {{ color | default('-') }}"}}
    - {name: changed, command: "true", notify: [restart web, "web : restart web", all done]}
  post_tasks:
    - {name: post, debug: {msg: "{{ ansible_play_role_names | join(',') }}"}}
  handlers:
    - {name: own, debug: {msg: own}, listen: all done}
`,
    'roles/base/defaults/main.yml': 'base_default: base\nport: 1\n',
    'roles/base/vars/main.yml': 'over: base\n',
    'roles/base/tasks/main.yml': `- {name: task of base, debug: {msg: "{{ over }} {{ port }} {{ role_name }} {{ role_path }} {{ from_play }}"}}
`,
    'roles/web/meta/main.yml': 'dependencies:\n  - {role: base, port: 5}\n',
    'roles/web/defaults/main.yml': 'port: 80\n',
    'roles/web/vars/main.yml': 'from_play: web\n',
    'roles/web/tasks/main.yml': `- {name: facts, set_fact: {port: 99}, when: inventory_hostname == 'b'}
- {name: task of web, debug: {msg: "{{ port }} {{ over }} {{ from_play }} {{ lookup('file', 'text') }}"}}
- {import_tasks: sub.yml}
- {name: copied, copy: {src: text, dest: "DIR/out-{{ inventory_hostname }}"}, notify: restart web}
- {name: templated, template: {src: page.j2, dest: "DIR/page-{{ inventory_hostname }}"}}
- {name: read, command: "cat DIR/page-{{ inventory_hostname }}", register: page, changed_when: false}
- {name: page, debug: {msg: "{{ page.stdout }}"}}
`,
    'roles/web/tasks/sub.yml': '- {name: sub, debug: {msg: "{{ role_name }}"}}\n',
    'roles/web/handlers/main.yml': '- {name: restart web, debug: {msg: "{{ port }}"}, listen: all done}\n',
    'roles/web/files/text': 'text of web\n',
    'roles/web/templates/page.j2': 'port {{ port }}',
    'roles/again/tasks/main.yml': '- {name: color, debug: {msg: "{{ color }}"}}\n',
    'roles/again/meta/main.yml': 'allow_duplicates: true\n',
  },
  'include_role and import_role': {
    'site.yml': `${head}  vars: {v: play}
  tasks:
    - {import_role: {name: r}, vars: {v: imported}}
    - {name: included, include_role: {name: r}, vars: {v: included}}
    - {name: some file, include_role: {name: r, tasks_from: other, defaults_from: other.yml}}
    - {name: looped, include_role: {name: r, tasks_from: other}, loop: [1, 2], loop_control: {loop_var: turn}, vars: {v: "{{ turn }}"}}
    - {name: unseen, debug: {msg: "{{ d | default('no d') }} {{ secret | default('none') }}"}}
    - {name: public, include_role: {name: p, public: true}}
    - {name: seen, debug: {msg: "{{ pd }} {{ pv }}"}}
    - name: applied
      include_role: {name: p, apply: {when: inventory_hostname == 'a'}}
    - {name: twice, import_role: {name: r, tasks_from: other}}
    - {name: conditional, include_role: {name: "{{ {'c': 'p'}.get(inventory_hostname, 'r') }}"}}
    - {name: note, command: "true", notify: handle r}
`,
    'roles/r/defaults/main.yml': 'd: default\n',
    'roles/r/defaults/other.yml': 'd: other default\n',
    'roles/r/vars/main.yml': 'secret: hidden\n',
    'roles/r/tasks/main.yml':
      '- {name: main of r, debug: {msg: "{{ v }} {{ d }} {{ secret }}"}}\n- {name: notes, command: "true", notify: handle r}\n',
    'roles/r/tasks/other.yml':
      '- {name: other of r, debug: {msg: "{{ v }} {{ d }} {{ turn | default(0) }}"}}\n- {include_tasks: third.yml}\n',
    'roles/r/tasks/third.yml': '- {name: third of r, debug: {msg: "{{ role_name }}"}}\n',
    'roles/r/handlers/main.yml': '- {name: handle r, debug: {msg: "{{ v }} {{ secret }}"}}\n',
    'roles/p/defaults/main.yml': 'pd: public default\n',
    'roles/p/vars/main.yml': 'pv: public var\n',
    'roles/p/tasks/main.yml': '- {name: main of p, debug: {msg: "{{ pd }}"}}\n',
  },
  'argument specs': {
    'site.yml': `${head}  roles:
    - {role: s, needed: 5, choice: one}
  tasks:
    - {name: wrong, include_role: {name: s}, vars: {needed: text, choice: three}, ignore_errors: true, when: inventory_hostname == 'a'}
    - {name: unchecked, include_role: {name: s, rolespec_validate: false}, vars: {needed: text}, when: inventory_hostname == 'b'}
    - name: direct
      validate_argument_spec:
        argument_spec:
          number: {type: int, required: true}
          missing: {type: str, required: true}
          word: {type: str, choices: [x, y]}
          words: {type: list, elements: int}
          part: {type: dict, options: {inner: {type: bool, required: true}, kind: {choices: [k]}}}
          yes_or_no: {type: bool}
        provided_arguments: {number: abc, word: z, words: [1, two], part: {kind: q}, yes_or_no: perhaps}
      register: v
      ignore_errors: true
    - {name: said, debug: {msg: "{{ v.argument_errors | length }} {{ v.argument_errors | map('regex_replace', ' is of type.*', '') | sort | join(' / ') }}"}}
    - {name: end, debug: {msg: end}}
`,
    'roles/s/meta/argument_specs.yml': `argument_specs:
  main:
    short_description: The role s
    options:
      needed: {type: int, required: true}
      choice: {type: str, choices: [one, two]}
      items: {type: list, elements: dict, options: {name: {required: true}}}
`,
    'roles/s/tasks/main.yml': '- {name: of s, debug: {msg: "{{ needed }}"}}\n',
  },
  'playbooks that import others': {
    'site.yml': `- import_playbook: plays/first.yml
  vars: {given: outer}
- import_playbook: "plays/{{ 'second' }}.yml"
  when: inventory_hostname == 'a'
  tags: [s]
${head}  tasks:
    - {name: main, debug: {msg: "{{ playbook_dir }}"}}
`,
    'plays/first.yml': `${head}  vars: {given: inner}
  roles: [near]
  tasks:
    - {name: of first, debug: {msg: "{{ given }} {{ playbook_dir }}"}}
    - {include_tasks: beside.yml}
`,
    'plays/second.yml': `${head}  tasks:
    - {name: of second, debug: {msg: x}}
    - {name: always there, debug: {msg: y}, when: true}
`,
    'plays/beside.yml': '- {name: beside, debug: {msg: beside}}\n',
    'plays/roles/near/tasks/main.yml': '- {name: near, debug: {msg: near}}\n',
  },
  'where a variable comes from': {
    'site.yml': `${head}  vars: {v: play, p: play, f: play, t: play}
  vars_files: [files.yml]
  tasks:
    - {name: bare, debug: {msg: "{{ v }} {{ p }} {{ f }} {{ t }} {{ i }} {{ g }}"}}
    - name: block
      vars: {t: block, p: block}
      block:
        - {name: in block, debug: {msg: "{{ t }} {{ p }}"}, vars: {t: task}}
        - {name: role in block, include_role: {name: r}, vars: {p: include}}
        - {name: file in block, include_tasks: part.yml, vars: {p: include, w: "{{ t }}!"}}
        - {import_role: {name: r}, vars: {q: import}}
    - {name: set, set_fact: {v: fact, p: fact, t: fact, q: fact, i: fact}}
    - {name: over facts, debug: {msg: "{{ v }} {{ t }} {{ i }}"}, vars: {t: task}}
    - {name: role after facts, include_role: {name: r}, vars: {p: include}}
    - {name: file after facts, include_tasks: part.yml, vars: {p: include, w: x}}
    - {name: registered, command: echo out, register: v, changed_when: false}
    - {name: over registered, debug: {msg: "{{ v.stdout }}"}, vars: {v: {stdout: task}}}
- hosts: web
  gather_facts: false
  vars: {q: play}
  roles:
    - {role: r, p: param, t: param}
    - {role: s, vars: {q: entry, t: entry}}
  tasks:
    - {name: after roles, debug: {msg: "{{ q }} {{ d }} {{ t | default('none') }} {{ p | default('none') }} {{ from_vars }}"}}
`,
    'files.yml': 'f: file\ni: file\n',
    'part.yml':
      '- {name: of part, debug: {msg: "{{ v }} {{ p }} {{ t }} {{ w }}"}, vars: {p: own}}\n- {name: set inside, set_fact: {p: inside}}\n- {name: still, debug: {msg: "{{ p }}"}}\n',
    'group_vars/all.yml': 'i: all\ng: all\nd: group\n',
    'group_vars/web.yml': 'g: web\n',
    'host_vars/b.yml': 'g: b\nq: host b\n',
    'roles/r/defaults/main.yml': 'd: default\nq: default\n',
    'roles/r/vars/main.yml': 'from_vars: r\n',
    'roles/r/tasks/main.yml':
      '- {name: of r, debug: {msg: "{{ p }} {{ t }} {{ d }} {{ q }} {{ from_vars }}"}}\n- {name: hidden, debug: {msg: "{{ p }} {{ t }}"}, vars: {p: task, t: task}}\n',
    'roles/s/meta/main.yml': 'dependencies: [{role: base, q: needed}]\n',
    'roles/s/vars/main.yml': 't: s\n',
    'roles/s/tasks/main.yml': '- {name: of s, debug: {msg: "{{ q }} {{ t }} {{ b }}"}}\n',
    'roles/base/defaults/main.yml': 'b: base\n',
    'roles/base/tasks/main.yml': '- {name: of base, debug: {msg: "{{ q }} {{ b }} {{ ansible_parent_role_names | default([]) }}"}}\n',
  },
  'loops over roles and files, nested': {
    'site.yml': `${head}  tasks:
    - {name: roles, include_role: {name: "{{ item.name }}"}, loop: [{name: one, v: 1}, {name: two, v: 2}], vars: {given: "{{ item.v }}"}, when: item.v == 1 or inventory_hostname != 'a', loop_control: {label: "{{ item.name }}"}}
    - name: rows
      include_tasks: row.yml
      loop: "{{ {'a': [1, 2], 'b': [2]}[inventory_hostname] | default([]) }}"
      loop_control: {loop_var: row, index_var: n}
    - {name: handlers of loops, command: "true", notify: "done {{ item }}", loop: [1, 2], changed_when: "item == 2 and inventory_hostname == 'b'"}
    - {name: once, include_tasks: row.yml, run_once: true, vars: {row: 9, n: 9}}
  handlers:
    - {name: done 1, debug: {msg: one}}
    - {name: done 2, debug: {msg: two}}
`,
    'row.yml': `- {name: columns, include_tasks: column.yml, loop: [x, y], loop_control: {loop_var: column}}
- {name: row fails, fail: {msg: "{{ row }}"}, when: row == 2 and inventory_hostname == 'b'}
- {name: row end, debug: {msg: "{{ n }} {{ row }}"}}
`,
    'column.yml': '- {name: cell, debug: {msg: "{{ row }}{{ column }}"}}\n',
    'roles/one/tasks/main.yml':
      '- {name: of one, debug: {msg: "{{ given }} {{ item.name }}"}}\n- {name: own items, debug: {msg: "{{ item }}"}, loop: [p]}\n',
    'roles/two/tasks/main.yml': '- {include_role: {name: one}, vars: {given: from two}}\n- {name: of two, debug: {msg: "{{ given }}"}}\n',
  },
};

describe('includes and roles beside ansible', needs('ansible-playbook'), () => {
  for (const [name, files] of Object.entries(TREES)) it(name, async () => await same(files));
});
