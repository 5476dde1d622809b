// Facts of this machine beside Ansible's: the same names, the same values.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { findProgram, needs } from '../../support/real.js';
import { compileModule, plain, runModule } from '../run-steps.js';

type Facts = Record<string, unknown>;

/** Facts that are another value each time, or of each process, and why. */
const CHANGING: Readonly<Record<string, string>> = {
  ansible_date_time: 'the clock goes on',
  ansible_uptime_seconds: 'the clock goes on',
  ansible_loadavg: 'the load changes, and the kernel tells a file two digits of it only',
  ansible_memfree_mb: 'memory is taken and given back',
  ansible_swapfree_mb: 'memory is taken and given back',
  ansible_memory_mb: 'memory is taken and given back',
  ansible_env: 'the variables of two different processes',
};

/** Parts of mounts that change while others write. */
const FILLING = ['size_available', 'block_available', 'block_used', 'inode_available', 'inode_used'];

/** Ansible's facts that are not given, and why. */
const NOT_GIVEN: Readonly<Record<string, string>> = {
  ansible_system_capabilities: 'a process (capsh) on every host for what no playbook asks',
  ansible_system_capabilities_enforced: 'a process (capsh) on every host for what no playbook asks',
  ansible_devices: 'a walk over every block device; parted, lsblk or ansible_mounts tell what playbooks want of it',
  ansible_device_links: 'as ansible_devices',
};

function ansibleFacts(args: string): Facts {
  const words = ['localhost', '-m', 'setup', '-a', args];
  const said = spawnSync(findProgram('ansible') ?? '', words, { encoding: 'utf8', timeout: 60_000, maxBuffer: 64 * 1024 * 1024 });
  return (JSON.parse(said.stdout.slice(said.stdout.indexOf('{'))) as { ansible_facts: Facts }).ansible_facts;
}

/** Lists without their order: Ansible's come as the kernel lists them, or as threads end. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, unordered(item)]),
  );
}

function withoutFilling(name: string, value: unknown): unknown {
  if (name !== 'ansible_mounts') return value;
  return (value as Facts[]).map((mount) => Object.fromEntries(Object.entries(mount).filter(([part]) => !FILLING.includes(part))));
}

function compare(ours: Facts, theirs: Facts): void {
  for (const [name, value] of Object.entries(theirs)) {
    if (name in NOT_GIVEN) continue;
    assert.ok(name in ours, `${name} is missing`);
    if (name in CHANGING) continue;
    assert.deepEqual(unordered(withoutFilling(name, ours[name])), unordered(withoutFilling(name, value)), name);
  }
  const more = Object.keys(ours).filter((name) => !(name in theirs));
  assert.deepEqual(more, []);
}

const withPlainData = (facts: unknown): Facts => JSON.parse(JSON.stringify(facts)) as Facts;

describe('facts', needs('ansible'), () => {
  it('of this machine are those of Ansible, name by name', async () => {
    const before = withPlainData(plain(await runModule('setup', {})).ansible_facts);
    const theirs = ansibleFacts('gather_subset=all');
    const ours = withPlainData(plain(await runModule('setup', {})).ansible_facts);

    // Another's test may make and remove interfaces meanwhile: what changed under our own eyes is no one's fault.
    const changed = [...new Set([...Object.keys(before), ...Object.keys(ours)])].filter(
      (name) => JSON.stringify(before[name]) !== JSON.stringify(ours[name]) && !(name in CHANGING) && name !== 'ansible_mounts',
    );
    const kept = (facts: Facts): Facts => Object.fromEntries(Object.entries(facts).filter(([name]) => !changed.includes(name)));
    compare(kept(ours), kept(theirs));
  });

  for (const subset of ['!all', '!all,!min,pkg_mgr', '!all,!min,python_version', 'all,!hardware,!network']) {
    it(`of the subset ${subset} have Ansible's names`, async () => {
      const theirs = Object.keys(ansibleFacts(`gather_subset=${subset}`)).filter((name) => !(name in NOT_GIVEN));

      const ours = Object.keys(plain(await runModule('setup', { gather_subset: subset.split(',') })).ansible_facts as Facts);

      const isInterface = (name: string): boolean => /^ansible_(lv|lab|veth)/.test(name);
      assert.deepEqual(ours.filter((name) => !isInterface(name)).sort(), theirs.filter((name) => !isInterface(name)).sort());
    });
  }

  it('that a filter keeps are the ones Ansible keeps', async () => {
    const filter = 'distribution*,ansible_user_i?,*_setup,kern[!x]l';
    const theirs = Object.keys(ansibleFacts(`filter=${filter}`)).sort();

    const ours = Object.keys(plain(await runModule('setup', { filter: filter.split(',') })).ansible_facts as Facts).sort();

    assert.deepEqual(ours, theirs);
  });

  it('of a network with a bridge, labels, further addresses and a bind mount are the same too', async (context) => {
    // A network and mounts of its own, which nobody else changes.
    const prepare = [
      'set -e; mount -t sysfs sysfs /sys; mkdir "$1/bound"; mount --bind "$1" "$1/bound"; ip link set lo up',
      'ip link add br7 type bridge; ip link add one type veth peer name two; ip link set one master br7; ip link set two promisc on',
      'for link in br7 one two; do ip link set "$link" up; done',
      'ip addr add 192.0.2.5/24 brd 192.0.2.255 dev br7; ip addr add 192.0.2.6/24 dev br7; ip addr add 198.51.100.1/25 dev br7 label br7:x',
      'ip addr add 203.0.113.1 peer 203.0.113.2/32 dev two; ip -6 addr add fd00:7::1/64 dev br7 nodad; ip route add default via 192.0.2.1',
      'ip -6 route add default via fd00:7::99 dev br7',
    ].join('\n');
    const directory = spawnSync('mktemp', ['-d'], { encoding: 'utf8' }).stdout.trim();
    const step = compileModule('setup', {});
    assert.ok(step.kind === 'script');
    const both = `${prepare}\nsh -c "$2" >"$1/ours" 2>/dev/null </dev/null\n"$3" localhost -m setup >"$1/theirs" 2>/dev/null\n`;

    const run = spawnSync('unshare', ['-n', '-m', 'sh', '-c', both, 'sh', directory, step.script, findProgram('ansible') ?? ''], {
      timeout: 60_000,
    });
    const read = (name: string): Buffer => spawnSync('cat', [`${directory}/${name}`], { maxBuffer: 64 * 1024 * 1024 }).stdout;
    const [said, theirs] = [read('ours'), read('theirs').toString()];
    spawnSync('rm', ['-rf', '--one-file-system', directory]);
    if (run.status !== 0) {
      context.skip(`no network of its own can be made here: ${run.stderr.toString()}`);
      return;
    }
    const finished = step.read({ code: 0, stdout: said, stderr: Buffer.alloc(0), startedAtMs: 0, endedAtMs: 0 });

    assert.ok(finished.kind === 'finished');
    const ours = withPlainData(plain(finished.result).ansible_facts);
    assert.equal((ours.ansible_br7 as Facts).type, 'bridge');
    compare(ours, (JSON.parse(theirs.slice(theirs.indexOf('{'))) as { ansible_facts: Facts }).ansible_facts);
  });
});
