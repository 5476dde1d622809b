// Cases of modules that other collections than ansible.builtin have: what is asked of them, over what is there. `@` is the directory of the case.
import type { Case } from './ansible-cases.js';
import { grid, PLAIN } from './grid-cases.js';

/** Where Ansible's own module is, in Python's words. */
export const COLLECTION_OF: Readonly<Record<string, string>> = {
  ini_file: 'community.general',
  authorized_key: 'ansible.posix',
  mount: 'ansible.posix',
  sysctl: 'ansible.posix',
};

const INI: readonly (readonly [string, NonNullable<Case['before']>])[] = [
  ['nothing', {}],
  ['a section', { p: '[s]\na = 1\n# b = 2\nc=3\n\n[t]\na = 9\n' }],
  ['lines before any section', { p: 'a=1\n; b=2\n[s]\n' }],
  ['values that repeat', { p: '[s]\na = 1\na = 2\nflag\n[s]\na = 4\n' }],
];
const ini = grid(
  'ini_file',
  { path: '@/p' },
  [
    [
      ['in a section', { section: 's' }],
      ['in a new section', { section: 'new' }],
      ['in none', {}],
    ],
    [
      ['a value', { option: 'a', value: '5' }],
      ['the same value', { option: 'a', value: '1' }],
      ['a commented option', { option: 'b', value: '2' }],
      ['several values', { option: 'a', values: ['1', '7'] }],
      ['one more value', { option: 'a', values: ['7'], exclusive: false }],
      ['no value', { option: 'flag', allow_no_value: true }],
      ['tightly', { option: 'a', value: '6', no_extra_spaces: true }],
      ['taken out', { option: 'a', state: 'absent' }],
      ['one value taken out', { option: 'a', value: '1', state: 'absent', exclusive: false }],
    ],
  ],
  { exists: INI, around: {} },
);
const sections = grid(
  'ini_file',
  { path: '@/p', section: 's', allow_no_value: true },
  [
    [
      ['section', {}],
      ['section taken out', { state: 'absent' }],
      ['not made', { create: false, option: 'x', value: 'y', allow_no_value: false }],
    ],
  ],
  {
    exists: INI,
    around: {},
  },
);

const [KEY, OTHER] = [
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7',
];
const KEYS: readonly (readonly [string, NonNullable<Case['before']>])[] = [
  ['nothing', {}],
  ['the key', { p: `0600|${KEY} old\n` }],
  ['the key with options', { p: `0600|# who\nno-pty,command="a, b" ${KEY} old\n${OTHER} x\n` }],
  ['another', { p: `0600|${OTHER} x` }],
];
const keys = grid(
  'authorized_key',
  { user: 'root', path: '@/p', manage_dir: false },
  [
    [
      ['a key', { key: `${KEY} me` }],
      ['two keys', { key: `${KEY} me\n${OTHER} you` }],
    ],
    [
      PLAIN,
      ['with options', { key_options: 'no-pty,from="10.0.0.0/8"' }],
      ['with a comment', { comment: 'said' }],
      ['alone', { exclusive: true }],
      ['taken out', { state: 'absent' }],
    ],
  ],
  { exists: KEYS, around: {} },
);

const TABS: readonly (readonly [string, NonNullable<Case['before']>])[] = [
  ['an empty table', { fstab: '' }],
  ['a table', { fstab: '# static\nUUID=1 / ext4 defaults 0 1\n/dev/x   /mnt/x\text4 rw,noatime 0 2 # mine\nproc /proc proc defaults 0 0' }],
];
const mounts = grid(
  'mount',
  { path: '/mnt/x', fstab: '@/fstab' },
  [
    [
      ['the same', { src: '/dev/x', fstype: 'ext4', opts: 'rw,noatime', passno: '2', state: 'present' }],
      ['another source', { src: '/dev/y z', fstype: 'xfs', state: 'present' }],
      ['not at boot', { src: '/dev/x', fstype: 'ext4', boot: false, state: 'present' }],
      ['with numbers', { src: '/dev/x', fstype: 'ext4', opts: 'ro', dump: '1', passno: '3', state: 'present' }],
      ['taken out', { state: 'absent_from_fstab' }],
    ],
    [PLAIN, ['elsewhere', { path: '/mnt/a b' }]],
  ],
  { exists: TABS, around: {} },
);

const SETTINGS: readonly (readonly [string, NonNullable<Case['before']>])[] = [
  ['nothing', {}],
  ['settings', { p: '# kernel\nvm.swappiness=60\n; vm.x = 1\n\nnet.ipv4.ip_forward = 0\nvm.swappiness = 61\n' }],
  ['lines that are none', { p: 'vm.swappiness\n  kernel.a=b=c  \n' }],
];
const settings = grid(
  'sysctl',
  { sysctl_file: '@/p', reload: false },
  [
    [
      ['a value', { name: 'vm.swappiness', value: '10' }],
      ['the same', { name: 'vm.swappiness', value: '61' }],
      ['a new one', { name: 'net.ipv4.tcp_rmem', value: '4096 87380 6291456' }],
      ['a truth', { name: 'net.ipv4.ip_forward', value: 'yes' }],
      ['taken out', { name: 'vm.swappiness', state: 'absent' }],
    ],
  ],
  { exists: SETTINGS, around: {} },
);

export const COLLECTION_CASES: readonly Case[] = [...ini, ...sections, ...keys, ...mounts, ...settings];
