// The verb lint: faults, gaps and coverage of playbooks, with no host anywhere.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { call } from './fake-context.ts';

const FILES = {
  'site.yml': `- name: Site
  hosts: all
  roles: [app]
  tasks:
    - include_tasks: more.yml
    - community.general.ufw: {rule: allow}
      notify: Reload the firewall
    - debug: {msg: hello}
  handlers:
    - name: Reload the firewall
      community.general.ufw: {state: reloaded}
`,
  'more.yml': '- command: uptime\n- include: x.yml\n',
  'roles/app/tasks/main.yml': '- ping:\n- win_copy: {src: a, dest: b}\n- ping:\n  first_available_file: [a]\n',
  'clean.yml': '- hosts: all\n  roles: [fine]\n  tasks:\n    - ping:\n',
  'roles/fine/tasks/main.yml': '- ping:\n',
  'wrong.yml': '- hosts: all\n  roles: [fine]\n  tasks:\n    - ping:\n      whn: true\n    - debug: {mg: hello}\n      notify: Nobody\n',
  'group_vars/all.yml': '- hosts: none of our business\n',
} as const;

describe('lint', () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-lint-'));
    for (const [name, text] of Object.entries(FILES)) {
      await mkdir(path.dirname(path.join(cwd, name)), { recursive: true });
      await writeFile(path.join(cwd, name), text);
    }
  });
  after(async () => await rm(cwd, { recursive: true }));
  const lint = async (...words: readonly string[]) => await call(['lint', ...words], { cwd });

  it('is content with a playbook that can be played, and counts the tasks of its roles', async () => {
    const { code, stdout } = await lint('clean.yml');

    assert.equal(code, 0, stdout);
    assert.equal(stdout, '2/2 tasks supported in 1 playbook; no faults\n');
  });

  it('counts what is not supported in roles, includes and handlers, and names each place', async () => {
    const { code, stdout } = await lint('site.yml');

    assert.equal(code, 2);
    assert.match(stdout, /^4\/9 tasks supported in 1 playbook; unsupported: community\.general\.ufw \(2\), /m);
    assert.match(stdout, /no faults\n$/);
    assert.match(stdout, /^unsupported {2}community\.general\.ufw \(2\)\nwhere {8}\S*site\.yml:6:7\n {13}\S*site\.yml:11:7\nfix {10}\S/m);
    assert.match(stdout, /win_copy \(1\)\nwhere {8}\S*roles\/app\/tasks\/main\.yml:2:3\n/);
    assert.match(stdout, /The task keyword `first_available_file` \(1\)/);
    assert.match(stdout, /`include` \(1\)\nwhere {8}\S*more\.yml:2:3\n/);
  });

  it('says faults with their places, and counts their tasks as supported', async () => {
    const { code, stdout, stderr } = await lint('wrong.yml');

    assert.equal(code, 2);
    assert.equal(stderr, '');
    assert.match(stdout, /wrong\.yml:5:7\n[\s\S]*Did you mean `when`\?/);
    assert.match(stdout, /\[UNKNOWN_HANDLER\]/);
    assert.match(stdout, /^3\/3 tasks supported in 1 playbook; 3 faults\n$/m);
  });

  it('reads all playbooks of a directory, a role that several use once, and no files of variables', async () => {
    const { code, stdout } = await lint('-o', 'json');

    const { playbooks, plays, tasks, supported, unsupported, faults } = JSON.parse(stdout) as Record<string, unknown[]>;
    assert.equal(code, 2);
    assert.deepEqual(
      playbooks?.map((file) => path.basename(String(file))),
      ['clean.yml', 'site.yml', 'wrong.yml'],
    );
    assert.deepEqual({ plays, tasks, supported }, { plays: 3, tasks: 13, supported: 8 });
    assert.equal(unsupported?.length, 4);
    assert.deepEqual(faults?.map((fault) => (fault as { code: string }).code).sort(), [
      'BAD_PARAMETER',
      'UNKNOWN_HANDLER',
      'UNKNOWN_KEYWORD',
    ]);
  });

  it('writes a line for each finding, and the counts last, with -o jsonl', async () => {
    const { stdout } = await lint('site.yml', 'wrong.yml', '-o', 'jsonl');

    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.map(({ kind }) => kind),
      [...Array.from({ length: 3 }, () => 'fault'), ...Array.from({ length: 5 }, () => 'unsupported'), 'summary'],
    );
    assert.deepEqual([lines[3]?.name, lines[3]?.line, lines[3]?.column], ['community.general.ufw', 6, 7]);
    assert.deepEqual([lines.at(-1)?.tasks, lines.at(-1)?.supported, lines.at(-1)?.faults], [12, 7, 3]);
  });

  it('says so when a directory holds no playbook, and when a file is not there', async () => {
    const empty = await lint('roles');
    const missing = await lint('nope.yml');

    assert.equal(empty.code, 1);
    assert.match(empty.stderr, /There is no playbook in \S*roles {3}\[PLAYBOOK_NOT_FOUND\]/);
    assert.equal(missing.code, 2);
    assert.match(missing.stdout, /There is no playbook \S*nope\.yml/);
  });

  it('comes to an end with a role that includes itself, and refuses one that imports itself', async () => {
    const directory = path.join(cwd, 'circles');
    for (const [name, statement] of Object.entries({ includes: 'include_role', imports: 'import_role' })) {
      await mkdir(path.join(directory, `roles/${name}/tasks`), { recursive: true });
      await writeFile(path.join(directory, `roles/${name}/tasks/main.yml`), `- ${statement}: {name: ${name}}\n  when: false\n`);
      await writeFile(path.join(directory, `${name}.yml`), `- hosts: all\n  roles: [${name}]\n`);
    }

    const [includes, imports] = [await lint('circles/includes.yml'), await lint('circles/imports.yml')];

    assert.equal(includes.stdout, '1/1 tasks supported in 1 playbook; no faults\n');
    assert.match(imports.stdout, /The role imports imports itself {3}\[PLAYBOOK_SHAPE\]/);
    await rm(directory, { recursive: true });
  });

  it('finds roles where --roles-path and ansible.cfg say', async () => {
    await mkdir(path.join(cwd, 'elsewhere'), { recursive: true });
    await writeFile(path.join(cwd, 'elsewhere/site.yml'), '- hosts: all\n  roles: [fine]\n');

    const [lost, byFlag, byAnsible] = [
      await lint('elsewhere/site.yml'),
      await lint('elsewhere/site.yml', '--roles-path', path.join(cwd, 'roles')),
      await call(['lint', 'elsewhere/site.yml'], { cwd, env: { ANSIBLE_ROLES_PATH: `/nowhere:${path.join(cwd, 'roles')}` } }),
    ];

    assert.match(lost.stdout, /There is no role `fine`/);
    assert.deepEqual([byFlag.code, byAnsible.code], [0, 0], byFlag.stdout + byAnsible.stdout);
    await rm(path.join(cwd, 'elsewhere'), { recursive: true });
  });
});
