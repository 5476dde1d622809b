// Scripts and their input as another user, where sudo, su and doas ask for real passwords.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, it } from 'node:test';
import { account, PASSWORD, startBecomeHost } from '../support/become-host.ts';
import { type OpenSshServer, onlyRoot } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';
import { sshoal } from './program-run.ts';

const SCRIPT =
  '#!/usr/bin/env python3\nimport os, pwd, sys\nprint(pwd.getpwuid(os.getuid()).pw_name, sys.argv[1], sys.stdin.read())\nsys.exit(3)\n';

describe('run as another user', {
  skip: onlyRoot.skip || needs('sshd', 'ssh-keygen', 'unshare', 'sudo', 'su', 'doas', 'python3').skip,
}, () => {
  let server: OpenSshServer;
  let cwd = '';
  before(async () => {
    server = await startBecomeHost();
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-run-'));
    await writeFile(path.join(cwd, 'script.py'), SCRIPT);
  });
  after(async () => {
    await server.stop();
    await rm(cwd, { recursive: true });
  });

  for (const method of ['sudo', 'su', 'doas'] as const) {
    it(`brings a script and its input to a user who may read nothing of ours, with ${method}, and shows no password`, async () => {
      const place = { ansible_host: '127.0.0.1', ansible_port: server.port, ansible_ssh_common_args: '-F none' };
      const reach = ['-i', 'web01,', '-u', server.user, '--private-key', server.clientKeyFile, '--known-hosts', server.knownHostsFile];
      const become = ['-b', '--become-method', method, '--become-user', account(method === 'doas' ? 'doas' : 'plain')];
      const words = ['run', 'all', ...reach, '-e', JSON.stringify(place), ...become, '-o', 'jsonl', '--stdin'];

      const { stdout, stderr } = await sshoal([...words, '--script', 'script.py', '--', 'a b'], {
        cwd,
        input: 'piped',
        env: { SSHOAL_BECOME_PASSWORD: PASSWORD },
      });

      assert.match(stdout, new RegExp(`${become.at(-1)} a b piped`), stderr);
      assert.match(stdout, /"exitCode":3|"code":3/);
      assert.doesNotMatch(stdout + stderr, /horse/);
    });
  }
});

describe('run on this machine with a doas that asks on a terminal', needs('script'), () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-run-'));
    // What matters of doas is where it asks: on the terminal, whatever its streams are.
    const doas = 'printf "doas (x) password: " >/dev/tty; read -r given </dev/tty; [ "$given" = right ] || { echo no >&2; exit 1; }';
    await writeFile(path.join(cwd, 'doas'), `#!/bin/sh\n${doas}\nshift 2\n"$@"\nexit $?\n`);
    await chmod(path.join(cwd, 'doas'), 0o755);
  });
  after(async () => await rm(cwd, { recursive: true }));

  const words = ['run', 'all', '-i', 'web01,', '-e', 'ansible_connection=local', '-b', '--become-method', 'doas', '--stdin'];
  const searchPath = (): string => `${cwd}:${process.env.PATH ?? ''}`;

  it('makes one, and has three clean streams beside it', async () => {
    const env = { PATH: searchPath(), SSHOAL_BECOME_PASSWORD: 'right' };

    const { code, stdout, stderr } = await sshoal([...words, 'cat; echo err >&2; exit 3'], { cwd, input: 'piped\r\n\x04\x03', env });

    assert.equal(code, 2, stdout + stderr);
    assert.match(stdout, /piped\r?\n/);
    assert.match(stdout, /^! err$/m);
    assert.match(stdout, /exit code 3/);
  });

  it('says what doas said of a wrong password', async () => {
    const { stdout, stderr } = await sshoal([...words, 'id'], { cwd, env: { PATH: searchPath(), SSHOAL_BECOME_PASSWORD: 'wrong' } });

    assert.match(stdout + stderr, /BECOME_FAILED/);
    assert.match(stdout + stderr, /Could not become root with doas: no/);
  });
});
