// A run that is given no flag at all: everything about the way to a real sshd is configured.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OpenSshServer } from '../../support/openssh-server.ts';
import { needs } from '../../support/real.ts';
import { sshoal } from '../program-run.ts';
import { directoryWith } from './directory.ts';

describe('a host', needs('sshd', 'ssh-keygen'), () => {
  let server: OpenSshServer;
  before(async () => {
    server = await OpenSshServer.start();
  });
  after(async () => {
    await server.stop();
  });

  it('is reached as sshoal.yml says', async (t) => {
    const cwd = await directoryWith(t, {
      'sshoal.yml': [
        'inventory: hosts.ini',
        `user: ${server.user}`,
        `port: ${server.port}`,
        `private_key: ${server.clientKeyFile}`,
        `known_hosts: ${server.knownHostsFile}`,
        'ssh_config: ssh_config',
        'output: json',
      ].join('\n'),
      'hosts.ini': 'web01\n',
      ssh_config: 'Host web01\n  HostName 127.0.0.1\n',
    });

    const { code, stdout, stderr } = await sshoal(['run', 'all', '--', 'echo', 'reached'], { cwd });

    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /"stdout": "reached/);
  });

  it('is reached as ansible.cfg says, meeting it for the first time where keys are not checked', async (t) => {
    const cwd = await directoryWith(t, {
      'ansible.cfg': [
        '[defaults]',
        'inventory = ./hosts.ini',
        `remote_user = ${server.user}`,
        `remote_port = ${server.port}`,
        `private_key_file = ${server.clientKeyFile}`,
        'host_key_checking = False',
        '[ssh_connection]',
        'pipelining = True',
        'ssh_args = -C -o ControlMaster=auto -o ControlPersist=60s -o HostName=127.0.0.1',
      ].join('\n'),
      'hosts.ini': 'web01\n',
    });
    const known = path.join(cwd, 'known');

    const checked = await sshoal(['ping', 'all', '--known-hosts', known, '--host-key', 'strict'], { cwd });
    const { code, stdout, stderr } = await sshoal(['ping', 'all', '--known-hosts', known], { cwd });

    assert.equal(checked.code, 4, checked.stdout);
    assert.equal(code, 0, stdout + stderr);
    assert.match(await readFile(known, 'utf8'), /ssh-ed25519/);
  });
});
