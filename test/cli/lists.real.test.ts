// The lists of a playbook, beside those of ansible-playbook: line for line.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { needs } from '../support/real.ts';
import { call } from './fake-context.ts';

const FILES = {
  'hosts.ini': '[web]\na\nb\n[db]\nc\n',
  'site.yml': `- name: First
  hosts: web:db
  tags: [p]
  vars: {word: made}
  pre_tasks:
    - ping:
      tags: [b, a]
  roles:
    - role: app
      tags: [r]
  tasks:
    - name: A block
      block:
        - name: In the block
          debug: {msg: x}
          tags: inner
        - block:
            - ansible.builtin.debug: {msg: y}
      rescue:
        - name: In the rescue
          debug: {msg: x}
      always:
        - name: In always
          debug: {msg: x}
    - include_tasks: more.yml
    - import_tasks: more.yml
    - import_role: {name: dep}
      tags: imported
    - include_role: {name: dep}
    - name: Named
      include_role: {name: dep}
    - meta: flush_handlers
    - name: Never
      debug:
      tags: never
    - name: Made {{ word }}
      debug:
      tags: ["{{ word }}", "{{ [word, 'listed'] }}"]
  post_tasks:
    - command: uptime
  handlers:
    - name: A handler
      debug:
- hosts:
    - web
    - db
  tasks: []
- import_playbook: other.yml
  tags: [from]
- hosts: localhost
  gather_facts: false
  tasks:
    - debug:
`,
  'more.yml': '- name: More\n  debug:\n  tags: m\n',
  'other.yml': '- name: Other\n  hosts: web\n  tasks:\n    - ping:\n      tags: z\n',
  'roles/app/tasks/main.yml': '- name: Role task\n  debug:\n- ping:\n',
  'roles/app/meta/main.yml': 'dependencies: [dep]\n',
  'roles/app/handlers/main.yml': '- name: Of the role\n  debug:\n',
  'roles/dep/tasks/main.yml': '- name: Dep task\n  debug:\n',
};

describe('the lists of a playbook, beside ansible-playbook', needs('ansible-playbook'), () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-lists-'));
    for (const [name, text] of Object.entries(FILES)) {
      await mkdir(path.dirname(path.join(cwd, name)), { recursive: true });
      await writeFile(path.join(cwd, name), text);
    }
  });
  after(async () => await rm(cwd, { recursive: true }));

  for (const words of [
    ['site.yml', 'other.yml', '--list-tasks'],
    ['site.yml', '--list-tags'],
    ['site.yml', '--list-tasks', '--list-tags', '--tags', 'inner,made,never'],
    ['site.yml', '--list-tasks', '--skip-tags', 'r'],
    ['other.yml', '--list-hosts', '--limit', 'a', '--list-tasks'],
  ]) {
    it(`are the same for ${words.join(' ')}`, async () => {
      const env = { ...process.env, ANSIBLE_HOME: cwd, ANSIBLE_LOCALHOST_WARNING: 'False' };
      const theirs = await promisify(execFile)('ansible-playbook', ['-i', 'hosts.ini', ...words], { cwd, env });

      const ours = await call(['play', '-i', 'hosts.ini', ...words], { cwd });

      assert.equal(ours.code, 0, ours.stderr);
      assert.equal(ours.stdout.replaceAll(`${cwd}/`, ''), theirs.stdout);
    });
  }
});
