// What the program answers to a shell that completes.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { directoryWith } from '../config/directory.ts';
import { call } from '../fake-context.ts';

const HOSTS = '[web]\nweb01\nweb02\n[db]\ndb01\n';

/** The kind of the answer and its texts, as zsh hears them. */
async function answer(
  t: TestContext,
  words: readonly string[],
  files: Record<string, string> = { 'inventory.ini': HOSTS },
): Promise<string[]> {
  const cwd = await directoryWith(t, files);
  const { code, stdout, stderr } = await call(['complete', 'zsh', '--', ...words], { cwd, env: { HOME: cwd } });
  assert.equal(code, 0);
  assert.equal(stderr, '');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '');
}

describe('completion', () => {
  it('knows the verbs, but those of programs', async (t) => {
    const verbs = await answer(t, ['']);

    assert.deepEqual(await answer(t, ['pl']), ['names', 'play']);
    assert.ok(verbs.includes('config') && !verbs.includes('complete'));
    assert.deepEqual(await answer(t, ['--v']), ['names', '--version']);
    assert.deepEqual(await answer(t, ['nosuchverb', '']), ['names']);
  });

  it('knows the flags of the verb, and offers none twice but those that may be repeated', async (t) => {
    assert.deepEqual(await answer(t, ['play', 's.yml', '--s']), [
      'names',
      '--ssh-config',
      '--ssh-common-args',
      '--stats',
      '--skip-tags',
      '--start-at-task',
      '--step',
      '--syntax-check',
      '--splay',
    ]);
    assert.deepEqual(await answer(t, ['run', '--output', 'json', '--outp']), ['names']);
    assert.deepEqual(await answer(t, ['run', '-i', 'a', '--inv']), ['names', '--inventory']);
    assert.ok((await answer(t, ['run', '-'])).includes('-f'));
  });

  it('knows the values of choices, in all the ways to write a flag', async (t) => {
    assert.deepEqual(await answer(t, ['run', '-o', 'json']), ['names', 'json', 'jsonl']);
    assert.deepEqual(await answer(t, ['run', '--output=t']), ['names', '--output=text']);
    assert.deepEqual(await answer(t, ['run', '-oj']), ['names', '-ojson', '-ojsonl', '-ojunit']);
    assert.deepEqual(await answer(t, ['run', '-bc', 'l']), ['names', 'local']);
    assert.deepEqual(await answer(t, ['config', '']), ['names', 'show', 'path', 'init']);
  });

  it('leaves files and playbooks to the shell', async (t) => {
    assert.deepEqual(await answer(t, ['run', '-i', '']), ['files']);
    assert.deepEqual(await answer(t, ['run', '--private-key=']), ['files']);
    assert.deepEqual(await answer(t, ['put', 'web', 'm']), ['files']);
    assert.deepEqual(await answer(t, ['play', '']), ['playbooks']);
    assert.deepEqual(await answer(t, ['play', 'a.yml', '-C', '']), ['playbooks']);
  });

  it('knows hosts and groups, also after the signs of a pattern', async (t) => {
    assert.deepEqual(await answer(t, ['run', 'w']), ['names', 'web', 'web01', 'web02']);
    assert.deepEqual(await answer(t, ['run', "'web:!web0"]), ['names', 'web:!web01', 'web:!web02']);
    assert.deepEqual(await answer(t, ['run', 'web,db:&d']), ['names', 'web,db:&db', 'web,db:&db01']);
    assert.deepEqual(await answer(t, ['play', 's.yml', '-l', 'db']), ['names', 'db', 'db01']);
    assert.deepEqual(await answer(t, ['inventory', '--host=db']), ['names', '--host=db', '--host=db01']);
  });

  it('has nothing to say about commands, remote paths, ranges and regular expressions', async (t) => {
    assert.deepEqual(await answer(t, ['run', 'web', '--', '']), ['names']);
    assert.deepEqual(await answer(t, ['put', 'web', 'motd', '/e']), ['names']);
    assert.deepEqual(await answer(t, ['run', 'web[0']), ['names']);
    assert.deepEqual(await answer(t, ['run', '~web']), ['names']);
  });

  it('takes the inventory that the line chooses, else the configured one', async (t) => {
    const files = { 'a.ini': 'alpha', 'b.ini': 'beta', 'sshoal.yml': 'inventory: a.ini', 'other.yml': 'inventory: b.ini' };

    assert.deepEqual((await answer(t, ['run', '-i', 'b.ini', ''], files)).slice(3), ['beta']);
    assert.deepEqual((await answer(t, ['run', '-i', '~/b.ini', ''], files)).slice(3), ['beta']);
    assert.deepEqual((await answer(t, ['run', ''], files)).slice(3), ['alpha']);
    assert.deepEqual((await answer(t, ['run', '--config', 'other.yml', ''], files)).slice(3), ['beta']);
    assert.deepEqual((await answer(t, ['run', '-i', 'one,two,', 't'], files)).slice(1), ['two']);
  });

  it('is silent about an inventory or a configuration that is wrong or absent', async (t) => {
    assert.deepEqual(await answer(t, ['run', ''], {}), ['names']);
    assert.deepEqual(await answer(t, ['run', ''], { 'inventory.ini': '[broken\nx y z' }), ['names']);
    assert.deepEqual(await answer(t, ['run', ''], { 'sshoal.yml': 'fork: 3', 'inventory.ini': HOSTS }), ['names']);
  });

  it('runs no inventory script', async (t) => {
    const cwd = await directoryWith(t, { 'inventories/a.sh': '#!/bin/sh\ntouch "${0%/*}/ran"\n', 'inventories/b': 'beta\n' });
    await chmod(path.join(cwd, 'inventories/a.sh'), 0o755);

    const { stdout } = await call(['complete', 'fish', '--', 'run', 'b'], { cwd });

    assert.equal(stdout, 'names\nbeta\thost\n');
    assert.equal(existsSync(path.join(cwd, 'inventories/ran')), false);
  });

  it('offers no name that a shell would take for more than a name', async (t) => {
    const names = await answer(t, ['run', ''], { 'inventory.yml': 'all: {hosts: {"$(reboot)": , "a;b": , "-x": , "web01": }}' });

    assert.deepEqual(names.slice(3), ['web01']);
  });

  it('gives bash only the piece that it replaces', async (t) => {
    const cwd = await directoryWith(t, { 'inventory.ini': HOSTS });

    const { stdout } = await call(['complete', 'bash', '--', 'run', 'web', ':', 'd'], { cwd });

    assert.equal(stdout, 'names\ndb\ndb01\n');
  });
});
