// Parts of the language that need no other program beside them: strategies, questions, orders, what is read anew.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Inventory } from '#src/inventory/inventory';
import { Playbook } from '#src/playbook/playbook';
import { inDirectory, playLocal } from './play-local.ts';

const head = '- hosts: all\n  gather_facts: false\n';

describe('the strategy free', () => {
  it('lets no host wait for another', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        `${head}  strategy: free
  tasks:
    - {name: waits, shell: "while [ ! -e ${directory}/go ]; do sleep 0.05; done", when: inventory_hostname == 'a'}
    - {name: opens, file: {path: "${directory}/go", state: touch}, when: inventory_hostname == 'b', notify: told}
    - {name: last, debug: {msg: "{{ inventory_hostname }}"}}
  handlers:
    - {name: told, debug: {msg: told}}
`,
      );

      // In lockstep this play would never end: `a` waits for what `b` does one task later.
      assert.deepEqual(played.said.toSorted(), ['a: a', 'b: b', 'b: told']);
    }));

  it('plays blocks, includes and run_once for each host by itself', async () =>
    await inDirectory(async (directory) => {
      await writeFile(path.join(directory, 'more.yml'), '- {name: more, debug: {msg: more}}\n');
      const played = await playLocal(
        directory,
        `${head}  strategy: host_pinned
  tasks:
    - block:
        - {name: breaks, fail: {msg: x}, when: inventory_hostname == 'a'}
        - {include_tasks: more.yml}
      rescue:
        - {name: rescue, debug: {msg: rescued}}
    - {name: once, debug: {msg: once}, run_once: true}
`,
        'a\nb',
        { forks: 1 },
      );

      assert.deepEqual(played.said, ['a: rescued', 'a: once', 'b: more', 'b: once']);
    }));
});

describe('a play', () => {
  it('orders its hosts', async () =>
    await inDirectory(async (directory) => {
      const ordered = async (order: string): Promise<readonly string[]> =>
        (await playLocal(directory, `${head}  order: ${order}\n  tasks: [{debug: {msg: x}}]\n`, 'b\nc\na')).said.map((line) =>
          line.charAt(0),
        );

      assert.deepEqual(await ordered('inventory'), ['b', 'c', 'a']);
      assert.deepEqual(await ordered('reverse_inventory'), ['a', 'c', 'b']);
      assert.deepEqual(await ordered('sorted'), ['a', 'b', 'c']);
      assert.deepEqual(await ordered('reverse_sorted'), ['c', 'b', 'a']);
      assert.deepEqual((await ordered('shuffle')).toSorted(), ['a', 'b', 'c']);
    }));

  it('reads the inventory anew when it is told to', async () =>
    await inDirectory(async (directory) => {
      const file = path.join(directory, 'hosts.ini');
      const played = await playLocal(
        directory,
        `${head}  tasks:
    - {copy: {content: "a\\nnew\\n[all:vars]\\nansible_connection=local\\n", dest: "${file}"}}
    - {meta: refresh_inventory}
- hosts: new
  gather_facts: false
  tasks:
    - {debug: {msg: found}}
`,
        'a\nnew',
        { refreshInventory: async () => await Inventory.load([file]) },
      );

      assert.deepEqual(played.said, ['new: found']);
    }));

  it('says who must help when the inventory is to be read anew, and nobody can', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(directory, `${head}  tasks:\n    - {name: again, meta: refresh_inventory}\n`, 'a');

      assert.equal(played.statuses.again?.a, 'failed');
    }));

  it('opens a connection that was reset, and the one of whom a task is delegated to', async () =>
    await inDirectory(async (directory) => {
      const played = await playLocal(
        directory,
        `${head}  tasks:
    - {command: "echo $PPID", register: before}
    - {meta: reset_connection}
    - {name: after, command: "true"}
    - {name: elsewhere, command: "true", delegate_to: b}
`,
        'a\nb',
        { limit: 'a' },
      );

      const delegates = played.events.flatMap((event) => (event.kind === 'task-finished' ? [event.delegate] : []));
      assert.deepEqual(delegates, [undefined, undefined, undefined, 'b']);
      assert.equal(played.statuses.after?.a, 'changed');
    }));

  it('asks at a pause, and goes on where nobody is', async () =>
    await inDirectory(async (directory) => {
      const asked: string[] = [];
      const text = `${head}  tasks:
    - {pause: {prompt: "Go on?", echo: false}, register: p}
    - {debug: {msg: "{{ p.user_input }}"}}
`;

      const answered = await playLocal(directory, text, 'a', {
        pause: async ({ text: question, echo }) => {
          asked.push(`${question} ${echo}`);
          return await Promise.resolve('yes');
        },
      });
      const alone = await playLocal(directory, text, 'a');

      assert.deepEqual([asked, answered.said, alone.said], [['Go on? false'], ['a: yes'], ['a: ']]);
    }));

  it('keeps a throttle, even over hosts that fail', async () =>
    await inDirectory(async (directory) => {
      const log = path.join(directory, 'log');
      const played = await playLocal(
        directory,
        `${head}  tasks:
    - {name: one by one, shell: "mkdir ${directory}/busy || exit 9; echo x >> ${log}; sleep 0.05; rmdir ${directory}/busy", throttle: 1}
`,
        'a\nb\nc\nd',
      );

      assert.deepEqual(played.statuses['one by one'], { a: 'changed', b: 'changed', c: 'changed', d: 'changed' });
      assert.equal((await readFile(log, 'utf8')).length, 8);
    }));

  it('starts at a task inside a role', async () =>
    await inDirectory(async (directory) => {
      await mkdir(path.join(directory, 'roles/r/tasks'), { recursive: true });
      await writeFile(path.join(directory, 'roles/r/tasks/main.yml'), '- {name: x, debug: {msg: x}}\n- {name: y, debug: {msg: y}}\n');
      const text = `${head}  roles: [r]\n  tasks:\n    - {name: z, debug: {msg: z}}\n`;

      const played = await playLocal(directory, text, 'a', { startAtTask: 'y' });

      assert.deepEqual(played.said, ['a: y', 'a: z']);
      assert.deepEqual(played.started, ['r : y', 'z']);
    }));

  it('restarts a host, and goes on when it is there again', async () =>
    await inDirectory(async (directory) => {
      await writeFile(path.join(directory, 'boot'), '1');
      const text = `${head}  tasks:
    - {name: again, reboot: {reboot_command: "echo 2 > ${directory}/boot", boot_time_command: "cat ${directory}/boot", test_command: "test -e ${directory}/boot"}, register: r}
    - {debug: {msg: "{{ r.rebooted }} {{ r.elapsed }}"}}
    - {name: broken, reboot: {reboot_command: "echo no >&2; false", boot_time_command: "echo 1"}, ignore_errors: true}
    - {name: never, reboot: {reboot_command: "true", boot_time_command: "echo 1", reboot_timeout: 0}, ignore_errors: true}
    - {name: only said, reboot: {reboot_command: "rm ${directory}/boot"}, check_mode: true}
`;

      const played = await playLocal(directory, text, 'a');

      assert.deepEqual(played.said, ['a: True 0']);
      const { again, broken, never, 'only said': said } = played.statuses;
      assert.deepEqual([again?.a, broken?.a, never?.a, said?.a], ['changed', 'failed (ignored)', 'failed (ignored)', 'changed']);
      assert.match(String(played.results.broken?.a?.msg), /Reboot command failed: no/);
    }));

  it('fetches files below the name of their host, and lets no name lead elsewhere', async () =>
    await inDirectory(async (directory) => {
      await mkdir(path.join(directory, 'got'));
      await writeFile(path.join(directory, 'source'), 'content\n');
      const text = `${head}  tasks:
    - {name: fetched, fetch: {src: "${directory}/source", dest: got}}
    - {name: again, fetch: {src: "${directory}/source", dest: got}}
    - {name: flat, fetch: {src: "${directory}/source", dest: got/, flat: true}}
    - {name: outside, fetch: {src: "${directory}/../../../../../../../../../../../../etc/passwd", dest: got}, ignore_errors: true}
    - {name: directory, fetch: {src: "${directory}", dest: got}, ignore_errors: true}
    - {name: missing, fetch: {src: /nowhere, dest: got, fail_on_missing: false}}
`;

      const played = await playLocal(directory, text, 'a');

      const statuses = Object.entries(played.statuses).map(([task, { a }]) => `${task} ${a}`);
      assert.deepEqual(statuses, [
        'fetched changed',
        'again ok',
        'flat changed',
        'outside failed (ignored)',
        'directory failed (ignored)',
        'missing ok',
      ]);
      assert.equal(await readFile(path.join(directory, 'got/a', directory, 'source'), 'utf8'), 'content\n');
      assert.deepEqual((await readdir(path.join(directory, 'got'))).toSorted(), ['a', 'source']);
    }));

  it('keeps no files of jobs that it waited for', async () =>
    await inDirectory(async (directory) => {
      const text = `${head}  vars: {ansible_async_dir: ${directory}/jobs}
  tasks:
    - {name: job, shell: "echo $SECRET", async: 10, poll: 1, environment: {SECRET: s3}, register: j}
    - {debug: {msg: "{{ j.stdout }}"}}
`;

      const played = await playLocal(directory, text, 'a');

      assert.deepEqual(played.said, ['a: s3']);
      assert.deepEqual(await readdir(path.join(directory, 'jobs')), []);
    }));

  it('leaves a job to itself, and tells how it stands when asked', async () =>
    await inDirectory(async (directory) => {
      const text = `${head}  vars: {ansible_async_dir: ${directory}/jobs}
  tasks:
    - {name: job, shell: "while [ ! -e ${directory}/go ]; do sleep 0.05; done; echo done", async: 60, poll: 0, register: j}
    - {name: early, async_status: {jid: "{{ j.ansible_job_id }}"}, register: early}
    - {name: private, stat: {path: "{{ j.results_file }}.sh"}, register: s}
    - {meta: reset_connection}
    - {file: {path: "${directory}/go", state: touch}}
    - {name: late, async_status: {jid: "{{ j.ansible_job_id }}"}, register: late, until: late is finished, retries: 50, delay: 0.1}
    - {debug: {msg: "{{ early.finished }} {{ s.stat.mode }} {{ late.finished }} {{ late.stdout }}"}}
    - {name: stranger, async_status: {jid: "../../etc"}, ignore_errors: true}
`;

      const played = await playLocal(directory, text, 'a');

      assert.deepEqual(played.said, ['a: 0 0600 1 done']);
      assert.equal(played.statuses.stranger?.a, 'failed (ignored)');
    }));
});

describe('an include', () => {
  it('that never ends fails its host instead of the program', async () =>
    await inDirectory(async (directory) => {
      await writeFile(path.join(directory, 'again.yml'), '- {include_tasks: again.yml}\n');

      const played = await playLocal(
        directory,
        `${head}  tasks:\n    - {include_tasks: again.yml}\n    - {name: not reached, debug: {msg: x}}\n`,
        'a',
      );

      assert.equal(played.recap.a?.failed, 1);
      assert.ok(played.events.some((event) => event.kind === 'task-finished' && event.error?.code === 'INCLUDE_TOO_DEEP'));
    }));

  it('with a name that is made on the way fails the host where the file is wrong', async () =>
    await inDirectory(async (directory) => {
      await writeFile(path.join(directory, 'bad.yml'), '- {comand: ls}\n');

      const played = await playLocal(directory, `${head}  tasks:\n    - {name: inc, include_tasks: "{{ 'bad' }}.yml"}\n`, 'a');

      assert.equal(played.statuses.inc?.a, 'failed');
      assert.ok(played.events.some((event) => event.kind === 'task-finished' && event.error?.code === 'UNKNOWN_MODULE'));
    }));

  it('of a role brings its templates, files and other templates beside them', async () =>
    await inDirectory(async (directory) => {
      const role = path.join(directory, 'roles/r');
      await Promise.all(['tasks', 'templates', 'files'].map(async (name) => await mkdir(path.join(role, name), { recursive: true })));
      await writeFile(path.join(role, 'templates/a.j2'), "{% include 'b.j2' %}{{ lookup('file', 'f') }}");
      await writeFile(path.join(role, 'templates/b.j2'), 'b and ');
      await writeFile(path.join(role, 'files/f'), 'f\n');
      await writeFile(path.join(role, 'tasks/main.yml'), `- {template: {src: a.j2, dest: "${directory}/out"}}\n`);

      await playLocal(directory, `${head}  tasks:\n    - {include_role: {name: r}}\n`, 'a');

      assert.equal(await readFile(path.join(directory, 'out'), 'utf8'), 'b and f');
    }));
});

describe('a plan', () => {
  it('knows that hosts may be made on the way, and what is a slip', async () =>
    await inDirectory(async (directory) => {
      await writeFile(path.join(directory, 'hosts.ini'), 'a\n');
      const inventory = await Inventory.load([path.join(directory, 'hosts.ini')]);
      const load = async (tasks: string): Promise<Playbook> => {
        const file = path.join(directory, 'site.yml');
        await writeFile(file, `${head}  tasks: ${tasks}\n- hosts: later\n  gather_facts: false\n  tasks: [{debug: {msg: x}}]\n`);
        return Playbook.load([file]);
      };
      const making = await load('[{add_host: {name: b, groups: later}, when: false}]');

      const events = [];
      for await (const event of making.play({ inventory })) events.push(event.kind);

      assert.deepEqual(making.plan({ inventory })[1]?.hosts, []);
      assert.equal(events.at(-1), 'recap');
      assert.throws(() => making.plan({ inventory, limit: 'nobody' }), { code: 'PATTERN_NO_MATCH' });
      const plain = await load('[{debug: {msg: x}}]');
      assert.throws(() => plain.plan({ inventory }), { code: 'PATTERN_NO_MATCH' });
    }));

  it('lists the tasks of roles and imports, and includes as one', async () =>
    await inDirectory(async (directory) => {
      await mkdir(path.join(directory, 'roles/r/tasks'), { recursive: true });
      await writeFile(path.join(directory, 'roles/r/tasks/main.yml'), '- {name: x, debug: {msg: x}, tags: deep}\n');
      await writeFile(path.join(directory, 'more.yml'), '- {name: more, debug: {msg: more}}\n');
      const file = path.join(directory, 'site.yml');
      await writeFile(
        file,
        `${head}  roles: [{role: r, tags: [t]}]\n  tasks:\n    - {import_tasks: more.yml}\n    - {name: inc, include_tasks: more.yml}\n`,
      );
      await writeFile(path.join(directory, 'hosts.ini'), 'a\n');

      const plan = Playbook.load([file]).plan({ inventory: await Inventory.load([path.join(directory, 'hosts.ini')]) });

      assert.deepEqual(plan[0]?.tasks, [
        { name: 'r : x', tags: ['deep', 't'] },
        { name: 'more', tags: [] },
        { name: 'inc', tags: [] },
      ]);
    }));
});
