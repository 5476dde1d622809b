// What the probe found -> facts as Ansible names and shapes them. It does not know how the probe found it.
import { type Dict, dict, type Value } from '../base/value.ts';
import type { Report } from './answer.ts';
import { distributionFacts } from './facts-distribution.ts';
import { networkFacts } from './facts-network.ts';
import type { Found } from './probe.ts';

/** All facts, each under `ansible_<name>`. */
export function factsOf(report: Report): Dict {
  const found = (name: string): string => report.values.get(name) ?? '';
  const facts: Record<string, Value | undefined> = {
    ...systemFacts(found),
    ...distributionFacts(found),
    ...userFacts(found),
    ...hardwareFacts(found),
    ...networkFacts(found),
    ...virtualFacts(found),
    ...pythonFacts(found('python')),
    date_time: dateTime(found('dates'), found('utc')),
    env: environment(found('env')),
    pkg_mgr: found('pkg_mgr') === '' ? 'unknown' : found('pkg_mgr'),
    service_mgr: serviceManager(found),
    selinux: selinux(found),
    module_setup: true,
  };
  return new Map([...dict(facts)].map(([name, value]) => [`ansible_${String(name)}`, value]));
}

function systemFacts(found: Found): Record<string, Value | undefined> {
  const nodename = found('uname_n');
  const hostname = nodename.split('.')[0] ?? nodename;
  // Some hosts answer `hostname -f` with the name of the loopback line of their hosts file; then the node name is better.
  const said = found('fqdn');
  const fqdn = said.includes('.') || nodename === '' ? said : nodename;
  const machine = found('uname_m');
  return {
    system: found('uname_s'),
    nodename,
    hostname,
    fqdn,
    domain: fqdn.split('.').slice(1).join('.'),
    kernel: found('uname_r'),
    kernel_version: found('uname_v'),
    machine,
    architecture: /^i[3-6]86$/.test(machine) ? 'i386' : machine,
    userspace_architecture: machine,
    machine_id: found('machine_id') === '' ? undefined : found('machine_id'),
    is_chroot: found('is_chroot') === 'yes',
    uptime_seconds: found('uptime') === '' ? undefined : Math.floor(Number(found('uptime').split(' ')[0])),
  };
}

function userFacts(found: Found): Record<string, Value | undefined> {
  const [, , , , gecos, directory, shell] = found('passwd').split(':');
  return {
    user_id: found('user_id'),
    user_uid: Number(found('user_uid')),
    user_gid: Number(found('user_gid')),
    user_gecos: gecos,
    user_dir: directory,
    user_shell: shell,
    real_user_id: Number(found('user_uid')),
    real_group_id: Number(found('user_gid')),
    effective_user_id: Number(found('effective_user_id')),
    effective_group_id: Number(found('effective_group_id')),
  };
}

function hardwareFacts(found: Found): Record<string, Value | undefined> {
  const fields = (name: string): string[] =>
    [...found('cpuinfo').matchAll(new RegExp(`^${name}\\s*:\\s*(.*)$`, 'gm'))].map((match) => match[1] ?? '');
  const processors = fields('processor').length || Number(found('nproc') || found('sysctl_cpu') || 1);
  const sockets = new Set(fields('physical id')).size || processors;
  const cores = Number(fields('cpu cores')[0] ?? 1);
  const siblings = Number(fields('siblings')[0] ?? cores);
  const threads = Math.max(1, Math.floor(siblings / cores));
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(found('meminfo'))?.[1] ?? 0);
  const megabytes = (name: string): number => Math.floor(kilobytes(name) / 1024);
  const physical = Number(found('sysctl_mem') || 0);
  return {
    processor_count: sockets,
    processor_cores: cores,
    processor_threads_per_core: threads,
    processor_vcpus: fields('physical id').length > 0 ? sockets * cores * threads : processors,
    processor_nproc: Number(found('nproc') || processors),
    memtotal_mb: found('meminfo') === '' ? Math.floor(physical / 1024 / 1024) : megabytes('MemTotal'),
    memfree_mb: megabytes('MemFree'),
    swaptotal_mb: megabytes('SwapTotal'),
    swapfree_mb: megabytes('SwapFree'),
  };
}

/** What systemd-detect-virt and DMI call it -> what Ansible calls it. */
const VIRTUAL: readonly (readonly [RegExp, string])[] = [
  [/vmware/i, 'VMware'],
  [/oracle|virtualbox/i, 'virtualbox'],
  [/microsoft|virtual machine/i, 'VirtualPC'],
  [/xen/i, 'xen'],
  [/kvm|qemu|amazon|google|openstack|bochs|standard pc/i, 'kvm'],
  [/systemd-nspawn/, 'systemd-nspawn'],
  [/lxc|docker|podman|openvz/, ''],
];

function virtualFacts(found: Found): Record<string, Value | undefined> {
  const container = found('container');
  const said =
    container === ''
      ? [found('virt'), found('product_name'), found('sys_vendor')].find((text) => text !== '' && text !== 'none')
      : container;
  const match = said === undefined ? undefined : VIRTUAL.find(([regex]) => regex.test(said));
  if (said === undefined || match === undefined) return { virtualization_type: 'NA', virtualization_role: 'NA' };
  return { virtualization_type: match[1] === '' ? said : match[1], virtualization_role: 'guest' };
}

function pythonFacts(said: string): Record<string, Value | undefined> {
  const [version = '', executable = ''] = said.split(' ');
  const [major, minor, micro] = version.split('.').map(Number);
  if (major === undefined || minor === undefined || micro === undefined) return {};
  return { python_version: version, python: dict({ executable, version: dict({ major, minor, micro }) }) };
}

function dateTime(said: string, utc: string): Dict {
  const [
    year = '',
    month = '',
    ,
    day = '',
    hour = '',
    minute = '',
    second = '',
    weekday = '',
    weekdayNumber = '',
    week = '',
    epoch = '',
    zone = '',
    offset = '',
  ] = said.split(' ');
  return dict({
    year,
    month,
    day,
    hour,
    minute,
    second,
    weekday,
    weekday_number: weekdayNumber,
    weeknumber: week,
    epoch,
    epoch_int: epoch,
    date: `${year}-${month}-${day}`,
    time: `${hour}:${minute}:${second}`,
    iso8601: utc,
    iso8601_micro: utc.replace('Z', '.000000Z'),
    iso8601_basic: `${year}${month}${day}T${hour}${minute}${second}000000`,
    iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
    tz: zone,
    tz_dst: zone,
    tz_offset: offset,
  });
}

// A value with newlines goes on over the lines that begin no variable.
function environment(said: string): Dict {
  const found = new Map<string, string>();
  let last: string | undefined;
  for (const line of said.split('\n')) {
    const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(line) ?? [];
    const going = name ?? last;
    if (going !== undefined) found.set(going, name === undefined ? `${found.get(going) ?? ''}\n${line}` : value);
    last = going;
  }
  return dict(Object.fromEntries(found));
}

/** First processes that are not called as their kind. */
const FIRST_PROCESSES: Readonly<Record<string, string>> = {
  procd: 'openwrt_init',
  'runit-init': 'runit',
  svscan: 'svc',
  'openrc-init': 'openrc',
};

// The first process says it by its name; a plain init or a shell says nothing, and then the files of the host do.
function serviceManager(found: Found): string {
  const first = found('first_process').trim().replace(/^.*\//, '');
  if (first !== '' && first !== 'init' && !first.endsWith('sh')) return FIRST_PROCESSES[first] ?? first;
  if (found('uname_s') === 'Darwin') return 'launchd';
  if (found('uname_s').endsWith('BSD')) return 'bsdinit';
  return found('init') === '' ? 'service' : found('init');
}

function selinux(found: Found): Dict {
  if (found('selinux') !== 'enabled') return dict({ status: 'disabled' });
  const mode = found('selinux_mode').toLowerCase();
  return dict({ status: 'enabled', ...(mode === '' ? {} : { mode, config_mode: mode }) });
}
