// The same tasks carried out by Ansible 2.14 and by this floor on two copies of a directory: results and files must be alike.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Difference, ModuleResult } from '#src/modules/seam';
import { needs } from '../support/real.js';
import { type Case, CASES as FILE_CASES } from './ansible-cases.js';
import { EDIT_CASES } from './ansible-edit-cases.js';
import { plain, runModule, sourceFile } from './run-steps.js';

const run = promisify(execFile);
const CASES: readonly Case[] = [...FILE_CASES, ...EDIT_CASES];
const root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-ansible-'));
const theirs = (index: number): string => path.join(root, 'a', String(index));
const ours = (index: number): string => path.join(root, 's', String(index));

/** What differs between two runs of the same task, and what only Ansible's own machinery adds. */
const UNEQUAL = new Set([
  'start',
  'end',
  'delta',
  'src',
  'diff',
  'invocation',
  'warnings',
  'deprecations',
  'failed',
  'changed',
  'msg',
  'skipped',
]);
/** What this floor leaves out: chattr's flags; the second name of copy's destination; the state in a failure's result. */
const LEFT_OUT = new Set(['version', 'attributes', 'attr_flags', 'path', 'exception', 'backup', 'details', 'content', 'validate_cmd']);
const MOVING = ['atime', 'mtime', 'ctime', 'inode', 'blocks'];

const SAME_FACTS = [
  ...['hostname', 'nodename', 'domain', 'system', 'kernel', 'kernel_version', 'machine', 'architecture', 'machine_id'],
  ...[
    'distribution',
    'distribution_version',
    'distribution_major_version',
    'distribution_release',
    'distribution_file_variety',
    'os_family',
  ],
  ...['user_id', 'user_uid', 'user_gid', 'user_gecos', 'user_dir', 'user_shell', 'effective_user_id', 'pkg_mgr', 'service_mgr', 'selinux'],
  ...[
    'processor_count',
    'processor_cores',
    'processor_threads_per_core',
    'processor_vcpus',
    'processor_nproc',
    'memtotal_mb',
    'swaptotal_mb',
  ],
  ...['default_ipv4', 'default_ipv6', 'virtualization_role'],
];

/** How the second runs came out, by the index of the case. */
const AGAIN = `{${CASES.flatMap((one, index) => (one.twice === true ? [`'${index}': again_${index}.changed`] : [])).join(', ')}}`;

describe('the modules beside Ansible', needs('ansible-playbook'), () => {
  let results: Record<string, unknown>[] = [];
  let again: Record<string, unknown> = {};

  before(async () => {
    CASES.forEach((one, index) => {
      lay(theirs(index), one);
      lay(ours(index), one);
    });
    const task = (one: Case, index: number, register: string): Record<string, unknown> => ({
      name: one.name,
      [`ansible.builtin.${one.module}`]: placed(one.args, theirs(index)),
      register,
      ignore_errors: true,
      check_mode: one.checkMode ?? false,
      diff: one.twice ?? false,
    });
    const tasks = CASES.flatMap((one, index) => [
      task(one, index, `result_${index}`),
      ...(one.twice === true ? [task(one, index, `again_${index}`)] : []),
    ]);
    const facts = { name: 'setup', 'ansible.builtin.setup': { gather_subset: 'hardware,network,virtual' }, register: 'result_setup' };
    const answers = path.join(root, 'answers.json');
    const registered = `{{ [${CASES.map((_one, index) => `result_${index}`).join(', ')}, result_setup, ${AGAIN}] | to_json }}`;
    const last = { name: 'answers', 'ansible.builtin.copy': { content: registered, dest: answers } };
    const playbook = path.join(root, 'play.yml');
    writeFileSync(playbook, JSON.stringify([{ hosts: 'localhost', gather_facts: false, tasks: [...tasks, facts, last] }]));
    const env = { ...process.env, ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3', ANSIBLE_LOCALHOST_WARNING: 'no' };
    await run('ansible-playbook', ['-i', 'localhost,', '-c', 'local', playbook], { env, maxBuffer: 64e6, timeout: 180_000 });
    results = JSON.parse(readFileSync(answers, 'utf8')) as Record<string, unknown>[];
    again = results.pop() ?? {};
  });
  after(() => rmSync(root, { recursive: true }));

  it('setup gathers the same facts', async () => {
    const result = await runModule('setup', {});

    const [actual, wanted] = [JSON.parse(JSON.stringify(plain(result))) as Record<string, unknown>, results.at(-1)].map(
      (one) => (one?.ansible_facts ?? {}) as Record<string, unknown>,
    );
    const chosen = (facts: Record<string, unknown> = {}): unknown =>
      Object.fromEntries(SAME_FACTS.map((name) => [name, facts[`ansible_${name}`]]));
    assert.deepEqual(chosen(actual), chosen(wanted));
  });

  CASES.forEach((one, index) => {
    it(one.name, async () => {
      const source = typeof one.args.src === 'string' && one.args.remote_src !== true && ['copy', 'template'].includes(one.module);
      const args = placed(one.args, ours(index));
      if (source) args.src = await sourceFile(String(args.src));

      const result = await runModule(one.module, args, { checkMode: one.checkMode ?? false, diff: one.twice ?? false });

      const expected = results[index] ?? {};
      const said = JSON.stringify({ expected, result: plain(result), msg: result.msg });
      assert.equal(result.failed, expected.failed === true, said);
      assert.equal(result.changed && !result.failed, expected.changed === true && expected.failed !== true, said);
      if (one.sameMsg === true) assert.equal(local(result.msg ?? '', index), local(expected.msg ?? '', index));
      if (one.twice === true) {
        const second = await runModule(one.module, args, { checkMode: one.checkMode ?? false });
        assert.equal(second.changed, again[index], 'the second run');
        assert.deepEqual(shown(result.diff ?? [], index), shown(theirDiff(expected.diff), index));
      }
      assert.deepEqual(tree(ours(index)), tree(theirs(index)));
      if (result.failed && one.module !== 'command' && one.module !== 'shell') return;
      const [actual, wanted] = comparable(result, expected, index);
      assert.deepEqual(actual, wanted);
    });
  });
});

// Both results without what cannot be equal; a key of Ansible's that ours lacks stays, and fails the test.
function comparable(result: ModuleResult, expected: Record<string, unknown>, index: number): [unknown, unknown] {
  const clean = (values: Record<string, unknown>, other: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([name]) => !UNEQUAL.has(name) && !(LEFT_OUT.has(name) && !(name in other)))
        .map(([name, value]) => [
          name,
          name === 'stat' ? comparableStat(value) : name === 'files' ? comparableFiles(value) : local(value, index),
        ]),
    );
  const own = plain(result);
  const wanted = clean(expected, own);
  // What we say beside is welcome.
  const actual = Object.fromEntries(Object.entries(clean(own, expected)).filter(([name]) => name in wanted));
  return [actual, wanted];
}

function comparableFiles(value: unknown): unknown {
  const files = (value as { path: string }[]).map(comparableStat).map((one, index) => ({ ...one, path: theirName(value, index) }));
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function theirName(files: unknown, index: number): string {
  return (files as { path: string }[])[index]?.path.replace(/^.*?\/[as]\/\d+/, '@') ?? '';
}

/** Ansible's difference: one, or a list with empty ones. */
function theirDiff(diff: unknown): Difference[] {
  return [diff].flat().flatMap((one) => {
    const { before = '', after = '', before_header: header = '' } = (one ?? {}) as Record<string, string>;
    return before === after || typeof before !== 'string' ? [] : [{ before, after, beforeHeader: header, afterHeader: header }];
  });
}

/** The differences of contents; those of attributes are shown otherwise, and left to other tests. */
function shown(diff: readonly Difference[], index: number): unknown {
  return local(
    diff.filter(({ beforeHeader }) => !beforeHeader.endsWith('(file attributes)')),
    index,
  );
}

function comparableStat(value: unknown): Record<string, unknown> {
  const entries = Object.entries(value as Record<string, unknown>);
  return Object.fromEntries(
    entries
      .filter(([name]) => !LEFT_OUT.has(name) || name === 'checksum')
      .map(([name, item]) => [
        name,
        MOVING.includes(name) ? typeof item : typeof item === 'string' ? item.replace(/\/[as]\/\d+/, '/@') : item,
      ]),
  );
}

function local(value: unknown, index: number): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(theirs(index), '@').replaceAll(ours(index), '@'));
}

function placed(args: Readonly<Record<string, unknown>>, directory: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, JSON.parse(JSON.stringify(value).replaceAll('@', directory)) as unknown]),
  );
}

function lay(directory: string, { before: entries = {} }: Case): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, written] of Object.entries(entries)) {
    const file = path.join(directory, name);
    const [, mode, text = ''] = /^(?:(\d{4})\|)?([\s\S]*)$/.exec(written) ?? [];
    if (name.endsWith('/')) mkdirSync(file);
    else if (text.startsWith('-> ')) symlinkSync(text.slice(3), file);
    else writeFileSync(file, text);
    if (mode !== undefined) chmodSync(file, Number.parseInt(mode, 8));
  }
}

/** Everything below a directory: kind, mode, content or target. */
function tree(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const file = path.join(directory, name);
      const found = lstatSync(file);
      const mode = (found.mode & 0o7777).toString(8);
      if (found.isSymbolicLink()) return [name, `-> ${readlinkSync(file)}`];
      return [name, found.isDirectory() ? `${mode} directory` : `${mode} ${found.nlink} ${readFileSync(file, 'utf8')}`];
    }),
  );
}
