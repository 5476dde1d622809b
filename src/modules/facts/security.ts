// What guards a host: SELinux, AppArmor, FIPS, a chroot, and the public keys of its sshd. It reads files only.
import { dict } from '../../base/value.ts';
import { fieldsOf, words } from './found.ts';
import type { Collector, Facts, Found } from './seam.ts';

const MODES: Readonly<Record<string, string>> = { '1': 'enforcing', '0': 'permissive' };
const SELINUX_LIBRARIES = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/lib/*-linux-gnu*', '/usr/lib/*-linux-gnu*'].map(
  (directory) => `${directory}/libselinux.so.1`,
);

/** selinux. Ansible asks a library for it; where a host lacks the library, it says so instead. */
export const selinux: Collector = {
  name: 'selinux',
  files: ['/sys/fs/selinux/enforce', '/sys/fs/selinux/policyvers', '/etc/selinux/config'],
  script: `for path in ${SELINUX_LIBRARIES.join(' ')}; do if [ -e "$path" ]; then report selinux_library "$path"; break; fi; done`,
  read: (found) => {
    const selinux_python_present = found.record('selinux_library') !== '';
    if (!selinux_python_present) return { selinux: dict({ status: 'Missing selinux Python library' }), selinux_python_present };
    const enforce = found.file('/sys/fs/selinux/enforce');
    if (enforce === undefined) return { selinux: dict({ status: 'disabled' }), selinux_python_present };
    const config = fieldsOf(found.file('/etc/selinux/config') ?? '', '=');
    return {
      selinux: dict({
        status: 'enabled',
        policyvers: Number(found.file('/sys/fs/selinux/policyvers') ?? 0),
        config_mode: config.get('SELINUX') ?? 'unknown',
        mode: MODES[enforce] ?? 'unknown',
        type: config.get('SELINUXTYPE') ?? 'unknown',
      }),
      selinux_python_present,
    };
  },
};

export const apparmor: Collector = {
  name: 'apparmor',
  paths: ['/sys/kernel/security/apparmor'],
  read: (found) => ({ apparmor: dict({ status: found.exists('/sys/kernel/security/apparmor') ? 'enabled' : 'disabled' }) }),
};

export const fips: Collector = {
  name: 'fips',
  files: ['/proc/sys/crypto/fips_enabled'],
  read: (found) => ({ fips: found.file('/proc/sys/crypto/fips_enabled') === '1' }),
};

/** Inodes of a root that is not inside another one; other file systems have 2. */
const ROOT_INODES: Readonly<Record<string, string>> = { btrfs: '256', xfs: '128' };

/** is_chroot: the root of process 1 is another one; where only root may see that, an unusual inode says it. */
export const chroot: Collector = {
  name: 'chroot',
  factIds: ['is_chroot'],
  script: `report debian_chroot "\${debian_chroot-}"
roots=$(stat -L -c '%d:%i' / /proc/1/root/. 2>/dev/null || ls -di /); report roots "$roots"
case $roots in *:*:*) ;; *) stream root_type grep -s ' / ' /proc/mounts ;; esac`,
  read: (found) => ({ is_chroot: found.record('debian_chroot') !== '' || hasOtherRoot(found) }),
};

function hasOtherRoot(found: Found): boolean {
  // Two of `device:inode`; or one of them, or what ls says of `/`.
  const [own = '', first] = words(found.record('roots'));
  if (first?.includes(':') === true) return own !== first;
  const type = found.record('root_type').trim().split('\n').at(-1)?.split(' ')[2] ?? '';
  return own.replace(/^\d+:/, '') !== (ROOT_INODES[type] ?? '2');
}

const KEY_DIRECTORIES = ['/etc/ssh', '/etc/openssh', '/etc'];
const KEY_KINDS = ['dsa', 'rsa', 'ecdsa', 'ed25519'];

export const sshPublicKeys: Collector = {
  name: 'ssh_pub_keys',
  factIds: ['ssh_host_pub_keys', ...KEY_KINDS.map((kind) => `ssh_host_key_${kind}_public`)],
  files: KEY_DIRECTORIES.flatMap((directory) => KEY_KINDS.map((kind) => `${directory}/ssh_host_${kind}_key.pub`)),
  read: (found) => {
    for (const directory of KEY_DIRECTORIES) {
      const facts: Record<string, string | undefined> = {};
      for (const kind of KEY_KINDS) {
        const [type, key] = words(found.file(`${directory}/ssh_host_${kind}_key.pub`) ?? '');
        if (key === undefined) continue;
        facts[`ssh_host_key_${kind}_public`] = key;
        facts[`ssh_host_key_${kind}_public_keytype`] = type;
      }
      if (Object.keys(facts).length > 0) return facts;
    }
    return {} satisfies Facts;
  },
};
