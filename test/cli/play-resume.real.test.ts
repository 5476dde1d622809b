// Plays that are killed with SIGKILL after every event there is, and go on with --resume.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { call } from './fake-context.ts';

const KILLED = path.join(import.meta.dirname, 'killed-play.js');
const HOSTS = ['-i', 'web01,web02,', '-e', 'ansible_connection=local'] as const;

/** Every task appends a line to a file: its name and its host. */
const SITE = `- hosts: all
  gather_facts: false
  tasks:
    - name: first
      shell: echo "first {{ inventory_hostname }}" >> effects; echo "of {{ inventory_hostname }}"
      register: first
      notify: restart
    - name: fact
      set_fact: {kept: "{{ first.stdout }}"}
    - name: loop
      shell: echo "loop {{ item }} {{ inventory_hostname }}" >> effects
      loop: [a, b]
    - block:
        - name: body
          shell: echo "body {{ inventory_hostname }}" >> effects; test {{ inventory_hostname }} = web02
      rescue:
        - name: rescue
          shell: echo "rescue {{ ansible_failed_task.name }} {{ inventory_hostname }}" >> effects
      always:
        - name: always
          shell: echo "always {{ inventory_hostname }}" >> effects
    - name: last
      shell: echo "last {{ kept }}" >> effects
      notify: reload
  handlers:
    - name: restart
      shell: echo "restart {{ inventory_hostname }}" >> effects
    - name: reload
      shell: echo "reload {{ inventory_hostname }}" >> effects
`;
const EFFECTS = [
  ...['first', 'loop a', 'loop b', 'body', 'always', 'last of', 'restart', 'reload'].flatMap((task) => [`${task} web01`, `${task} web02`]),
  'rescue body web01',
].toSorted();

async function inDirectory<T>(use: (cwd: string) => Promise<T>): Promise<T> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-killed-'));
  try {
    await writeFile(path.join(cwd, 'site.yml'), SITE.replaceAll('effects', path.join(cwd, 'effects')));
    return await use(cwd);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

async function played(cwd: string, killedAt: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [KILLED, cwd, String(killedAt), 'play', 'site.yml', ...HOSTS, '-o', 'jsonl'], { stdio: 'ignore' });
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return signal;
}

const resumed = async (cwd: string, ...more: readonly string[]): ReturnType<typeof call> =>
  await call(['play', '--resume', ...HOSTS, ...more], { cwd, env: { XDG_STATE_HOME: cwd }, now: Date.now });

async function effects(cwd: string): Promise<string[]> {
  return (await readFile(path.join(cwd, 'effects'), 'utf8').catch(() => '')).split('\n').slice(0, -1);
}

/** What happened more than once. */
function twice(all: readonly string[]): string[] {
  return all.filter((line, index) => all.indexOf(line) !== index);
}

/** Kills a play and goes on with it. @returns Whether it has so few events that it was not killed at all. */
async function killedAt(event: number): Promise<boolean> {
  return await inDirectory(async (cwd) => {
    if ((await played(cwd, event)) === null) return true;

    const { code, stdout, stderr } = await resumed(cwd);

    const said = `killed at event ${event}:\n${stderr}${stdout}`;
    const all = await effects(cwd);
    assert.equal(code, 0, said);
    assert.deepEqual([...new Set(all)].toSorted(), EFFECTS, said);
    for (const line of twice(all)) {
      const [task = '', ...more] = line.split(' ');
      assert.match(stderr, new RegExp(`^ {2}${more.at(-1)}: ${task} \\(.*it was under way(?:; of its loop one item is kept)?$`, 'm'), said);
    }
    // Items of a loop that had ended are not done again.
    for (const host of ['web01', 'web02'])
      assert.ok(twice(all).filter((line) => line.startsWith('loop ') && line.endsWith(host)).length <= 1, said);
    assert.match(stdout, /^web01 +: ok=8 +changed=7 .*failed=0 .*rescued=1/m, said);
    return false;
  });
}

describe('a play that is killed', needs('sh'), () => {
  it('does everything once when it goes on, but for what was under way, which it names; whenever that was', async () => {
    // Some at once, each in a directory of its own.
    let next = 1;
    let isOver = false;
    const work = async (): Promise<void> => {
      while (!isOver) isOver = (await killedAt(next++)) || isOver;
    };
    await Promise.all([work(), work(), work()]);
  });

  it('goes on with a play that went on already', async () => {
    await inDirectory(async (cwd) => {
      await played(cwd, 6);
      const again = spawn(process.execPath, [KILLED, cwd, '8', 'play', '--resume', ...HOSTS, '-o', 'jsonl'], { stdio: 'ignore' });
      await once(again, 'close');

      const { code, stderr } = await resumed(cwd);

      assert.equal(code, 0, stderr);
      assert.deepEqual([...new Set(await effects(cwd))].toSorted(), EFFECTS);
      assert.ok(twice(await effects(cwd)).length <= 4, stderr);
    });
  });

  it('goes on with a play that lost its hosts, with the inventory it had', async () => {
    await inDirectory(async (cwd) => {
      const context = { cwd, env: { XDG_STATE_HOME: cwd }, now: Date.now };
      const there = ['-e', 'ansible_host=127.0.0.1 ansible_port=1'];
      const argv = ['play', 'site.yml', '-i', 'web01,web02,', ...there, '-e', 'ansible_connection=ssh'];
      const lost = await call(argv, { ...context, argv });

      const { code, stderr } = await call(['play', '--resume', ...there, '-e', 'ansible_connection=local'], context);

      assert.equal(lost.code, 4, lost.stderr);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^ {2}web02: first \(.*the host was lost$/m);
      assert.deepEqual((await effects(cwd)).toSorted(), EFFECTS);
    });
  });

  it('is resumed by nothing but the same playbook, on the same hosts, with the same variables', async () => {
    await inDirectory(async (cwd) => {
      await played(cwd, 6);
      const env = { XDG_STATE_HOME: cwd };

      const otherHosts = await call(['play', '--resume', '-i', 'web01,web03,', '-e', 'ansible_connection=local'], { cwd, env });
      const noVariable = await call(['play', '--resume'], { cwd, env });
      const otherTags = await resumed(cwd, '-t', 'files');
      const both = await resumed(cwd, '--retry-failed');
      await writeFile(path.join(cwd, 'site.yml'), SITE.replace('- name: last', '- name: very last'));
      const otherTasks = await resumed(cwd);

      assert.match(otherHosts.stderr, /hosts have come: web03; hosts are gone: web02 {3}\[RUN_PLAN_CHANGED\]/);
      assert.match(noVariable.stderr, /-e ansible_connection=\.\.\. is missing: .*\[RUN_PLAN_CHANGED\]/);
      assert.match(otherTags.stderr, /--tags was another one {3}\[RUN_PLAN_CHANGED\]/);
      assert.match(both.stderr, /\[BAD_FLAG\]/);
      assert.match(otherTasks.stderr, /site\.yml was changed {3}\[RUN_PLAN_CHANGED\]/);
      assert.deepEqual([otherHosts.code, noVariable.code, otherTags.code, otherTasks.code], [1, 1, 1, 1]);
    });
  });

  it('says which files of variables and templates are others by now', async () => {
    await inDirectory(async (cwd) => {
      const page = `    - template: {src: page.j2, dest: ${cwd}/page}\n`;
      const site = SITE.replace('  tasks:\n', '  vars_files: [vars.yml]\n  tasks:\n').replace('  handlers:', `${page}  handlers:`);
      await writeFile(path.join(cwd, 'site.yml'), site.replaceAll('effects', path.join(cwd, 'effects')));
      await writeFile(path.join(cwd, 'vars.yml'), 'a: 1\n');
      await writeFile(path.join(cwd, 'page.j2'), '{{ a }}\n');
      await played(cwd, 6);
      await writeFile(path.join(cwd, 'vars.yml'), 'a: 2\n');

      const { code, stderr } = await resumed(cwd);

      assert.equal(code, 0, stderr);
      assert.match(stderr, /^note: changed since \S+, and read anew from here on: \S+vars\.yml$/m);
    });
  });

  it('is not resumed once it came to its end, and neither is a run that is no play', async () => {
    await inDirectory(async (cwd) => {
      await played(cwd, 10_000);
      const ended = await resumed(cwd);
      await call(['run', 'all', ...HOSTS, 'true'], { cwd, env: { XDG_STATE_HOME: cwd }, now: Date.now });
      const runs = await call(['runs', '-n', '1', '-o', 'jsonl'], { cwd, env: { XDG_STATE_HOME: cwd }, now: Date.now });
      const { id } = JSON.parse(runs.stdout) as { id: string };

      const noPlay = await resumed(cwd, `--resume=${id}`);

      assert.match(ended.stderr, /\[RUN_ENDED\]/);
      assert.match(noPlay.stderr, /it is no play {3}\[RUN_HAS_NO_PLAN\]/);
    });
  });
});
