// Verbs over the system's own ssh.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isAlive } from '../support/alive.ts';
import { OpenSshServer } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';
import { sshoal } from './program-run.ts';

describe('over openssh', needs('sshd', 'ssh-keygen', 'ssh'), () => {
  let server: OpenSshServer;
  let cwd = '';
  let reach: readonly string[] = [];
  before(async () => {
    server = await OpenSshServer.start();
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-'));
    const place = { ansible_host: '127.0.0.1', ansible_port: server.port, ansible_ssh_common_args: '-F none' };
    reach = [
      '-i',
      'web01,',
      '-u',
      server.user,
      '--private-key',
      server.clientKeyFile,
      '--known-hosts',
      server.knownHostsFile,
      '-e',
      JSON.stringify(place),
    ];
  });
  after(async () => {
    await server.stop();
    await rm(cwd, { recursive: true });
  });

  it('runs a command, by flag and by variable', async () => {
    const flag = await sshoal(['run', 'all', ...reach, '-c', 'openssh', '--', 'echo "$SSH_CONNECTION" | cut -d" " -f4; exit 3'], { cwd });
    const variable = await sshoal(['run', 'all', ...reach, '-e', 'ansible_connection=openssh', '--', 'echo hello'], { cwd });

    assert.equal(flag.code, 2, flag.stdout + flag.stderr);
    assert.match(flag.stdout, new RegExp(`^${server.port}$[\\s\\S]*exit code 3`, 'm'));
    assert.equal(variable.code, 0, variable.stdout + variable.stderr);
    assert.match(variable.stdout, /^hello$/m);
  });

  it('puts a file and plays a playbook that says connection: openssh', async () => {
    await writeFile(path.join(cwd, 'local'), 'sent\n');
    const task = `copy: {content: "{{ ansible_connection | default('by keyword') }}\\n", dest: ${cwd}/played}`;
    await writeFile(path.join(cwd, 'site.yml'), `- hosts: all\n  connection: openssh\n  gather_facts: false\n  tasks:\n    - ${task}\n`);

    const put = await sshoal(['put', 'all', 'local', path.join(cwd, 'remote'), ...reach, '-c', 'openssh'], { cwd });
    const play = await sshoal(['play', 'site.yml', ...reach], { cwd });

    assert.equal(put.code, 0, put.stdout + put.stderr);
    assert.equal(await readFile(path.join(cwd, 'remote'), 'utf8'), 'sent\n');
    assert.equal(play.code, 0, play.stdout + play.stderr);
    assert.equal(await readFile(path.join(cwd, 'played'), 'utf8'), 'by keyword\n');
  });

  it('says why a host is unreachable', async () => {
    const { code, stdout } = await sshoal(['ping', 'all', ...reach, '-u', 'root', '-c', 'openssh', '-e', 'ansible_port=1'], { cwd });

    assert.equal(code, 4, stdout);
    assert.match(stdout, /\[CONNECT_REFUSED\]/);
  });

  it('ends what runs there on Ctrl-C', async () => {
    const mark = path.join(cwd, 'running.pid');
    const command = `echo $$ >'${mark}'; echo beg''un; sleep 60`;
    let interrupted = false;

    const { code, stdout } = await sshoal(['run', 'all', ...reach, '-c', 'openssh', '-o', 'jsonl', '--', command], {
      cwd,
      onStdout: (text, kill) => {
        // Once: a second one would leave at once, and what runs there alone.
        if (interrupted || !text.includes('begun')) return;
        interrupted = true;
        kill('SIGINT');
      },
    });

    const pid = Number(await readFile(mark, 'utf8'));
    assert.equal(code, 130, stdout);
    assert.equal(isAlive(pid), false);
  });
});
