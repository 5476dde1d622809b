// SSHConfig in paramiko's words: what it says of a host, and which hosts it names.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { SSHConfig } from '#src/ssh/config/ssh-config';

const ME = { localUser: 'me', homeDirectory: '/home/me' };

describe('SSHConfig.lookup', () => {
  it('always knows name, port and user', async () => {
    const found = await SSHConfig.fromText('').lookup('web', ME);

    assert.deepEqual(
      [...found],
      [
        ['hostname', ['web']],
        ['port', ['22']],
        ['user', ['me']],
      ],
    );
  });

  it('takes the first value of each keyword from the blocks that apply, and collects keys', async () => {
    const config = SSHConfig.fromText(
      'Host web*\n HostName %h.lan\n Port 2222\n IdentityFile ~/.ssh/%n\nHost *\n Port 7\n User deploy\n IdentityFile /etc/keys/%r',
    );

    const found = await config.lookup('web01', ME);

    assert.deepEqual(found.get('hostname'), ['web01.lan']);
    assert.deepEqual(found.get('port'), ['2222']);
    assert.deepEqual(found.get('user'), ['deploy']);
    assert.deepEqual(found.get('identityfile'), ['/home/me/.ssh/web01', '/etc/keys/deploy']);
  });

  it('expands what may be expanded, and leaves the rest', async () => {
    const config = SSHConfig.fromText('ProxyCommand nc ~/x %h %p\nUserKnownHostsFile ~/a "~/b c"\nPreferredAuthentications %h');

    const found = await config.lookup('web', ME);

    assert.deepEqual(found.get('proxycommand'), ['nc ~/x web 22']);
    assert.deepEqual(found.get('userknownhostsfile'), ['/home/me/a', '/home/me/b c']);
    assert.deepEqual(found.get('preferredauthentications'), ['%h']);
  });

  it('asks Match user for the user that is given', async () => {
    const config = SSHConfig.fromText('User b\nMatch user a\n Port 7');

    assert.deepEqual((await config.lookup('web', { ...ME, user: 'a' })).get('port'), ['7']);
    assert.deepEqual((await config.lookup('web', ME)).get('port'), ['22']);
  });

  it('names text without a file by its kind in faults', async () => {
    await assert.rejects(SSHConfig.fromText('User a\nUzer b').lookup('web', ME), {
      code: 'SSH_CONFIG',
      where: { file: 'ssh_config', line: 2, column: 1, lineText: 'Uzer b' },
    });
  });

  it('reads files in order, and misses none that are not there', async (t) => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-lookup-'));
    t.after(async () => await rm(directory, { recursive: true, force: true }));
    const at = (name: string): string => path.join(directory, name);
    await writeFile(at('own'), 'Host web\n User own');
    await writeFile(at('system'), 'Host *\n User system\n Port 7');

    const found = await SSHConfig.fromFiles([at('missing'), at('own'), at('system')]).lookup('web', ME);

    assert.deepEqual([found.get('user'), found.get('port')], [['own'], ['7']]);
  });
});

describe('SSHConfig.getHostnames', () => {
  it('are the patterns of all Host lines, each once, and the one of every file', async () => {
    const config = SSHConfig.fromText('User a\nHost web* !web7\nHost db web*\nMatch host cache\n');

    assert.deepEqual(await config.getHostnames(), ['*', 'web*', '!web7', 'db']);
  });
});
