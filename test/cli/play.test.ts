// The verb play, on hosts that are this machine.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runProgram } from '#src/cli/program';
import { call, fakeContext } from './fake-context.ts';

const TWO = ['-i', 'web01,web02,', '-e', 'ansible_connection=local'] as const;

const SITE = `- name: Site
  hosts: all
  gather_facts: false
  tasks:
    - name: Write a file
      copy: {content: "hello\\n", dest: "{{ out }}/{{ inventory_hostname }}"}
      tags: [files]
    - name: Say hello
      debug: {msg: "hello {{ who | default('world') }}"}
`;
const FAILING = `- name: Broken
  hosts: all
  gather_facts: false
  tasks:
    - name: Fail on one
      command: test {{ inventory_hostname }} = web01
`;
const LAYERS = `- name: Layers
  hosts: all
  gather_facts: false
  pre_tasks:
    - name: Begin
      debug:
  roles: [layer]
  tasks:
    - include_tasks: parts/more.yml
      when: wanted | default(true) | bool
    - name: Last
      debug:
`;
const PARTS = {
  'roles/layer/tasks/main.yml': '- name: Early\n  debug:\n- name: In the role\n  debug:\n',
  'parts/more.yml': '- name: Before it\n  debug:\n- name: In the include\n  debug:\n',
};
const KINDS = `- hosts: all
  gather_subset: [min]
  vars: {number: "{{ 40 + 2 }}"}
  tasks:
    - debug: {msg: "{{ number | type_debug }}"}
`;
const INSTEAD = `- hosts: all
  gather_facts: false
  tasks:
    - name: Elsewhere
      stat: {path: /}
      delegate_to: web02
    - name: Over items
      command: "true"
      loop: [one]
      delegate_to: web02
    - name: Here
      debug:
`;
const WRONG = `- hosts: all
  tasks:
    - name: Two faults
      comand: ls
      whn: true
`;

describe('play', () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-'));
    await mkdir(path.join(cwd, 'checked'));
    for (const [name, text] of Object.entries({
      'site.yml': SITE,
      'failing.yml': FAILING,
      'wrong.yml': WRONG,
      'layers.yml': LAYERS,
      'kinds.yml': KINDS,
      'instead.yml': INSTEAD,
      ...PARTS,
    })) {
      await mkdir(path.dirname(path.join(cwd, name)), { recursive: true });
      await writeFile(path.join(cwd, name), text);
    }
  });
  after(async () => await rm(cwd, { recursive: true }));

  const play = async (...words: readonly string[]) => await call(['play', '-e', `out=${cwd}`, ...words], { cwd });

  it('changes what must change, and nothing the second time', async () => {
    const first = await play('site.yml', ...TWO);
    const second = await play('site.yml', ...TWO);

    assert.equal(first.code, 0, first.stdout + first.stderr);
    assert.match(first.stdout, /TASK Write a file {2}\S*site\.yml:5\n {2}changed: web\[01-02\] \(2\)\n/);
    assert.match(first.stdout, /TASK Say hello .*\n {2}ok: web\[01-02\] \(2\)\n {4}hello world\n/);
    assert.match(second.stdout, /^web\[01-02\] \(2\) : ok=2 {2}changed=0 /m);
    assert.equal(await readFile(path.join(cwd, 'web02'), 'utf8'), 'hello\n');
  });

  it('changes nothing with --check, and shows the lines with --diff', async () => {
    const { code, stdout } = await play('site.yml', ...TWO, '-e', `out=${cwd}/checked`, '--check', '--diff', '-l', 'web01');

    assert.equal(code, 0, stdout);
    assert.match(stdout, /changed: web01\n/);
    assert.match(stdout, /^ {4}\+hello$/m);
    await assert.rejects(readFile(path.join(cwd, 'checked/web01')), { code: 'ENOENT' });
  });

  it('exits with 2 when a task failed on a host', async () => {
    const { code, stdout } = await play('failing.yml', ...TWO);

    assert.equal(code, 2);
    assert.match(stdout, / {2}failed: web02\n/);
  });

  it('exits with 4 when a host cannot be reached, and says what to do', async () => {
    const { code, stdout } = await call(['play', 'failing.yml', '-i', 'web01,', '-e', '{"ansible_host": "127.0.0.1", "ansible_port": 1}'], {
      cwd,
    });

    assert.equal(code, 4, stdout);
    assert.match(stdout, / {2}unreachable: web01\n/);
    assert.match(stdout, /\[CONNECT_REFUSED\]\n[\s\S]*fix {4}\S/);
  });

  it('says all faults of a playbook with their places before it touches a host', async () => {
    const { code, stdout, stderr } = await play('wrong.yml', ...TWO);

    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /wrong\.yml:4:7\n +4 \| {7}comand: ls\n/);
    assert.match(stderr, /wrong\.yml:5:7\n[\s\S]*Did you mean `when`\?/);
  });

  it('lists tasks and hosts, and reads the syntax, without doing anything', async () => {
    const words = ['site.yml', ...TWO, '-e', 'out=/dev/null/nowhere'] as const;

    const listed = await play(...words, '--list-tasks', '--list-hosts', '--tags', 'files');
    const read = await play(...words, '--syntax-check');

    assert.equal(
      listed.stdout.replace(cwd, ''),
      "\nplaybook: /site.yml\n\n  play #1 (all): Site\tTAGS: []\n    pattern: ['all']\n    hosts (2):\n      web01\n      web02\n" +
        '    tasks:\n      Write a file\tTAGS: [files]\n',
    );
    assert.equal(read.stdout, 'site.yml: no faults\n');
  });

  it('starts at a task inside a role or an include, and goes on behind it', async () => {
    const inRole = await play('layers.yml', ...TWO, '--start-at-task', 'layer : In the role', '-l', 'web01');
    const inInclude = await play('layers.yml', ...TWO, '--start-at-task', 'In the include', '-l', 'web01');

    const tasksOf = (text: string): string[] => [...text.matchAll(/^TASK (.*?) {2}/gm)].map((match) => match[1] ?? '');
    assert.deepEqual(
      tasksOf(inRole.stdout),
      ['layer : In the role', 'include_tasks', 'Before it', 'In the include', 'Last'],
      inRole.stderr,
    );
    assert.deepEqual(tasksOf(inInclude.stdout), ['include_tasks', 'In the include', 'Last']);
  });

  it('goes on behind an include that is skipped, though the task to start at is in it', async () => {
    const { code, stdout } = await play('layers.yml', ...TWO, '-e', 'wanted=false', '--start-at-task', 'In the include', '-l', 'web01');

    assert.equal(code, 0);
    assert.match(stdout, /^TASK Last /m);
  });

  it('asks before each task with --step, below what the tasks before came to, until somebody says continue', async () => {
    const asked: string[] = [];
    const answers = ['no', 'continue'];
    const written: string[] = [];
    const prompts = {
      ...fakeContext().prompts,
      isAnybodyThere: true,
      choose: async ({ message }: { readonly message: string }) => {
        written.push(context.out());
        asked.push(message);
        return await Promise.resolve(answers.shift() as never);
      },
    };
    const context = fakeContext({ cwd, prompts });

    await runProgram(['play', '-e', `out=${cwd}`, 'layers.yml', ...TWO, '-l', 'web01', '--step'], context);

    assert.deepEqual(asked, ['Run the task Begin?', 'Run the task layer : Early?']);
    assert.match(written[0] ?? '', /^PLAY /m);
    assert.doesNotMatch(context.out(), /TASK Begin/);
    assert.match(context.out(), /TASK Last/);
  });

  it('makes values of a lone template as ansible.cfg says, and facts outlive the run where it says', async () => {
    const env = {
      ANSIBLE_JINJA2_NATIVE: 'False',
      ANSIBLE_GATHERING: 'smart',
      ANSIBLE_CACHE_PLUGIN: 'jsonfile',
      ANSIBLE_CACHE_PLUGIN_CONNECTION: path.join(cwd, 'facts'),
    };
    const words = ['play', 'kinds.yml', '-i', 'web01,', '-e', 'ansible_connection=local'];

    const native = await call(words, { cwd });
    const classic = await call(words, { cwd, env });
    const again = await call(words, { cwd, env });

    assert.match(native.stdout, / {4}int\n/);
    assert.match(classic.stdout, /TASK Gathering Facts[\s\S]* {4}str\n/);
    assert.doesNotMatch(again.stdout, /Gathering Facts/);
  });

  it('asks where facts shall be kept when only the kind of cache was given', async () => {
    const { code, stderr } = await play('site.yml', ...TWO, '--fact-caching', 'jsonfile');

    assert.equal(code, 1);
    assert.match(stderr, /--fact-caching-connection/);
  });

  it('says which host did it instead, in text and for machines', async () => {
    const [text, lines] = [await play('instead.yml', ...TWO), await play('instead.yml', ...TWO, '-o', 'jsonl')];

    assert.match(text.stdout, /TASK Elsewhere .*\n {2}ok: web01 -> web02\n {2}ok: web02\n/);
    assert.match(text.stdout, /changed: web01 -> web02 => one\n/);
    const delegates = lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; host: string; delegate?: string })
      .flatMap(({ event, host, delegate }) => (event === 'task-finished' && host === 'web01' ? [delegate] : []));
    assert.deepEqual(delegates, ['web02', 'web02', undefined]);
  });

  it('refuses --step where nobody is there to answer, and does nothing', async () => {
    const { code, stdout, stderr } = await play('layers.yml', ...TWO, '--step');

    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /--step asks before each task/);
  });

  it('refuses a task to start at that does not exist', async () => {
    const { code, stderr } = await play('site.yml', ...TWO, '--start-at-task', 'Say helo');

    assert.equal(code, 1);
    assert.match(stderr, /Did you mean `Say hello`\?/);
  });

  it('masks passwords of hosts wherever they are shown', async () => {
    const { code, stdout } = await play('site.yml', ...TWO, '-e', 'ansible_password=hunter2', '-e', 'who=hunter2', '-o', 'jsonl');

    assert.equal(code, 0, stdout);
    assert.ok(stdout.includes('hello ********'));
    assert.ok(!stdout.includes('hunter2'));
  });
});
