// The examples about processes print what the documents say they print: order and counts, never times.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OpenSshServer } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';
import { runExample } from './run-example.ts';

const sold = (lines: readonly string[], title: string): number[] => {
  const from = lines.indexOf(`-- ${title}`);
  const to = lines.findIndex((line) => line.startsWith(`-- ${title}:`));
  const part = lines.slice(from, to);
  const count = (pattern: RegExp): number => part.filter((line) => pattern.test(line)).length;
  return [count(/查询余票:\d$/), count(/购买成功$/), count(/不好意思 没有票了!!!$/), Number(lines[to]?.match(/(-?\d+) left/)?.[1])];
};

describe('examples about processes', { concurrency: 3 }, () => {
  it('tickets: oversold without a lock, three of three with one, whoever the customers are', async () => {
    const lines = await runExample('tickets');

    const [, bare] = sold(lines, 'threads without a lock');
    assert.ok((bare ?? 0) > 3, 'nobody was lucky without a lock');
    for (const title of ['threads with a lock', 'worker threads with a lock in shared memory', 'processes with a lock of the broker'])
      assert.deepEqual(sold(lines, title), [10, 3, 7, 0], title);
  });

  it('process-basics: started, named, joined, ended; by function and by class', async () => {
    const lines = await runExample('process-basics');

    assert.deepEqual(lines.slice(0, 3), ['-- target, args, kwargs', 'before start: pid null, exitCode null, alive false', '主']);
    assert.deepEqual(
      lines.slice(3, 7).toSorted((a, b) => a.localeCompare(b)),
      ['bob is done', 'bob is running', 'jun is done', 'jun is running'],
    );
    assert.deepEqual(lines.slice(7), [
      'after join: exitCode 0, alive false, name worker jun',
      '-- ten at once take as long as one, not as ten',
      'ten processes: together',
      '-- who is who',
      'child: Process-13, main module false, parent is MainProcess, numbers match true',
      'thread true in with-thread',
      '子进程 1: parent true',
      '-- terminate',
      'right after terminate: alive true',
      'after join: alive false, exitCode -15',
      '-- same 32 bytes of authkey for all of a program',
      'authkey 32 bytes',
    ]);
  });

  it('process-join: start returns at once, 主 comes last', async () => {
    const lines = await runExample('process-join');

    assert.equal(lines[0], 'start() has returned: 主 goes on');
    assert.match(lines.at(-1) ?? '', /^主: together is quicker: (true|false)$/);
  });

  it('daemon-process: the steward does not outlive the emperor, nor does end123 come', async () => {
    const lines = await runExample('daemon-process');

    assert.ok(lines.includes('process has already started'));
    assert.ok(lines.includes('daemonic processes are not allowed to have children'));
    assert.deepEqual(
      lines.filter((line) => ['main-------', '456', 'end456', '皇帝jason寿终正寝'].includes(line)),
      ['main-------', '456', 'end456', '皇帝jason寿终正寝'],
    );
    assert.equal(lines.at(-1), '皇帝jason寿终正寝');
    assert.equal(lines.includes('end123') || lines.includes('总管:jason is over'), false);
  });

  it('zombies-and-orphans: a zombie until it is joined, an orphan that lives on', {
    skip: process.platform === 'linux' ? false : 'only /proc tells',
  }, async () => {
    assert.deepEqual(await runExample('zombies-and-orphans'), [
      'ended, and its parent has not looked: a zombie',
      'joined: gone, exit code 0 kept',
      'forty more: 0 active, 0 zombies',
      'its parent was killed, it lives on: true',
    ]);
  });

  it('queue-between-processes: child to child, main to child, child to main, writer to reader', async () => {
    const lines = await runExample('queue-between-processes');

    assert.deepEqual(lines.slice(0, 3), [
      'c has got: 子进程p放的数据',
      'c has got: from the main process',
      "child to main: [ 42, null, 'hello' ]",
    ]);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('put')),
      ['put A', 'put B', 'put C'],
    );
    assert.deepEqual(
      lines.filter((line) => line.startsWith('GET')),
      ['GET A', 'GET B', 'GET C'],
    );
    assert.equal(lines.at(-1), '所有的数据都拿完了');
  });

  it('buns: thirty made, thirty eaten, and the program ends although the eater never does', async () => {
    const lines = await runExample('buns');

    assert.equal(lines.filter((line) => line.includes('生产了')).length, 30);
    assert.equal(lines.filter((line) => line.includes('吃了')).length, 30);
    assert.equal(lines.at(-1), '主');
  });

  it('pipes: both ways, to the end, and read after the sender has ended', async () => {
    assert.deepEqual(await runExample('pipes'), [
      "[ 42, null, 'hello' ]",
      'EOFError: the other end is closed',
      '10500000 characters, read after the sender had ended',
      'one way',
      'connection is read-only',
    ]);
  });

  it('managers: keys keep their type, ten append, and what takes two calls needs a lock', async () => {
    assert.deepEqual(await runExample('managers'), [
      "Map(3) { 1 => '1', 2 => 2, 0.25 => null }",
      `15 in the list: 0 1 2 3 4${' pid'.repeat(10)}`,
      '10 have signed in',
      'with a lock: count 0',
      'without: updates were lost: true',
      'add() reads and writes in one call: true',
    ]);
  });

  it('print-with-lock: ten whole lines with the lock', async () => {
    const lines = await runExample('print-with-lock');

    assert.deepEqual(new Set(lines.slice(0, 10)), new Set(Array.from({ length: 10 }, (_, i) => `hello world ${i}`)));
    assert.match(lines[10] ?? '', /^without the lock, whole lines: (not all|all, by luck)$/);
    assert.deepEqual(lines.slice(11), ['in the middle: released all the same', 'locked: false']);
  });

  it('pools: twelve tasks on four processes, called back in the main one', async () => {
    const lines = await runExample('pools');

    assert.deepEqual(lines.slice(2, 5), ['100', '101', '102']);
    // How many of the four get some of them is chance.
    const told = lines.slice(6).map((line) => line.replace(/on [1-4] processes/, 'on SOME processes'));
    assert.deepEqual(told, [
      'end: 等待所有子进程运行',
      'Pool is still running',
      `-->exec done: ${Array.from({ length: 12 }, (_, i) => i + 100).join(' ')}`,
      '12 tasks on SOME processes; callbacks in the main process: true',
      '所有的进程都已经运行完毕',
      'Pool not running',
    ]);
  });

  it('process-futures: in order when they are asked, whenever they end', async () => {
    const lines = await runExample('process-futures');

    assert.deepEqual(
      lines.filter((line) => !line.startsWith('--')),
      [
        '0',
        '1',
        '4',
        '0 1 4 9 16 25 36 49 64 81',
        'mapped: 0 1 4 9 16 25 36 49 64 81',
        'called back: 0 1 4 9 16',
        'cannot schedule new futures after shutdown',
        '主进程',
      ],
    );
  });

  it('get-page: seven pages parsed where the pool is, and one callback that fails alone', async () => {
    const lines = await runExample('get-page');

    assert.deepEqual(lines, [
      ...[10, 20, 30, 40, 50, 60, 70].map((size) => `url:/${size} size:${size}, parsed in the main process: true`),
      '7 pages; the error of one callback was reported and stopped nobody',
    ]);
  });

  it('cpu-or-io, file-or-queue, listener: what each is about', async () => {
    const ways = await runExample('cpu-or-io');
    const shared = await runExample('file-or-queue');
    const talk = await runExample('listener');

    assert.deepEqual(
      ways.map((line) => /^(\w+ \d+ times)/.exec(line)?.[1]),
      ['compute 4 times', 'compute 4 times', 'compute 4 times', 'compute 4 times', 'wait 400 times', 'wait 40 times'],
    );
    assert.deepEqual(shared, ['file and lock: 100', 'queue: 100']);
    assert.deepEqual(new Set(talk.slice(1)), new Set(['server: digest received was wrong', 'client: digest sent was rejected']));
  });

  it('paramiko: an unknown host is refused; a password, a key, and a file there and back', async () => {
    const lines = await runExample('paramiko');

    assert.equal(lines[0], 'without a policy: HOST_KEY_UNKNOWN');
    assert.match(lines[1] ?? '', /^password: Filesystem/);
    assert.match(lines[2] ?? '', /^key: Filesystem .*"code":0/);
    assert.equal(lines[3], 'put and get: byte for byte');
  });

  it('paramiko: the same on OpenSSH', needs('sshd', 'ssh-keygen'), async () => {
    await using server = await OpenSshServer.start();

    const lines = await runExample('paramiko', '127.0.0.1', String(server.port), server.user, server.clientKeyFile);

    assert.deepEqual([lines[0], lines[2]], ['without a policy: HOST_KEY_UNKNOWN', 'put and get: byte for byte']);
    assert.match(lines[1] ?? '', /^key: Filesystem .*"code":0/);
  });
});
