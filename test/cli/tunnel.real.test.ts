// The verb tunnel as a program, over a real OpenSSH sshd.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ask, dial, measure, serving } from '../ssh/forward/ends.ts';
import { OpenSshServer } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';
import { sshoal } from './program-run.ts';
import { sshoalOnTerminal } from './terminal.ts';

interface Line {
  readonly event: string;
  readonly host?: string;
  readonly listen?: string;
  readonly [field: string]: unknown;
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

describe('tunnel over OpenSSH', needs('sshd', 'ssh-keygen'), () => {
  let server: OpenSshServer;
  let directory: string;
  let reach: readonly string[];

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-tunnel-cli-'));
    server = await OpenSshServer.start();
    const vars = `ansible_host=127.0.0.1 ansible_port=${server.port}`;
    reach = ['-e', vars, '--private-key', server.clientKeyFile, '--known-hosts', server.knownHostsFile, '-u', server.user];
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('gives every host a port of its own, counts what is carried, and ends with 130 on Ctrl-C', async () => {
    await using target = await serving(measure);
    const answers: Promise<Buffer>[] = [];
    let interrupted = false;
    const words = ['tunnel', 'all', '-i', 'web01,web02,', ...reach, '-L', `0:127.0.0.1:${target.port}`, '-o', 'jsonl'];

    const { code, stdout, stderr } = await sshoal(words, {
      onStdout: (text, kill) => {
        const lines = linesOf(text.slice(0, text.lastIndexOf('\n') + 1));
        for (const { listen } of lines.filter(({ event }) => event === 'tunnel-listening').slice(answers.length)) {
          const port = Number(listen?.split(':').at(-1));
          answers.push(dial({ kind: 'tcp', host: '127.0.0.1', port }).then(async (socket) => await ask(socket, 'four')));
        }
        if (interrupted || lines.filter(({ event }) => event === 'tunnel-closed').length < 2) return;
        // Once: a second one would end it in the middle of its last words.
        interrupted = true;
        kill('SIGINT');
      },
    });

    const lines = linesOf(stdout);
    assert.equal(code, 130, stderr);
    assert.deepEqual((await Promise.all(answers)).map(String), ['4 bytes', '4 bytes']);
    assert.deepEqual(
      new Set(lines.filter(({ event }) => event === 'tunnel-listening').map(({ host }) => host)),
      new Set(['web01', 'web02']),
    );
    const counts = ((lines.at(-1)?.tunnels ?? []) as Line[]).map(({ connections, sentBytes, receivedBytes }) => [
      connections,
      sentBytes,
      receivedBytes,
    ]);
    assert.deepEqual(counts, [
      [1, 4, 7],
      [1, 4, 7],
    ]);
  });

  it('ends by itself after --for, with 0, and says what was', async () => {
    const words = ['tunnel', 'web01', '-i', 'web01,', ...reach, '-D', '0', '-R', '0:localhost:1', '--for', '300ms'];

    const text = await sshoal(words);
    const document = await sshoal([...words, '-o', 'json']);

    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /^web01 {2}there {2}localhost:\d+ → localhost:1\nweb01 {2}here {3}localhost:\d+ → SOCKS\n/);
    assert.match(text.stdout, /\nweb01 {2}localhost:\d+ → SOCKS {2}0 connections, 0 B out, 0 B back\n$/);
    assert.equal((JSON.parse(document.stdout) as { tunnels: unknown[] }).tunnels.length, 2);
  });

  it('exits with 4 where a host is not there, and with 2 where it does not listen', async () => {
    await using taken = await serving(measure);
    const nobody = await sshoal(['tunnel', 'web01', '-i', 'web01,', '-e', 'ansible_host=127.0.0.1 ansible_port=1', '-D', '0']);
    const full = await sshoal(['tunnel', 'web01', '-i', 'web01,', ...reach, '-R', `127.0.0.1:${taken.port}:localhost:1`]);

    assert.equal(nobody.code, 4);
    assert.match(nobody.stdout, /\[CONNECT_REFUSED\]/);
    assert.equal(full.code, 2);
    assert.match(full.stdout, /\[LISTEN_REFUSED\]/);
  });

  for (const reconnect of [true, false]) {
    it(`${reconnect ? 'makes a broken connection anew, and still listens' : 'ends with 4 when it breaks and --no-reconnect says so'}`, async () => {
      await using target = await serving(measure);
      const answers: Promise<string>[] = [];
      let killed = false;
      const forward = ['-L', `0:127.0.0.1:${target.port}`, ...(reconnect ? [] : ['--no-reconnect'])];

      const { code, stdout } = await sshoal(['tunnel', 'web01', '-i', 'web01,', ...reach, ...forward, '-o', 'jsonl'], {
        onStdout: (text, kill) => {
          const lines = linesOf(text.slice(0, text.lastIndexOf('\n') + 1));
          const port = Number(
            lines
              .find(({ event }) => event === 'tunnel-listening')
              ?.listen?.split(':')
              .at(-1),
          );
          if (!Number.isNaN(port) && !killed) {
            killed = true;
            server.killSessions();
          }
          if (lines.some(({ event }) => event === 'line-restored') && answers.length === 0) {
            answers.push(
              dial({ kind: 'tcp', host: '127.0.0.1', port })
                .then(async (socket) => (await ask(socket, 'four')).toString())
                .finally(() => kill('SIGTERM')),
            );
          }
        },
      });

      assert.equal(code, reconnect ? 130 : 4);
      assert.deepEqual(await Promise.all(answers), reconnect ? ['4 bytes'] : []);
      assert.equal(
        linesOf(stdout).some(({ event }) => event === 'tunnel-ended'),
        !reconnect,
      );
    });
  }

  it('shows live counters on a terminal, and ends on Ctrl-C', needs('python3'), async () => {
    const { code, screen } = await sshoalOnTerminal(['tunnel', 'web01', '-i', 'web01,', ...reach, '-D', '0'], [['0 open', '\x03']]);

    assert.equal(code, 130, screen);
    assert.match(screen, /web01 {2}localhost:\d+ {2}0 open · 0 connections, 0 B out, 0 B back/);
  });
});
