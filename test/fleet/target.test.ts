// How Ansible's connection variables are read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dict, Sealed } from '#src/base/value';
import { becomeOf, targetOf } from '#src/fleet/target';

describe('targetOf', () => {
  it('takes variables before flags, under all of their names', () => {
    const vars = dict({
      ansible_host: '10.0.0.1',
      ansible_ssh_port: '2222',
      ansible_ssh_user: 'deploy',
      ansible_private_key_file: '/k',
      ansible_timeout: 3,
    });

    const { spec } = targetOf('web1', vars, { user: 'root', port: 22, password: 'pw' });

    assert.deepEqual(
      [spec.kind, spec.address, spec.port, spec.user, spec.privateKeyFile, spec.password, spec.connectTimeoutMs],
      ['ssh', '10.0.0.1', 2222, 'deploy', '/k', 'pw', 3_000],
    );
  });

  it('splits common args as a shell does, without expanding anything', () => {
    const vars = dict({ ansible_ssh_common_args: `-o UserKnownHostsFile="/a b/kh" -J 'jump host' -o ProxyCommand=\\$HOME` });

    const { spec } = targetOf('web1', vars);

    assert.deepEqual(spec.sshArgs, ['-o', 'UserKnownHostsFile=/a b/kh', '-J', 'jump host', '-o', 'ProxyCommand=$HOME']);
  });

  it('reads local connections, and names a kind that does not exist', () => {
    assert.equal(targetOf('me', dict({ ansible_connection: 'local' })).spec.kind, 'local');
    assert.throws(() => targetOf('me', dict({ ansible_connection: 'lokal' })), {
      code: 'BAD_CONNECTION_VAR',
      fix: 'Did you mean `local`?',
    });
  });

  it('refuses values of the wrong type with the name of variable and host', () => {
    assert.throws(() => targetOf('db1', dict({ ansible_port: 'ssh' })), { where: 'ansible_port of db1' });
    assert.throws(() => targetOf('db1', dict({ ansible_become: 'maybe' })), { where: 'ansible_become of db1' });
  });
});

describe('an encrypted variable', () => {
  it('is opened when the way to the host needs it, and no sooner', () => {
    const opened: string[] = [];
    const sealed = (text: string): Sealed =>
      new Sealed('$ANSIBLE_VAULT;1.1;AES256', () => {
        opened.push(text);
        return text;
      });

    const { spec } = targetOf('db1', dict({ ansible_password: sealed('horse'), other: sealed('battery') }));

    assert.deepEqual([spec.password, opened], ['horse', ['horse']]);
  });
});

describe('becomeOf', () => {
  it('is nobody else unless asked for, and root by sudo when asked', () => {
    assert.equal(becomeOf('a', dict()), undefined);
    assert.deepEqual(becomeOf('a', dict({ ansible_become: 'yes' })), { method: 'sudo', user: 'root', password: undefined });
    assert.deepEqual(becomeOf('a', dict({ ansible_become_user: 'db', ansible_become_pass: 'x' }), { become: true, becomeMethod: 'su' }), {
      method: 'su',
      user: 'db',
      password: 'x',
    });
    assert.equal(becomeOf('a', dict({ ansible_become: false }), { become: true }), undefined);
    const vars = dict({ ansible_become_exe: 'sudo su', ansible_su_flags: '-m', ansible_become_flags: '-l', ansible_su_user: 'db' });
    assert.deepEqual(becomeOf('a', vars, { become: true, becomeMethod: 'su', becomeUser: 'app' }), {
      ...{ method: 'su', user: 'db', password: undefined },
      ...{ exe: ['sudo', 'su'], flags: ['-m'] },
    });
    assert.throws(() => becomeOf('a', dict({ ansible_become_flags: "-p 'x" }), { become: true }), { where: 'become_flags of a' });
  });
});
