// Variables: templates in them, types, magic, omit, facts, lookups. They are data for both.
import type { Cases } from '../case.ts';

export const VARIABLES: Cases = {
  'templates in variables': `
- {name: lazy, debug: {msg: "{{ v }}"}, vars: {v: "{{ w }}", w: "{{ u }}", u: x}}
- {name: changes, debug: {msg: "{{ v }}"}, vars: {v: "{{ inventory_hostname }}"}}
- {name: in dicts, debug: {msg: "{{ d.a.b }} {{ d.l[1] }}"}, vars: {d: {a: {b: "{{ x }}"}, l: [1, "{{ x }}"]}, x: y}}
- {name: keys, debug: {msg: "{{ d }}"}, vars: {d: {"{{ x }}": 1}, x: y}}
- {name: raw, debug: {msg: "{% raw %}{{ nope }}{% endraw %}"}}
- {name: comment, debug: {msg: "a{# no #}b"}}
- {name: statement, debug: {msg: "{% if x %}yes{% else %}no{% endif %}"}, vars: {x: false}}
- {name: for, debug: {msg: "{% for i in [1, 2] %}{{ i }},{% endfor %}"}}
- {name: set, debug: {msg: "{% set z = 5 %}{{ z + 1 }}"}}
- {name: loop that needs itself, debug: {msg: "{{ v }}"}, vars: {v: "{{ w }}", w: "{{ v }}"}, ignore_errors: true}
`,
  'types of values': `
- {name: int, debug: {msg: "{{ 5 }}"}}
- {name: sum, debug: {msg: "{{ one + 1 }}"}, vars: {one: 1}}
- {name: name, debug: {msg: "{{ one }}"}, vars: {one: 1}}
- {name: bool, debug: {msg: "{{ true }}"}}
- {name: comparison, debug: {msg: "{{ 1 == 1 }}"}}
- {name: list, debug: {msg: "{{ [1, 'a', true, none] }}"}}
- {name: list in text, debug: {msg: "{{ v }}"}, vars: {v: "[1, 2]"}}
- {name: dict, debug: {msg: "{{ {'a': 1} }}"}}
- {name: none, debug: {msg: "{{ none }}"}}
- {name: float, debug: {msg: "{{ 1.0 }}"}}
- {name: text, debug: {msg: "x{{ 1 }}"}}
- {name: word yes, debug: {msg: "{{ v }}"}, vars: {v: yes}}
- {name: text yes, debug: {msg: "{{ v }}"}, vars: {v: "yes"}}
- {name: text True, debug: {msg: "{{ v }}"}, vars: {v: "True"}}
- {name: json, debug: {msg: "{{ {'a': [1]} | to_json }}"}}
- {name: json text, debug: {msg: '{"a": 1}'}}
- {name: json with a template, debug: {msg: '{"a": {{ 1 }}}'}}
- {name: number text, debug: {msg: "{{ '007' }}"}}
- {name: octal, debug: {msg: "{{ v }}"}, vars: {v: 0644}}
- {name: lines, debug: {msg: "a\\nb\\n"}}
- {name: spaces, debug: {msg: " x "}}
- {name: date, debug: {msg: "{{ v }}"}, vars: {v: "2020-01-01"}}
`,
  'types that set_fact keeps': `
- {name: set, set_fact: {i: 5, s: "5", t: "{{ 5 }}", b: true, c: "yes", l: [1], m: "{{ [1] }}", n: null, e: "", d: "{{ {'a': 1} }}", x: "{{ 'True' }}", y: "{{ i2 + 1 }}"}, vars: {i2: 1}}
- {name: seen, debug: {msg: [{i: "{{ i }}", s: "{{ s }}", t: "{{ t }}", b: "{{ b }}", c: "{{ c }}", l: "{{ l }}", m: "{{ m }}", e: "{{ e }}", d: "{{ d }}", x: "{{ x }}", y: "{{ y }}"}]}}
- {name: types, debug: {msg: "{{ i | type_debug == 'int' }} {{ b | type_debug }} {{ l | type_debug }} {{ d | type_debug }}"}}
- {name: k=v, set_fact: 'one=1 two="a b" four=yes'}
- {name: seen k=v, debug: {msg: "{{ one }} {{ two }} {{ four }}"}}
`,
  set_fact: `
- hosts: web
  gather_facts: false
  vars: {v: play}
  tasks:
    - {name: set, set_fact: {v: fact, mine: "{{ inventory_hostname }}"}}
    - {name: seen, debug: {msg: "{{ v }} {{ mine }} {{ hostvars.b.mine }} {{ hostvars.a.v }}"}}
    - {name: not a fact, debug: {msg: "{{ ansible_facts.v | default('no') }}"}}
    - {name: cacheable, set_fact: {k: 1, cacheable: true}}
    - {name: a fact, debug: {msg: "{{ ansible_facts.k | default('no') }} {{ k }}"}}
    - {name: skipped, set_fact: {s: 1}, when: inventory_hostname == 'b'}
    - {name: only b, debug: {msg: "{{ s | default('no') }}"}}
    - {name: template in the name, set_fact: {"n_{{ inventory_hostname }}": 1}}
    - {name: name made, debug: {msg: "{{ lookup('vars', 'n_' ~ inventory_hostname) }}"}}
    - {name: two at once see the old, set_fact: {p: new, q: "{{ p | default('old') }}"}}
    - {name: q is, debug: {msg: "{{ q }}"}}
    - {name: bad name, set_fact: {"not a name": 1}, ignore_errors: true}
    - {name: nothing, set_fact: {}, ignore_errors: true}
- hosts: web
  gather_facts: false
  vars: {v: play two}
  tasks:
    - {name: next play, debug: {msg: "{{ v }} {{ mine }} {{ k }}"}}
`,
  omit: `
- {name: omitted, debug: {msg: "{{ nope | default(omit) }}"}}
- {name: given, debug: {msg: "{{ v | default(omit) }}"}, vars: {v: x}}
- {name: mode, file: {path: DIR/f, state: touch, mode: "{{ nope | default(omit) }}"}, changed_when: false}
- {name: nested, set_fact: {d: {a: 1, b: "{{ omit }}"}}}
- {name: nested is, debug: {msg: "{{ d.keys() | list }}"}}
- {name: delegate_to, debug: {msg: x}, delegate_to: "{{ nope | default(omit) }}"}
`,
  'omit in a list': {
    files: { 'site.yml': '- {name: list, set_fact: {l: ["{{ omit }}", x]}}\n- {name: list is, debug: {msg: "{{ l | length }}"}}\n' },
    differs: 'what is omitted is not there, at any depth; ansible leaves a word of its own in the list',
  },
  'hostvars, groups and names': `
- hosts: all
  gather_facts: false
  vars: {p: play}
  tasks:
    - {name: names, debug: {msg: "{{ inventory_hostname }} {{ inventory_hostname_short }} {{ group_names }}"}}
    - {name: groups, debug: {msg: "{{ groups.keys() | sort }} {{ groups.all }} {{ groups.web }} {{ groups['ungrouped'] }}"}}
    - {name: hostvars, debug: {msg: "{{ hostvars['b'].port }} {{ hostvars.b.inventory_hostname }} {{ hostvars.b.group_names }}"}}
    - {name: no play vars in hostvars, debug: {msg: "{{ hostvars['a'].p | default('none') }}"}}
    - {name: unknown host, debug: {msg: "{{ hostvars['nobody'] | default('none') }} {{ 'nobody' in hostvars }} {{ 'a' in hostvars }}"}}
    - {name: all hosts, debug: {msg: "{{ hostvars.keys() | difference(['localhost']) | sort }}"}, run_once: true}
    - {name: map, debug: {msg: "{{ groups.all | map('extract', hostvars, 'inventory_hostname') | list }}"}, run_once: true}
    - {name: vars, debug: {msg: "{{ vars.p }} {{ vars['inventory_hostname'] }}"}}
    - {name: undefined in hostvars, debug: {msg: "{{ hostvars.a.nope }}"}, ignore_errors: true}
    - {name: play hosts, debug: {msg: "{{ play_hosts }} {{ ansible_play_hosts }} {{ ansible_play_batch }} {{ ansible_play_hosts_all }}"}, run_once: true}
    - {name: others, debug: {msg: "{{ ansible_play_name }} {{ ansible_check_mode }} {{ ansible_diff_mode }} {{ ansible_verbosity }} {{ ansible_run_tags }} {{ ansible_skip_tags }} {{ inventory_file | basename }}"}, run_once: true}
    - {name: version, debug: {msg: "{{ ansible_version.major }} {{ ansible_version.full is version('2.9', '>') }}"}, run_once: true}
`,
  'magic hides what people set': {
    files: {
      'site.yml': `
- hosts: a
  gather_facts: false
  vars: {inventory_hostname: mine, groups: mine, hostvars: mine, playbook_dir: mine, ansible_check_mode: mine, omit: mine}
  tasks:
    - {name: magic, debug: {msg: "{{ inventory_hostname }} {{ groups.web }} {{ hostvars.a.inventory_hostname }} {{ playbook_dir == 'mine' }} {{ ansible_check_mode }}"}}
    - {name: task, debug: {msg: "{{ inventory_hostname }} {{ groups.web }}"}, vars: {inventory_hostname: task, groups: task}}
`,
    },
  },
  'extra vars': {
    flags: { extraVars: { e: 'extra', l: [1, 2], n: 5, b: true, t: '{{ 1 + 1 }}', inventory_hostname: 'x' } },
    files: {
      'site.yml': `
- hosts: a
  gather_facts: false
  vars: {e: play}
  tasks:
    - {name: seen, debug: {msg: "{{ e }} {{ l }} {{ n }} {{ b }} {{ t }} {{ inventory_hostname }}"}}
    - {name: set, set_fact: {e: fact}}
    - {name: still, debug: {msg: "{{ e }} {{ hostvars.a.e | default('none') }}"}}
    - {name: task, debug: {msg: "{{ e }}"}, vars: {e: task}}
    - {name: register, debug: {msg: r}, register: e}
    - {name: still too, debug: {msg: "{{ e }}"}}
    - {name: loop, debug: {msg: "{{ e }}"}, loop: [1], loop_control: {loop_var: e}}
`,
    },
  },
  vars_files: {
    files: {
      'site.yml': `
- hosts: a
  gather_facts: false
  vars: {kind: two, v: play}
  vars_files:
    - one.yml
    - ["nope.yml", "{{ kind }}.yml", one.yml]
  tasks:
    - {name: seen, debug: {msg: "{{ v }} {{ w }} {{ t }}"}}
`,
      'one.yml': 'v: one\nw: one\nt: "{{ kind }}"\n',
      'two.yml': 'w: two\n',
    },
  },
  'vars_files that are not there': {
    refused: true,
    files: { 'site.yml': '- hosts: a\n  gather_facts: false\n  vars_files: [nope.yml]\n  tasks: [{debug: {msg: x}}]\n' },
  },
  'group_vars and host_vars beside the playbook': {
    hosts: 'a\nb\n[web]\na\n[eu]\na\nb\n[eu:children]\nnorth\n[north]\nb\n',
    files: {
      'site.yml':
        "- hosts: all\n  gather_facts: false\n  tasks:\n    - {name: seen, debug: {msg: \"{{ all }} {{ who | default('none') }} {{ x }} {{ y | default('none') }}\"}}\n",
      'group_vars/all/one.yml': 'all: 1\nx: all\n',
      'group_vars/all/two.yml': 'all: 2\n',
      'group_vars/web.yaml': 'x: web\nwho: web\n',
      'group_vars/eu.json': '{"x": "eu", "y": "eu"}',
      'group_vars/north': 'x: north\n',
      'host_vars/b/main.yml': 'who: b\n',
    },
  },
  'dicts are not merged': {
    files: {
      'site.yml':
        '- hosts: a\n  gather_facts: false\n  vars: {d: {a: 1}}\n  tasks:\n    - {name: seen, debug: {msg: "{{ d }}"}}\n    - {name: task, debug: {msg: "{{ d }}"}, vars: {d: {c: 3}}}\n    - {name: combined, debug: {msg: "{{ d | combine({\'c\': 3}) }}"}}\n',
      'group_vars/all.yml': 'd: {b: 2}\n',
    },
  },
  'names of tasks': `
- {name: "host {{ inventory_hostname }}", debug: {msg: x}}
- {name: "undefined {{ nowhere }}", debug: {msg: x}}
- {name: "item {{ item | default('none') }}", debug: {msg: x}, loop: [1]}
- {name: "vars {{ v }}", debug: {msg: x}, vars: {v: own}}
- debug: {msg: without a name}
- ansible.builtin.debug: {msg: long}
- {name: "", debug: {msg: empty}}
`,
  lookups: {
    files: {
      'site.yml': `
- {name: file, debug: {msg: "{{ lookup('file', 'f.txt') }}"}}
- {name: two, debug: {msg: "{{ lookup('file', 'f.txt', 'g.txt') }}"}}
- {name: list, debug: {msg: "{{ lookup('file', 'f.txt', 'g.txt', wantlist=True) }}"}}
- {name: query, debug: {msg: "{{ query('file', 'f.txt') }}"}}
- {name: env, debug: {msg: "{{ lookup('env', 'SSHOAL_NOT_SET') }}|{{ lookup('env', 'SSHOAL_NOT_SET') | default('d', true) }}"}}
- {name: pipe, debug: {msg: "{{ lookup('pipe', 'echo a; echo b') }}"}}
- {name: vars, debug: {msg: "{{ lookup('vars', 'x') }} {{ lookup('vars', 'nope', default='d') }}"}, vars: {x: 1}}
- {name: varnames, debug: {msg: "{{ lookup('varnames', '^zz_') }}"}, vars: {zz_a: 1, zz_b: 2}}
- {name: items, debug: {msg: "{{ lookup('items', [1, 2]) }}"}}
- {name: dict, debug: {msg: "{{ lookup('dict', {'a': 1}) }}"}}
- {name: template, debug: {msg: "{{ lookup('template', 't.j2') }}"}, vars: {v: in template}}
- {name: first_found, debug: {msg: "{{ lookup('first_found', ['nope', 'files/g.txt']) | basename }}"}}
- {name: sequence, debug: {msg: "{{ query('sequence', 'end=3') | map('int') | sum }}"}}
- {name: missing, debug: {msg: "{{ lookup('file', 'nope') }}"}, ignore_errors: true}
- {name: errors ignored, debug: {msg: "[{{ lookup('file', 'nope', errors='ignore') }}]"}}
- {name: unknown, debug: {msg: "{{ lookup('no_such_lookup', 'x') }}"}, ignore_errors: true}
- {name: in a loop, debug: {msg: "{{ lookup('file', item) }}"}, loop: [f.txt, g.txt]}
- {name: subelements, debug: {msg: "{{ query('subelements', l, 'k') }}"}, vars: {l: [{n: 1, k: [a]}]}}
- {name: indexed, debug: {msg: "{{ query('indexed_items', ['a', 'b']) }}"}}
- {name: nested, debug: {msg: "{{ query('nested', [1, 2], ['a']) }}"}}
- {name: together, debug: {msg: "{{ query('together', [1, 2], ['a', 'b']) }}"}}
- {name: inventory, debug: {msg: "{{ query('inventory_hostnames', 'all:!a') }}"}}
- {name: csv, debug: {msg: "{{ lookup('csvfile', 'x file=c.csv delimiter=,') }}"}}
- {name: ini, debug: {msg: "{{ lookup('ini', 'k section=s file=i.ini') }}"}}
`,
      'files/f.txt': 'one\n',
      'files/g.txt': 'two\n',
      'files/c.csv': 'x,1\ny,2\n',
      'files/i.ini': '[s]\nk=v\n',
      'templates/t.j2': 'v is {{ v }}\n',
    },
  },
};
