// Includes, imports and roles: what they hand down, and what they leave behind. They are data for both.
import type { Case, Cases } from '../case.ts';

const head = '- hosts: a\n  gather_facts: false\n';
const SHOW = '- {name: "show in {{ where | default(\'file\') }}", debug: {msg: "{{ v | default(\'no v\') }} {{ w | default(\'no w\') }}"}}\n';

function tasks(text: string, files: Case['files'] = {}, more: Omit<Case, 'files'> = {}): Case {
  return { files: { 'site.yml': text, 'show.yml': SHOW, ...files }, ...more };
}

export const INCLUDES: Cases = {
  'vars of an include': tasks(`
- {name: include, include_tasks: show.yml, vars: {v: given, where: include}}
- {name: import, import_tasks: show.yml, vars: {v: given, where: import}}
- {name: gone, debug: {msg: "{{ v | default('no v') }}"}}
`),
  'vars of an include over set_fact': tasks(`
- {name: set, set_fact: {v: fact, w: fact}}
- {name: include, include_tasks: show.yml, vars: {v: given}}
- {name: import, import_tasks: show.yml, vars: {v: given}}
- {name: task, debug: {msg: "{{ v }}"}, vars: {v: task}}
`),
  'vars of an include are lazy': tasks(`
- {name: include, include_tasks: late.yml, vars: {v: "{{ later | default('not yet') }}"}}
`, { 'late.yml': '- {name: before, debug: {msg: "{{ v }}"}}\n- {name: set, set_fact: {later: now}}\n- {name: after, debug: {msg: "{{ v }}"}}\n' }),
  'when of an include': tasks(`
- {name: include, include_tasks: show.yml, when: false}
- {name: import, import_tasks: show.yml, when: false}
- {name: include true, include_tasks: show.yml, when: v == 1, vars: {v: 1}}
- {name: import each, import_tasks: twice.yml, when: not (done | default(false))}
- {name: reset, set_fact: {done: false}}
- {name: include once, include_tasks: twice.yml, when: not (done | default(false))}
`, { 'twice.yml': '- {name: first, set_fact: {done: true}}\n- {name: second, debug: {msg: x}}\n' }),
  'names by templates': tasks(`
- {name: template, include_tasks: "{{ which }}.yml", vars: {which: show}}
- {name: fact, set_fact: {part: show}}
- {name: by fact, include_tasks: "{{ part }}.yml"}
- {name: "named {{ part }}", include_tasks: show.yml}
- {name: file key, include_tasks: {file: show.yml}}
- {name: missing, include_tasks: "{{ part }}-not.yml", ignore_errors: true}
`, {}, { differs: 'an include is a task like others: its failure can be ignored' }),
  'import by a variable of the play': {
    files: {
      'site.yml': `${head}  vars: {which: show}\n  tasks:\n    - {name: import, import_tasks: "{{ which }}.yml"}\n`,
      'show.yml': SHOW,
    },
  },
  'apply': tasks(`
- {name: vars, include_tasks: {file: show.yml, apply: {vars: {v: applied}}}}
- {name: when, include_tasks: {file: show.yml, apply: {when: false}}}
- {name: environment, include_tasks: {file: env.yml, apply: {environment: {X: applied}}}}
- {name: ignore, include_tasks: {file: fails.yml, apply: {ignore_errors: true}}}
`, { 'env.yml': '- {name: env, shell: echo $X, register: r}\n- {name: env is, debug: {msg: "{{ r.stdout }}"}}\n', 'fails.yml': '- {name: fails, fail: {msg: nope}}\n' }),
  'what an include may not have': tasks('- {name: x, include_tasks: show.yml, become: true}\n', {}, { refused: true }),
  'a loop on an import': tasks('- {name: x, import_tasks: show.yml, loop: [1]}\n', {}, { refused: true }),
  'nested includes': tasks(`
- {name: include, include_tasks: sub/outer.yml, vars: {v: 1}}
`, {
    'sub/outer.yml': '- {name: outer, debug: {msg: "{{ v }}"}}\n- {include_tasks: inner.yml, vars: {w: 2}}\n- {import_tasks: deep/third.yml}\n',
    'sub/inner.yml': '- {name: inner, debug: {msg: "{{ v }} {{ w }}"}}\n',
    'sub/deep/third.yml': '- {name: third, debug: {msg: "{{ v }} {{ w | default(\'none\') }}"}}\n',
  }),
  'an empty file': tasks('- {name: include, include_tasks: empty.yml}\n- {name: import, import_tasks: empty.yml}\n- {name: after, debug: {msg: x}}\n', { 'empty.yml': '---\n' }),
  'an include of blocks': tasks('- {name: include, include_tasks: blocks.yml, vars: {v: one}}\n- {name: after, debug: {msg: x}}\n', {
    'blocks.yml': '- block:\n    - {name: fails, fail: {msg: "{{ v }}"}}\n  rescue:\n    - {name: rescue, debug: {msg: "{{ ansible_failed_result.msg }}"}}\n',
  }),
  'an include that calls itself': tasks('- {name: count, include_tasks: again.yml}\n', {
    'again.yml': '- {name: n, set_fact: {n: "{{ n | default(2) | int - 1 }}"}}\n- {name: again, include_tasks: again.yml, when: n | int > 0}\n',
  }),
  'different files for different hosts': {
    files: {
      'site.yml': '- hosts: web\n  gather_facts: false\n  tasks:\n    - {name: include, include_tasks: "{{ inventory_hostname }}.yml"}\n    - {name: after, debug: {msg: x}}\n',
      'a.yml': '- {name: of a, debug: {msg: x}}\n- {name: of a two, debug: {msg: x}}\n',
      'b.yml': '- {name: of b, debug: {msg: x}}\n',
    },
  },
  'run_once on an include': {
    files: {
      'site.yml': '- hosts: a\n  gather_facts: false\n  tasks:\n    - {name: include, include_tasks: show.yml, run_once: true}\n',
      'show.yml': SHOW,
    },
  },
  'import_playbook': {
    files: {
      'site.yml': '- import_playbook: other.yml\n  vars: {v: given}\n- hosts: a\n  gather_facts: false\n  tasks: [{name: own, debug: {msg: "{{ v | default(\'none\') }}"}}]\n- import_playbook: other.yml\n  when: false\n- import_playbook: sub/third.yml\n  tags: t\n',
      'other.yml': '- hosts: a\n  gather_facts: false\n  tasks: [{name: other, debug: {msg: "{{ v | default(\'none\') }}"}}]\n',
      'sub/third.yml': '- hosts: a\n  gather_facts: false\n  tasks:\n    - {name: third, debug: {msg: "{{ playbook_dir | basename }}"}}\n    - {import_tasks: part.yml}\n',
      'sub/part.yml': '- {name: beside, debug: {msg: x}}\n',
    },
  },
  'include_vars': tasks(`
- {name: file, include_vars: one.yml}
- {name: seen, debug: {msg: "{{ v }}"}}
- {name: named, include_vars: {file: one.yml, name: box}}
- {name: boxed, debug: {msg: "{{ box.v }}"}}
- {name: over vars of a task, debug: {msg: "{{ v }}"}, vars: {v: task}}
- {name: set, set_fact: {v: fact}}
- {name: fact wins, debug: {msg: "{{ v }}"}}
- {name: include again, include_vars: one.yml}
- {name: fact still wins, debug: {msg: "{{ v }}"}}
- {name: dir, include_vars: {dir: vars.d}}
- {name: of dir, debug: {msg: "{{ d1 }} {{ d2 }}"}}
- {name: loop, include_vars: "{{ item }}", with_first_found: [nope.yml, two.yml]}
- {name: found, debug: {msg: "{{ t }}"}}
- {name: missing, include_vars: nowhere.yml, ignore_errors: true}
`, { 'one.yml': 'v: file\n', 'vars/two.yml': 't: two\n', 'vars.d/1.yml': 'd1: 1\n', 'vars.d/2.yml': 'd2: 2\n' }),
};

const ROLE = {
  'roles/r/tasks/main.yml': '- {name: r shows, debug: {msg: "{{ d }} {{ rv }} {{ p | default(\'no p\') }} {{ role_name }}"}}\n',
  'roles/r/defaults/main.yml': 'd: default\n',
  'roles/r/vars/main.yml': 'rv: role var\n',
};

function role(site: string, files: Case['files'] = {}, more: Omit<Case, 'files'> = {}): Case {
  return { files: { 'site.yml': head + site.replace(/^\n/, '').replaceAll(/^(?=.)/gm, '  '), ...ROLE, ...files }, ...more };
}

export const ROLES: Cases = {
  'params, vars, when and tags of a role': role(`
roles:
  - r
  - {role: r, p: inline}
  - {role: r, vars: {p: vars}}
  - {role: r, p: no, when: false}
  - {name: r, p: by name, tags: [t]}
tasks:
  - {name: seen outside, debug: {msg: "{{ d | default('none') }} {{ rv | default('none') }} {{ p | default('none') }}"}}
`),
  'params over set_fact, vars under it': role(`
pre_tasks:
  - {name: set, set_fact: {p: fact, d: fact, rv: fact}}
roles:
  - {role: r, p: inline}
  - {role: r, vars: {p: vars}}
`),
  'the same role twice': role(`
roles: [r, r, {role: r, p: 1}, {role: r, p: 1}, {role: r, p: 2}]
`),
  'allow_duplicates': role(`
roles: [r, r]
`, { 'roles/r/meta/main.yml': 'allow_duplicates: true\n' }),
  'a role that was skipped runs later': role(`
roles: [{role: r, when: false}, r]
`),
  'dependencies': role(`
roles: [s, r]
`, {
    'roles/s/meta/main.yml': 'dependencies: [r, {role: u, p: given}]\n',
    'roles/s/tasks/main.yml': '- {name: s, debug: {msg: "{{ d }} {{ rv }} {{ ud }}"}}\n',
    'roles/u/tasks/main.yml': '- {name: u, debug: {msg: "{{ p }} {{ ud }}"}}\n',
    'roles/u/defaults/main.yml': 'ud: u default\n',
    'roles/u/meta/main.yml': 'dependencies: [{role: r}]\n',
  }),
  'dependencies that two roles need': role(`
roles: [s, t]
`, {
    'roles/s/meta/main.yml': 'dependencies: [r]\n',
    'roles/s/tasks/main.yml': '- {name: s, debug: {msg: x}}\n',
    'roles/t/meta/main.yml': 'dependencies: [r]\n',
    'roles/t/tasks/main.yml': '- {name: t, debug: {msg: x}}\n',
  }),
  'when and tags of a role reach its dependencies': role(`
roles: [{role: s, when: false, tags: st}]
`, { 'roles/s/meta/main.yml': 'dependencies: [r]\n', 'roles/s/tasks/main.yml': '- {name: s, debug: {msg: x}}\n' }),
  'vars of a role reach its dependencies': role(`
roles: [{role: s, vars: {p: from s}}]
`, { 'roles/s/meta/main.yml': 'dependencies: [r]\n', 'roles/s/tasks/main.yml': '- {name: s, debug: {msg: "{{ p }}"}}\n', 'roles/s/vars/main.yml': 'd: s var\n' }),
  'roles before tasks': role(`
pre_tasks: [{name: pre, debug: {msg: x}}]
tasks: [{name: task, debug: {msg: x}}]
roles: [r]
post_tasks: [{name: post, debug: {msg: x}}]
`),
  'include_role': role(`
tasks:
  - {name: include, include_role: {name: r}}
  - {name: private, debug: {msg: "{{ d | default('none') }} {{ rv | default('none') }}"}}
  - {name: with vars, include_role: {name: r}, vars: {p: given, d: over default, rv: over var}}
  - {name: public, include_role: {name: r, public: true}}
  - {name: exported, debug: {msg: "{{ d }} {{ rv }}"}}
`),
  'import_role': role(`
tasks:
  - {name: before, debug: {msg: "{{ d | default('none') }} {{ rv | default('none') }}"}}
  - {name: import, import_role: {name: r}}
  - {name: after, debug: {msg: "{{ d | default('none') }} {{ rv | default('none') }}"}}
  - {name: with vars, import_role: {name: r}, vars: {p: given, d: over default, rv: over var}}
`),
  'tasks_from, vars_from, defaults_from, handlers_from': role(`
tasks:
  - {name: include, include_role: {name: r, tasks_from: other, vars_from: other, defaults_from: other.yml, handlers_from: other}}
  - {name: import, import_role: {name: r, tasks_from: other.yml}}
`, {
    'roles/r/tasks/other.yml': '- {name: other tasks, raw: echo, notify: oh}\n- {name: other shows, debug: {msg: "{{ d }} {{ rv }}"}}\n',
    'roles/r/vars/other.yml': 'rv: other var\n',
    'roles/r/defaults/other.yml': 'd: other default\n',
    'roles/r/handlers/other.yml': '- {name: oh, debug: {msg: oh}}\n',
    'roles/r/handlers/main.yml': '- {name: oh, debug: {msg: main oh}}\n',
  }),
  'include_role in a loop': role(`
tasks:
  - {name: include, include_role: {name: r}, loop: [1, 2], vars: {p: "{{ item }}"}}
  - {name: by name, include_role: {name: "{{ item }}"}, loop: [r]}
  - {name: loop_var, include_role: {name: r}, loop: [1], loop_control: {loop_var: p}}
`),
  'when of include_role and import_role': role(`
tasks:
  - {name: include, include_role: {name: r}, when: false}
  - {name: import, import_role: {name: r}, when: false}
  - {name: include true, include_role: {name: r}, when: x == 1, vars: {x: 1}}
`),
  'apply of include_role': role(`
tasks:
  - {name: include, include_role: {name: r, apply: {vars: {p: applied}, when: true}}}
  - {name: include not, include_role: {name: r, apply: {when: false}}}
`),
  'includes within a role': role(`
roles: [s]
`, {
    'roles/s/tasks/main.yml': '- {include_tasks: sub.yml}\n- {import_tasks: sub/deep.yml}\n- {include_role: {name: r}, vars: {p: "{{ role_name }}"}}\n- {name: again s, debug: {msg: "{{ role_name }} {{ sd }}"}}\n',
    'roles/s/tasks/sub.yml': '- {name: sub, debug: {msg: "{{ sd }} {{ role_path | basename }}"}}\n',
    'roles/s/tasks/sub/deep.yml': '- {name: deep, debug: {msg: "{{ sd }} {{ lookup(\'file\', \'x.txt\') }}"}}\n',
    'roles/s/defaults/main.yml': 'sd: s default\n',
    'roles/s/files/x.txt': 'of the role\n',
  }),
  'names that roles know': role(`
roles: [s]
tasks:
  - {name: outside, debug: {msg: "{{ role_name is defined }} {{ ansible_role_names | sort }} {{ ansible_play_role_names }} {{ ansible_dependent_role_names }}"}}
  - {name: include, include_role: {name: p}}
`, {
    'roles/s/meta/main.yml': 'dependencies: [r]\n',
    'roles/s/tasks/main.yml': '- {name: inside, debug: {msg: "{{ role_name }} {{ ansible_role_name }} {{ role_path | basename }} {{ ansible_parent_role_names | default(\'none\') }}"}}\n',
    'roles/p/tasks/main.yml': '- {name: p, debug: {msg: "{{ ansible_parent_role_names | default([]) }}"}}\n- {include_role: {name: q}}\n',
    'roles/q/tasks/main.yml': '- {name: q, debug: {msg: "{{ ansible_parent_role_names }} {{ role_name }}"}}\n',
  }),
  'defaults of all roles of the play': role(`
roles: [{role: s}, r]
`, {
    'roles/s/tasks/main.yml': '- {name: s, debug: {msg: "{{ d }} {{ rv }} {{ sd }}"}}\n',
    'roles/s/defaults/main.yml': 'sd: s\nd: of s\n',
  }),
  'set_fact and register in a role stay': role(`
roles: [s]
tasks:
  - {name: after, debug: {msg: "{{ f }} {{ g.stdout }}"}}
`, { 'roles/s/tasks/main.yml': '- {name: set, set_fact: {f: 1}}\n- {name: say, raw: printf x, register: g}\n' }),
  'argument specs': role(`
tasks:
  - {name: good, include_role: {name: s}, vars: {need: 1, kind: x}}
  - block:
      - {name: bad kind, include_role: {name: s}, vars: {need: 1, kind: z}}
    rescue:
      - {name: rescue kind, debug: {msg: x}}
  - block:
      - {name: missing, include_role: {name: s}}
    rescue:
      - {name: rescue missing, debug: {msg: x}}
  - block:
      - {name: bad type, include_role: {name: s}, vars: {need: many}}
    rescue:
      - {name: rescue type, debug: {msg: x}}
  - {name: other entry, include_role: {name: s, tasks_from: other}}
`, {
    'roles/s/tasks/main.yml': '- {name: s, debug: {msg: "{{ need }} {{ kind | default(\'none\') }}"}}\n',
    'roles/s/tasks/other.yml': '- {name: other, debug: {msg: x}}\n',
    'roles/s/meta/argument_specs.yml': 'argument_specs:\n  main:\n    options:\n      need: {type: int, required: true}\n      kind: {type: str, choices: [x, y]}\n  other:\n    options: {}\n',
  }),
  'a role that is not there': role('roles: [nowhere]\n', {}, { refused: true }),
  'a role without tasks': role('roles: [s]\ntasks: [{name: t, debug: {msg: "{{ only }}"}}]\n', { 'roles/s/vars/main.yml': 'only: vars\n' }),
  'main as a directory': role('roles: [s]\n', {
    'roles/s/tasks/main.yml': '- {name: s, debug: {msg: "{{ one }} {{ two }}"}}\n',
    'roles/s/defaults/main/one.yml': 'one: 1\n',
    'roles/s/defaults/main/two.yml': 'two: 2\n',
  }),
  'tags on roles and includes of them': role(`
roles: [{role: r, tags: [a]}]
tasks:
  - {name: include, include_role: {name: r}, tags: [a]}
  - {name: import, import_role: {name: r}, tags: [a]}
  - {name: apply, include_role: {name: r, apply: {tags: [a]}}, tags: [a]}
`, {}, { flags: { tags: 'a' } }),
};
