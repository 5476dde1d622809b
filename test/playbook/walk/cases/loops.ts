// Loops: each form, loop_control, what is registered. They are data for both.
import type { Cases } from '../case.ts';

export const LOOPS: Cases = {
  'a list, and what it registers': `
- {name: list, debug: {msg: "{{ item }}"}, loop: [x, y], register: r}
- {name: registered, debug: {var: r}}
`,
  'types of items': `
- {name: types, debug: {msg: "{{ item }}"}, loop: [1, 1.5, true, null, "text", [1, 2], {a: 1}]}
`,
  'an expression': `
- {name: range, debug: {msg: "{{ item }}"}, loop: "{{ range(1, 4) | list }}"}
- {name: range as it is, debug: {msg: "{{ item }}"}, loop: "{{ range(1, 4) }}", ignore_errors: true}
- {name: product, debug: {msg: "{{ item }}"}, loop: "{{ ['a', 'b'] | product([1, 2]) | list }}"}
- {name: flatten, debug: {msg: "{{ item }}"}, loop: "{{ [[1], [2, [3]]] | flatten }}"}
- {name: map, debug: {msg: "{{ item }}"}, loop: "{{ [{'n': 1}, {'n': 2}] | map(attribute='n') }}"}
- {name: dict2items, debug: {msg: "{{ item.key }}={{ item.value }}"}, loop: "{{ {'a': 1, 'b': 2} | dict2items }}"}
- {name: query, debug: {msg: "{{ item }}"}, loop: "{{ query('sequence', 'start=1 end=3') }}"}
- {name: list in text, debug: {msg: "{{ item }}"}, loop: "{{ ['x'] + ['y'] }}"}
- {name: keys, debug: {msg: "{{ item }}"}, loop: "{{ {'a': 1, 'b': 2}.keys() }}"}
- {name: keys as list, debug: {msg: "{{ item }}"}, loop: "{{ {'a': 1, 'b': 2}.keys() | list }}"}
`,
  'what is no list': `
- {name: dict, debug: {msg: x}, loop: "{{ {'a': 1} }}", ignore_errors: true}
- {name: number, debug: {msg: x}, loop: "{{ 5 }}", ignore_errors: true}
- {name: lookup, debug: {msg: x}, loop: "{{ lookup('sequence', 'end=2') }}", ignore_errors: true}
- {name: undefined, debug: {msg: x}, loop: "{{ nowhere }}", ignore_errors: true}
- {name: default, debug: {msg: x}, loop: "{{ nowhere | default([]) }}"}
`,
  'templates in a written list': `
- {name: templates, debug: {msg: "{{ item }}"}, loop: ["{{ inventory_hostname }}", "{{ 1 + 1 }}", "{{ [1] }}"]}
- {name: dicts, debug: {msg: "{{ item.n }} {{ item.v }}"}, loop: [{n: a, v: "{{ inventory_hostname }}"}, {n: b, v: x}]}
- {name: undefined in one, debug: {msg: "{{ item }}"}, loop: [ok, "{{ nowhere }}"], ignore_errors: true}
`,
  'an empty list': `
- {name: empty, debug: {msg: x}, loop: [], register: r}
- {name: registered, debug: {var: r}}
- {name: test, debug: {msg: "{{ r is skipped }} {{ r.results | length }}"}}
`,
  'conditions for each item': `
- {name: some, debug: {msg: "{{ item }}"}, loop: [1, 2, 3], when: item > 1, register: r}
- {name: registered, debug: {var: r}}
- {name: none, debug: {msg: "{{ item }}"}, loop: [1, 2], when: item > 5, register: r}
- {name: registered none, debug: {var: r}}
- {name: of attributes, debug: {msg: "{{ item.n }}"}, loop: [{n: 1, on: true}, {n: 2}], when: item.on | default(false)}
`,
  'an item whose condition cannot be evaluated': {
    files: {
      'site.yml': `
- {name: undefined for one, debug: {msg: "{{ item }}"}, loop: [{a: 1}, {}, {a: 2}], when: item.a > 0, ignore_errors: true, register: u}
- {name: registered undefined, debug: {msg: "{{ u.failed }} {{ u.results | length }}"}}
`,
    },
    differs: 'it fails alone, as ansible 2.19: there 2.14 leaves the loop, and forgets what the items before came to',
  },
  'failing items': `
- {name: some, raw: "exit {{ item }}", loop: [0, 2, 0], register: r, ignore_errors: true}
- {name: registered, debug: {var: r}}
- {name: failed_when, debug: {msg: "{{ item }}"}, loop: [1, 2], register: f, failed_when: item == 2, ignore_errors: true}
- {name: registered failed_when, debug: {var: f}}
- {name: failed_when of result, raw: "echo {{ item }}", loop: [1, 2], register: g, failed_when: "g.stdout == '2'", ignore_errors: true}
- {name: which, debug: {msg: "{{ g.results | selectattr('failed') | map(attribute='item') | list }}"}}
- {name: all fail, raw: exit 1, loop: [1, 2], failed_when: false, register: h}
- {name: none failed, debug: {msg: "{{ h.failed | default('not said') }} {{ h.changed }} {{ h.results | map(attribute='rc') | list }}"}}
`,
  'changed items': `
- {name: one, debug: {msg: "{{ item }}"}, loop: [1, 2], changed_when: item == 2, register: r}
- {name: registered, debug: {msg: "{{ r.changed }} {{ r.results | map(attribute='changed') | list }}"}}
- {name: none, raw: echo, loop: [1, 2], changed_when: false, register: r}
- {name: registered 2, debug: {msg: "{{ r.changed }} {{ r is changed }}"}}
`,
  'loop_var and index_var': `
- {name: loop_var, debug: {msg: "{{ thing }}"}, loop: [x, y], loop_control: {loop_var: thing}, register: r}
- {name: registered, debug: {var: r}}
- {name: index_var, debug: {msg: "{{ i }} {{ item }}"}, loop: [x, y], loop_control: {index_var: i}, register: r}
- {name: registered index, debug: {var: r}}
- {name: in when, debug: {msg: "{{ i }}"}, loop: [x, y], loop_control: {index_var: i}, when: i == 1}
- {name: name by a template, debug: {msg: "{{ thing }}"}, loop: [x], loop_control: {loop_var: "{{ n }}"}, vars: {n: thing}}
- {name: gone afterwards, debug: {msg: "{{ item is defined }} {{ thing is defined }} {{ i is defined }}"}}
- {name: ansible_loop_var, debug: {msg: "{{ ansible_loop_var }} {{ ansible_index_var }}"}, loop: [x], loop_control: {index_var: i, loop_var: thing}}
`,
  extended: `
- {name: extended, debug: {msg: "{{ ansible_loop }}"}, loop: [x, y, z], loop_control: {extended: true}}
- {name: extended is kept, debug: {msg: "{{ item }}"}, loop: [x, y], loop_control: {extended: true}, register: r}
- {name: registered, debug: {var: r}}
- {name: without allitems, debug: {msg: "{{ ansible_loop }}"}, loop: [x, y], loop_control: {extended: true, extended_allitems: false}}
- {name: one, debug: {msg: "{{ ansible_loop.first }} {{ ansible_loop.last }} {{ ansible_loop.previtem is defined }}"}, loop: [x], loop_control: {extended: true}}
- {name: not extended, debug: {msg: "{{ ansible_loop is defined }}"}, loop: [x]}
`,
  'label and pause': `
- {name: label, debug: {msg: "{{ item.n }}"}, loop: [{n: 1, secret: x}, {n: 2}], loop_control: {label: "{{ item.n }}"}, register: r}
- {name: registered, debug: {msg: "{{ r.results | map(attribute='item') | list }}"}}
- {name: paused, debug: {msg: "{{ item }}"}, loop: [1, 2], loop_control: {pause: 0.01}}
`,
  'variables of items hide others': `
- {name: item as a variable, debug: {msg: "{{ item }}"}, loop: [x], vars: {item: mine}}
- {name: vars see the item, debug: {msg: "{{ v }}"}, loop: [x, y], vars: {v: "<{{ item }}>"}}
- {name: set, set_fact: {item: fact}}
- {name: hides facts, debug: {msg: "{{ item }}"}, loop: [x]}
- {name: fact again, debug: {msg: "{{ item }}"}}
`,
  'set_fact in a loop': `
- {name: append, set_fact: {l: "{{ l | default([]) + [item * 2] }}"}, loop: [1, 2, 3]}
- {name: list, debug: {var: l}}
- {name: names, set_fact: {"k_{{ item }}": "{{ item }}"}, loop: [a, b]}
- {name: named, debug: {msg: "{{ k_a }} {{ k_b }}"}}
- {name: combine, set_fact: {d: "{{ d | default({}) | combine({item.k: item.v}) }}"}, loop: [{k: a, v: 1}, {k: b, v: 2}]}
- {name: dict, debug: {var: d}}
`,
  'with_items flattens once': `
- {name: items, debug: {msg: "{{ item }}"}, with_items: [1, [2, 3], [[4, 5]]]}
- {name: text, debug: {msg: "{{ item }}"}, with_items: one}
- {name: template, debug: {msg: "{{ item }}"}, with_items: "{{ [1, [2]] }}"}
- {name: templates in it, debug: {msg: "{{ item }}"}, with_items: ["{{ [1, 2] }}", 3]}
- {name: dict, debug: {msg: "{{ item }}"}, with_items: {a: 1}}
- {name: empty, debug: {msg: "{{ item }}"}, with_items: []}
- {name: undefined, debug: {msg: x}, with_items: "{{ nowhere }}", ignore_errors: true}
`,
  with_list: `
- {name: list, debug: {msg: "{{ item }}"}, with_list: [1, [2, 3]]}
`,
  with_dict: `
- {name: dict, debug: {msg: "{{ item.key }} {{ item.value }}"}, with_dict: {a: 1, b: {c: 2}}}
- {name: template, debug: {msg: "{{ item.key }} {{ item.value }}"}, with_dict: "{{ d }}", vars: {d: {x: 1, y: 2}}}
- {name: empty, debug: {msg: x}, with_dict: {}}
- {name: no dict, debug: {msg: x}, with_dict: [1], ignore_errors: true}
- {name: registered, debug: {msg: "{{ item.key }}"}, with_dict: {a: 1}, register: r}
- {name: items, debug: {msg: "{{ r.results[0].item }}"}}
`,
  'with_together and with_nested': `
- {name: together, debug: {msg: "{{ item.0 }} {{ item.1 }}"}, with_together: [[1, 2], [a, b]]}
- {name: uneven, debug: {msg: "{{ item.0 }} {{ item.1 }}"}, with_together: [[1, 2], [a]]}
- {name: nested, debug: {msg: "{{ item[0] }} {{ item[1] }}"}, with_nested: [[1, 2], [a, b]]}
- {name: three, debug: {msg: "{{ item | join }}"}, with_nested: [[1, 2], [a], [x, y]]}
- {name: of templates, debug: {msg: "{{ item.0 }}{{ item.1 }}"}, with_together: ["{{ l }}", "{{ l | map('upper') | list }}"], vars: {l: [p, q]}}
`,
  with_subelements: `
- hosts: a
  gather_facts: false
  vars:
    users: [{name: x, keys: [1, 2]}, {name: y, keys: []}, {name: z}]
    deep: [{n: 1, a: {b: [p, q]}}]
  tasks:
    - {name: skip missing, debug: {msg: "{{ item.0.name }} {{ item.1 }}"}, with_subelements: ["{{ users }}", keys, {skip_missing: true}]}
    - {name: missing, debug: {msg: x}, with_subelements: ["{{ users }}", keys], ignore_errors: true}
    - {name: deep, debug: {msg: "{{ item.0.n }} {{ item.1 }}"}, with_subelements: ["{{ deep }}", a.b]}
    - {name: filter, debug: {msg: "{{ item.0.name }} {{ item.1 }}"}, loop: "{{ users | subelements('keys', skip_missing=True) }}"}
`,
  with_sequence: `
- {name: end, debug: {msg: "{{ item }}"}, with_sequence: end=3}
- {name: count, debug: {msg: "{{ item }}"}, with_sequence: count=3}
- {name: stride, debug: {msg: "{{ item }}"}, with_sequence: start=1 end=7 stride=3}
- {name: backwards, debug: {msg: "{{ item }}"}, with_sequence: start=3 end=1 stride=-1}
- {name: format, debug: {msg: "{{ item }}"}, with_sequence: start=1 end=2 format=h%03d}
- {name: hex, debug: {msg: "{{ item }}"}, with_sequence: start=0x0f end=0x11 format=%02x}
- {name: short, debug: {msg: "{{ item }}"}, with_sequence: 2-4}
- {name: short stride, debug: {msg: "{{ item }}"}, with_sequence: 2-8/3}
- {name: templates, debug: {msg: "{{ item }}"}, with_sequence: "start=0 end={{ n }}", vars: {n: 1}}
- {name: none, debug: {msg: "{{ item }}"}, with_sequence: count=0}
- {name: wrong, debug: {msg: "{{ item }}"}, with_sequence: start=3 end=1, ignore_errors: true}
`,
  'with_indexed_items and with_random_choice': `
- {name: indexed, debug: {msg: "{{ item.0 }} {{ item.1 }}"}, with_indexed_items: [a, b]}
- {name: random, debug: {msg: "{{ item }}"}, with_random_choice: [a]}
`,
  'with files': {
    files: {
      'site.yml': `
- {name: fileglob, debug: {msg: "{{ item | basename }}"}, with_fileglob: ["DIR/files/o*.txt"]}
- {name: file, debug: {msg: "{{ item }}"}, with_file: [one.txt, two.txt]}
- {name: first_found, debug: {msg: "{{ item | basename }}"}, with_first_found: [nope.txt, files/two.txt]}
- {name: lines, debug: {msg: "{{ item }}"}, with_lines: ["cat DIR/files/two.txt"]}
- {name: env, debug: {msg: "{{ item | length > 0 }}"}, with_env: [HOME]}
- {name: missing, debug: {msg: x}, with_file: [nowhere.txt], ignore_errors: true}
- {name: no first, debug: {msg: x}, with_first_found: [{files: [nope], skip: true}]}
- {name: no first fails, debug: {msg: x}, with_first_found: [nope], ignore_errors: true}
`,
      'files/one.txt': 'first\n',
      'files/two.txt': 'second\nthird\n',
    },
  },
  with_inventory_hostnames: `
- {name: all, debug: {msg: "{{ item }}"}, with_inventory_hostnames: [all]}
- {name: not, debug: {msg: "{{ item }}"}, with_inventory_hostnames: "all:!web"}
`,
  'loops of results': `
- {name: first, raw: "echo {{ item }}", loop: [x, y], register: r, changed_when: false}
- {name: second, debug: {msg: "{{ item.item }} {{ item.stdout }}"}, loop: "{{ r.results }}"}
- {name: skipped ones, raw: "echo {{ item }}", loop: [1, 2], when: item == 2, register: s, changed_when: false}
- {name: only done, debug: {msg: "{{ item.stdout }}"}, loop: "{{ s.results }}", when: item is not skipped}
- {name: rejected, debug: {msg: "{{ item.stdout }}"}, loop: "{{ s.results | rejectattr('skipped', 'defined') | list }}"}
`,
  'a loop with until': `
- {name: each, raw: "echo {{ item }}; exit {{ item - 1 }}", loop: [1, 2], until: r.rc == 0, retries: 2, delay: 0, register: r, ignore_errors: true}
- {name: registered, debug: {var: r}}
- {name: item in until, debug: {msg: "{{ item }}"}, loop: [1, 2], until: item > 0, retries: 2, delay: 0}
`,
  'delegation and register in loops': `
- {name: delegated, raw: "echo {{ item }} {{ inventory_hostname }}", loop: [a, b], delegate_to: "{{ item }}", register: r, changed_when: false}
- {name: registered, debug: {msg: "{{ r.results | map(attribute='stdout') | list }}"}}
- {name: name of the result in the loop, debug: {msg: "{{ q.results | default('none') }}"}, loop: [1], register: q}
`,
  'environment, vars and no_log in loops': `
- {name: environment, shell: "echo $X", loop: [x, y], environment: {X: "{{ item }}"}, register: r, changed_when: false}
- {name: registered, debug: {msg: "{{ r.results | map(attribute='stdout') | list }}"}}
- {name: secret, debug: {msg: "{{ item }}"}, loop: [x], no_log: true, register: s}
- {name: still there, debug: {msg: "{{ s.results[0].msg }}"}}
`,
  'a loop over an include': {
    files: {
      'site.yml': `
- {name: include, include_tasks: part.yml, loop: [x, y]}
- {name: own name, include_tasks: other.yml, loop: [x], loop_control: {loop_var: outer}}
- {name: skipped, include_tasks: part.yml, loop: [x, y], when: item == 'y'}
- {name: index, include_tasks: index.yml, loop: [x, y], loop_control: {index_var: i}}
- {name: file by item, include_tasks: "{{ item }}.yml", loop: [index, part], vars: {i: own}}
`,
      'part.yml': '- {name: "part {{ item }}", debug: {msg: "{{ item }}"}}\n',
      'other.yml': '- {name: inner loop, debug: {msg: "{{ outer }} {{ item }}"}, loop: [1, 2]}\n',
      'index.yml': '- {name: index is, debug: {msg: "{{ i }} {{ item }}"}}\n',
    },
  },
  'lookups of community.general': {
    files: { 'site.yml': '- {name: cartesian, debug: {msg: "{{ item | join }}"}, with_cartesian: [[1, 2], [a]]}' },
    differs: 'they are there without the collection',
  },
  'a loop over a text': {
    files: { 'site.yml': '- {name: text, debug: {msg: x}, loop: text, ignore_errors: true}' },
    differs: 'faults are told before anything is played',
  },
  'raw and environment': {
    files: { 'site.yml': '- {name: say, raw: "echo $X", environment: {X: x}, register: r}\n- {name: said, debug: {var: r.stdout}}' },
    differs: 'ansible warns that raw has no environment; here it has',
  },
  'two loops on one task': { refused: true, files: { 'site.yml': '- {name: both, debug: {msg: x}, loop: [1], with_items: [2]}' } },
  'a loop on a block': { refused: true, files: { 'site.yml': '- {name: b, loop: [1], block: [{debug: {msg: x}}]}' } },
  'an unknown kind of loop': { refused: true, files: { 'site.yml': '- {name: b, debug: {msg: x}, with_nonsense: [1]}' } },
};
