// Which tools a host brings to install packages and to run services, and its lsb_release. It starts none of the former.
import { dict } from '../../base/value.ts';
import { fieldsOf } from './found.ts';
import type { Collector, Facts, Found } from './seam.ts';

/** Where the tools are; of several, the last one counts. As ansible 2.14. */
const PACKAGE_TOOLS: readonly (readonly [path: string, name: string])[] = [
  ['/usr/bin/rpm-ostree', 'atomic_container'],
  ['/usr/bin/yum', 'yum'],
  ['/usr/bin/dnf', 'dnf'],
  ['/usr/bin/apt-get', 'apt'],
  ['/usr/bin/zypper', 'zypper'],
  ['/usr/sbin/urpmi', 'urpmi'],
  ['/usr/bin/pacman', 'pacman'],
  ['/bin/opkg', 'opkg'],
  ['/usr/pkg/bin/pkgin', 'pkgin'],
  ['/opt/local/bin/pkgin', 'pkgin'],
  ['/opt/tools/bin/pkgin', 'pkgin'],
  ['/opt/local/bin/port', 'macports'],
  ['/usr/local/bin/brew', 'homebrew'],
  ['/opt/homebrew/bin/brew', 'homebrew'],
  ['/sbin/apk', 'apk'],
  ['/usr/sbin/pkg', 'pkgng'],
  ['/usr/sbin/swlist', 'swdepot'],
  ['/usr/bin/emerge', 'portage'],
  ['/usr/sbin/pkgadd', 'svr4pkg'],
  ['/usr/bin/pkg', 'pkg5'],
  ['/usr/bin/xbps-install', 'xbps'],
  ['/usr/local/sbin/pkg', 'pkgng'],
  ['/usr/bin/swupd', 'swupd'],
  ['/usr/sbin/sorcery', 'sorcery'],
  ['/usr/bin/installp', 'installp'],
  ['/QOpenSys/pkgs/bin/yum', 'yum'],
];

export const packageTool: Collector = {
  name: 'pkg_mgr',
  needs: ['distribution'],
  paths: [...PACKAGE_TOOLS.map(([path]) => path), '/run/ostree-booted'],
  read: (found, earlier) => ({ pkg_mgr: packageToolOf(found, earlier) }),
};

// A family's own tool counts, whatever else may be installed.
function packageToolOf(found: Found, { distribution, distribution_major_version: version, os_family: family }: Facts): string {
  if (found.system === 'OpenBSD') return 'openbsd_pkg';
  // On ALT Linux this is a part of Perl.
  const isTool = (path: string): boolean => found.exists(path) && !(family === 'Altlinux' && path === '/usr/bin/pkg');
  const there = PACKAGE_TOOLS.filter(([path]) => isTool(path)).map(([, name]) => name);
  const last = there.at(-1) ?? 'unknown';
  if (family === 'Debian') return 'apt';
  if (family === 'Altlinux') return last === 'apt' ? 'apt_rpm' : last;
  if (family !== 'RedHat') return last;
  if (found.exists('/run/ostree-booted')) return 'atomic_container';
  const since = distribution === 'Fedora' ? 23 : distribution === 'Amazon' ? 2022 : 8;
  const own = Number(version) < since ? 'yum' : 'dnf';
  const mustBeThere = distribution === 'Fedora' || distribution === 'Amazon';
  return mustBeThere && !there.includes(own) ? last : own;
}

/** First processes that are not called as their kind. */
const FIRST_PROCESSES: Readonly<Record<string, string>> = {
  procd: 'openwrt_init',
  'runit-init': 'runit',
  svscan: 'svc',
  'openrc-init': 'openrc',
};
const SYSTEMD_SIGNS = ['/run/systemd/system', '/dev/.run/systemd', '/dev/.systemd'];

export const serviceTool: Collector = {
  name: 'service_mgr',
  needs: ['platform', 'distribution'],
  files: ['/proc/1/comm'],
  paths: [...SYSTEMD_SIGNS, '/etc/init', '/sbin/openrc', '/etc/init.d'],
  links: ['/sbin/init'],
  programs: ['systemctl', 'initctl'],
  script: `if [ ! -r /proc/1/comm ]; then stream first_process ps -p 1 -o comm=; fi`,
  read: (found, earlier) => ({ service_mgr: serviceToolOf(found, earlier) }),
};

// The first process says it by its name; a plain init or a shell says nothing, and then the files of the host do.
function serviceToolOf(found: Found, { distribution }: Facts): string {
  const { system } = found;
  const init = found.link('/sbin/init');
  const said = found.file('/proc/1/comm') ?? (found.record('first_process').trim() || (init ?? ''));
  const first = said.replace(/^.*\//, '');
  if (first !== '' && first !== 'init' && !first.endsWith('sh')) return FIRST_PROCESSES[first] ?? first;
  if (distribution === 'MacOSX') return 'launchd';
  if (/BSD|^Bitrig$|^DragonFly$/.test(system)) return 'bsdinit';
  if (system === 'AIX') return 'src';
  if (system === 'SunOS') return 'smf';
  if (distribution === 'OpenWrt') return 'openwrt_init';
  if (found.hasProgram('systemctl') && SYSTEMD_SIGNS.some(found.exists)) return 'systemd';
  if (found.hasProgram('initctl') && found.exists('/etc/init')) return 'upstart';
  if (found.exists('/sbin/openrc')) return 'openrc';
  if (found.hasProgram('systemctl') && init?.endsWith('/systemd') === true) return 'systemd';
  return found.exists('/etc/init.d') ? 'sysvinit' : 'service';
}

/**
 * lsb: what `lsb_release -a` says, or else its file. On Debian and Ubuntu it says what is in files anyway, and as a Python
 * program it takes its time; elsewhere it is run.
 */
export const lsb: Collector = {
  name: 'lsb',
  files: ['/etc/lsb-release', '/etc/os-release'],
  programs: ['lsb_release'],
  slow: [
    {
      call: 'ask_lsb',
      script: `ask_lsb() { if [ ! -e /etc/debian_version ] && has lsb_release; then say lsb "$(ask lsb_release -a)"; fi; }`,
    },
  ],
  read: (found) => {
    const file = fieldsOf(found.file('/etc/lsb-release') ?? '', '=');
    const release = fieldsOf(found.file('/etc/os-release') ?? '', '=');
    const said = fieldsOf(found.slow('lsb').join('\n'));
    const isDebian = found.hasProgram('lsb_release') && said.size === 0;
    const name = (word: string, lsbName: string, debianName: string): string | undefined => {
      const own = said.get(word) ?? file.get(lsbName) ?? (isDebian ? release.get(debianName) : undefined);
      return own?.replace(/^['"\\]+|['"\\]+$/g, '');
    };
    const id = name('Distributor ID', 'DISTRIB_ID', 'ID');
    const version = name('Release', 'DISTRIB_RELEASE', 'VERSION_ID') ?? said.get('LSB Version');
    return {
      lsb: dict({
        id: file.has('DISTRIB_ID') || !isDebian ? id : capitalized(id),
        description: name('Description', 'DISTRIB_DESCRIPTION', 'PRETTY_NAME'),
        release: version,
        codename: name('Codename', 'DISTRIB_CODENAME', 'VERSION_CODENAME'),
        major_release: version?.split('.')[0],
      }),
    };
  },
};

function capitalized(text: string | undefined): string | undefined {
  return text === undefined ? undefined : text.slice(0, 1).toUpperCase() + text.slice(1);
}
