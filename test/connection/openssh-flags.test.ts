// What the system's ssh is told about a host.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { opensshFlags } from '#src/connection/openssh-flags';
import type { ConnectionSpec } from '#src/connection/seam';

const flagsOf = (changes: Partial<ConnectionSpec> = {}, mayAsk = false) =>
  opensshFlags({ kind: 'openssh', name: 'web01', ...changes }, '/tmp/sshoal-x', mayAsk);

describe('the flags of the system ssh', () => {
  it('begin with what must hold, go on with those of the host, and end with its name', () => {
    const { master, address } = flagsOf({ port: 2222, user: 'ada', sshArgs: ['-o', 'BatchMode=no', '-4Av', '-L8080:x:80'] });

    assert.deepEqual(master.slice(0, 5), ['-F', '/tmp/sshoal-x/config', '-S', '/tmp/sshoal-x/c', '-T']);
    assert.ok(master.indexOf('BatchMode yes') < master.indexOf('BatchMode=no'));
    assert.deepEqual(master.slice(-12), ['-p', '2222', '-l', 'ada', '-o', 'BatchMode=no', '-4', '-A', '-L', '8080:x:80', '--', 'web01']);
    assert.equal(address, 'ada@web01:2222');
  });

  it('never let a session open a connection of its own, also not through a jump host', () => {
    const words = flagsOf({ sshArgs: ['-J', 'jump'] }).session(['-s'], 'sftp');

    assert.ok(words.indexOf('ProxyCommand false') < words.indexOf('ProxyJump=jump'));
    assert.ok(!words.includes('-J'));
    assert.deepEqual(words.slice(-3), ['--', 'web01', 'sftp']);
  });

  it('hand on to jump hosts what holds for them, and read the configuration of the user after it', () => {
    const { config } = flagsOf(
      { hostKeyPolicy: 'accept-new', knownHostsFiles: ['/a b/"kh"'], privateKeyFile: '/100%/key', port: 2222 },
      true,
    );

    assert.equal(
      config,
      [
        'StrictHostKeyChecking accept-new',
        'UserKnownHostsFile "/a b/\\"kh\\""',
        'GlobalKnownHostsFile /dev/null',
        'IdentityFile "/100%%/key"',
        'IdentitiesOnly yes',
        'BatchMode no',
        'NumberOfPasswordPrompts 1',
        'Include ~/.ssh/config',
        'Include /etc/ssh/ssh_config',
        'Host *',
        'ServerAliveInterval 15',
        'ServerAliveCountMax 3',
        '',
      ].join('\n'),
    );
  });

  it('read another configuration, or none, where the host says so', () => {
    const other = flagsOf({ sshArgs: ['-F', '/etc/other'] }).config;
    const none = flagsOf({ sshArgs: ['-Fnone'] }).config;

    assert.match(other, /^Include "\/etc\/other"$/m);
    assert.doesNotMatch(none, /Include/);
  });

  it('are strict where nobody can be asked', () => {
    assert.match(flagsOf({ hostKeyPolicy: 'ask' }, false).config, /^StrictHostKeyChecking yes$/m);
    assert.match(flagsOf({ hostKeyPolicy: 'ask' }, true).config, /^StrictHostKeyChecking ask$/m);
  });

  for (const sshArgs of [
    ['other-host'],
    ['--', 'x'],
    ['-'],
    ['-N'],
    ['-tt'],
    ['-M'],
    ['-S', 'x'],
    ['-E', 'log'],
    ['-W', 'a:1'],
    ['-vfN'],
    ['-o'],
    ['-p'],
  ]) {
    it(`refuse ${sshArgs.join(' ')}`, () => {
      assert.throws(() => flagsOf({ sshArgs }), { code: 'SSH_ARGS' });
    });
  }

  it('refuse names and paths that would be something else to ssh', () => {
    assert.throws(() => flagsOf({ address: '-oProxyCommand=x' }), { code: 'SSH_ARGS' });
    assert.throws(() => flagsOf({ user: 'ada;x' }), { code: 'SSH_ARGS' });
    assert.throws(() => flagsOf({ privateKeyFile: '/k\nProxyCommand x' }), { code: 'SSH_ARGS' });
  });
});
