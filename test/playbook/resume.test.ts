// Plays taken up again behind each of their events: what is left to do is what was not done, and the end is the same.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { ItemFinished, TaskFinished, TaskRecord } from '#src/playbook/events';
import { inDirectory, type Played, playLocal } from './play-local.ts';

const ends = ({ events }: Played): TaskFinished[] => events.filter((event) => event.kind === 'task-finished');
const told = (events: readonly TaskFinished[]): string[] =>
  events.map(({ task, host, status, result }) => `${task.name} ${host} ${status} ${String(result.get('msg') as string)}`).toSorted();

function doneBy(events: readonly TaskFinished[], again: (event: TaskFinished) => boolean = () => false): Map<string, TaskRecord[]> {
  const done = new Map<string, TaskRecord[]>();
  for (const finished of events) done.set(finished.host, [...(done.get(finished.host) ?? []), { finished, again: again(finished) }]);
  return done;
}

/** Plays it, then goes on behind every end of a task. */
async function takenUpEverywhere(text: string, hosts?: string): Promise<void> {
  await inDirectory(async (directory) => {
    await writeFile(
      path.join(directory, 'more.yml'),
      '- debug: {msg: "more {{ item }} of {{ inventory_hostname }}"}\n  notify: told\n  changed_when: true\n',
    );
    const whole = await playLocal(directory, text, hosts);
    assert.ok(ends(whole).length > 3);

    for (let cut = 0; cut <= ends(whole).length; cut++) {
      const rest = await playLocal(directory, text, hosts, { resume: doneBy(ends(whole).slice(0, cut)) });

      assert.deepEqual(told(ends(rest)), told(ends(whole).slice(cut)), `taken up behind event ${cut}`);
      assert.deepEqual(rest.recap, whole.recap, `taken up behind event ${cut}`);
    }
  });
}

const HANDLERS = `  handlers:
    - name: told
      debug: {msg: "told {{ inventory_hostname }}"}
    - name: other
      debug: {msg: other}
      listen: [both]
    - name: last
      debug: {msg: last}
      listen: [both]
`;

describe('a play that goes on where another one stopped', () => {
  it('keeps facts, registered values, loops, blocks and handlers', async () => {
    await takenUpEverywhere(`- hosts: all
  gather_facts: false
  tasks:
    - set_fact: {n: "{{ inventory_hostname }}1", cacheable: true}
    - debug: {msg: "registered {{ n }}"}
      register: r
      changed_when: true
      notify: [told, both]
    - set_fact: {"x_{{ item }}": "{{ item }} {{ r.msg }}"}
      loop: [a, b]
    - meta: flush_handlers
    - block:
        - assert: {that: inventory_hostname == 'b'}
          notify: told
          changed_when: true
        - debug: {msg: "through with {{ x_b }}"}
      rescue:
        - debug: {msg: "rescued {{ ansible_failed_task.name }}"}
          changed_when: true
          notify: told
      always:
        - debug: {msg: "always {{ hostvars.a.x_a }}"}
    - fail: {msg: ignored}
      ignore_errors: true
    - debug: {msg: "end {{ r is changed }}"}
${HANDLERS}- hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: "next {{ x_a }} {{ n }}"}
`);
  });

  it('keeps what is included, once for each time, and where hosts left', async () => {
    await takenUpEverywhere(
      `- hosts: all
  gather_facts: false
  tasks:
    - include_tasks: more.yml
      loop: [1, 2]
      when: inventory_hostname != 'c'
    - include_tasks: more.yml
      vars: {item: again}
    - meta: end_host
      when: inventory_hostname == 'a'
    - debug: {msg: after}
${HANDLERS}`,
      'a\nb\nc\n',
    );
  });

  it('keeps batches, failed hosts, what one did for all, and new hosts and groups', async () => {
    await takenUpEverywhere(
      `- hosts: all
  serial: [1, 2]
  gather_facts: false
  tasks:
    - debug: {msg: "for all {{ inventory_hostname }}"}
      run_once: true
      register: shared
    - debug: {msg: "{{ shared.msg }} seen"}
    - fail: {msg: broken}
      when: inventory_hostname == 'b'
    - group_by: {key: "left_{{ inventory_hostname }}", parents: left}
    - add_host: {name: new, groups: [made], of: "{{ shared.msg }}"}
    - debug: {msg: for c}
      delegate_to: c
      delegate_facts: true
- hosts: left:made
  gather_facts: false
  tasks:
    - debug: {msg: "in {{ group_names | sort | join(' ') }} {{ of | default('') }}"}
`,
      'a\nb\nc\nd\n',
    );
  });

  it('keeps what each host did alone where none waits for the others', async () => {
    await takenUpEverywhere(`- hosts: all
  strategy: free
  gather_facts: false
  tasks:
    - debug: {msg: one}
      changed_when: true
      notify: both
    - include_tasks: more.yml
      loop: "{{ ['x', inventory_hostname] }}"
    - debug: {msg: two}
${HANDLERS}`);
  });

  it('does of a loop only the items that had not ended, and has the results of all of them', async () => {
    const text = `- hosts: all
  gather_facts: false
  tasks:
    - set_fact: {list: [x, y, z]}
    - set_fact: {"of_{{ item }}": "{{ item }}{{ run }}"}
      loop: "{{ list }}"
      register: r
      loop_control: {index_var: i, label: "<{{ item }}>"}
      changed_when: item != 'y'
      notify: "got {{ item }}"
    - debug: {msg: "{{ of_x }} {{ of_y }} {{ of_z }} {{ r.results | map(attribute='i') | list }} {{ r.results | map(attribute='changed') | list }}"}
  handlers:
    - name: got x
      debug: {msg: got x}
    - name: got y
      debug: {msg: got y}
    - name: got z
      debug: {msg: got z}
`;
    const items = ({ events }: Played): ItemFinished[] => events.filter((event) => event.kind === 'item-finished');
    await inDirectory(async (directory) => {
      const whole = await playLocal(directory, text, 'a\n', { extraVars: new Map([['run', 1]]) });
      const before = ends(whole).slice(0, 1);

      for (let cut = 0; cut <= 3; cut++) {
        const done = { resume: doneBy(before), resumeItems: new Map([['a', items(whole).slice(0, cut)]]) };
        const rest = await playLocal(directory, text, 'a\n', { ...done, extraVars: new Map([['run', 2]]) });

        assert.deepEqual(
          items(rest).map(({ item, index }) => [item, index]),
          [['<x>', 0] as const, ['<y>', 1] as const, ['<z>', 2] as const].slice(cut),
        );
        const values = ['x', 'y', 'z'].map((name, i) => `${name}${i < cut ? 1 : 2}`).join(' ');
        assert.equal(rest.said[0], `a: ${values} [0, 1, 2] [True, False, True]`);
        assert.deepEqual(rest.said.slice(1), whole.said.slice(1));
        assert.deepEqual(rest.recap, whole.recap);
      }
    });
  });

  it('does all items of a loop again that goes over something else by now', async () => {
    const text = `- hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: "{{ item }}"}
      loop: "{{ over }}"
      register: r
    - debug: {msg: "{{ r.results | map(attribute='msg') | list }}"}
`;
    await inDirectory(async (directory) => {
      const first = await playLocal(directory, text, 'a\n', { extraVars: new Map([['over', ['x', 'y', 'z']]]) });
      const items = first.events.filter((event) => event.kind === 'item-finished').slice(0, 2);

      const rest = await playLocal(directory, text, 'a\n', {
        ...{ resume: new Map(), resumeItems: new Map([['a', items]]) },
        extraVars: new Map([['over', ['y', 'x', 'z']]]),
      });

      assert.deepEqual(
        rest.events.flatMap((event) => (event.kind === 'item-finished' ? [event.item] : [])),
        ['y', 'x', 'z'],
      );
      assert.equal(rest.said.at(-1), 'a: y,x,z');
    });
  });

  it('has the values of the run before, whatever they would be by now', async () => {
    const text = `- hosts: all
  gather_facts: false
  tasks:
    - set_fact: {fact: "{{ run }}"}
    - debug: {msg: "{{ run }}"}
      register: r
    - debug: {msg: "{{ fact }} {{ r.msg }} {{ run }}"}
`;
    await inDirectory(async (directory) => {
      const first = await playLocal(directory, text, 'a\n', { extraVars: new Map([['run', 'first']]) });
      const resume = doneBy(ends(first).slice(0, 2));

      const { said } = await playLocal(directory, text, 'a\n', { resume, extraVars: new Map([['run', 'second']]) });

      assert.deepEqual(said, ['a: first first second']);
    });
  });

  it('does again what must be, and still tells the handlers that it had notified', async () => {
    const text = `- hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: secret}
      no_log: true
      register: r
      changed_when: first is defined
      notify: told
    - debug: {msg: "{{ r.msg }}"}
${HANDLERS}`;
    await inDirectory(async (directory) => {
      const first = await playLocal(directory, text, 'a\n', { extraVars: new Map([['first', true]]) });
      const before = ends(first).slice(0, 1);

      const rest = await playLocal(directory, text, 'a\n', { resume: doneBy(before, ({ memory }) => memory?.lost === true) });

      assert.deepEqual(before[0]?.memory, { changes: [], notified: ['told'], lost: true });
      assert.deepEqual(rest.started, ['debug', 'debug', 'told']);
      assert.deepEqual(rest.said.at(1), 'a: secret');
    });
  });

  it('tries again to reach a host that was lost, and lets who did a task for all do so again', async () => {
    const text = `- hosts: all
  gather_facts: false
  tasks:
    - command: "true"
      vars: {ansible_connection: "{{ how }}", ansible_host: 127.0.0.1, ansible_port: 1}
      when: inventory_hostname == 'a'
    - debug: {msg: once}
      run_once: true
      register: r
    - debug: {msg: "{{ r.msg }}"}
`;
    await inDirectory(async (directory) => {
      const hosts = 'a\nb\n';
      const lost = await playLocal(directory, text, hosts, { extraVars: new Map([['how', 'ssh']]) });
      const done = doneBy(ends(lost), ({ status }) => status === 'unreachable');

      const found = await playLocal(directory, text, hosts, { resume: done, extraVars: new Map([['how', 'local']]) });

      assert.equal(lost.recap.a?.unreachable, 1);
      assert.deepEqual(told(ends(found)), ['command a changed ', 'debug a ok once']);
      assert.deepEqual([found.recap.a?.unreachable, found.recap.a?.ok, found.recap.b?.ok], [0, 2, 2]);
    });
  });
});
