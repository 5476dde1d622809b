// Cases carried out by a playbook of Ansible's, all in one run, and one by one by this floor. It compares nothing.
import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ModuleResult, Source } from '#src/modules/seam';
import { readTree } from '#src/playbook/run/source-tree';
import type { Case } from './ansible-cases.js';
import { type CaseDirectories, lay, placed } from './case-directories.js';
import { runModule, sourceFile } from './run-steps.js';

const run = promisify(execFile);

/** What Ansible answered, by the index of the case. */
interface Answers {
  readonly results: readonly Record<string, unknown>[];
  /** Whether the second runs changed something, of cases that are carried out twice. */
  readonly again: readonly unknown[];
  /** Of the further tasks. */
  readonly more: readonly Record<string, unknown>[];
}

/** Lays out every case on both sides, and plays those of Ansible's. */
export async function playCases(cases: readonly Case[], directories: CaseDirectories, more: readonly object[] = []): Promise<Answers> {
  cases.forEach((one, index) => {
    lay(directories.theirs(index), one);
    lay(directories.ours(index), one);
  });
  const task = (one: Case, index: number, register: string): Record<string, unknown> => ({
    name: one.name,
    [`ansible.builtin.${one.module}`]: placed(one.args, directories.theirs(index)),
    register,
    ignore_errors: true,
    check_mode: one.checkMode ?? false,
    diff: one.twice ?? false,
  });
  const tasks = cases.flatMap((one, index) => [
    task(one, index, `result_${index}`),
    ...(one.twice === true ? [task(one, index, `again_${index}`)] : []),
  ]);
  const further = more.map((one, index) => ({ ...one, register: `more_${index}` }));
  const list = (names: readonly string[]): string => `[${names.join(', ')}]`;
  const registered = list([
    list(cases.map((_one, index) => `result_${index}`)),
    list(cases.map((one, index) => (one.twice === true ? `again_${index}.changed | default(false)` : 'none'))),
    list(more.map((_one, index) => `more_${index}`)),
  ]);
  const answers = path.join(directories.root, 'answers.json');
  const last = { name: 'answers', 'ansible.builtin.copy': { content: `{{ ${registered} | to_json }}`, dest: answers } };
  const playbook = path.join(directories.root, 'play.yml');
  writeFileSync(playbook, JSON.stringify([{ hosts: 'localhost', gather_facts: false, tasks: [...tasks, ...further, last] }]));
  const env = { ...process.env, ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3', ANSIBLE_LOCALHOST_WARNING: 'no', ANSIBLE_PIPELINING: '1' };
  await run('ansible-playbook', ['-i', 'localhost,', '-c', 'local', playbook], { env, maxBuffer: 64e6, timeout: 300_000 });
  const [results, again, others] = JSON.parse(readFileSync(answers, 'utf8')) as [
    Record<string, unknown>[],
    unknown[],
    Record<string, unknown>[],
  ];
  return { results, again, more: others };
}

/** Carries a case out here, with what is twice a second time. */
export async function runCase(
  one: Case,
  directory: string,
): Promise<{ readonly result: ModuleResult; readonly second: ModuleResult | undefined }> {
  const args = placed(one.args, directory);
  const isSource = typeof args.src === 'string' && args.remote_src !== true && ['copy', 'template'].includes(one.module);
  if (isSource) args.src = await sourceOf(String(args.src), args.local_follow !== false);
  const checkMode = one.checkMode ?? false;
  const result = await runModule(one.module, args, { checkMode, diff: one.twice ?? false });
  return { result, second: one.twice === true ? await runModule(one.module, args, { checkMode }) : undefined };
}

async function sourceOf(file: string, follow: boolean): Promise<Source> {
  return statSync(file).isDirectory()
    ? await readTree(file, { follow, whole: !file.endsWith('/'), vault: undefined })
    : await sourceFile(file);
}
