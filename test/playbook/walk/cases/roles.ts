// Roles: their variables, their names, what they need, and how often they run. They are data for both.
import type { Case, Cases } from '../case.ts';

const head = '- hosts: a\n  gather_facts: false\n';
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
  allow_duplicates: role(
    `
roles: [r, r]
`,
    { 'roles/r/meta/main.yml': 'allow_duplicates: true\n' },
  ),
  'a role that was skipped runs later': role(`
roles: [{role: r, when: false}, r]
`),
  dependencies: role(
    `
roles: [s, r]
`,
    {
      'roles/s/meta/main.yml': 'dependencies: [r, {role: u, p: given}]\n',
      'roles/s/tasks/main.yml': '- {name: s, debug: {msg: "{{ d }} {{ rv }} {{ ud }}"}}\n',
      'roles/u/tasks/main.yml': '- {name: u, debug: {msg: "{{ p }} {{ ud }}"}}\n',
      'roles/u/defaults/main.yml': 'ud: u default\n',
      'roles/u/meta/main.yml': 'dependencies: [{role: r}]\n',
    },
  ),
  'dependencies that two roles need': role(
    `
roles: [s, t]
`,
    {
      'roles/s/meta/main.yml': 'dependencies: [r]\n',
      'roles/s/tasks/main.yml': '- {name: s, debug: {msg: x}}\n',
      'roles/t/meta/main.yml': 'dependencies: [r]\n',
      'roles/t/tasks/main.yml': '- {name: t, debug: {msg: x}}\n',
    },
  ),
  'when and tags of a role reach its dependencies': role(
    `
roles: [{role: s, when: false, tags: st}]
`,
    { 'roles/s/meta/main.yml': 'dependencies: [r]\n', 'roles/s/tasks/main.yml': '- {name: s, debug: {msg: x}}\n' },
  ),
  'vars of a role reach its dependencies': role(
    `
roles: [{role: s, vars: {p: from s}}]
`,
    {
      'roles/s/meta/main.yml': 'dependencies: [r]\n',
      'roles/s/tasks/main.yml': '- {name: s, debug: {msg: "{{ p }}"}}\n',
      'roles/s/vars/main.yml': 'd: s var\n',
    },
  ),
  'roles before tasks': role(`
pre_tasks: [{name: pre, debug: {msg: x}}]
tasks: [{name: task, debug: {msg: x}}]
roles: [r]
post_tasks: [{name: post, debug: {msg: x}}]
`),
  include_role: role(`
tasks:
  - {name: include, include_role: {name: r}}
  - {name: private, debug: {msg: "{{ d | default('none') }} {{ rv | default('none') }}"}}
  - {name: with vars, include_role: {name: r}, vars: {p: given, d: over default, rv: over var}}
  - {name: public, include_role: {name: r, public: true}}
  - {name: exported, debug: {msg: "{{ d }} {{ rv }}"}}
`),
  import_role: role(`
tasks:
  - {name: before, debug: {msg: "{{ d | default('none') }} {{ rv | default('none') }}"}}
  - {name: import, import_role: {name: r}}
  - {name: after, debug: {msg: "{{ d | default('none') }} {{ rv | default('none') }}"}}
  - {name: with vars, import_role: {name: r}, vars: {p: given, d: over default, rv: over var}}
`),
  'tasks_from, vars_from, defaults_from, handlers_from': role(
    `
tasks:
  - {name: include, include_role: {name: r, tasks_from: other, vars_from: other, defaults_from: other.yml, handlers_from: other}}
  - {name: import, import_role: {name: r, tasks_from: other.yml}}
`,
    {
      'roles/r/tasks/other.yml': '- {name: other tasks, raw: echo, notify: oh}\n- {name: other shows, debug: {msg: "{{ d }} {{ rv }}"}}\n',
      'roles/r/vars/other.yml': 'rv: other var\n',
      'roles/r/defaults/other.yml': 'd: other default\n',
      'roles/r/handlers/other.yml': '- {name: oh, debug: {msg: oh}}\n',
      'roles/r/handlers/main.yml': '- {name: oh, debug: {msg: main oh}}\n',
    },
  ),
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
  'includes within a role': role(
    `
roles: [s]
`,
    {
      'roles/s/tasks/main.yml':
        '- {include_tasks: sub.yml}\n- {import_tasks: sub/deep.yml}\n- {include_role: {name: r}, vars: {p: "{{ role_name }}"}}\n- {name: again s, debug: {msg: "{{ role_name }} {{ sd }}"}}\n',
      'roles/s/tasks/sub.yml': '- {name: sub, debug: {msg: "{{ sd }} {{ role_path | basename }}"}}\n',
      'roles/s/tasks/sub/deep.yml': "- {name: deep, debug: {msg: \"{{ sd }} {{ lookup('file', 'x.txt') }}\"}}\n",
      'roles/s/defaults/main.yml': 'sd: s default\n',
      'roles/s/files/x.txt': 'of the role\n',
    },
  ),
  'names that roles know': role(
    `
roles: [s]
tasks:
  - {name: outside, debug: {msg: "{{ role_name is defined }} {{ ansible_role_names | sort }} {{ ansible_play_role_names }} {{ ansible_dependent_role_names }}"}}
  - {name: include, include_role: {name: p}}
`,
    {
      'roles/s/meta/main.yml': 'dependencies: [r]\n',
      'roles/s/tasks/main.yml':
        '- {name: inside, debug: {msg: "{{ role_name }} {{ ansible_role_name }} {{ role_path | basename }} {{ ansible_parent_role_names | default(\'none\') }}"}}\n',
      'roles/p/tasks/main.yml': '- {name: p, debug: {msg: "{{ ansible_parent_role_names | default([]) }}"}}\n- {include_role: {name: q}}\n',
      'roles/q/tasks/main.yml': '- {name: q, debug: {msg: "{{ ansible_parent_role_names }} {{ role_name }}"}}\n',
    },
  ),
  'defaults of all roles of the play': role(
    `
roles: [{role: s}, r]
`,
    {
      'roles/s/tasks/main.yml': '- {name: s, debug: {msg: "{{ d }} {{ rv }} {{ sd }}"}}\n',
      'roles/s/defaults/main.yml': 'sd: s\nd: of s\n',
    },
  ),
  'set_fact and register in a role stay': role(
    `
roles: [s]
tasks:
  - {name: after, debug: {msg: "{{ f }} {{ g.stdout }}"}}
`,
    { 'roles/s/tasks/main.yml': '- {name: set, set_fact: {f: 1}}\n- {name: say, raw: printf x, register: g}\n' },
  ),
  'argument specs': role(
    `
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
`,
    {
      'roles/s/tasks/main.yml': '- {name: s, debug: {msg: "{{ need }} {{ kind | default(\'none\') }}"}}\n',
      'roles/s/tasks/other.yml': '- {name: other, debug: {msg: x}}\n',
      'roles/s/meta/argument_specs.yml':
        'argument_specs:\n  main:\n    options:\n      need: {type: int, required: true}\n      kind: {type: str, choices: [x, y]}\n  other:\n    options: {}\n',
    },
  ),
  'a role that is not there': role('roles: [nowhere]\n', {}, { refused: true }),
  'a role without tasks': role('roles: [s]\ntasks: [{name: t, debug: {msg: "{{ only }}"}}]\n', { 'roles/s/vars/main.yml': 'only: vars\n' }),
  'main as a directory': role('roles: [s]\n', {
    'roles/s/tasks/main.yml': '- {name: s, debug: {msg: "{{ one }} {{ two }}"}}\n',
    'roles/s/defaults/main/one.yml': 'one: 1\n',
    'roles/s/defaults/main/two.yml': 'two: 2\n',
  }),
  'tags on roles and includes of them': role(
    `
roles: [{role: r, tags: [a]}]
tasks:
  - {name: include, include_role: {name: r}, tags: [a]}
  - {name: import, import_role: {name: r}, tags: [a]}
  - {name: apply, include_role: {name: r, apply: {tags: [a]}}, tags: [a]}
`,
    {},
    { flags: { tags: 'a' } },
  ),
};
