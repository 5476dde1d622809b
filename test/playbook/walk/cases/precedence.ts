// Which of two levels of variables counts, for every two that are near each other. They are data for both.
import type { Case, Cases } from '../case.ts';

/** The levels from the weakest to the strongest, each with the way to set `x` there. */
const LEVELS = [
  'role default',
  'ini all',
  'ini group',
  'group_vars all',
  'group_vars group',
  'ini host',
  'host_vars',
  'play vars',
  'vars_files',
  'role vars',
  'block vars',
  'task vars',
  'include_vars',
  'set_fact',
  'register',
  'role params',
  'include vars',
  'extra vars',
] as const;
type Level = (typeof LEVELS)[number];

/** A playbook in which some levels set `x` to their own name, and one task in a role, in a block, in an include says it. */
function setting(levels: readonly Level[]): Case {
  const has = (level: Level): boolean => levels.includes(level);
  const when = (level: Level, text: string): string => (has(level) ? text : '');
  const inInclude = has('include vars');
  const show = `    - {name: show, debug: {msg: "{{ x }}"}${when('task vars', ', vars: {x: task vars}')}}`;
  return {
    hosts: `${has('ini host') ? 'a x="ini host"' : 'a'}\n[g]\na\n${when('ini group', '[g:vars]\nx=ini group\n')}${when('ini all', '[all:vars]\nx=ini all\n')}`,
    ...(has('extra vars') ? { flags: { extraVars: { x: 'extra vars' } } } : {}),
    files: {
      'site.yml': `
- hosts: a
  gather_facts: false
  vars: {unused: 1${when('play vars', ', x: play vars')}}
  vars_files: [empty.yml${when('vars_files', ', file.yml')}]
  roles: [{role: r${when('role params', ', x: role params')}}]
`,
      'empty.yml': 'nothing: 1\n',
      'file.yml': 'x: vars_files\n',
      ...(has('group_vars all') ? { 'group_vars/all.yml': 'x: group_vars all\n' } : {}),
      ...(has('group_vars group') ? { 'group_vars/g.yml': 'x: group_vars group\n' } : {}),
      ...(has('host_vars') ? { 'host_vars/a.yml': 'x: host_vars\n' } : {}),
      ...(has('role default') ? { 'roles/r/defaults/main.yml': 'x: role default\n' } : {}),
      ...(has('role vars') ? { 'roles/r/vars/main.yml': 'x: role vars\n' } : {}),
      'roles/r/tasks/main.yml': `
${when('include_vars', '- {name: include_vars, include_vars: {file: included.yml}}')}
${when('set_fact', '- {name: set_fact, set_fact: {x: set_fact}}')}
${when('register', '- {name: register, debug: {msg: register}, register: x}')}
- vars: {unused: 2${when('block vars', ', x: block vars')}}
  block:
${inInclude ? '    - {name: include, include_tasks: show.yml, vars: {x: include vars}}' : show}
`,
      'roles/r/tasks/show.yml': show.replace('    - ', '- '),
      'roles/r/vars/included.yml': 'x: include_vars\n',
    },
  };
}

const PAIRS = LEVELS.flatMap((one, i) => LEVELS.slice(i + 1).map((other): readonly [Level, Level] => [one, other]));
/** Pairs of neighbours one by one, all others a row at a time: what counts is the strongest of those that are left. */
const NEIGHBOURS = PAIRS.filter(([one, other]) => LEVELS.indexOf(other) - LEVELS.indexOf(one) <= 2);

export const PRECEDENCE: Cases = {
  ...Object.fromEntries(NEIGHBOURS.map((pair): [string, Case] => [pair.join(' and '), setting(pair)])),
  ...Object.fromEntries(LEVELS.map((level, i): [string, Case] => [`all up to ${level}`, setting(LEVELS.slice(0, i + 1))])),
};
