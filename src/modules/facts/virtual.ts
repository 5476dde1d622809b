// Whether a host is a virtual one, in what, and what it could run itself. The first sign counts, in Ansible's order; the others are listed.
import type { Value } from '../../base/value.ts';
import { fieldsOf, lines } from './found.ts';
import type { Collector, Facts, Found } from './seam.ts';

const DMI = '/sys/devices/virtual/dmi/id';

export const virtual: Collector = {
  name: 'virtual',
  factIds: ['virtualization_type', 'virtualization_role', 'virtualization_tech_guest', 'virtualization_tech_host'],
  files: [
    '/proc/1/cgroup',
    '/run/systemd/container',
    '/proc/xen/capabilities',
    '/proc/self/status',
    ...['product_name', 'sys_vendor', 'product_family', 'bios_vendor'].map((name) => `${DMI}/${name}`),
  ],
  paths: ['/proc/vz', '/proc/lve', '/proc/bc', '/.dockerenv', '/.dockerinit', '/proc/xen', '/dev/kvm', '/dev/xen/xenstore'],
  // Of the first process's variables only the one that is asked for leaves the host.
  script: `if [ -r /proc/1/environ ]; then report first_environment "$({ tr '\\000' '\\n' </proc/1/environ; } 2>/dev/null | grep -e container=)"; fi
stream virtual_signs grep -s -h -E -e '^(model name|vendor_id|machine)[[:space:]]*:.*(QEMU|User Mode Linux|UML|PowerVM Lx86|IBM/S390|CHRP IBM pSeries)' -e '^(kvm|vboxdrv|virtio) ' /proc/cpuinfo /proc/modules
if [ "$system" != Linux ]; then stream virtual_sysctl sysctl kern.vm_guest hw.hv_vendor security.jail.jailed hw.model; fi`,
  read: (found) => {
    const signs = found.system === 'Linux' ? linuxSigns(found) : found.system === 'FreeBSD' ? bsdSigns(found) : [];
    const nothing = found.system === 'Linux' ? 'NA' : '';
    const first = signs[0];
    return {
      virtualization_type: first?.kind ?? nothing,
      virtualization_role: first?.role ?? nothing,
      virtualization_tech_guest: technologies(signs, (sign) => sign.role !== 'host'),
      virtualization_tech_host: technologies(signs, (sign) => sign.role === 'host'),
    } satisfies Facts;
  },
};

/** One sign of a technology. Some decide the kind and are not listed, some are listed under another word too, or only listed. */
interface Sign {
  readonly kind: string;
  readonly role: 'guest' | 'host' | 'LPAR';
  readonly listed?: readonly string[];
}

function technologies(signs: readonly Sign[], fits: (sign: Sign) => boolean): Value[] {
  return [...new Set(signs.filter(fits).flatMap((sign) => sign.listed ?? [sign.kind]))].sort();
}

const guest = (kind: string, listed?: readonly string[]): Sign => ({ kind, role: 'guest', ...(listed === undefined ? {} : { listed }) });
const host = (kind: string): Sign => ({ kind, role: 'host' });

function linuxSigns(found: Found): Sign[] {
  const containers = containerSigns(found);
  const xen = found.exists('/proc/xen')
    ? [(found.file('/proc/xen/capabilities') ?? '').includes('control_d') ? host('xen') : guest('xen', [])]
    : [];
  const server = /^VxID:\s+(\d+)/m.exec(found.file('/proc/self/status') ?? '')?.[1];
  const vserver = server === undefined ? [] : [server.startsWith('0') ? host('linux_vserver') : guest('linux_vserver')];
  const modules = lines(found.record('virtual_signs')).map((line) => line.split(' ')[0]);
  return [
    ...containers,
    ...xen,
    ...machineSigns(found),
    ...vserver,
    ...processorSigns(found),
    ...(modules.includes('kvm') ? [host('kvm')] : []),
    ...(modules.includes('vboxdrv') ? [host('virtualbox')] : []),
    ...(modules.includes('virtio') ? [guest('kvm', []), { ...host('kvm') }] : []),
    ...(found.exists('/dev/kvm') ? [host('kvm')] : []),
  ];
}

function containerSigns(found: Found): Sign[] {
  const groups = (pattern: RegExp, kind: string): Sign[] =>
    pattern.test(found.file('/proc/1/cgroup') ?? '') ? [guest(kind, [kind, 'container'])] : [];
  const variables = lines(found.record('first_environment'));
  const contains = (text: string, kind: string): Sign[] =>
    variables.some((line) => line.includes(text)) ? [guest(kind, [kind, 'container'])] : [];
  const vz = found.exists('/proc/vz') && !found.exists('/proc/lve');
  const systemd = found.file('/run/systemd/container');
  return [
    ...groups(/\/docker(\/|-[0-9a-f]+\.scope)/, 'docker'),
    ...groups(/\/lxc\/|\/machine.slice\/machine-lxc/, 'lxc'),
    ...groups(/\/system.slice\/containerd.service/, 'containerd'),
    ...contains('container=lxc', 'lxc'),
    ...contains('container=podman', 'podman'),
    ...(variables.some((line) => /^container=./.test(line)) ? [guest('container')] : []),
    ...(vz ? [found.exists('/proc/bc') ? host('openvz') : guest('openvz', ['openvz', 'container'])] : []),
    ...(systemd === undefined ? [] : [guest(systemd, [systemd, 'container'])]),
    ...(found.exists('/.dockerenv') || found.exists('/.dockerinit') ? [guest('docker', ['docker', 'container'])] : []),
  ];
}

type Name = 'product_name' | 'sys_vendor' | 'bios_vendor';
const MACHINES: readonly (readonly [Name, RegExp, string])[] = [
  ['product_name', /^(KVM|KVM Server|Bochs|AHV)$/, 'kvm'],
  ['sys_vendor', /^oVirt$/, 'oVirt'],
  ['product_name', /^VMware/, 'VMware'],
  ['product_name', /^OpenStack (Compute|Nova)$/, 'openstack'],
  ['bios_vendor', /^Xen$/, 'xen'],
  ['bios_vendor', /^innotek GmbH$/, 'virtualbox'],
  ['bios_vendor', /^(Amazon EC2|DigitalOcean|Hetzner)$/, 'kvm'],
  ['sys_vendor', /^(QEMU|Amazon EC2|DigitalOcean|Google|Scaleway|Nutanix)$/, 'kvm'],
  ['sys_vendor', /^KubeVirt$/, 'KubeVirt'],
  ['sys_vendor', /^Microsoft Corporation$/, 'VirtualPC'],
  ['sys_vendor', /^Parallels Software International Inc\.$/, 'parallels'],
  ['sys_vendor', /^OpenStack Foundation$/, 'openstack'],
  ['product_name', /BHYVE/, 'bhyve'],
];

function machineSigns(found: Found): Sign[] {
  const dmi = (name: string): string => found.file(`${DMI}/${name}`) ?? '';
  const isRedHat = dmi('sys_vendor') === 'Red Hat';
  const redHat =
    isRedHat && dmi('product_family') === 'RHV' ? ['RHV'] : isRedHat && dmi('product_name') === 'RHEV Hypervisor' ? ['RHEV'] : [];
  const kinds = MACHINES.flatMap(([name, pattern, kind]) => (pattern.test(dmi(name)) ? [kind] : []));
  return [...redHat, ...kinds].map((kind) => guest(kind));
}

function processorSigns(found: Found): Sign[] {
  const of = (pattern: RegExp, sign: Sign): Sign[] => (pattern.test(found.record('virtual_signs')) ? [sign] : []);
  return [
    ...of(/^model name.*QEMU Virtual CPU/m, guest('kvm')),
    ...of(/^vendor_id.*User Mode Linux|^model name.*UML/m, guest('uml')),
    ...of(/^machine.*CHRP IBM pSeries .emulated by qemu./m, guest('kvm')),
    ...of(/^vendor_id.*PowerVM Lx86/m, guest('powervm_lx86')),
    ...of(/^vendor_id.*IBM\/S390/m, { kind: 'PR/SM', role: 'LPAR' }),
  ];
}

const PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/^(KVM|kvm|Bochs|SmartDC)/, 'kvm'],
  [/VMware/, 'VMware'],
  [/^VirtualBox$/, 'virtualbox'],
  [/^(HVM domU|XenPVH|XenPV|XenPVHVM)/, 'xen'],
  [/^Hyper-V$/, 'Hyper-V'],
  [/^Parallels$/, 'parallels'],
  [/^RHEV Hypervisor$/, 'RHEV'],
];

function bsdSigns(found: Found): Sign[] {
  const values = fieldsOf(found.record('virtual_sysctl'));
  const product = (name: string): Sign[] => {
    const value = values.get(name) ?? '';
    return PRODUCTS.filter(([pattern]) => pattern.test(value)).map(([, kind]) => guest(kind));
  };
  return [
    ...(found.exists('/dev/xen/xenstore') ? [guest('xen')] : []),
    ...product('kern.vm_guest'),
    ...product('hw.hv_vendor'),
    ...(values.get('security.jail.jailed') === '1' ? [guest('jails')] : []),
    ...(values.get('hw.model') === 'QEMU' ? [guest('kvm')] : []),
  ];
}
