// The language of playbooks, played for real over local shells.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { dict } from '#src/base/value';
import { inDirectory, playLocal } from './play-local.ts';

const head = '- hosts: all\n  gather_facts: false\n';
const tasks = (text: string): string => `${head}  tasks:\n${text.replace(/^/gm, '    ')}\n`;

describe('tasks', () => {
  it('run where their condition holds, and register what skipped too', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- command: echo {{ inventory_hostname }}
  register: out
  when: inventory_hostname == 'a'
- debug: {msg: "{{ out.stdout | default('nothing') }} {{ out is skipped }}"}`),
      );

      assert.deepEqual(played.statuses.command, { a: 'changed', b: 'skipped' });
      assert.deepEqual(played.said, ['a: a False', 'b: nothing True']);
    }));

  it('go over items one after another, with a result for each', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- name: echo
  command: echo {{ item }} {{ i }}
  loop: [x, y, z]
  loop_control: {index_var: i}
  when: item != 'y'
  register: r
- debug: {msg: "{{ r.results | map(attribute='stdout', default='-') | join(',') }} {{ r.changed }} {{ r.results[1].skipped }}"}`),
        'a',
      );

      assert.deepEqual(played.said, ['a: x 0,-,z 2 True True']);
      assert.equal(played.results.echo?.a?.msg, 'All items completed');
    }));

  it('take with_items, with_dict, with_nested and an empty list', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- set_fact: {seen: "{{ seen | default([]) + [item] }}"}
  with_items: [[1, 2], 3]
- set_fact: {pairs: "{{ pairs | default('') }}{{ item.key }}={{ item.value }};"}
  with_dict: {k: 1, l: 2}
- set_fact: {cross: "{{ cross | default('') }}{{ item[0] }}{{ item[1] }} "}
  with_nested: [[a, b], [1, 2]]
- name: none
  command: "false"
  loop: []
- debug: {msg: "{{ seen }} {{ pairs }} {{ cross }}"}`),
        'a',
      );

      assert.deepEqual(played.said, ['a: [1, 2, 3] k=1;l=2; a1 a2 b1 b2 ']);
      assert.equal(played.statuses.none?.a, 'skipped');
    }));

  it('fail and change by their own word, or are told to go on', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- name: unfailed
  shell: echo no; exit 3
  register: r
  failed_when: r.rc not in [0, 3]
  changed_when: "'yes' in r.stdout"
- name: ignored
  command: "false"
  ignore_errors: true
- name: stops
  shell: exit 4
- name: never
  command: "true"`),
        'a',
      );

      assert.deepEqual(
        [played.statuses.unfailed?.a, played.statuses.ignored?.a, played.statuses.stops?.a],
        ['ok', 'failed (ignored)', 'failed'],
      );
      assert.equal(played.statuses.never, undefined);
      assert.deepEqual(played.recap.a, { ok: 2, changed: 0, unreachable: 0, failed: 1, skipped: 0, rescued: 0, ignored: 1 });
    }));

  it('are tried again until they succeed, and say how often', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- name: third
  shell: echo x >> ${directory}/tries; test $(wc -l < ${directory}/tries) -ge 3
  register: r
  until: r is succeeded
  retries: 5
  delay: 0
- name: gives up
  command: "false"
  register: g
  until: g.rc == 0
  retries: 2
  delay: 0
  ignore_errors: true
- debug: {msg: "{{ r.attempts }} {{ g.attempts }}"}`),
        'a',
      );

      assert.deepEqual(played.said, ['a: 3 2']);
    }));

  it('leave out parameters that are omit, and keep the type of a lone template', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- name: file
  copy: {content: x, dest: "${directory}/f", mode: "{{ mode | default(omit) }}"}
- set_fact: {n: "{{ 1 + 1 }}", l: "{{ [1, 2] }}"}
- debug: {msg: "{{ n is integer }} {{ l | length }}"}`),
        'a',
      );

      assert.deepEqual(played.said, ['a: True 2']);
      assert.equal(played.statuses.file?.a, 'changed');
    }));

  it('see environment, and hide what no_log says', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- name: env
  command: printenv GREETING
  environment: {GREETING: "it's {{ inventory_hostname }}"}
- name: secret
  shell: echo hunter2
  no_log: true`),
        'a',
      );

      assert.equal(played.results.env?.a?.stdout, "it's a");
      assert.equal(JSON.stringify(played.events).includes('hunter2'), false);
      assert.match(String(played.results.secret?.a?.censored), /no_log/);
    }));

  it('name the variable that is not there, and its file and line', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(directory, tasks('- name: oops\n  debug: {msg: "{{ nope.deeper }}"}'), 'a');

      const finished = played.events.find((event) => event.kind === 'task-finished');
      assert.ok(finished?.kind === 'task-finished' && finished.error !== undefined);
      assert.equal(finished.error.code, 'UNDEFINED_VARIABLE');
      assert.match(finished.error.message, /nope\.deeper/);
      assert.ok(typeof finished.error.where === 'object' && finished.error.where.line === 5);
    }));

  it('find a circle of variables, and name it', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        `${head}  vars: {x: "{{ y }}", y: "{{ x }}"}\n  tasks:\n    - name: loop\n      debug: {msg: "{{ x }}"}\n`,
        'a',
      );

      assert.match(String(played.results.loop?.a?.msg), /x -> y -> x/);
    }));
});

describe('blocks', () => {
  it('rescue what failed, and always end', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- block:
    - name: breaks
      command: "{{ (inventory_hostname == 'a') | ternary('false', 'true') }}"
    - debug: {msg: not after a failure}
  rescue:
    - debug: {msg: "rescued {{ ansible_failed_task.name }} {{ ansible_failed_result.rc }}"}
  always:
    - debug: {msg: always}
- debug: {msg: after}`),
      );

      assert.deepEqual(played.said.toSorted(), [
        'a: after',
        'a: always',
        'a: rescued breaks 1',
        'b: after',
        'b: always',
        'b: not after a failure',
      ]);
      assert.equal(played.recap.a?.rescued, 1);
      assert.equal(played.recap.a?.failed, 0);
    }));

  it('hand their condition down to every task', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- when: inventory_hostname == 'b'\n  block:\n    - name: inside\n      command: "true"`),
      );

      assert.deepEqual(played.statuses.inside, { a: 'skipped', b: 'changed' });
    }));
});

describe('handlers', () => {
  const play = `${head}  tasks:
    - name: change
      command: "true"
      notify: [second, topic]
    - name: same again
      command: "true"
      notify: second
    - name: unchanged
      command: "true"
      changed_when: false
      notify: third
  handlers:
    - name: first
      debug: {msg: first}
      listen: topic
    - name: second
      debug: {msg: second}
    - name: third
      debug: {msg: third}
`;

  it('run once, in the order they are written, only when something changed', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(directory, play, 'a');

      assert.deepEqual(played.said, ['a: first', 'a: second']);
    }));

  it('run where flush_handlers says, and are lost to a host that failed', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        `${head}  tasks:
    - command: "true"
      notify: h
    - meta: flush_handlers
    - debug: {msg: after flush}
    - command: "true"
      notify: h
    - command: "false"
      when: inventory_hostname == 'a'
  handlers:
    - name: h
      debug: {msg: handled}
`,
      );

      assert.deepEqual(played.said, ['a: handled', 'b: handled', 'a: after flush', 'b: after flush', 'b: handled']);
    }));
});

describe('variables', () => {
  it('win in the order of Ansible', async () =>
    await inDirectory(async (directory) => {
      await mkdir(path.join(directory, 'group_vars'));
      await mkdir(path.join(directory, 'host_vars'));
      await writeFile(
        path.join(directory, 'group_vars/all.yml'),
        'a1: group_all\na2: group_all\na3: group_all\na4: group_all\na5: group_all\na6: group_all\n',
      );
      await writeFile(path.join(directory, 'host_vars/a.yml'), 'a2: host\na3: host\na4: host\na5: host\na6: host\n');
      const played = await playLocal(
        directory,
        `${head}  vars: {a3: play, a4: play, a5: play, a6: play}
  tasks:
    - set_fact: {a5: set}
    - debug: {msg: "{{ [a1, a2, a3, a4, a5, a6] | join(' ') }}"}
      vars: {a4: task, a5: task, a6: task}
`,
        'a a1=inline',
        { extraVars: dict({ a6: 'extra' }) },
      );

      assert.deepEqual(played.said, ['a: inline host play task set extra']);
    }));

  it('of other hosts are seen through hostvars, groups and magic names', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- set_fact: {mine: "I am {{ inventory_hostname }}"}
- debug: {msg: "{{ hostvars['b'].mine }} {{ hostvars['b']['port'] }} {{ groups.web | join }} {{ group_names }} {{ ansible_play_hosts }} {{ playbook_dir == '${directory}' }}"}
  when: inventory_hostname == 'a'`),
        '[web]\na\nb port=8080\n',
      );

      assert.deepEqual(played.said, ["a: I am b 8080 ab ['web'] ['a', 'b'] True"]);
    }));

  it('from a host are never templated', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- shell: printf '%s' '{''{ 1 + 1 }}'\n  register: r\n- set_fact: {copy: "{{ r.stdout }}"}\n- debug: {msg: "{{ copy }}"}`),
        'a',
      );

      assert.deepEqual(played.said, ['a: {{ 1 + 1 }}']);
    }));
});

describe('plays', () => {
  it('go in batches, and stop when a whole batch is lost', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        `- hosts: all\n  gather_facts: false\n  serial: [1, 2]\n  tasks:\n    - name: t\n      command: "{{ (inventory_hostname in ['b', 'c']) | ternary('false', 'true') }}"\n`,
        'a\nb\nc\nd',
      );

      assert.deepEqual(played.statuses.t, { a: 'changed', b: 'failed', c: 'failed' });
    }));

  it('stop for everybody at a fatal error, or when too many failed', async () =>
    await inDirectory(async (directory) => {
      const text = (keyword: string): string =>
        `- hosts: all\n  gather_facts: false\n  ${keyword}\n  tasks:\n    - command: "{{ (inventory_hostname == 'a') | ternary('false', 'true') }}"\n    - name: later\n      command: "true"\n`;

      const fatal = await playLocal(directory, text('any_errors_fatal: true'), 'a\nb\nc\nd');
      const strict = await playLocal(directory, text('max_fail_percentage: 24'), 'a\nb\nc\nd');
      const lenient = await playLocal(directory, text('max_fail_percentage: 25'), 'a\nb\nc\nd');

      assert.equal(fatal.statuses.later, undefined);
      assert.equal(strict.statuses.later, undefined);
      assert.deepEqual(new Set(Object.keys(lenient.statuses.later ?? {})), new Set(['b', 'c', 'd']));
    }));

  it('run a task once, and share what it registered', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(`- name: once\n  command: echo {{ inventory_hostname }}\n  register: r\n  run_once: true\n- debug: {msg: "{{ r.stdout }}"}`),
      );

      assert.deepEqual(Object.keys(played.statuses.once ?? {}), ['a']);
      assert.deepEqual(played.said, ['a: a', 'b: a']);
    }));

  it('choose tasks by tags', async () =>
    await inDirectory(async (directory) => {
      const text = tasks(`- {name: one, command: "true", tags: [x]}
- {name: two, command: "true", tags: "y,z"}
- {name: three, command: "true"}
- {name: four, command: "true", tags: always}
- {name: five, command: "true", tags: [never, w]}`);
      const started = async (tags: string[], skipTags: string[] = []): Promise<readonly string[]> =>
        (await playLocal(directory, text, 'a', { tags, skipTags })).started;

      assert.deepEqual(await started([]), ['one', 'two', 'three', 'four']);
      assert.deepEqual(await started(['x']), ['one', 'four']);
      assert.deepEqual(await started(['w']), ['four', 'five']);
      assert.deepEqual(await started(['tagged'], ['z']), ['one', 'four']);
      assert.deepEqual(await started(['untagged']), ['three', 'four']);
      assert.deepEqual(await started(['x'], ['always']), ['one']);
    }));

  it('change nothing in check mode, and say what would', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks(
          `- name: file\n  copy: {content: "x\\n", dest: "${directory}/new"}\n- name: cmd\n  command: touch ${directory}/touched\n- name: always\n  command: touch ${directory}/really\n  check_mode: false`,
        ),
        'a',
        { checkMode: true, diff: true },
      );

      assert.deepEqual([played.statuses.file?.a, played.statuses.cmd?.a, played.statuses.always?.a], ['changed', 'skipped', 'changed']);
      assert.deepEqual(
        ['new', 'touched', 'really'].map((name) => existsSync(path.join(directory, name))),
        [false, false, true],
      );
      assert.match(JSON.stringify(played.results.file?.a?.diff), /x/);
    }));

  it('render templates and send files from beside the playbook', async () =>
    await inDirectory(async (directory) => {
      await mkdir(path.join(directory, 'templates'));
      await mkdir(path.join(directory, 'files'));
      await writeFile(
        path.join(directory, 'templates/app.j2'),
        '# {{ ansible_managed }}\n{% for p in ports %}\nlisten {{ p }}\n{% endfor %}\n',
      );
      await writeFile(path.join(directory, 'files/big'), Buffer.alloc(200_000, 'x'));
      const text = `${head}  vars: {ports: [80, 443]}\n  tasks:\n    - name: template\n      template: {src: app.j2, dest: "${directory}/app.conf", mode: "0640"}\n    - name: copy\n      copy: {src: big, dest: "${directory}/big.out"}\n`;

      const first = await playLocal(directory, text, 'a');
      const second = await playLocal(directory, text, 'a');

      assert.equal(await readFile(path.join(directory, 'app.conf'), 'utf8'), '# Ansible managed\nlisten 80\nlisten 443\n');
      assert.equal((await stat(path.join(directory, 'app.conf'))).mode & 0o777, 0o640);
      assert.equal((await stat(path.join(directory, 'big.out'))).size, 200_000);
      assert.deepEqual([first.recap.a?.changed, second.recap.a?.changed], [2, 0]);
    }));

  it('count an unreachable host, and go on with the others', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        tasks('- name: t\n  command: "true"'),
        'a\ngone ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1 ansible_user=nobody\n',
      );

      assert.deepEqual(played.statuses.t, { a: 'changed', gone: 'unreachable' });
      assert.equal(played.recap.gone?.unreachable, 1);
    }));

  it('end as cancelled when aborted, with a recap', async () =>
    await inDirectory(async (directory) => {
      const abort = new AbortController();
      const waiting = playLocal(
        directory,
        tasks(`- name: slow\n  shell: touch ${directory}/up; sleep 60\n- name: never\n  command: "true"`),
        'a',
        { signal: abort.signal },
      );
      while (!existsSync(path.join(directory, 'up'))) await new Promise((resolve) => setTimeout(resolve, 10));

      abort.abort();
      const played = await waiting;

      assert.equal(played.statuses.slow?.a, 'cancelled');
      assert.equal(played.statuses.never, undefined);
      assert.equal(played.events.at(-1)?.kind, 'recap');
    }));
});
