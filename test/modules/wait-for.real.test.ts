// The module wait_for and ports that answer: under every shell, with each program a host may have to reach them, and beside Ansible.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findProgram, needs } from '../support/real.js';
import { type Pair, TwoRoots, tasksOf } from './beside-ansible.js';
import { needsPrivateRoot } from './private-root.js';
import { plain, runModule, SHELLS } from './run-steps.js';

const GREETER = `
const server = require('node:net').createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end('220 fish ready\\r\\n250 v7\\r\\n');
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** Greets whoever comes, in a process of its own: this one waits for Ansible meanwhile. */
class Greeter {
  readonly #child = spawn(process.execPath, ['-e', GREETER], { stdio: ['ignore', 'pipe', 'inherit'] });

  async start(): Promise<number> {
    const [line] = (await once(this.#child.stdout, 'data')) as [Buffer];
    return Number(line.toString());
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}

describe('wait_for and a port that answers', needs('bash'), () => {
  const greeter = new Greeter();
  let port = 0;
  before(async () => {
    port = await greeter.start();
  });
  after(() => greeter.stop());

  for (const shell of SHELLS) {
    it(`sees it, and what it says, under ${shell}`, needs(shell.split(' ')[0] ?? ''), async () => {
      const open = await runModule('wait_for', { port }, { shell });
      const said = await runModule('wait_for', { port, search_regex: 'ready\\s+250 (?P<version>v\\d)' }, { shell });
      const notSaid = await runModule('wait_for', { port, search_regex: 'nothing of it', timeout: 1 }, { shell });
      const notClosed = await runModule('wait_for', { port, state: 'stopped', timeout: 1 }, { shell });

      assert.deepEqual([open.failed, plain(open).state, plain(open).port], [false, 'started', port], open.msg);
      assert.deepEqual(
        [said.failed, plain(said).match_groups, { ...(plain(said).match_groupdict as object) }],
        [false, ['v7'], { version: 'v7' }],
        said.msg,
      );
      assert.deepEqual([notSaid.failed, notSaid.msg], [true, `Timeout when waiting for search string nothing of it in 127.0.0.1:${port}`]);
      assert.deepEqual([notClosed.failed, notClosed.msg], [true, `Timeout when waiting for 127.0.0.1:${port} to stop.`]);
    });
  }
});

describe('wait_for and the programs of a host', needs('busybox'), () => {
  const greeter = new Greeter();
  const root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-wait-'));
  let port = 0;
  before(async () => {
    port = await greeter.start();
    for (const program of ['curl', 'nc', 'none']) {
      const bin = path.join(root, program);
      mkdirSync(bin);
      spawnSync(findProgram('busybox') ?? '', ['--install', '-s', bin]);
      for (const one of ['nc', 'timeout']) if (one !== program) rmSync(path.join(bin, one), { force: true });
    }
    const curl = findProgram('curl');
    if (curl !== undefined) symlinkSync(curl, path.join(root, 'curl', 'curl'));
  });
  after(async () => {
    rmSync(root, { recursive: true });
    await greeter.stop();
  });
  const run = (directory: string, args: Readonly<Record<string, unknown>>) => {
    const bin = path.join(root, directory);
    return runModule('wait_for', { timeout: 1, connect_timeout: 1, ...args }, { shell: `${bin}/sh`, env: { PATH: bin } });
  };

  for (const program of ['curl', 'nc']) {
    it(`asks ${program}`, program === 'curl' ? needs('curl') : {}, async () => {
      const open = await run(program, { port });
      const closed = await run(program, { port: 1, state: 'stopped' });
      const said = await run(program, { port, search_regex: 'v7' });
      const never = await run(program, { port: 1 });

      assert.deepEqual(
        [open.failed, closed.failed, said.failed, never.failed],
        [false, false, false, true],
        open.msg ?? closed.msg ?? said.msg,
      );
    });
  }

  it('says so when there is none', async () => {
    const result = await run('none', { port });

    assert.deepEqual([result.failed, result.msg], [true, 'There is no bash, curl or nc on this host']);
  });
});

describe('wait_for and a port, beside Ansible', needsPrivateRoot('ansible-playbook', 'bash'), () => {
  const greeter = new Greeter();
  const roots = new TwoRoots();
  const names = ['is there', 'says a word', 'does not say it', 'does not close'];
  let pairs: Pair[] = [];
  before(async () => {
    const port = await greeter.start();
    // It does not tell the groups of a match where it listened to a port; here they are told.
    const tasks = tasksOf(
      'wait_for',
      ['state', 'port', 'search_regex', 'path'],
      [
        ['is there', { port }],
        ['says a word', { port, search_regex: 'ready\\s+250 (?P<version>v\\d)' }],
        ['does not say it', { port, search_regex: 'nothing of it', timeout: 1 }],
        ['does not close', { port, state: 'stopped', timeout: 1 }],
      ],
    );
    pairs = await roots.play(tasks);
  });
  after(async () => {
    roots.remove();
    await greeter.stop();
  });

  names.forEach((name, index) => {
    it(name, () => assert.deepEqual(pairs[index]?.ours, pairs[index]?.theirs));
  });
});
