// The verb config.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SETTINGS } from '#src/cli/config/settings';
import { call } from '../fake-context.ts';
import { directoryWith } from './directory.ts';

describe('config', () => {
  it('shows every setting with its value and its origin', async (t) => {
    const cwd = await directoryWith(t, { 'sshoal.yml': 'forks: 7\nbecome: yes\n' });

    const { code, stdout } = await call(['config', 'show'], { cwd, env: { SSHOAL_TAGS: 'a,b' } });

    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/));
    assert.equal(code, 0);
    assert.deepEqual(
      rows.find(([key]) => key === 'forks'),
      ['forks', '7', `${cwd}/sshoal.yml:1`],
    );
    assert.deepEqual(
      rows.find(([key]) => key === 'become'),
      ['become', 'yes', `${cwd}/sshoal.yml:2`],
    );
    assert.deepEqual(
      rows.find(([key]) => key === 'tags'),
      ['tags', 'a, b', 'SSHOAL_TAGS'],
    );
    assert.deepEqual(
      rows.find(([key]) => key === 'user'),
      ['user', '-', 'default'],
    );
    assert.ok([...SETTINGS.values()].every(({ key }) => rows.some(([name]) => name === key)));
  });

  it('shows that there is a password, and never which', async () => {
    const { stdout } = await call(['config', 'show'], { env: { SSHOAL_PASSWORD: 'hunter2' } });

    assert.match(stdout, /^password +\*+ +SSHOAL_PASSWORD$/m);
    assert.ok(!stdout.includes('hunter2'));
  });

  it('lists with --all what is set for Ansible in vain, and always what it refuses', async (t) => {
    const cwd = await directoryWith(t, {
      'ansible.cfg': '[defaults]\ncallbacks_enabled = r\nhash_behaviour = merge\n[persistent]\nx = 1\n',
    });
    const context = { cwd, env: { ANSIBLE_CALLBACKS_ENABLED: 'timer' } };

    const plain = await call(['config', 'show'], context);
    const all = await call(['config', 'show', '-a', '-o', 'json'], context);

    const parsed = JSON.parse(all.stdout) as { unused: { name: string; reason: string }[]; refused: unknown[] };
    assert.match(plain.stdout, /hash_behaviour: merge/);
    assert.ok(!plain.stdout.includes('callbacks_enabled'));
    assert.deepEqual(
      parsed.unused.map(({ name, reason }) => [name, reason]),
      [
        ['[defaults] callbacks_enabled', 'there are no callbacks'],
        ['[persistent] x', 'means nothing here'],
        ['ANSIBLE_CALLBACKS_ENABLED', 'there are no callbacks'],
      ],
    );
    assert.equal(parsed.refused.length, 1);
  });

  it('tells where the files are looked for, also when one of them is wrong', async (t) => {
    const cwd = await directoryWith(t, { 'sshoal.yml': 'fork: 3' });

    const { code, stdout } = await call(['config', 'path'], { cwd, env: { HOME: cwd } });

    assert.equal(code, 0);
    assert.deepEqual(stdout.split('\n').slice(0, 2), [`read    ${cwd}/sshoal.yml`, `absent  ${cwd}/.config/sshoal/sshoal.yml`]);
  });

  it('refuses another word, and suggests', async () => {
    const { code, stderr } = await call(['config', 'shw']);

    assert.equal(code, 1);
    assert.match(stderr, /BAD_ARGUMENT[\s\S]*Did you mean `show`\?/);
  });
});
