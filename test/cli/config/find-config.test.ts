// Where the files of the configuration are looked for.
import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ansiblePlaces, chosenFile, findPlaces, sshoalPlaces } from '#src/cli/config/find-config';
import { directoryWith } from './directory.ts';

describe('the place of sshoal.yml', () => {
  it('is the first that has one: flag, variable, current directory, the directory of the user', async (t) => {
    const root = await directoryWith(t, {
      'flag.yml': '',
      'variable.yml': '',
      'here/sshoal.yml': '',
      'xdg/sshoal/sshoal.yml': '',
      'home/.config/sshoal/sshoal.yml': '',
    });
    const env = { HOME: path.join(root, 'home') };
    const here = { env, cwd: path.join(root, 'here') };
    const inside = (name: string): string => path.join(root, name);

    assert.equal(chosenFile(sshoalPlaces(inside('flag.yml'), { ...here, env: { ...env, SSHOAL_CONFIG: 'x' } })), inside('flag.yml'));
    assert.equal(chosenFile(sshoalPlaces(undefined, { cwd: root, env: { SSHOAL_CONFIG: 'variable.yml' } })), inside('variable.yml'));
    assert.equal(chosenFile(sshoalPlaces('~/../flag.yml', here)), inside('flag.yml'));
    assert.equal(chosenFile(sshoalPlaces(undefined, here)), inside('here/sshoal.yml'));
    assert.equal(chosenFile(sshoalPlaces(undefined, { env, cwd: root })), inside('home/.config/sshoal/sshoal.yml'));
    assert.equal(
      chosenFile(sshoalPlaces(undefined, { env: { ...env, XDG_CONFIG_HOME: inside('xdg') }, cwd: root })),
      inside('xdg/sshoal/sshoal.yml'),
    );
  });

  it('is not in a home that is no directory', () => {
    const places = findPlaces(undefined, { env: { HOME: '/dev/null' }, cwd: import.meta.dirname });

    assert.deepEqual(
      places.filter(({ file }) => file.startsWith('/dev/null')).map(({ state }) => state),
      ['absent', 'absent'],
    );
  });

  it('is said with those that were passed over', async (t) => {
    const root = await directoryWith(t, { 'sshoal.yml': '', 'home/.config/sshoal/sshoal.yml': '' });

    const states = sshoalPlaces(undefined, { env: { HOME: path.join(root, 'home') }, cwd: root }).map((place) => place.state);

    assert.deepEqual(states.slice(0, 2), ['read', 'passed over']);
  });

  it('must be there where it was named', () => {
    const here = { env: { SSHOAL_CONFIG: 'absent.yml' }, cwd: import.meta.dirname };

    assert.throws(() => sshoalPlaces('absent.yml', here), { code: 'CONFIG_NOT_FOUND', where: '--config' });
    assert.throws(() => sshoalPlaces(undefined, here), { code: 'CONFIG_NOT_FOUND', where: 'SSHOAL_CONFIG' });
  });

  it('is not a directory in which everybody may write, and neither is that of ansible.cfg', async (t) => {
    const root = await directoryWith(t, { 'sshoal.yml': '', 'ansible.cfg': '' });
    await chmod(root, 0o1777);

    const places = findPlaces(undefined, { env: {}, cwd: root });

    assert.deepEqual(
      places.filter(({ file }) => path.dirname(file) === root).map(({ state }) => state),
      ['world-writable directory', 'world-writable directory'],
    );
  });

  it('is nowhere with --config none, and so is that of ansible.cfg', async (t) => {
    const root = await directoryWith(t, { 'sshoal.yml': '', 'ansible.cfg': '' });

    assert.deepEqual(findPlaces('none', { env: {}, cwd: root }), []);
    assert.deepEqual(findPlaces(undefined, { env: { SSHOAL_CONFIG: 'none' }, cwd: root }), []);
  });
});

describe('the place of ansible.cfg', () => {
  it('is that of its variable, be it a directory, else the current directory, else the home', async (t) => {
    const root = await directoryWith(t, { 'a/ansible.cfg': '', 'home/.ansible.cfg': '', 'here/ansible.cfg': '' });
    const inside = (name: string): string => path.join(root, name);
    const env = { HOME: inside('home') };
    const chosen = (cwd: string, more: Record<string, string> = {}): string | undefined =>
      chosenFile(ansiblePlaces(undefined, { env: { ...env, ...more }, cwd: inside(cwd) }));

    assert.equal(chosen('here', { ANSIBLE_CONFIG: inside('a') }), inside('a/ansible.cfg'));
    assert.equal(chosen('here', { ANSIBLE_CONFIG: inside('absent.cfg') }), inside('here/ansible.cfg'));
    assert.equal(chosen('here'), inside('here/ansible.cfg'));
    assert.equal(chosen('a/..'), inside('home/.ansible.cfg'));
  });
});
