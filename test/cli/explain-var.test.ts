// The verb explain-var: every place that sets a variable, and which one counts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withFiles } from '../inventory/temporary.ts';
import { inlineVault, PASSWORD, VALUE_VAULT } from '../inventory/vaults.ts';
import { call } from './fake-context.ts';

const FILES = {
  'inv/hosts': '[web]\nweb01 port=8 lazy="{{ port }}-{{ size }}"\nweb02\n[web:vars]\nport=3\n[all:vars]\nport=1\n',
  'inv/group_vars/web.yml': 'port: 6\nsize: 1\n',
  'inv/group_vars/all/one.yml': '# note\nport: 4\n',
  'inv/host_vars/web01.yml': '---\nother: 0\nport: 9\n',
  'host_vars/web01.yml': 'port: 10\n',
  'own.yml': 'port: 14\n',
  'vars/more.yml': 'port: 18\n',
  'site.yml': `- name: Web servers
  hosts: web01
  vars: {port: 12}
  vars_files: [own.yml]
  tasks:
    - name: Set it
      set_fact:
        port: "{{ 19 }}"
    - include_vars: more.yml
    - debug:
      vars: {port: 17}
      register: port
- hosts: web02
  tasks: [{debug: }]
- name: Again
  hosts: web
  vars_prompt: [{name: port}]
  tasks: [{debug: }]
`,
  'roles/base/defaults/main.yml': 'port: 2\nonly_base: 1\n',
  'roles/app/defaults/main.yml': 'port: 2.5\n',
  'roles/app/vars/main.yml': '# note\nsize: 15\n',
  'roles/app/meta/main.yml': 'dependencies: [base]\n',
  'roles/late/defaults/main.yml': 'size: 2\n',
  'roles.yml': `- name: With roles
  hosts: web01
  roles: [{role: app, size: 20, vars: {other: 16}}]
  tasks:
    - include_role: {name: late}
`,
  'facts/web01': '{"ansible_kernel": "6.1"}',
  'secret.yml': `port: ${inlineVault(VALUE_VAULT, 4)}`,
  password: PASSWORD,
};

const explain = async (words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  await withFiles(FILES, async (cwd) => await call(['explain-var', ...words, '-i', 'inv'], { cwd }));

describe('explain-var', () => {
  it('names every place of inventory, group_vars and host_vars, the weakest first, and marks the one that counts', async () => {
    const { stdout, code } = await explain(['web01', 'port']);

    assert.equal(code, 0);
    assert.deepEqual(rows(stdout), [
      'web01: port = 10',
      '3 inventory group vars group all inv/hosts:7:1 1',
      '3 inventory group vars group web inv/hosts:5:1 3',
      '4 group_vars beside the inventory group all inv/group_vars/all/one.yml:2:1 4',
      '6 group_vars beside the inventory group web inv/group_vars/web.yml:1:1 6',
      '8 inventory host vars host web01 inv/hosts:2:1 8',
      '9 host_vars beside the inventory host web01 inv/host_vars/web01.yml:3:1 9',
      '* 10 host_vars beside the playbook host web01 host_vars/web01.yml:1:1 10',
    ]);
  });

  it('tells what roles say to the tasks of a play, and what only their own tasks see', async () => {
    const size = await explain(['web01', 'size', 'roles.yml']);
    const port = await explain(['web01', 'only_base', 'roles.yml']);
    const inside = await explain(['web01', 'size', 'roles.yml', '--role', 'app']);
    const late = await explain(['web01', 'size', 'roles.yml', '--role', 'late']);
    const unknown = await explain(['web01', 'size', 'roles.yml', '--role', 'apq']);

    assert.deepEqual(rows(size.stdout), [
      'web01: size = 15, in the play With roles',
      '~ 2 role defaults role late roles/late/defaults/main.yml:1:1 2',
      '6 group_vars beside the inventory group web inv/group_vars/web.yml:2:1 1',
      '* 15 role vars role app roles/app/vars/main.yml:2:1 15',
      '~ 20 role params role app 20',
    ]);
    assert.deepEqual(rows(port.stdout).slice(1), ['* 2 role defaults role base roles/base/defaults/main.yml:2:1 1']);
    assert.equal(rows(inside.stdout).at(-1), '* 20 role params role app 20');
    assert.match(inside.stdout, /size = 20,/);
    assert.match(late.stdout, /size = 15,/);
    assert.match(unknown.stderr, /No play here has a role `apq`[^]*Did you mean `app`/);
  });

  it('knows the facts that are kept from run to run', async () => {
    const { stdout } = await withFiles(FILES, async (cwd) => {
      const flags = ['--fact-caching', 'jsonfile', '--fact-caching-connection', `${cwd}/facts`, '--fact-caching-timeout', '0s'];
      return await call(['explain-var', 'web01', 'ansible_kernel', '-i', 'inv', ...flags], { cwd });
    });

    assert.deepEqual(rows(stdout), ['web01: ansible_kernel = "6.1"', '* 11 cached facts host web01 "6.1"']);
  });

  it('tells each play of a playbook apart, with what tasks may set later', async () => {
    const { stdout } = await explain(['web01', 'port', 'site.yml']);

    const [first, second] = stdout
      .split('\n\n')
      .map((part) => rows(part).filter((row) => !/^\d+ .*(group|host) \w+ (inv|host_vars)\//.test(row)));
    assert.deepEqual(first, [
      'web01: port = 14, in the play Web servers',
      '12 play vars site.yml:3:10 12',
      '* 14 vars_files own.yml:1:1 14',
      '~ 17 block and task vars task debug site.yml:11:14 17',
      '~ 18 include_vars task include_vars vars/more.yml:1:1 18',
      '~ 19 set_fact task Set it site.yml:8:15 "{{ 19 }}"',
      '~ 19 register task debug site.yml:12:7',
    ]);
    assert.equal(second?.[0], 'web01: port = 10, in the play Again');
    assert.ok(second?.includes('~ 13 vars_prompt site.yml:17:3'));
  });

  it('says that -e wins', async () => {
    const { stdout } = await explain(['web01', 'port', 'site.yml', '-e', 'port=22']);

    assert.match(stdout, /^web01: port = "22"/);
    assert.match(stdout, /^\* 22 {2}extra vars .* -e port +"22"$/m);
  });

  it('evaluates templates, and says why it cannot', async () => {
    assert.match((await explain(['web01', 'lazy'])).stdout, /^web01: lazy = "10-1"\n/);
    assert.match((await explain(['web01', 'lazy', '-e', 'port={{nope}}'])).stdout, /^web01: lazy cannot be told: `nope` is undefined\n/);
    assert.equal((await explain(['web01', 'nope'])).stdout, 'web01: nope is not set\n');
  });

  it('knows what the inventory itself knows, and magic that nothing hides', async () => {
    assert.match((await explain(['web02', 'group_names'])).stdout, /^web02: group_names = \["web"\]\n\* +8 /);
    assert.match((await explain(['web02', 'groups', '-e', 'groups=1'])).stdout, /= \{"all".*\n {2}22 .*\n\* 23 {2}magic\n$/);
  });

  it('writes JSON for programs', async () => {
    const [one] = JSON.parse((await explain(['web02', 'port', '-o', 'json'])).stdout) as {
      value: number;
      places: { counts: string; where: unknown }[];
    }[];

    assert.equal(one?.value, 6);
    assert.deepEqual(
      one?.places.map(({ counts }) => counts),
      ['now', 'now', 'now', 'wins'],
    );
    assert.deepEqual(Object.keys(one?.places[0]?.where as object), ['file', 'line', 'column']);
  });

  it('shows no secret that was encrypted', async () => {
    const { stdout } = await explain(['web01', 'port', '-e', '@secret.yml', '--vault-password-file', 'password']);

    assert.match(stdout, /^web01: port = "\*{8}"/);
    assert.doesNotMatch(stdout, /hunter22/);
  });

  it('suggests the host that was meant', async () => {
    const { code, stderr } = await explain(['web1', 'port']);

    assert.equal(code, 1);
    assert.match(stderr, /There is no host web1 .*PATTERN_NO_MATCH/s);
  });
});

function rows(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().replace(/ +/g, ' '));
}
