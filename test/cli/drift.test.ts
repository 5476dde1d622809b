// play --drift, on hosts that are this machine: what it shows, what it exits with, and what machines are told.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { call } from './fake-context.js';

const SITE = `- hosts: all
  gather_facts: false
  tasks:
    - name: Write
      copy: {content: "right\\n", dest: "{{ playbook_dir }}/{{ inventory_hostname }}.conf"}
      notify: Restart
    - name: Fails on one
      command: test {{ inventory_hostname }} != "{{ bad | default('') }}"
      check_mode: false
      changed_when: false
  handlers:
    - name: Restart
      command: touch {{ playbook_dir }}/restarted
`;

describe('play --drift', () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-drift-'));
    await writeFile(path.join(cwd, 'site.yml'), SITE);
  });
  beforeEach(async () => {
    for (const [host, text] of Object.entries({ web01: 'right', web02: 'wrong', web03: 'wrong', web04: 'worse' }))
      await writeFile(path.join(cwd, `${host}.conf`), `${text}\n`);
  });
  after(async () => await rm(cwd, { recursive: true }));
  const drift = async (hosts: string, ...words: readonly string[]) =>
    await call(['play', 'site.yml', '-i', hosts, '-e', 'ansible_connection=local', '--drift', ...words], {
      cwd,
      env: { XDG_STATE_HOME: path.join(cwd, 'state') },
      now: () => Date.now(),
    });

  it('shows who differs in the same way together, and nothing else; exits with 3, and changes nothing', async () => {
    const { code, stdout, stderr } = await drift('web01,web02,web03,web04,');

    assert.equal(code, 3, stderr);
    assert.equal(
      stdout.replace(/\d+(\.\d+)?m?s$/m, 'TIME').replaceAll(cwd, '/dir'),
      `web[02-03] (2) differ
  Write  /dir/site.yml:4
    --- before: /dir/{host}.conf
    +++ after: /dir/{host}.conf
    @@ -1 +1 @@
    -wrong
    +right

web04 differs
  Write  /dir/site.yml:4
    --- before: /dir/web04.conf
    +++ after: /dir/web04.conf
    @@ -1 +1 @@
    -worse
    +right

DRIFT  4 hosts: 3 differ  TIME
`,
    );
    assert.equal(await readFile(path.join(cwd, 'web02.conf'), 'utf8'), 'wrong\n');
    await assert.rejects(readFile(path.join(cwd, 'restarted')), { code: 'ENOENT' });
  });

  it('exits with 0 where nothing differs', async () => {
    const { code, stdout } = await drift('web01,');

    assert.equal(code, 0);
    assert.match(stdout, /^DRIFT {2}1 host: no drift {2}\S+\n$/);
  });

  it('exits with 2 where a host could not be looked at to the end, since nobody knows what else differs', async () => {
    const { code, stdout } = await drift('web01,web02,', '-e', 'bad=web02');

    assert.equal(code, 2);
    assert.match(stdout, /^web02 differs$/m);
    assert.match(stdout, /^web02 was not looked at to the end\n {2}failed: Fails on one {2}\S+site\.yml:7$/m);
    assert.match(stdout, /^DRIFT {2}2 hosts: 1 differs, 1 not looked at to the end/m);
  });

  it('tells machines which hosts differ, and CI that this is a failure', async () => {
    const [json, jsonl, junit] = [
      await drift('web01,web02,', '-o', 'json'),
      await drift('web01,web02,', '-o', 'jsonl'),
      await drift('web01,web02,', '-o', 'junit'),
    ];

    assert.deepEqual([json.code, jsonl.code, junit.code], [3, 3, 3]);
    assert.deepEqual((JSON.parse(json.stdout) as { drift: string[] }).drift, ['web02']);
    const recap = jsonl.stdout.split('\n').find((line) => line.includes('"event":"recap"'));
    assert.deepEqual((JSON.parse(recap ?? '{}') as { drift: string[] }).drift, ['web02']);
    assert.match(junit.stdout, /<testsuites [^>]*failures="1"/);
    assert.match(junit.stdout, /<failure [^>]*type="drift"/);
  });

  it('is in the journal like any other run, with its exit code', async () => {
    await drift('web01,web02,');

    const runs = async (...words: readonly string[]) =>
      (await call(['runs', ...words], { cwd, env: { XDG_STATE_HOME: path.join(cwd, 'state') }, now: () => Date.now() })).stdout;
    const [stdout, table] = [await runs('-o', 'json'), await runs('--limit', '1')];

    const [run] = JSON.parse(stdout) as { exitCode: number; hosts: Record<string, string[]> }[];
    assert.deepEqual([run?.exitCode, run?.hosts], [3, { ok: ['web01'], changed: ['web02'] }]);
    assert.match(table, / 1 ok, 1 drifted {2}/);
  });

  it('is refused with what shows less, or goes on with another run', async () => {
    for (const flag of ['--quiet', '--resume=last']) {
      const { code, stderr } = await drift('web01,', flag);

      assert.equal(code, 1);
      assert.match(stderr, /means nothing with --drift/);
    }
  });
});
