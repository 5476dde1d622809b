// Workers, coordinators, starters and Redis that are lost in the middle, in processes of their own, with embedded hosts.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { needs } from '../support/real.ts';
import { Crew, until } from './crew.ts';

const TASKS = 5;
/** Each task adds its number to a file of its host, and takes a while. */
const steps = (directory: string): string => `
- hosts: all
  gather_facts: false
  tasks:
${Array.from({ length: TASKS }, (_, index) => `    - name: step ${index + 1}\n      shell: echo ${index + 1} >> ${directory}/{{ inventory_hostname }}; sleep 0.3\n`).join('')}`;

interface Line {
  readonly event: string;
  readonly host: string;
  readonly task: string;
  readonly status: string;
}

const linesOf = (stdout: string): Line[] =>
  stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const endsOf = (stdout: string): string[] =>
  linesOf(stdout)
    .filter(({ event }) => event === 'task-finished')
    .map(({ host, task }) => `${host} ${JSON.stringify(task)}`);

/** Every host ended every task once, and did each at least once, none after a later one but where it was done again. */
async function checkAllDone(stdout: string, crew: Crew): Promise<void> {
  const hosts = [...crew.fleet.hosts.keys()];
  const ends = endsOf(stdout);
  assert.equal(new Set(ends).size, hosts.length * TASKS, 'every host ended every task');
  assert.equal(ends.length, hosts.length * TASKS, 'none ended one twice');
  for (const host of hosts) {
    const done = (await readFile(path.join(crew.directory, host), 'utf8')).trim().split('\n').map(Number);
    assert.deepEqual(
      [...new Set(done)],
      Array.from({ length: TASKS }, (_, index) => index + 1),
      `${host} did ${done.join(' ')}`,
    );
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
      `${host} did ${done.join(' ')}`,
    );
  }
}

/** Waits until every host is in the middle of the third step. */
async function inTheMiddle(crew: Crew): Promise<void> {
  const isThere = async (host: string): Promise<boolean> =>
    (await readFile(path.join(crew.directory, host), 'utf8').catch(() => '')).includes('3');
  for (const host of crew.fleet.hosts.keys()) await until(async () => await isThere(host), `third step of ${host}`);
}

/** Plays, and does something in the middle. */
async function playWith<T>(
  crew: Crew,
  inBetween: () => Promise<T>,
): Promise<{ code: number | null; stdout: string; stderr: string; done: T }> {
  await crew.write('site.yml', steps(crew.directory));
  const playing = crew.call('play', ['site.yml', '-o', 'jsonl']);
  await inTheMiddle(crew);
  const done = await inBetween();
  return { ...(await playing), done };
}

describe('a run of several controllers', needs('redis-server'), () => {
  it('goes on elsewhere when a worker is killed in the middle: nothing is lost, and nothing ends twice', async () => {
    await using crew = await Crew.start(3, { hosts: 6 });

    const { code, stdout, stderr } = await playWith(crew, async () => await (await crew.roles()).other.end('SIGKILL'));

    assert.equal(code, 0, stderr);
    assert.match(stderr, /note: web\d+: done again, since the worker \S+ was lost while it did/);
    await checkAllDone(stdout, crew);
  });

  it('goes on with another coordinator when its own is killed', async () => {
    await using crew = await Crew.start(3, { hosts: 6 });

    const { code, stdout, stderr } = await playWith(crew, async () => await (await crew.roles()).coordinator.end('SIGKILL'));

    assert.equal(code, 0, stderr);
    assert.ok(crew.workers.some(({ said }) => said.includes('goes on with')));
    await checkAllDone(stdout, crew);
    assert.equal(linesOf(stdout).filter(({ event }) => event === 'play-started').length, 1);
  });

  it('hears nothing more of a worker that was frozen for longer than its lease', async () => {
    await using crew = await Crew.start(3, { hosts: 6 });

    const { code, stdout, stderr } = await playWith(crew, async () => {
      const { other } = await crew.roles();
      other.signal('SIGSTOP');
      await delay(2_500);
      other.signal('SIGCONT');
      await other.says('was not heard of');
    });

    assert.equal(code, 0, stderr);
    await checkAllDone(stdout, crew);
  });

  it('hears nothing more of a coordinator that was frozen for so long that another one goes on', async () => {
    await using crew = await Crew.start(3, { hosts: 6 });

    const { code, stdout, stderr } = await playWith(crew, async () => {
      const { coordinator } = await crew.roles();
      coordinator.signal('SIGSTOP');
      await until(() => crew.workers.some(({ said }) => said.includes('goes on with')), 'other coordinator');
      coordinator.signal('SIGCONT');
      await coordinator.says('is coordinated by another worker by now');
    });

    assert.equal(code, 0, stderr);
    await checkAllDone(stdout, crew);
  });

  it('survives its starter, and can be followed from its beginning', async () => {
    await using crew = await Crew.start(2);
    await crew.write('site.yml', steps(crew.directory));

    const lost = await crew.call('play', ['site.yml', '-o', 'jsonl'], (text, kill) => {
      if (text.includes('task-finished')) kill('SIGKILL');
    });
    const [, id = ''] = /handed over as (\S+);/.exec(lost.stderr) ?? [];
    const { code, stdout, stderr } = await crew.call('attach', [id, '-o', 'jsonl']);

    assert.equal(lost.code, null);
    assert.equal(code, 0, stderr);
    await checkAllDone(stdout, crew);
  });

  it('is left in order by a worker that is told to end: nothing is done twice', async () => {
    await using crew = await Crew.start(3, { hosts: 6, lease: '6s' });

    const { code, stdout, stderr, done } = await playWith(crew, async () => {
      const { coordinator, other } = await crew.roles();
      return [await other.end('SIGTERM'), await coordinator.end('SIGTERM')];
    });

    assert.deepEqual(done, [0, 0], crew.workers.map(({ said }) => said).join('\n---\n'));
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /done again/);
    await checkAllDone(stdout, crew);
    for (const host of crew.fleet.hosts.keys())
      assert.equal((await readFile(path.join(crew.directory, host), 'utf8')).trim().split('\n').length, TASKS);
  });

  it('waits while Redis is away, and goes on when it is back', async () => {
    await using crew = await Crew.start(2, { isLasting: true, lease: '6s' });

    const { code, stdout, stderr } = await playWith(crew, async () => {
      await crew.redis.kill();
      await crew.redis.start();
    });

    assert.equal(code, 0, stderr);
    await checkAllDone(stdout, crew);
  });

  it('accounts for every host when Redis has forgotten all', async () => {
    await using crew = await Crew.start(1, { lease: '6s' });
    let back: Promise<void> | undefined;
    const restart = async (): Promise<void> => {
      await crew.redis.kill();
      await crew.redis.start();
    };

    const { code, stdout } = await crew.call('run', ['all', '-f', '2', '-o', 'jsonl', '--', 'sleep 1'], (text) => {
      if (text.includes('host-started')) back ??= restart();
    });

    await back;
    assert.equal(code, 4);
    assert.deepEqual(
      linesOf(stdout)
        .filter(({ event }) => event === 'host-finished')
        .map(({ host }) => host)
        .toSorted(),
      [...crew.fleet.hosts.keys()],
    );
    assert.match(stdout, /ENGINE_LOST/);
  });

  it('is cancelled on the hosts by Ctrl-C at its starter', async () => {
    await using crew = await Crew.start(2, { lease: '6s' });
    let isStopped = false;

    const { code, stdout } = await crew.call(
      'run',
      ['all', '-o', 'jsonl', '--', `echo $$ > ${crew.directory}/$$; exec sleep 60`],
      (text, kill) => {
        if (text.split('host-started').length > 4 && !text.includes('host-finished') && !isStopped) {
          isStopped = true;
          kill('SIGINT');
        }
      },
    );

    assert.equal(code, 130);
    assert.equal(stdout.split('"cancelled"').length - 1, 4, stdout);
    await until(async () => (await crew.call('run', ['all', '--', 'sleep 0'])).code === 0, 'free worker');
  });
});
