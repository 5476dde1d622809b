// Conditions: what counts as true, lists, what is seen in them. They are data for both.
import type { Cases } from '../case.ts';

export const CONDITIONS: Cases = {
  'bools and words for them': `
- {name: t, debug: {msg: x}, when: true}
- {name: f, debug: {msg: x}, when: false}
- {name: "yes", debug: {msg: x}, when: yes}
- {name: "no", debug: {msg: x}, when: no}
- {name: word True, debug: {msg: x}, when: "True"}
- {name: word False, debug: {msg: x}, when: "False"}
- {name: word true, debug: {msg: x}, when: "true"}
- {name: word false, debug: {msg: x}, when: "false"}
- {name: none, debug: {msg: x}, when: "none"}
- {name: None, debug: {msg: x}, when: "None"}
`,
  numbers: `
- {name: "0", debug: {msg: x}, when: 0}
- {name: "1", debug: {msg: x}, when: 1}
- {name: word 0, debug: {msg: x}, when: "0"}
- {name: word 1, debug: {msg: x}, when: "1"}
- {name: "0.0", debug: {msg: x}, when: "0.0"}
- {name: negative, debug: {msg: x}, when: "-1"}
- {name: sum, debug: {msg: x}, when: "1 - 1"}
`,
  'nothing at all': `
- {name: empty, debug: {msg: x}, when: ""}
- {name: nothing, debug: {msg: x}, when: }
- {name: empty list, debug: {msg: x}, when: []}
`,
  'texts in expressions': `
- {name: empty text, debug: {msg: x}, when: "''"}
- {name: text, debug: {msg: x}, when: "'x'"}
- {name: text false, debug: {msg: x}, when: "'false'"}
- {name: text no, debug: {msg: x}, when: "'no'"}
- {name: blank, debug: {msg: x}, when: "' '"}
- {name: text 0, debug: {msg: x}, when: "'0'"}
`,
  'lists and dicts in expressions': `
- {name: empty list, debug: {msg: x}, when: "[]"}
- {name: list, debug: {msg: x}, when: "[0]"}
- {name: empty dict, debug: {msg: x}, when: "{}"}
- {name: dict, debug: {msg: x}, when: "{'a': 0}"}
- {name: tuple, debug: {msg: x}, when: "()"}
`,
  'variables of each type': `
- hosts: web
  gather_facts: false
  vars: {t: true, f: false, zero: 0, one: 1, empty: "", text: x, tfalse: "false", ttrue: "true", tno: "no", t0: "0", none: null, l: [], l1: [0], d: {}, d1: {a: 1}, tnone: "None", tempty: "[]"}
  tasks:
    - {name: t, debug: {msg: x}, when: t}
    - {name: f, debug: {msg: x}, when: f}
    - {name: zero, debug: {msg: x}, when: zero}
    - {name: one, debug: {msg: x}, when: one}
    - {name: empty, debug: {msg: x}, when: empty}
    - {name: ttrue, debug: {msg: x}, when: ttrue}
    - {name: none, debug: {msg: x}, when: none}
    - {name: l, debug: {msg: x}, when: l}
    - {name: l1, debug: {msg: x}, when: l1}
    - {name: d, debug: {msg: x}, when: d}
    - {name: d1, debug: {msg: x}, when: d1}
    - {name: not empty, debug: {msg: x}, when: not empty}
    - {name: not l, debug: {msg: x}, when: not l}
    - {name: tfalse, debug: {msg: x}, when: tfalse}
    - {name: tno, debug: {msg: x}, when: tno}
    - {name: t0, debug: {msg: x}, when: t0}
    - {name: tnone, debug: {msg: x}, when: tnone}
    - {name: tempty, debug: {msg: x}, when: tempty}
    - {name: bool filter, debug: {msg: x}, when: tno | bool}
    - {name: not bool filter, debug: {msg: x}, when: not (tno | bool)}
`,
  'a bare variable whose text is an expression': `
- {name: expression, debug: {msg: x}, when: cond, vars: {cond: "1 == 2"}}
- {name: expression true, debug: {msg: x}, when: cond, vars: {cond: "1 == 1"}}
- {name: twice, debug: {msg: x}, when: cond, vars: {cond: other, other: "1 == 2"}}
- {name: with not, debug: {msg: x}, when: not cond, vars: {cond: "1 == 2"}}
- {name: template, debug: {msg: x}, when: cond, vars: {cond: "{{ 1 == 2 }}"}}
- {name: template of text, debug: {msg: x}, when: cond, vars: {cond: "{{ 'no' }}"}}
`,
  'braces in a condition': `
- {name: braces, debug: {msg: x}, when: "{{ 1 == 1 }}"}
- {name: braces false, debug: {msg: x}, when: "{{ 1 == 2 }}"}
- {name: inner braces, debug: {msg: x}, when: "'{{ v }}' == 'x'", vars: {v: x}}
- {name: braces of a name, debug: {msg: x}, when: "{{ v }}", vars: {v: "1 == 2"}}
`,
  'what a host said as a condition': {
    files: {
      'site.yml': `
- {name: of a host, raw: echo false, register: r}
- {name: said by a host, debug: {msg: x}, when: "{{ r.stdout }}"}
`,
    },
    differs: 'ansible refuses to evaluate it at all; here it can look nothing up, and only says yes or no',
  },
  'lists are and, and stop early': `
- {name: all true, debug: {msg: x}, when: [true, "1 == 1"]}
- {name: one false, debug: {msg: x}, when: [true, "1 == 2"]}
- {name: stops before undefined, debug: {msg: x}, when: [false, nowhere]}
- {name: reaches undefined, debug: {msg: x}, when: [true, nowhere], ignore_errors: true}
- {name: guard, debug: {msg: x}, when: ["v is defined", "v == 1"]}
- {name: nested, debug: {msg: x}, when: [["1 == 1"]], ignore_errors: true}
`,
  'defined, undefined, none': `
- {name: defined, debug: {msg: x}, when: nowhere is defined}
- {name: not defined, debug: {msg: x}, when: nowhere is not defined}
- {name: undefined, debug: {msg: x}, when: nowhere is undefined}
- {name: inner, debug: {msg: x}, when: "v.a.b is defined", vars: {v: {a: {}}}}
- {name: of undefined, debug: {msg: x}, when: "nowhere.a is defined", ignore_errors: true}
- {name: default, debug: {msg: x}, when: "nowhere | default(true)"}
- {name: default text, debug: {msg: x}, when: "nowhere | default('')"}
- {name: is none, debug: {msg: x}, when: v is none, vars: {v: null}}
- {name: is not none, debug: {msg: x}, when: v is not none, vars: {v: ""}}
`,
  'an undefined variable fails': `
- {name: undefined, debug: {msg: x}, when: nowhere, ignore_errors: true, register: r}
- {name: says, debug: {msg: "{{ r.failed }} {{ r is skipped }}"}}
- {name: in a list, debug: {msg: x}, when: "nowhere in [1]", ignore_errors: true}
- {name: in text, debug: {msg: x}, when: "'a' in nowhere", ignore_errors: true}
- {name: attribute, debug: {msg: x}, when: "v.nope == 1", vars: {v: {}}, ignore_errors: true}
`,
  'a variable that needs an undefined one': `
- {name: defined, debug: {msg: "{{ v is defined }}"}, vars: {v: "{{ nowhere }}"}}
- {name: when, debug: {msg: x}, when: v is defined, vars: {v: "{{ nowhere }}"}}
- {name: default, debug: {msg: "{{ v | default('d') }}"}, vars: {v: "{{ nowhere }}"}}
`,
  'conditions of wrong grammar': {
    files: { 'site.yml': '- {name: bad, debug: {msg: x}, when: "1 ==", ignore_errors: true}' },
    differs: 'faults are told before anything is played',
  },
  'unknown filters in conditions': {
    files: { 'site.yml': '- {name: bad, debug: {msg: x}, when: "1 | no_such_filter", ignore_errors: true}' },
    differs: 'faults are told before anything is played',
  },
  'an inline if without brackets': {
    files: { 'site.yml': '- {name: inline if, debug: {msg: x}, when: "true if false else false"}' },
    differs: 'an accident of how ansible 2.14 writes conditions into {% if %}; it is an expression like others',
  },
  'a list that is none, and a false condition': {
    files: { 'site.yml': '- {name: no list, debug: {msg: x}, loop: "{{ \'text\' }}", when: false, ignore_errors: true}' },
    differs: 'what a false condition leaves out is not looked at, whatever is wrong with it',
  },
  'templates in conditions are evaluated twice': `
- {name: text no, debug: {msg: x}, when: "{{ v }}", vars: {v: "false"}}
- {name: text yes, debug: {msg: x}, when: "{{ v }}", vars: {v: "true"}}
- {name: name made, debug: {msg: x}, when: "{{ v }}_enabled", vars: {v: web, web_enabled: false}}
- {name: name made defined, debug: {msg: x}, when: "{{ v }}_enabled is defined", vars: {v: web}}
- {name: empty, debug: {msg: x}, when: "{{ v }}", vars: {v: ""}}
- {name: list, debug: {msg: x}, when: "{{ v }}", vars: {v: [1]}}
- {name: number, debug: {msg: x}, when: "{{ v }} > 4", vars: {v: 5}}
- {name: in quotes, debug: {msg: x}, when: "'{{ v }}-x' == 'w-x'", vars: {v: w}}
- {name: unquoted word, debug: {msg: x}, when: "{{ v }} == 'w'", vars: {v: w}, ignore_errors: true}
- {name: statement, debug: {msg: x}, when: "{% if v %}false{% else %}true{% endif %}", vars: {v: 1}}
- {name: in a list, debug: {msg: x}, when: ["{{ v }}", true], vars: {v: false}}
- {name: changed_when, raw: echo, changed_when: "{{ v }}", vars: {v: "false"}}
- {name: failed_when, raw: echo, failed_when: "{{ v }}", vars: {v: "1 == 2"}}
- {name: that, assert: {that: "{{ v }} == 5"}, vars: {v: 5}}
- {name: lookups, debug: {msg: x}, when: "{{ lookup('env', 'HOME') == '' }}"}
`,
  'tests of results': `
- {name: changes, raw: echo hi, register: c}
- {name: fails, raw: exit 3, register: f, ignore_errors: true}
- {name: skips, raw: echo, when: false, register: s}
- {name: ok, debug: {msg: x}, register: o}
- {name: changed, debug: {msg: "{{ c is changed }} {{ f is changed }} {{ s is changed }} {{ o is changed }}"}}
- {name: failed, debug: {msg: "{{ c is failed }} {{ f is failed }} {{ s is failed }} {{ o is failed }}"}}
- {name: succeeded, debug: {msg: "{{ c is succeeded }} {{ f is success }} {{ s is successful }} {{ o is succeeded }}"}}
- {name: skipped, debug: {msg: "{{ c is skipped }} {{ f is skipped }} {{ s is skip }} {{ o is skipped }}"}}
- {name: unreachable, debug: {msg: "{{ c is unreachable }} {{ f is reachable }}"}}
- {name: attributes, debug: {msg: "{{ c.changed }} {{ f.rc }} {{ s.skipped }} {{ o.failed }} {{ c.stdout }} {{ c.stdout_lines }}"}}
`,
  'in, comparisons and chains': `
- {name: in list, debug: {msg: x}, when: "inventory_hostname in ['a']"}
- {name: not in, debug: {msg: x}, when: "inventory_hostname not in groups['db']"}
- {name: in text, debug: {msg: x}, when: "'b' in 'abc'"}
- {name: in dict, debug: {msg: x}, when: "'k' in {'k': 1}"}
- {name: chain, debug: {msg: x}, when: "1 < 2 < 3"}
- {name: types, debug: {msg: x}, when: "'1' == 1"}
- {name: text less, debug: {msg: x}, when: "'a' < 'b'"}
- {name: version, debug: {msg: x}, when: "'1.10' is version('1.9', '>')"}
- {name: and or, debug: {msg: x}, when: "false or true and not false"}
`,
  'mixed types fail': `
- {name: compare, debug: {msg: x}, when: "'a' < 1", ignore_errors: true}
- {name: in number, debug: {msg: x}, when: "'a' in 5", ignore_errors: true}
`,
  'a condition sees the variables of its task': `
- {name: task var, debug: {msg: x}, when: v == 2, vars: {v: 2}}
- {name: lazily, debug: {msg: x}, when: v == 'b', vars: {v: "{{ inventory_hostname }}"}}
- {name: conditions as variables, debug: {msg: x}, when: wanted, vars: {wanted: "{{ inventory_hostname == 'a' }}"}}
`,
  'conditions before arguments': `
- {name: not looked at, debug: {msg: "{{ nowhere }}"}, when: false}
- {name: nor the loop, debug: {msg: x}, loop: "{{ nowhere }}", when: false}
- {name: loop with an undefined item, debug: {msg: x}, loop: ["{{ nowhere }}"], when: false}
- {name: loop, debug: {msg: x}, loop: "{{ nowhere }}", when: true, ignore_errors: true}
- {name: loop that is no list but true, debug: {msg: x}, loop: "{{ 'text' }}", ignore_errors: true}
`,
  'assert that': `
- {name: list, assert: {that: ["1 == 1", "'x' == 'x'"]}}
- {name: text, assert: {that: 1 == 1}}
- {name: fails, assert: {that: 1 == 2, fail_msg: mine, success_msg: good}, ignore_errors: true}
- {name: good, assert: {that: 1 == 1, fail_msg: mine, success_msg: good}}
- {name: msg, assert: {that: 1 == 2, msg: "mine too"}, ignore_errors: true}
- {name: quiet, assert: {that: 1 == 1, quiet: true}, register: r}
- {name: result, debug: {var: r}}
- {name: bool, assert: {that: true}}
- {name: undefined, assert: {that: nowhere}, ignore_errors: true}
- {name: failing, assert: {that: ["1 == 1", "v == 2"]}, vars: {v: 1}, ignore_errors: true, register: e}
- {name: evaluated, debug: {msg: "{{ e.evaluated_to }} {{ e.assertion }}"}}
`,
  'failed_when and changed_when': `
- {name: fails, raw: echo bad, failed_when: "'bad' in r.stdout", register: r, ignore_errors: true}
- {name: said, debug: {var: r}}
- {name: not failed, raw: exit 3, failed_when: false, register: r}
- {name: said 2, debug: {var: r}}
- {name: never, raw: exit 3, failed_when: [], register: r, ignore_errors: true}
- {name: said 3, debug: {var: r}}
- {name: list, raw: echo x, failed_when: ["r.rc == 0", "'y' in r.stdout"], register: r}
- {name: list 2, raw: echo x, failed_when: ["r.rc == 0", "'x' in r.stdout"], register: r, ignore_errors: true}
- {name: changed, debug: {msg: x}, changed_when: true, register: r}
- {name: said 4, debug: {var: r}}
- {name: changed list, raw: echo x, changed_when: [true, "r.rc == 1"], register: r}
- {name: changed empty, raw: echo x, changed_when: [], register: r}
- {name: said 5, debug: {var: r}}
`,
  'failed_when on a task that failed to run': `
- {name: undefined, debug: {msg: "{{ nowhere }}"}, failed_when: false, ignore_errors: true, register: r}
- {name: said, debug: {msg: "{{ r.failed }}"}}
- {name: fail, fail: {msg: nope}, failed_when: false, register: r}
- {name: said 2, debug: {var: r}}
- {name: fail changed, fail: {msg: nope}, changed_when: true, ignore_errors: true, register: r}
- {name: said 3, debug: {var: r}}
`,
  'verdicts with undefined variables': `
- {name: failed_when, raw: echo, failed_when: nowhere, ignore_errors: true, register: r}
- {name: said, debug: {msg: "{{ r.failed }}"}}
- {name: changed_when, raw: echo, changed_when: nowhere, ignore_errors: true, register: r}
- {name: said 2, debug: {msg: "{{ r.failed }} {{ r.changed }}"}}
- {name: skipped has none, raw: echo, when: false, failed_when: nowhere, changed_when: nowhere}
`,
  'verdicts see changes of each other': `
- {name: both, raw: echo, register: r, changed_when: true, failed_when: r.changed, ignore_errors: true}
- {name: said, debug: {var: r}}
- {name: not changed, raw: echo, register: r, changed_when: false, failed_when: r is changed}
- {name: own name without register, raw: echo, changed_when: "undefined_thing is defined"}
`,
  'when of a block and of its task': `
- name: block
  when: inventory_hostname == 'a'
  block:
    - {name: inner, debug: {msg: x}, when: v == 1, vars: {v: 1}}
    - {name: sets, set_fact: {stop: true}}
    - {name: both, debug: {msg: x}, when: [true, not stop | default(false)]}
- name: evaluated again for each
  when: not (done | default(false))
  block:
    - {name: first, set_fact: {done: true}}
    - {name: second, debug: {msg: x}}
`,
};
