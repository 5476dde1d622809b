// Arguments for every module that bring every part of its script in. They need not make sense together.
import type { SourceFile, SourceTree } from '#src/modules/seam';

const LARGE: SourceFile = { path: '/src/large', sizeBytes: 1e6, sha1: 'a'.repeat(40), mode: 0o644 };
const SMALL: SourceFile = { path: '/src/small', sizeBytes: 3, sha1: 'b'.repeat(40), mode: 0o644, content: Buffer.from("it's\0") };

const TREE: SourceTree = {
  path: '/src/tree',
  entries: [
    { kind: 'file', path: "it's/x", source: SMALL },
    { kind: 'directory', path: "it's" },
    { kind: 'link', path: 'l', target: '-x' },
  ],
};

/** By the name of the module; a test sees to it that none is missing. */
export const SAMPLES: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  command: [{ cmd: 'ls -l "a b" $HOME/x ~user/y', chdir: '~/d', creates: '/tmp/a b*', removes: '/x', stdin: "it's" }],
  shell: [{ cmd: 'echo hi | cat', executable: '/bin/bash' }],
  raw: [{ cmd: 'uptime' }],
  script: [
    { cmd: { ...SMALL, rest: ` "$HOME" | wc` }, chdir: '/d', creates: '/x*' },
    { cmd: LARGE, executable: 'python3 -u' },
  ],
  copy: [
    { content: 'hé\n', dest: '~/x y', mode: 'u=rwX,g+s,o=g', owner: 'root', group: '0', backup: true, validate: 'grep -q "a b" %s' },
    { src: SMALL, dest: '/d/', directory_mode: '0750', follow: true, mode: 'preserve' },
    { src: LARGE, dest: '/d/x' },
    { src: '/a', dest: '/b', remote_src: true, mode: 'preserve' },
    { src: TREE, dest: '/t', mode: 'preserve', directory_mode: '0711', owner: 'root' },
  ],
  template: [{ src: SMALL, dest: '/x' }],
  file: [
    { path: '$HOME/x', state: 'directory', recurse: true, mode: '+X', owner: 'root' },
    { path: '/x', state: 'link', src: 'y' },
    { path: '/x', setype: 'etc_t', selevel: '_default' },
  ],
  filesystem: [
    { dev: "/it's", fstype: 'ext4', opts: "-L it's", resizefs: true },
    { dev: '/x', state: 'absent' },
  ],
  lineinfile: [{ path: '/x', line: 'a', regexp: '^a', backup: true, mode: '0644', validate: 'true %s' }],
  replace: [{ path: '/x y', regexp: '^a', replace: "it's", after: 'b', backup: true, mode: '0644', validate: 'true %s' }],
  blockinfile: [{ path: '/x', block: 'a', create: true, owner: 'root' }],
  slurp: [{ src: '~/x' }],
  find: [{ paths: ['/a b', '~/c'], recurse: true, follow: true, depth: 2, get_checksum: true }],
  tempfile: [{ state: 'directory', prefix: "it's" }, { path: '/x y' }],
  group: [{ name: "it's", gid: 7, system: true, non_unique: true }],
  user: [
    {
      name: 'u',
      uid: 7,
      groups: ['a', 'b'],
      append: true,
      home: '~/x',
      password: '$6$x',
      expires: 0,
      generate_ssh_key: true,
      ssh_key_bits: 2048,
    },
    { name: 'u', state: 'absent', remove: true },
  ],
  apt: [
    {
      name: ['a', 'b=1*', 'c*', 'd>=1'],
      state: 'latest',
      update_cache: true,
      install_recommends: false,
      default_release: 'x',
      policy_rc_d: 101,
    },
    { deb: '/x y' },
    { deb: "https://x/it's.deb" },
  ],
  dnf: [{ name: ['a*', '@b', "it's"], state: 'latest', update_cache: true, enablerepo: 'x' }],
  yum: [{ name: 'a', state: 'absent' }],
  package: [{ name: ['a', 'b'], state: 'latest' }],
  get_url: [{ url: "http://x/it's", dest: '/x y', checksum: 'sha256:http://y', headers: { A: 'b' }, mode: '0644', client_cert: '~/c' }],
  uri: [
    { url: 'http://x/', body: { a: [1] }, body_format: 'json', creates: '/x*', dest: '/y', url_username: 'u', url_password: 'p' },
    { url: 'http://x/', src: SMALL, method: 'PUT', status_code: [200, 201] },
  ],
  unarchive: [
    { src: SMALL, dest: '/x', exclude: ["it's"], extra_opts: '--strip-components=1', owner: 'root', creates: '/x*' },
    { src: 'http://x/y.tgz', dest: '/x', remote_src: true, include: 'a' },
  ],
  wait_for: [
    { port: 80, host: '::1', timeout: 0 },
    { path: '/x', search_regex: 'a', timeout: 0 },
  ],
  cron: [{ name: 'x', job: "it's", user: 'u', cron_file: 'x', backup: true }],
  git: [
    { repo: "~/it's", dest: '/x y', version: 'v1', depth: 1, key_file: '~/k', accept_hostkey: true, ssh_opts: '-p "2 2"', umask: '022' },
  ],
  apt_repository: [{ repo: 'deb http://x y z' }],
  assemble: [{ src: '/x y', dest: '/z', delimiter: "it's", validate: 'true %s' }],
  ini_file: [{ path: '/x y', section: 'a', option: 'b', value: "it's", backup: true, mode: '0600' }],
  sysctl: [{ name: 'a.b', value: '1 2', sysctl_set: true }],
  mount: [{ path: "/it's", src: '/dev/x y', fstype: 'ext4', state: 'mounted' }],
  authorized_key: [
    { user: "it's", key: 'ssh-rsa AAAA x' },
    { user: 'u', key: 'ssh-rsa AAAA x', path: '/x y' },
    { user: 'u', key: "https://x/it's.keys" },
  ],
  known_hosts: [{ name: 'a', key: 'a ssh-rsa AAAA' }],
  hostname: [{ name: 'a.b' }],
  modprobe: [{ name: 'a_b', params: "it's=1", persistent: 'present' }],
  timezone: [{ name: 'Etc/UTC', hwclock: 'local' }],
  iptables: [
    { chain: 'INPUT', protocol: 'tcp', destination_port: '22', jump: 'ACCEPT', comment: "it's" },
    { chain: 'x y', action: 'insert', rule_num: '3', source: '!10.0.0.0/8', chain_management: true },
    { flush: true },
    { chain: 'INPUT', policy: 'DROP' },
  ],
  seboolean: [{ name: 'a', state: true, persistent: true }],
  locale_gen: [{ name: ['de_DE.UTF-8', 'C'] }],
  debconf: [{ name: 'a', question: 'a/b', vtype: 'string', value: "it's" }],
  alternatives: [{ name: 'a', path: "/it's" }],
  service_facts: [{}],
  package_facts: [{}, { strategy: 'all' }],
  yum_repository: [
    { name: 'a', description: 'b', baseurl: 'http://x', mode: '0600' },
    { name: 'a', state: 'absent' },
  ],
  pip: [
    { name: ['a>=1', "b; x == 'y'"], virtualenv: '~/v', umask: '022', editable: true, extra_args: '-x "a b"' },
    { requirements: '~/r', executable: 'pip2' },
  ],
  apt_key: [
    { data: "it's", keyring: '/x y' },
    { url: 'http://x', state: 'absent' },
    { id: 'ABCD1234', keyserver: "it's" },
  ],
  getent: [{ database: 'passwd', key: "it's" }],
  service: [{ name: 'ssh', state: 'restarted', enabled: true, sleep: 1, arguments: 'a "b c"' }],
  systemd: [{ name: 'ssh', state: 'started', masked: false, daemon_reload: true, scope: 'user', no_block: true }],
  systemd_service: [{ daemon_reload: true }],
  stat: [{ path: '/x' }],
  ping: [{}],
  setup: [{}],
};
