// The same files under ansible-playbook and under sshoal: every task in its order, with its status on every host, and the recap.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Dict } from '#src/base/value';
import type { PlayOptions } from '#src/playbook/playbook';
import { inDirectory, type Played, playLocal } from './play-local.ts';

/** Files by name; `DIR` in them is the directory they are in. One is `site.yml`. */
export type Tree = Readonly<Record<string, string>>;

/** A task as it ran: its name, and host -> status, with the message where one was said. */
export type Line = readonly [task: string, hosts: Readonly<Record<string, string>>];

export interface Course {
  readonly lines: readonly Line[];
  readonly recap: unknown;
}

export const HOSTS = 'a\nb port=8080\nc\n[web]\na\nb\n[db]\nc\n';
/** Messages that only say how a task ended, in words that need not be the same. */
export const PLAIN = /^(The task includes an option|All items|One or more|non-zero|Assertion failed|All assertions|`|could not find job)/;

/** Plays the files under both, and asserts that nothing differs. */
export async function same(
  files: Tree,
  options: { readonly args?: readonly string[]; readonly ours?: Partial<PlayOptions> } = {},
): Promise<void> {
  await inDirectory(async (directory) => {
    const [ours, theirs] = [path.join(directory, 'ours'), path.join(directory, 'theirs')];
    await Promise.all([ours, theirs].map(async (one) => await writeTree(one, files)));

    const [played, ansible] = await Promise.all([
      playLocal(ours, (files['site.yml'] ?? '').replaceAll('DIR', ours), HOSTS, options.ours),
      playAnsible(theirs, options.args ?? []),
    ]);

    assert.deepEqual(courseOf(played), ansible);
  });
}

async function writeTree(directory: string, files: Tree): Promise<void> {
  await mkdir(directory);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text.replaceAll('DIR', directory));
  }
}

/** ansible-core brings no callback that machines can read: this one writes a line for each task, in order. */
export const CALLBACK = `
import json
from ansible.plugins.callback import CallbackBase
class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'machine'
    def __init__(self):
        super().__init__()
        self.tasks = []
    def start(self, task): self.tasks.append({'uuid': task._uuid, 'name': task.get_name(), 'action': task.action.split('.')[-1], 'hosts': {}})
    def v2_playbook_on_task_start(self, task, is_conditional): self.start(task)
    def v2_playbook_on_handler_task_start(self, task): self.start(task)
    def keep(self, result, **more):
        entry = next((t for t in reversed(self.tasks) if t['uuid'] == result._task._uuid), None)
        # Hosts that are at different tasks in one step are told of with one start; an include that finds no file ends twice.
        if entry is None or (result._host.get_name() in entry['hosts'] and 'include' not in result._task.action):
            self.start(result._task)
            entry = self.tasks[-1]
        entry['hosts'][result._host.get_name()] = dict(result._result, **more)
    def v2_runner_on_ok(self, result): self.keep(result)
    def v2_runner_on_failed(self, result, ignore_errors=False): self.keep(result, failed=True)
    def v2_runner_on_skipped(self, result): self.keep(result, skipped=True)
    def v2_runner_on_unreachable(self, result): self.keep(result, unreachable=True)
    def v2_playbook_on_stats(self, stats):
        hosts = sorted(stats.processed.keys())
        print(json.dumps({'tasks': self.tasks, 'stats': {h: stats.summarize(h) for h in hosts}}, default=str))
`;

interface Result {
  readonly changed?: boolean;
  readonly failed?: boolean;
  readonly skipped?: boolean;
  readonly unreachable?: boolean;
  readonly msg?: unknown;
}
interface Output {
  readonly tasks: readonly { readonly name: string; readonly action: string; readonly hosts: Readonly<Record<string, Result>> }[];
  readonly stats: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

async function playAnsible(directory: string, args: readonly string[]): Promise<Course> {
  await writeFile(
    path.join(directory, 'hosts.ini'),
    `${HOSTS}\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n`,
  );
  await mkdir(path.join(directory, 'callbacks'));
  await writeFile(path.join(directory, 'callbacks/machine.py'), CALLBACK);
  const env = {
    ...process.env,
    ANSIBLE_STDOUT_CALLBACK: 'machine',
    ANSIBLE_CALLBACK_PLUGINS: path.join(directory, 'callbacks'),
    ANSIBLE_LOCALHOST_WARNING: 'False',
    ANSIBLE_DEPRECATION_WARNINGS: 'False',
    ANSIBLE_RETRY_FILES_ENABLED: 'False',
    ANSIBLE_HOME: directory,
  };
  // With one fork results come in the order of the hosts; with more, includes are played in the order of chance.
  // Hosts that fail give an exit code that is none of a failure here.
  const { stdout, stderr } = await promisify(execFile)('ansible-playbook', ['-i', 'hosts.ini', 'site.yml', '--forks', '1', ...args], {
    cwd: directory,
    env,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: unknown) => error as { stdout: string; stderr: string });
  assert.ok(stdout.includes('{"tasks"'), stderr);
  const output = JSON.parse(stdout.slice(stdout.indexOf('{"tasks"'))) as Output;
  const lines = output.tasks.flatMap(({ name, action, hosts }): Line[] =>
    action === 'meta' || Object.keys(hosts).length === 0
      ? []
      : [[name, sorted(Object.entries(hosts).map(([host, result]) => [host, wordsOf(statusOf(result), action, result.msg)]))]],
  );
  return { lines: lines.map((line) => withoutDirectory(line, directory)), recap: recapOf(output.stats) };
}

/** What happened under sshoal, in the same shape. */
export function courseOf({ events, recap, directory }: Played): Course {
  const lines: { name: string; id: number; action: string; hosts: [string, string][] }[] = [];
  for (const event of events) {
    if (event.kind === 'task-started')
      lines.push({ name: event.task.name, id: event.task.id, action: event.task.module.split('.').at(-1) ?? '', hosts: [] });
    if (event.kind !== 'task-finished') continue;
    const line = lines.findLast(({ id }) => id === event.task.id);
    line?.hosts.push([event.host, wordsOf(event.status, line.action, plain(event.result))]);
  }
  return {
    lines: lines
      .filter(({ action, hosts }) => action !== 'meta' && hosts.length > 0)
      .map(({ name, hosts }) => withoutDirectory([name, sorted(hosts)], directory)),
    recap: recapOf(
      Object.fromEntries(
        Object.entries(recap)
          // Hosts that no task reached stand in our recap with zeros, and not in Ansible's.
          .filter(([, counts]) => Object.values(counts).some((count) => count > 0))
          .map(([host, { failed, ...counts }]) => [host, { failures: failed, ...counts }]),
      ),
    ),
  };
}

function plain(result: Dict): unknown {
  return result.get('msg');
}

function wordsOf(status: string, action: string, message: unknown): string {
  const said = ['debug', 'fail', 'assert'].includes(action) && (typeof message === 'string' || typeof message === 'number');
  return said && !PLAIN.test(String(message)) ? `${status}: ${String(message)}` : status;
}

function statusOf(result: Result): string {
  if (result.unreachable === true) return 'unreachable';
  if (result.failed === true) return 'failed';
  if (result.skipped === true) return 'skipped';
  return result.changed === true ? 'changed' : 'ok';
}

function recapOf(stats: Output['stats']): unknown {
  return Object.fromEntries(
    Object.entries(stats)
      .map(([host, { ok, changed, failures, skipped, rescued, ignored, unreachable }]): [string, unknown] => [
        host,
        { ok, changed, failures, skipped, rescued, ignored, unreachable },
      ])
      .sort(byName),
  );
}

function sorted(hosts: [string, string][]): Record<string, string> {
  return Object.fromEntries(hosts.sort(byName));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function withoutDirectory([task, hosts]: Line, directory: string): Line {
  return [task, Object.fromEntries(Object.entries(hosts).map(([host, words]) => [host, words.replaceAll(directory, 'DIR')]))];
}
