// Which distribution a host runs, in Ansible's words. It reads what the probe found of os-release and its older kin.
import type { Value } from '../base/value.ts';
import type { Found } from './probe.ts';

/** os-release's ID -> Ansible's ansible_distribution. */
const NAMES: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  linuxmint: 'Linux Mint',
  raspbian: 'Debian',
  kali: 'Kali',
  devuan: 'Devuan',
  rhel: 'RedHat',
  centos: 'CentOS',
  fedora: 'Fedora',
  rocky: 'Rocky',
  almalinux: 'AlmaLinux',
  ol: 'OracleLinux',
  amzn: 'Amazon',
  alpine: 'Alpine',
  arch: 'Archlinux',
  manjaro: 'Manjaro',
  gentoo: 'Gentoo',
  sles: 'SLES',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  void: 'Void',
  openwrt: 'OpenWrt',
};

const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  Debian: ['Debian', 'Ubuntu', 'Linux Mint', 'Kali', 'Devuan'],
  RedHat: ['RedHat', 'CentOS', 'Fedora', 'Rocky', 'AlmaLinux', 'OracleLinux', 'Amazon'],
  Suse: ['SLES', 'openSUSE Leap', 'openSUSE Tumbleweed'],
  Archlinux: ['Archlinux', 'Manjaro'],
};

/** distribution, its version, major version and release, and os_family. */
export function distributionFacts(found: Found): Record<string, Value | undefined> {
  const system = found('uname_s');
  if (system === 'Darwin') return darwinFacts(found);
  const release = parseRelease(found('os_release'));
  const id = release.get('ID') ?? '';
  if (id === '') {
    const kernel = found('uname_r');
    return {
      distribution: system,
      distribution_version: kernel,
      distribution_release: kernel,
      distribution_major_version: kernel.split('.')[0],
      os_family: system,
    };
  }
  const distribution = NAMES[id] ?? release.get('NAME') ?? id;
  const version = versionOf(found, distribution, release);
  const family = Object.entries(FAMILIES).find(([, members]) => members.includes(distribution))?.[0];
  return {
    distribution,
    distribution_version: version,
    distribution_major_version: version.split('.')[0],
    distribution_release: release.get('VERSION_CODENAME') ?? codeName(found, release),
    distribution_file_path: found('os_release_path'),
    distribution_file_variety: family ?? distribution,
    distribution_file_parsed: true,
    os_family: family ?? likeFamily(release) ?? distribution,
  };
}

// Debian's os-release says 12, its own file 12.11; Ansible says 12.11. Alpine and CentOS likewise.
function versionOf(found: Found, distribution: string, release: ReadonlyMap<string, string>): string {
  const version = release.get('VERSION_ID') ?? '';
  const own = {
    Debian: found('debian_version'),
    Alpine: found('alpine_release'),
    CentOS: /(\d+(?:\.\d+)*)/.exec(found('redhat_release'))?.[1],
  };
  const detailed = own[distribution as keyof typeof own]?.trim() ?? '';
  if (/^\d+\.\d/.test(detailed) && detailed.startsWith(version)) return detailed;
  return version === '' ? 'NA' : version;
}

function codeName(found: Found, release: ReadonlyMap<string, string>): string {
  return /\(([^)]+)\)/.exec(release.get('VERSION') ?? found('redhat_release'))?.[1] ?? 'NA';
}

function likeFamily(release: ReadonlyMap<string, string>): string | undefined {
  const like = (release.get('ID_LIKE') ?? '').split(' ');
  const families: readonly (readonly [string, string])[] = [
    ['debian', 'Debian'],
    ['ubuntu', 'Debian'],
    ['rhel', 'RedHat'],
    ['fedora', 'RedHat'],
    ['suse', 'Suse'],
    ['arch', 'Archlinux'],
  ];
  return families.find(([id]) => like.includes(id))?.[1];
}

function darwinFacts(found: Found): Record<string, Value | undefined> {
  const version = /ProductVersion:\s*(\S+)/.exec(found('sw_vers'))?.[1] ?? 'NA';
  return {
    distribution: 'MacOSX',
    distribution_version: version,
    distribution_major_version: version.split('.')[0],
    distribution_release: found('uname_r'),
    os_family: 'Darwin',
  };
}

function parseRelease(text: string): ReadonlyMap<string, string> {
  const pairs = [...text.matchAll(/^([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|(.*))$/gm)];
  return new Map(pairs.map(([, name = '', double, single, plain]) => [name, double ?? single ?? plain?.trim() ?? '']));
}
