// Questions and live lines on a real pseudo-terminal.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OpenSshServer } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';
import { plainText, type Step, sshoalOnTerminal } from './terminal.ts';

const TWO = ['-i', 'web01,web02,', '-e', 'ansible_connection=local'] as const;

describe('on a terminal', needs('python3'), () => {
  it('a password is asked for, not shown, and masked in what hosts say', async () => {
    const { code, screen } = await sshoalOnTerminal(
      ['run', 'all', ...TWO, '-k', '--', 'echo', 'hunter2'],
      [['Login password:', 'hunter2\r']],
    );

    assert.equal(code, 0, screen);
    assert.match(screen, /\(2\) · .*ok.*\r\n\*{8}\r\n/);
    assert.ok(!screen.includes('hunter2'));
  });

  it('Ctrl-C at a question leaves with 130 and no error', async () => {
    const { code, screen } = await sshoalOnTerminal(['run', 'all', ...TWO, '-k', '--', 'true'], [['Login password:', '\x03']]);

    assert.equal(code, 130, screen);
    assert.ok(!screen.includes('error'), screen);
  });

  it('Ctrl-C during a run tells how each host ended', async () => {
    const { code, screen } = await sshoalOnTerminal(['run', 'all', ...TWO, '--', 'sleep', '30'], [['waiting on web[01-02]', '\x03']]);

    assert.equal(code, 130, screen);
    assert.match(screen, /press Ctrl-C again/);
    assert.match(screen, /web\[01-02\].* \(2\) · .*cancelled/);
  });
});

describe('unknown host keys on a terminal', needs('python3', 'sshd'), () => {
  let directory = '';
  let servers: OpenSshServer[] = [];
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sshoal-keys-'));
    servers = await Promise.all([OpenSshServer.start(), OpenSshServer.start(), OpenSshServer.start()]);
    const lines = servers.map(
      ({ port, user, clientKeyFile }, index) =>
        `web0${index + 1} ansible_host=127.0.0.1 ansible_port=${port} ansible_user=${user} ansible_ssh_private_key_file=${clientKeyFile}\n`,
    );
    await writeFile(path.join(directory, 'inventory.ini'), lines.join(''));
  });
  after(async () => {
    for (const server of servers) await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const call = async (known: string, flags: readonly string[], steps: readonly Step[]) => {
    const words = ['run', 'all', '-i', 'inventory.ini', '--host-key', 'ask', '--known-hosts', known, ...flags, '--', 'echo', 'in'];
    const { code, screen } = await sshoalOnTerminal(words, steps, { cwd: directory });
    return { code, text: plainText(screen) };
  };

  it('are shown once, in one table with fingerprints, also when fewer hosts are worked on at once', async () => {
    const { code, text } = await call('all', ['-f', '1'], [['accept and keep all 3', '\x1b[A\r']]);

    assert.equal(code, 0, text);
    assert.match(text, /3 host keys are unknown:\n(?: {2}web0\d {2}\[127\.0\.0\.1\]:\d+ +ssh-ed25519 +SHA256:\S{43}\n){3}/);
    assert.equal(text.match(/host keys are unknown/g)?.length, 1);
    assert.match(text, /web\[01-03\] \(3\) · ok\nin\n/);
    assert.equal((await readFile(path.join(directory, 'all'), 'utf8')).trimEnd().split('\n').length, 3);
  });

  it('can be accepted for some hosts only, and are not asked about again', async () => {
    const { code, text } = await call(
      'some',
      [],
      [
        ['accept and keep all 3', '\x1b[B\r'],
        ['Which do you accept', ' \r'],
      ],
    );

    assert.equal(code, 4, text);
    assert.match(text, /3 hosts: 1 ok, 2 unreachable/);
    assert.equal((await readFile(path.join(directory, 'some'), 'utf8')).trimEnd().split('\n').length, 1);
  });

  it('are asked about while a shell connects, and the shell goes on with the terminal', async () => {
    const { code, screen } = await sshoalOnTerminal(
      ['shell', 'all', '-i', 'inventory.ini', '--host-key', 'ask', '--known-hosts', 'shell'],
      [
        ['accept and keep all 3', '\x1b[A\r'],
        ['3> ', 'echo in\r'],
        ['3> ', '\x04'],
      ],
      { cwd: directory },
    );

    assert.equal(code, 0, screen);
    assert.match(plainText(screen), /\(3\) · ok\nin\n/);
  });

  it('leave with 130 on Ctrl-C, without another question', async () => {
    for (const flags of [[], ['-f', '1']]) {
      const { code, text } = await call('left', flags, [['accept and keep all 3', '\x03']]);

      assert.equal(code, 130, text);
      assert.equal(text.match(/host keys are unknown/g)?.length, 1);
      assert.match(text, /3 hosts: 3 cancelled/);
    }
  });

  it('lead back to the prompt of a shell on Ctrl-C', async () => {
    const { code, screen } = await sshoalOnTerminal(
      ['shell', 'all', '-i', 'inventory.ini', '--host-key', 'ask', '--known-hosts', 'left'],
      [
        ['accept and keep all 3', '\x03'],
        ['3> ', ':hosts\r'],
        ['3> ', '\x04'],
      ],
      { cwd: directory },
    );

    assert.equal(code, 0, screen);
    assert.match(plainText(screen), /\ncancelled \(3\): web\[01-03\]\n/);
  });
});
