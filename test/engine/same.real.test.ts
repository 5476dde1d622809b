// The same command with and without --engine: the same events, the same exit code, the same journal.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Finished, sshoal } from '../cli/program-run.ts';
import { needs } from '../support/real.ts';
import { Crew } from './crew.ts';

const PLAYBOOK = `
- name: first
  hosts: all
  gather_facts: false
  serial: 2
  vars: { half: 0.5, big: 12345678901234567890 }
  tasks:
    - name: loop
      command: echo {{ item }} {{ half }} {{ big }}
      loop: [1, 2]
      register: said
      notify: tell
    - name: fails on one, and is rescued
      block:
        - command: test {{ inventory_hostname }} != web02
      rescue:
        - debug: { msg: "rescued {{ ansible_failed_task.name | default('it') }}" }
      always:
        - set_fact: { length: "{{ said.results | length }}" }
    - name: ignored
      command: "false"
      ignore_errors: true
    - name: skipped
      ping:
      when: false
    - name: hidden
      command: echo secret
      no_log: true
    - name: not for all
      fail: { msg: "{{ inventory_hostname }} has {{ length }}" }
      when: inventory_hostname == 'web04'
  handlers:
    - name: tell
      debug: { msg: "{{ hostvars['web01'].said.results[0].stdout }}" }
- name: second
  hosts: all
  gather_facts: false
  tasks:
    - add_host: { name: made, ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1 }
    - ping:
- name: third
  hosts: made
  gather_facts: false
  tasks: [{ ping: }]
`;

/** Without what differs each time, and with hosts in one order. */
function plain(stdout: string): string[] {
  const without = (name: string, value: unknown): unknown =>
    ['at', 'durationMs', 'elapsedMs', 'connectMs', 'start', 'end', 'delta'].includes(name) ? undefined : value;
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.stringify(JSON.parse(line) as unknown, without))
    .toSorted();
}

describe('a command that others carry out', needs('redis-server'), () => {
  let crew: Crew;

  before(async () => {
    crew = await Crew.start(2, { lease: '6s' });
    await crew.write('site.yml', PLAYBOOK);
  });
  after(async () => await crew[Symbol.asyncDispose]());

  const here = async (...words: string[]): Promise<Finished> => {
    const [verb = '', ...rest] = words;
    return await sshoal([verb, '-i', 'hosts.ini', ...rest], {
      cwd: crew.directory,
      env: { XDG_STATE_HOME: path.join(crew.directory, 'here') },
    });
  };
  const elsewhere = async (...words: string[]): Promise<Finished> => await crew.call(words[0] ?? '', words.slice(1));
  const both = async (...words: string[]): Promise<[Finished, Finished]> => [await here(...words), await elsewhere(...words)];

  it('plays with the same events and exit code', async () => {
    const [own, others] = await both('play', 'site.yml', '-o', 'jsonl');

    assert.equal(own.code, 4, own.stderr);
    assert.equal(others.code, own.code, others.stderr);
    assert.deepEqual(plain(others.stdout), plain(own.stdout));
  });

  it('says what would change, with the same differences', async () => {
    await crew.write(
      'copy.yml',
      `- hosts: web01\n  gather_facts: false\n  tasks:\n    - copy: { content: "new\\n", dest: ${crew.directory}/there }\n`,
    );

    const [own, others] = await both('play', 'copy.yml', '--check', '--diff', '-o', 'jsonl');

    assert.deepEqual([others.code, plain(others.stdout)], [own.code, plain(own.stdout)]);
  });

  it('runs with the same events and exit code, and writes the same journal', async () => {
    const [own, others] = await both('run', 'all', '-o', 'jsonl', '--', 'echo "$0"; echo oops >&2; exit 3');

    assert.deepEqual([others.code, plain(others.stdout)], [own.code, plain(own.stdout)]);
    const journal = async (state: string): Promise<string> => {
      const directory = path.join(crew.directory, state, 'sshoal', 'runs');
      const [last = ''] = (await readdir(directory))
        .filter((name) => name.endsWith('.jsonl'))
        .toSorted()
        .reverse();
      const [, ...lines] = (await readFile(path.join(directory, last), 'utf8')).trim().split('\n');
      return lines
        .map((line) => line.replaceAll(/"\w+Ms":\d+(?:\.\d+)?,?/g, ''))
        .toSorted()
        .join('\n');
    };
    assert.equal(await journal('state'), await journal('here'));
  });

  it('tells in the same words what only shows while it plays', async () => {
    await crew.write('late.yml', '- hosts: all\n  gather_facts: false\n  serial: "{{ nobody_knows_it }}"\n  tasks: [{ ping: }]\n');

    const [own, others] = await both('play', 'late.yml');

    const told = (stderr: string): string => stderr.replace(/^note: handed over.*\n/, '').replaceAll(`${crew.directory}/`, '');
    assert.match(own.stderr, /nobody_knows_it/);
    assert.deepEqual([others.code, told(others.stderr)], [own.code, told(own.stderr)]);
  });

  it('refuses the same mistakes before anything is handed over', async () => {
    await crew.write('wrong.yml', '- hosts: all\n  tasks: [{ pingg: }]\n');

    for (const words of [
      ['play', 'wrong.yml'],
      ['play', 'nothing.yml'],
      ['run', 'nobody', '--', 'id'],
    ]) {
      const [own, others] = await both(...words);

      assert.deepEqual([others.code, others.stderr], [own.code, own.stderr], words.join(' '));
      assert.equal(own.code, 1);
    }
  });
});
