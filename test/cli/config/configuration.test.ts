// Which source of a setting wins, and what reaches a verb.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { FaultsError } from '#src/base/errors';
import { configuredFlags, readConfiguration } from '#src/cli/config/configuration';
import { completeFlags } from '#src/cli/flag-options';
import { call } from '../fake-context.ts';
import { directoryWith } from './directory.ts';

const byTheMachine = completeFlags({}).forks;
const verb = { name: 'run', flags: ['forks', 'user', 'tags', 'inventory', 'hostKey', 'become', 'sshCommonArgs'] } as const;

describe('a configuration', () => {
  it('prefers the flag, then our variable, our file, the variable of Ansible, its file, and what the program does by itself', async (t) => {
    const full = { 'sshoal.yml': 'forks: 3', 'ansible.cfg': '[defaults]\nforks = 5\n' };
    const variables = { SSHOAL_FORKS: '2', ANSIBLE_FORKS: '4' };
    const forks = async (given: object, env: Record<string, string>, files: Record<string, string>): Promise<unknown> =>
      (await configuredFlags(verb, given, { env, cwd: await directoryWith(t, files) })).flags.forks;

    assert.equal(await forks({ forks: 1 }, variables, full), 1);
    assert.equal(await forks({}, variables, full), 2);
    assert.equal(await forks({}, { ANSIBLE_FORKS: '4' }, full), 3);
    assert.equal(await forks({}, { ANSIBLE_FORKS: '4' }, { 'ansible.cfg': full['ansible.cfg'] }), 4);
    assert.equal(await forks({}, {}, { 'ansible.cfg': full['ansible.cfg'] }), 5);
    assert.equal(await forks({}, {}, {}), byTheMachine);
    assert.equal(await forks({}, { SSHOAL_FORKS: '' }, {}), byTheMachine);
  });

  it('says of every value where it comes from', async (t) => {
    const cwd = await directoryWith(t, {
      'sshoal.yml': '\nuser: ada\n',
      'ansible.cfg': '[ssh_connection]\nssh_args = -C\nssh_extra_args = -4\n',
    });

    const { resolved } = await readConfiguration(undefined, { env: { SSHOAL_FORKS: '9', ANSIBLE_SSH_COMMON_ARGS: '-J jump' }, cwd });

    const of = (name: Parameters<typeof resolved.get>[0]): unknown =>
      resolved.get(name)?.origins.map((one) => (one.kind === 'file' ? `${path.basename(one.where.file)}:${one.where.line}` : one));
    assert.deepEqual(of('forks'), [{ kind: 'environment', variable: 'SSHOAL_FORKS' }]);
    assert.deepEqual(of('user'), ['sshoal.yml:2']);
    assert.deepEqual(of('port'), [{ kind: 'default' }]);
    assert.equal(resolved.get('sshCommonArgs')?.value, '-C -J jump -4');
    assert.deepEqual(of('sshCommonArgs'), ['ansible.cfg:2', { kind: 'environment', variable: 'ANSIBLE_SSH_COMMON_ARGS' }, 'ansible.cfg:3']);
  });

  it('gives a verb only the flags that it takes', async (t) => {
    const cwd = await directoryWith(t, { 'sshoal.yml': 'forks: 3\ndiff: yes\n' });

    const { flags } = await configuredFlags(verb, {}, { env: {}, cwd });

    assert.equal(flags.forks, 3);
    assert.equal('diff' in flags, false);
  });

  it('names the faults of all its sources at once', async (t) => {
    const cwd = await directoryWith(t, { 'sshoal.yml': 'fork: 3\n', 'ansible.cfg': '[defaults]\nforks = many\n' });

    const error: unknown = await readConfiguration(undefined, { env: { SSHOAL_OUTPUT: 'jsn' }, cwd }).catch((thrown: unknown) => thrown);

    assert.ok(error instanceof FaultsError);
    assert.deepEqual(
      error.faults.map(({ code, fix }) => [code, fix]),
      [
        ['BAD_SETTING', 'Did you mean `json`?'],
        ['UNKNOWN_SETTING', 'Did you mean `forks`?'],
        ['BAD_SETTING', 'Give a whole number from 1; or pass ansible.cfg over: --config none'],
      ],
    );
  });

  it('refuses what would change the outcome and cannot be followed, for the verbs that it matters to', async (t) => {
    const cwd = await directoryWith(t, { 'ansible.cfg': '[defaults]\nany_errors_fatal = True\n' });
    const merging = { env: { ANSIBLE_HASH_BEHAVIOUR: 'merge' }, cwd };

    await configuredFlags(verb, {}, { env: {}, cwd });

    await assert.rejects(configuredFlags({ ...verb, name: 'play' }, {}, { env: {}, cwd }), { code: 'CONFIG_REFUSED' });
    await assert.rejects(configuredFlags(verb, {}, merging), { code: 'CONFIG_REFUSED', where: 'ANSIBLE_HASH_BEHAVIOUR' });
    await configuredFlags(verb, {}, { ...merging, env: { ANSIBLE_HASH_BEHAVIOUR: 'replace' } });
  });
});

describe('a verb', () => {
  it('finds the inventory that sshoal.yml names, beside that file', async (t) => {
    const root = await directoryWith(t, { 'site/sshoal.yml': 'inventory: hosts.ini', 'site/hosts.ini': 'web01\nweb02\n', 'other/x': '' });
    const other = { cwd: path.join(root, 'other'), env: { SSHOAL_CONFIG: '../site/sshoal.yml' } };

    const { code, stdout } = await call(['run', 'all', '--list-hosts', 'true'], other);

    assert.equal(code, 0);
    assert.equal(stdout, '  hosts (2):\n    web01\n    web02\n');
  });

  it('takes a list of flags instead of the configured one, not besides it', async (t) => {
    const cwd = await directoryWith(t, { 'sshoal.yml': 'inventory: [a.ini]', 'a.ini': 'a', 'b.ini': 'b' });

    const { stdout } = await call(['run', 'all', '--list-hosts', '-i', 'b.ini', 'true'], { cwd });

    assert.equal(stdout, '  hosts (1):\n    b\n');
  });

  it('says that it does not read what everybody could have written', async (t) => {
    const { chmod } = await import('node:fs/promises');
    const cwd = await directoryWith(t, { 'sshoal.yml': 'forks: none of this', 'hosts.ini': 'a' });
    await chmod(cwd, 0o777);

    const { code, stderr } = await call(['run', 'all', '--list-hosts', '-i', 'hosts.ini', 'true'], { cwd });

    assert.equal(code, 0);
    assert.match(stderr, /^note: .*sshoal\.yml is not read: everybody may write/);
  });

  it('does nothing with a configuration that is wrong', async (t) => {
    const cwd = await directoryWith(t, { 'sshoal.yml': 'fork: 3\n' });

    const { code, stderr } = await call(['inventory', '-i', 'a,', '--list'], { cwd });

    assert.equal(code, 1);
    assert.match(stderr, /UNKNOWN_SETTING[\s\S]*sshoal\.yml:1:1[\s\S]*Did you mean `forks`\?/);
  });

  it('is coloured when that is configured', async (t) => {
    const cwd = await directoryWith(t, { 'sshoal.yml': 'color: always\n' });

    const { stdout } = await call(['run', 'localhost', 'exit 3'], { cwd });

    assert.ok(stdout.includes('\x1b['));
  });
});
