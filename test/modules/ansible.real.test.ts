// The same tasks carried out by Ansible 2.14 and by this floor on two copies of a directory: results and files must be alike.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { needs } from '../support/real.js';
import { type Case, CASES as FILE_CASES } from './ansible-cases.js';
import { EDIT_CASES } from './ansible-edit-cases.js';
import { CaseDirectories } from './case-directories.js';
import { playCases, runCase } from './play-cases.js';
import { plain, runModule } from './run-steps.js';

const CASES: readonly Case[] = [...FILE_CASES, ...EDIT_CASES];
const directories = new CaseDirectories();

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

describe('the modules beside Ansible', needs('ansible-playbook'), () => {
  let results: readonly Record<string, unknown>[] = [];
  let again: readonly unknown[] = [];
  let more: readonly Record<string, unknown>[] = [];

  before(async () => {
    ({ results, again, more } = await playCases(CASES, directories, [
      { name: 'setup', 'ansible.builtin.setup': { gather_subset: 'hardware,network,virtual' } },
    ]));
  });
  after(() => directories.remove());

  it('setup gathers the same facts', async () => {
    const result = await runModule('setup', {});

    const [actual, wanted] = [JSON.parse(JSON.stringify(plain(result))) as Record<string, unknown>, more[0]].map(
      (one) => (one?.ansible_facts ?? {}) as Record<string, unknown>,
    );
    const chosen = (facts: Record<string, unknown> = {}): unknown =>
      Object.fromEntries(SAME_FACTS.map((name) => [name, facts[`ansible_${name}`]]));
    assert.deepEqual(chosen(actual), chosen(wanted));
  });

  CASES.forEach((one, index) => {
    it(one.name, async () => {
      const { result, second } = await runCase(one, directories.ours(index));

      directories.assertAlike(one, index, { result, second }, { result: results[index] ?? {}, secondChanged: again[index] });
    });
  });
});
