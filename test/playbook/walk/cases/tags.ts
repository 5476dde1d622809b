// Tags: which tasks a choice of tags takes. One playbook, many choices; they are data for both.
import type { Case, Cases } from '../case.ts';

const FILES = {
  'site.yml': `
- hosts: a
  gather_facts: false
  pre_tasks:
    - {name: pre, debug: {msg: x}, tags: pre}
  roles:
    - {role: r, tags: [role]}
    - s
  tasks:
    - {name: plain, debug: {msg: x}}
    - {name: one, debug: {msg: x}, tags: one}
    - {name: one and two, debug: {msg: x}, tags: [one, two]}
    - {name: text with commas, debug: {msg: x}, tags: "two, three"}
    - {name: always, debug: {msg: x}, tags: always}
    - {name: always and one, debug: {msg: x}, tags: [always, one]}
    - {name: never, debug: {msg: x}, tags: never}
    - {name: never and one, debug: {msg: x}, tags: [never, one]}
    - {name: always and never, debug: {msg: x}, tags: [always, never]}
    - {name: template, debug: {msg: x}, tags: ["{{ 'made' }}"]}
    - name: block
      tags: outer
      block:
        - {name: in block, debug: {msg: x}}
        - {name: in block one, debug: {msg: x}, tags: one}
        - {name: in block never, debug: {msg: x}, tags: never}
      rescue:
        - {name: rescue, debug: {msg: x}, tags: one}
      always:
        - {name: always of block, debug: {msg: x}}
    - {name: include, include_tasks: part.yml, tags: one}
    - {name: include plain, include_tasks: part.yml}
    - {name: include apply, include_tasks: {file: part.yml, apply: {tags: applied}}, tags: applied}
    - {name: import, import_tasks: part.yml, tags: imported}
    - {name: include role, include_role: {name: r}, tags: [one]}
    - {name: import role, import_role: {name: r}, tags: [two]}
    - {name: notifies, raw: echo, tags: one, notify: h}
    - {name: flush, meta: flush_handlers, tags: never}
  post_tasks:
    - {name: post, debug: {msg: x}, tags: [post, always]}
  handlers:
    - {name: h, debug: {msg: x}, tags: handler}
- hosts: a
  gather_facts: false
  tags: playtag
  tasks:
    - {name: tagged play, debug: {msg: x}}
    - {name: tagged play one, debug: {msg: x}, tags: one}
    - {name: tagged play never, debug: {msg: x}, tags: never}
`,
  'part.yml':
    '- {name: part, debug: {msg: x}}\n- {name: part one, debug: {msg: x}, tags: one}\n- {name: part always, debug: {msg: x}, tags: always}\n',
  'roles/r/tasks/main.yml':
    '- {name: of r, debug: {msg: x}}\n- {name: of r one, debug: {msg: x}, tags: one}\n- {name: of r never, debug: {msg: x}, tags: [never, two]}\n',
  'roles/s/tasks/main.yml': '- {name: of s, debug: {msg: x}}\n- {include_tasks: more.yml}\n',
  'roles/s/tasks/more.yml': '- {name: more of s, debug: {msg: x}, tags: one}\n',
  'roles/s/meta/main.yml': 'dependencies: [{role: d, tags: needed}]\n',
  'roles/d/tasks/main.yml': '- {name: of d, debug: {msg: x}}\n',
};

/** Of what two lists of tags come to by themselves, far more are asked in arithmetic.real.test.ts. */
const CHOICES: readonly (readonly [tags: string, skipTags?: string])[] = [
  [''],
  ['one'],
  ['never'],
  ['all'],
  ['tagged'],
  ['untagged'],
  ['outer'],
  ['imported'],
  ['applied'],
  ['role'],
  ['needed'],
  ['playtag'],
  ['handler'],
  ['one,never'],
  ['', 'one'],
  ['', 'always'],
  ['', 'all'],
  ['', 'tagged'],
  ['', 'outer'],
  ['', 'role'],
  ['', 'playtag'],
  ['one', 'two'],
  ['always', 'always'],
  ['tagged', 'one'],
];

export const TAGS: Cases = {
  'a number': {
    differs: 'it is a name like others: ansible never finds it',
    files: { 'site.yml': '- {name: number, debug: {msg: x}, tags: [5]}' },
    flags: { tags: '5' },
  },
  ...Object.fromEntries(
    CHOICES.map(([tags, skipTags = '']): [string, Case] => [
      `${tags === '' ? 'all by default' : tags}${skipTags === '' ? '' : ` without ${skipTags}`}`,
      { files: FILES, flags: { ...(tags === '' ? {} : { tags }), ...(skipTags === '' ? {} : { skipTags }) } },
    ]),
  ),
};
