// Includes and imports: what they hand down, and what they leave behind. They are data for both.
import type { Case, Cases } from '../case.ts';

const head = '- hosts: a\n  gather_facts: false\n';
const SHOW = "- {name: \"show in {{ where | default('file') }}\", debug: {msg: \"{{ v | default('no v') }} {{ w | default('no w') }}\"}}\n";

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
  'vars of an include are lazy': tasks(
    `
- {name: include, include_tasks: late.yml, vars: {v: "{{ later | default('not yet') }}"}}
`,
    {
      'late.yml':
        '- {name: before, debug: {msg: "{{ v }}"}}\n- {name: set, set_fact: {later: now}}\n- {name: after, debug: {msg: "{{ v }}"}}\n',
    },
  ),
  'when of an include': tasks(
    `
- {name: include, include_tasks: show.yml, when: false}
- {name: import, import_tasks: show.yml, when: false}
- {name: include true, include_tasks: show.yml, when: v == 1, vars: {v: 1}}
- {name: import each, import_tasks: twice.yml, when: not (done | default(false))}
- {name: reset, set_fact: {done: false}}
- {name: include once, include_tasks: twice.yml, when: not (done | default(false))}
`,
    { 'twice.yml': '- {name: first, set_fact: {done: true}}\n- {name: second, debug: {msg: x}}\n' },
  ),
  'names by templates': tasks(
    `
- {name: template, include_tasks: "{{ which }}.yml", vars: {which: show}}
- {name: fact, set_fact: {part: show}}
- {name: by fact, include_tasks: "{{ part }}.yml"}
- {name: "named {{ part }}", include_tasks: show.yml}
- {name: file key, include_tasks: {file: show.yml}}
- {name: missing, include_tasks: "{{ part }}-not.yml", ignore_errors: true}
`,
    {},
    { differs: 'an include is a task like others: its failure can be ignored' },
  ),
  'import by a variable of the play': {
    files: {
      'site.yml': `${head}  vars: {which: show}\n  tasks:\n    - {name: import, import_tasks: "{{ which }}.yml"}\n`,
      'show.yml': SHOW,
    },
  },
  apply: tasks(
    `
- {name: vars, include_tasks: {file: show.yml, apply: {vars: {v: applied}}}}
- {name: when, include_tasks: {file: show.yml, apply: {when: false}}}
- {name: environment, include_tasks: {file: env.yml, apply: {environment: {X: applied}}}}
- {name: ignore, include_tasks: {file: fails.yml, apply: {ignore_errors: true}}}
`,
    {
      'env.yml': '- {name: env, shell: echo $X, register: r}\n- {name: env is, debug: {msg: "{{ r.stdout }}"}}\n',
      'fails.yml': '- {name: fails, fail: {msg: nope}}\n',
    },
  ),
  'what an include may not have': tasks('- {name: x, include_tasks: show.yml, become: true}\n', {}, { refused: true }),
  'a loop on an import': tasks('- {name: x, import_tasks: show.yml, loop: [1]}\n', {}, { refused: true }),
  'nested includes': tasks(
    `
- {name: include, include_tasks: sub/outer.yml, vars: {v: 1}}
`,
    {
      'sub/outer.yml':
        '- {name: outer, debug: {msg: "{{ v }}"}}\n- {include_tasks: inner.yml, vars: {w: 2}}\n- {import_tasks: deep/third.yml}\n',
      'sub/inner.yml': '- {name: inner, debug: {msg: "{{ v }} {{ w }}"}}\n',
      'sub/deep/third.yml': '- {name: third, debug: {msg: "{{ v }} {{ w | default(\'none\') }}"}}\n',
    },
  ),
  'an empty file': tasks(
    '- {name: include, include_tasks: empty.yml}\n- {name: import, import_tasks: empty.yml}\n- {name: after, debug: {msg: x}}\n',
    { 'empty.yml': '---\n' },
  ),
  'an include of blocks': tasks('- {name: include, include_tasks: blocks.yml, vars: {v: one}}\n- {name: after, debug: {msg: x}}\n', {
    'blocks.yml':
      '- block:\n    - {name: fails, fail: {msg: "{{ v }}"}}\n  rescue:\n    - {name: rescue, debug: {msg: "{{ ansible_failed_result.msg }}"}}\n',
  }),
  'an include that calls itself': tasks('- {name: count, include_tasks: again.yml}\n', {
    'again.yml':
      '- {name: n, set_fact: {n: "{{ n | default(2) | int - 1 }}"}}\n- {name: again, include_tasks: again.yml, when: n | int > 0}\n',
  }),
  'different files for different hosts': {
    files: {
      'site.yml':
        '- hosts: web\n  gather_facts: false\n  tasks:\n    - {name: include, include_tasks: "{{ inventory_hostname }}.yml"}\n    - {name: after, debug: {msg: x}}\n',
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
  import_playbook: {
    files: {
      'site.yml':
        '- import_playbook: other.yml\n  vars: {v: given}\n- hosts: a\n  gather_facts: false\n  tasks: [{name: own, debug: {msg: "{{ v | default(\'none\') }}"}}]\n- import_playbook: other.yml\n  when: false\n- import_playbook: sub/third.yml\n  tags: t\n',
      'other.yml': '- hosts: a\n  gather_facts: false\n  tasks: [{name: other, debug: {msg: "{{ v | default(\'none\') }}"}}]\n',
      'sub/third.yml':
        '- hosts: a\n  gather_facts: false\n  tasks:\n    - {name: third, debug: {msg: "{{ playbook_dir | basename }}"}}\n    - {import_tasks: part.yml}\n',
      'sub/part.yml': '- {name: beside, debug: {msg: x}}\n',
    },
  },
  include_vars: tasks(
    `
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
`,
    { 'one.yml': 'v: file\n', 'vars/two.yml': 't: two\n', 'vars.d/1.yml': 'd1: 1\n', 'vars.d/2.yml': 'd2: 2\n' },
  ),
};
