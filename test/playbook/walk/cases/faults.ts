// What is wrong with a playbook, before it is played and while. They are data for both.
import type { Case, Cases } from '../case.ts';

const refused = (text: string): Case => ({ refused: true, files: { 'site.yml': text } });
const play = (keywords: string, tasks = '[{debug: {msg: x}}]'): Case =>
  refused(`- hosts: a\n  gather_facts: false\n  ${keywords}\n  tasks: ${tasks}\n`);

export const FAULTS: Cases = {
  'an unknown module': refused('- {name: x, no_such_module: {a: 1}}'),
  'an unknown keyword of a task': refused('- {name: x, debug: {msg: x}, no_such_keyword: 1}'),
  'an unknown keyword of a play': play('no_such: 1'),
  'two modules': refused('- {name: x, debug: {msg: x}, command: echo}'),
  'no module': refused('- {name: x, when: true}'),
  'tasks that are no list': play('name: p', '{debug: {msg: x}}'),
  'a play without hosts': refused('- hosts:\n  tasks: []\n'),
  'YAML that is none': refused('- {name: x, debug: {msg: x}\n'),
  'a template with an error': {
    files: { 'site.yml': '- {name: x, debug: {msg: "{{ 1 + }}"}, ignore_errors: true}' },
    differs: 'faults are told before anything is played',
  },
  'an unknown filter': {
    files: { 'site.yml': '- {name: x, debug: {msg: "{{ 1 | nope }}"}, ignore_errors: true}' },
    differs: 'faults are told before anything is played',
  },
  'an unknown parameter': {
    files: { 'site.yml': '- {name: x, command: {cmd: echo, nope: 1}, ignore_errors: true}' },
    differs: 'faults are told before anything is played',
  },
  'errors while playing': `
- {name: undefined, debug: {msg: "{{ a.b.c }}"}, ignore_errors: true}
- {name: attribute, debug: {msg: "{{ v.nope }}"}, vars: {v: {}}, ignore_errors: true}
- {name: index, debug: {msg: "{{ v[5] }}"}, vars: {v: [1]}, ignore_errors: true}
- {name: type, debug: {msg: "{{ 'a' + 1 }}"}, ignore_errors: true}
- {name: zero, debug: {msg: "{{ 1 / 0 }}"}, ignore_errors: true}
- {name: filter, debug: {msg: "{{ 'x' | from_json }}"}, ignore_errors: true}
- {name: mandatory, debug: {msg: "{{ nope | mandatory }}"}, ignore_errors: true}
- {name: no file, copy: {src: nope, dest: /tmp/x}, ignore_errors: true}
- {name: no template, template: {src: "{{ 'nope' }}.j2", dest: /tmp/x}, ignore_errors: true}
- {name: call, debug: {msg: "{{ nope() }}"}, ignore_errors: true}
- {name: after all, debug: {msg: x}}
`,
};
