// vars_files and include_vars: which files are read, when, and what is said where there is none.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { inDirectory, type Played, playLocal } from '../play-local.ts';

async function play(text: string, files: Readonly<Record<string, string>>, hosts = 'a\nb'): Promise<Played> {
  return await inDirectory(async (directory) => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
      await writeFile(path.join(directory, name), content);
    }
    return await playLocal(directory, text, hosts);
  });
}

const files = (entries: string, tasks: string): string =>
  `- hosts: all\n  gather_facts: false\n  vars: {kind: web}\n  vars_files: ${entries}\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;

describe('vars_files', () => {
  it('may name a file for each host, by variables of the host and files before', async () => {
    const { said } = await play(
      files('[first.yml, "{{ kind }}-{{ inventory_hostname }}-{{ number }}.yml"]', '- debug: {msg: "{{ what }}"}'),
      { 'first.yml': 'number: 1', 'web-a-1.yml': 'what: of a', 'vars/web-b-1.yml': 'what: of b' },
    );

    assert.deepEqual(said.toSorted(), ['a: of a', 'b: of b']);
  });

  it('take the first file of a list that exists', async () => {
    const { said } = await play(
      files('[["no-{{ kind }}.yml", "{{ kind }}.yml", last.yml]]', '- debug: {msg: "{{ what }}"}'),
      {
        'web.yml': 'what: web',
        'last.yml': 'what: last',
      },
      'a',
    );

    assert.deepEqual(said, ['a: web']);
  });

  it('are left out while their names need what is not there yet', async () => {
    const { said } = await play(files('["{{ ansible_os_family }}.yml"]', '- debug: {msg: "{{ what | default(\'not yet\') }}"}'), {}, 'a');

    assert.deepEqual(said, ['a: not yet']);
  });

  it('fail a host whose file is not there, and name the places', async () => {
    const { events } = await play(files('["{{ inventory_hostname }}.yml"]', '- debug: {msg: "{{ what }}"}'), { 'a.yml': 'what: 1' });

    const failed = events.flatMap((event) => (event.kind === 'task-finished' && event.status === 'failed' ? [event] : []));
    assert.deepEqual(
      failed.map(({ host, error }) => [host, error?.code]),
      [['b', 'FILE_NOT_FOUND']],
    );
    assert.match(failed[0]?.error?.message ?? '', /vars\/b\.yml or .*b\.yml/);
  });

  it('are a fault of the playbook where a plain name is nobody', async () => {
    await assert.rejects(play(files('[nowhere.yml]', '- debug:'), {}), { code: 'PLAYBOOK_NOT_FOUND' });
  });
});

describe('include_vars', () => {
  const include = (args: string): string =>
    `- hosts: a\n  gather_facts: false\n  tasks:\n    - {name: include, include_vars: ${args}, ignore_errors: true}\n    - debug: {msg: "{{ x | default('-') }}"}\n`;

  it('reads variables whose templates are worked out when they are used', async () => {
    const { said } = await play(
      `${include('file.yml')}    - debug: {msg: "{{ x }}"}\n      vars: {y: 2}\n`,
      { 'vars/file.yml': 'x: "{{ y | default(1) }}"' },
      'a',
    );

    assert.deepEqual(said, ['a: 1', 'a: 2']);
  });

  it('refuses a file together with what belongs to a directory', async () => {
    const { results } = await play(include('{file: f.yml, depth: 1}'), { 'f.yml': 'x: 1' }, 'a');

    assert.match(String(results.include?.a?.msg), /`file` and `depth` exclude each other/);
  });

  it('refuses to merge dicts, before anything is played', async () => {
    await assert.rejects(play(include('{file: f.yml, hash_behaviour: merge}'), {}), { code: 'BAD_PARAMETER', fix: /combine/ });
  });

  it('says which file of a directory has an ending that it does not read', async () => {
    const { results, said } = await play(include('{dir: d}'), { 'd/a.yml': 'x: 1', 'd/b.txt': 'x: 2' }, 'a');

    assert.match(String(results.include?.a?.msg), /d\/b\.txt does not have a valid extension/);
    assert.deepEqual(said, ['a: -']);
  });
});
