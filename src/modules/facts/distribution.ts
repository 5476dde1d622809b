// Which distribution a host runs, in Ansible's words. It reads release files, of which one counts: the first that is its own kind's.
import { KERNEL_FILES, KERNEL_SCRIPT, kernelText } from './kernel.ts';
import type { Collector, Facts, Found } from './seam.ts';

type Read = (text: string, found: Found) => Facts | undefined;

/** Says a distribution's name when its file says so, and else the file's first word. */
const named =
  (name: string, search: string): Read =>
  (text) =>
    text.includes(search) ? { distribution: name, distribution_file_search_string: search } : { distribution: text.split(/\s+/)[0] };

const field = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.replace(/^["']|["']$/g, '');

const amazon = (text: string, isOsRelease: boolean): Facts | undefined => {
  if (!text.includes('Amazon')) return undefined;
  if (!isOsRelease) return { distribution: 'Amazon', distribution_version: /(?:^|\s)(\d+)(?=\s|$)/.exec(text)?.[1] ?? 'NA' };
  const version = field(text, 'VERSION_ID');
  if (version === undefined) return { distribution: 'Amazon' };
  const [major, minor = 'NA'] = version.split('.');
  return { distribution: 'Amazon', distribution_version: version, distribution_major_version: major, distribution_minor_version: minor };
};

const suse: Read = (text, found) => {
  if (!/suse/i.test(text)) return undefined;
  const version = /^VERSION_ID="?([0-9]+\.?[0-9]*)"?/m.exec(text)?.[1];
  const minor = version?.split('.')[1] ?? '';
  const isForSap = found.link('/etc/products.d/baseproduct')?.endsWith('SLES_SAP.prod') === true;
  return {
    distribution: isForSap ? 'SLES_SAP' : field(text, 'NAME'),
    distribution_version: version,
    distribution_major_version: version?.split('.')[0],
    distribution_release: /open/i.test(text) ? minor : /enterprise/i.test(text) ? minor || '0' : undefined,
  };
};

const debian: Read = (text, found) => {
  const version = field(text, 'VERSION_ID');
  const codename = field(text, 'VERSION_CODENAME');
  const versioned = (distribution: string, release: string | undefined, major = version?.split('.')[0]): Facts => ({
    distribution,
    distribution_version: version,
    distribution_major_version: major,
    distribution_release: release,
  });
  if (/Debian|Raspbian/.test(text)) {
    return {
      distribution: 'Debian',
      distribution_release: /PRETTY_NAME=[^(]+ \(?([^)]+?)\)/.exec(text)?.[1],
      distribution_minor_version: /(\d+)\.(\d+)/.exec(found.file('/etc/debian_version') ?? '')?.[2],
    };
  }
  if (text.includes('Ubuntu')) return { distribution: 'Ubuntu' };
  if (text.includes('SteamOS')) return { distribution: 'SteamOS' };
  const security = /Kali|Parrot/.exec(text)?.[0];
  if (security !== undefined)
    return { distribution: text.includes('Kali') ? 'Kali' : security, distribution_release: field(text, 'DISTRIB_RELEASE') };
  if (text.includes('Devuan')) return versioned('Devuan', /PRETTY_NAME="?[^("]+ \(?([^) "]+)\)?/.exec(text)?.[1], version);
  if (text.includes('Cumulus')) return versioned('Cumulus Linux', field(text, 'VERSION'));
  if (text.includes('Mint')) return versioned('Linux Mint', undefined);
  if (/UOS|Uos|uos/.test(text)) return versioned('Uos', codename);
  if (/Deepin|deepin/.test(text)) return versioned('Deepin', codename);
  return undefined;
};

/** In the order in which they are asked. A file that may be empty decides by being there. */
const RELEASE_FILES: readonly (readonly [path: string, variety: string, read: Read | 'present'])[] = [
  ['/etc/altlinux-release', 'Altlinux', named('Altlinux', 'ALT')],
  ['/etc/oracle-release', 'OracleLinux', named('OracleLinux', 'Oracle Linux')],
  [
    '/etc/slackware-version',
    'Slackware',
    (text) =>
      text.includes('Slackware') ? { distribution: 'Slackware', distribution_version: /\w+[.]\w+\+?/.exec(text)?.[0] } : undefined,
  ],
  [
    '/etc/centos-release',
    'CentOS',
    (text) =>
      text.includes('CentOS Stream')
        ? { distribution_release: 'Stream' }
        : text.includes('TencentOS Server')
          ? { distribution: 'TencentOS' }
          : undefined,
  ],
  ['/etc/redhat-release', 'RedHat', named('RedHat', 'Red Hat')],
  ['/etc/vmware-release', 'VMwareESX', 'present'],
  [
    '/etc/openwrt_release',
    'OpenWrt',
    (text) =>
      text.includes('OpenWrt')
        ? {
            distribution: 'OpenWrt',
            distribution_version: /DISTRIB_RELEASE=["'](.*)["']/.exec(text)?.[1],
            distribution_release: /DISTRIB_CODENAME=["'](.*)["']/.exec(text)?.[1],
          }
        : undefined,
  ],
  ['/etc/os-release', 'Amazon', (text) => amazon(text, true)],
  ['/etc/system-release', 'Amazon', (text) => amazon(text, false)],
  ['/etc/alpine-release', 'Alpine', (text) => ({ distribution: 'Alpine', distribution_version: text })],
  ['/etc/arch-release', 'Archlinux', 'present'],
  ['/etc/os-release', 'Archlinux', (text) => (text.includes('Arch Linux') ? { distribution: 'Archlinux' } : undefined)],
  ['/etc/os-release', 'SUSE', suse],
  ['/etc/os-release', 'Debian', debian],
  ['/etc/lsb-release', 'Debian', debian],
  ['/etc/sourcemage-release', 'SMGL', named('SMGL', 'Source Mage GNU/Linux')],
  [
    '/usr/lib/os-release',
    'ClearLinux',
    (text) => {
      const [name, version] = [field(text, 'NAME'), field(text, 'VERSION_ID')];
      if (name?.includes('Clear Linux') !== true) return undefined;
      return {
        distribution: name,
        distribution_version: version,
        distribution_major_version: version,
        distribution_release: field(text, 'ID'),
      };
    },
  ],
  [
    '/etc/os-release',
    'Flatcar',
    (text) => {
      if (field(text, 'ID') !== 'flatcar') return undefined;
      const version = field(text, 'VERSION');
      return { distribution_version: version, distribution_major_version: version?.split('.')[0] };
    },
  ],
];

/** distribution and os_family, as ansible 2.14. */
export const distribution: Collector = {
  name: 'distribution',
  factIds: ['distribution_version', 'distribution_release', 'distribution_major_version', 'os_family'],
  files: [...KERNEL_FILES, ...new Set(RELEASE_FILES.map(([path]) => path)), '/usr/lib/os-release', '/etc/debian_version'],
  paths: RELEASE_FILES.filter(([, , read]) => read === 'present').map(([path]) => path),
  links: ['/etc/products.d/baseproduct'],
  script: `case $system in
  Darwin) stream product_version sw_vers -productVersion ;;
  OpenBSD|NetBSD|DragonFly) stream kern_version sysctl -n kern.version ;;
esac
${KERNEL_SCRIPT}`,
  read: (found) => {
    const facts = { ...kernelFacts(found), ...(found.system === 'Linux' ? linuxFacts(found) : otherFacts(found)) };
    return { ...facts, os_family: typeof facts.distribution === 'string' ? family(facts.distribution) : undefined };
  },
};

function kernelFacts(found: Found): Facts {
  return {
    distribution: found.system,
    distribution_release: kernelText(found, 'osrelease'),
    distribution_version: kernelText(found, 'version'),
  };
}

function linuxFacts(found: Found): Facts {
  const guess = guessed(found);
  for (const [path, variety, read] of RELEASE_FILES) {
    const text = found.file(path);
    const file = { distribution_file_path: path, distribution_file_variety: variety };
    if (read === 'present') {
      if (found.exists(path)) return { ...guess, distribution: variety, ...file };
      continue;
    }
    const facts = text === undefined ? undefined : read(text.replace(/^['"\\]+|['"\\]+$/g, ''), found);
    if (facts !== undefined) return { ...guess, distribution: variety, ...file, distribution_file_parsed: true, ...defined(facts) };
  }
  const text = found.file('/etc/os-release');
  if (text === undefined) return guess;
  // No file's own kind: os-release's names count.
  return {
    ...guess,
    distribution_file_path: '/etc/os-release',
    distribution_file_variety: 'NA',
    distribution_file_parsed: true,
    distribution: field(text, 'NAME') ?? 'NA',
    distribution_version: guess.distribution_version === 'NA' ? (field(text, 'VERSION') ?? 'NA') : guess.distribution_version,
  };
}

// What Python's distro library makes of os-release and the files beside it.
function guessed(found: Found): Facts {
  const text = found.file('/etc/os-release') ?? found.file('/usr/lib/os-release') ?? '';
  const id = field(text, 'ID') ?? '';
  const redhat = found.file('/etc/redhat-release') ?? '';
  const version = bestVersion(id, field(text, 'VERSION_ID') ?? '', found) || (/\d[\d.]*/.exec(redhat)?.[0] ?? '');
  const inBrackets = /\((\D+)\)|,\s*(\D+)$/.exec(field(text, 'VERSION') ?? '') ?? /\(([^)\d]+)\)/.exec(redhat);
  const codename = field(text, 'VERSION_CODENAME') ?? field(text, 'UBUNTU_CODENAME') ?? (inBrackets?.[1] ?? inBrackets?.[2])?.trim();
  const names: Readonly<Record<string, string>> = { amzn: 'Amazon', rhel: 'Redhat', '': 'OtherLinux' };
  return {
    distribution: names[id] ?? id.slice(0, 1).toUpperCase() + id.slice(1).toLowerCase(),
    distribution_version: version || 'NA',
    distribution_release: codename ?? 'NA',
    distribution_major_version: version.split('.')[0] || 'NA',
  };
}

// Debian's os-release says 12, its own file 12.11, and that counts; likewise on CentOS, of which two parts are told.
function bestVersion(id: string, version: string, found: Found): string {
  const dots = (text: string): number => text.split('.').length;
  const own = id === 'debian' ? found.file('/etc/debian_version') : /\d[\d.]*/.exec(found.file('/etc/centos-release') ?? '')?.[0];
  if ((id !== 'debian' && id !== 'centos') || own === undefined) return version;
  const best = version === '' || dots(own) > dots(version) ? own : version;
  return id === 'centos' ? best.split('.').slice(0, 2).join('.') : best;
}

function otherFacts(found: Found): Facts {
  const release = kernelText(found, 'osrelease');
  const kern = found.record('kern_version');
  switch (found.system) {
    case 'Darwin': {
      const version = found.record('product_version').trim();
      return { distribution: 'MacOSX', distribution_version: version, distribution_major_version: version.split('.')[0] };
    }
    case 'FreeBSD': {
      const [, major, minor] = /(\d+)\.(\d+)-(?:RELEASE|STABLE|CURRENT|RC|PRERELEASE)/.exec(release) ?? [];
      return major === undefined ? {} : { distribution_major_version: major, distribution_version: `${major}.${minor}` };
    }
    case 'OpenBSD':
      return { distribution_version: release, distribution_release: /^OpenBSD\s[\d.]+-(\S+)\s/.exec(kern)?.[1] ?? 'release' };
    case 'DragonFly': {
      const [, major, minor, patch] = /v(\d+)\.(\d+)\.(\d+)-(?:RELEASE|STABLE|CURRENT)/.exec(kern) ?? [];
      return major === undefined ? {} : { distribution_major_version: major, distribution_version: `${major}.${minor}.${patch}` };
    }
    case 'NetBSD': {
      const [, major = release.split('.')[0], minor] = /^NetBSD\s(\d+)\.(\d+)\s\(GENERIC\)/.exec(kern) ?? [];
      return { distribution_major_version: major, distribution_version: minor === undefined ? release : `${major}.${minor}` };
    }
    default:
      return {};
  }
}

function defined(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

const FAMILIES: Readonly<Record<string, string>> = {
  RedHat:
    'RedHat|RHEL|Fedora|CentOS|Scientific|SLC|Ascendos|CloudLinux|PSBM|OracleLinux|OVS|OEL|Amazon|Virtuozzo|XenServer|Alibaba|EulerOS|openEuler|AlmaLinux|Rocky|TencentOS|EuroLinux|Kylin Linux Advanced Server',
  Debian:
    'Debian|Ubuntu|Raspbian|Neon|KDE neon|Linux Mint|SteamOS|Devuan|Kali|Cumulus Linux|Pop!_OS|Parrot|Pardus GNU/Linux|Uos|Deepin|OSMC',
  Suse: 'SuSE|SLES|SLED|openSUSE|openSUSE Tumbleweed|SLES_SAP|SUSE_LINUX|openSUSE Leap',
  Archlinux: 'Archlinux|Antergos|Manjaro',
  Gentoo: 'Gentoo|Funtoo',
  ClearLinux: 'Clear Linux OS|Clear Linux Mix',
  Darwin: 'MacOSX',
  FreeBSD: 'FreeBSD|TrueOS',
};

const familyOf = new Map(
  Object.entries(FAMILIES).flatMap(([name, members]) => members.split('|').map((member) => [member, name] as const)),
);

function family(name: string): string {
  return familyOf.get(name) ?? name;
}
