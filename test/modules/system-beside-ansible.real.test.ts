// Modules of ansible-core for a system's names, keys, answers and lists, in root directories of their own, beside Ansible.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { hashName } from '#src/modules/texts/known-hosts-text';
import { needs } from '../support/real.js';
import { type Pair, type Task, TwoRoots, tasksOf } from './beside-ansible.js';
import { PIP_ENV, WHEEL } from './package-samples.js';
import { needsPrivateRoot } from './private-root.js';

const [RSA, OTHER] = ['AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7', 'AAAAB3NzaC1yc2EAAAADAQABAAAAQQD8'];
const KNOWN = { path: '/kh' };
const knownHosts = tasksOf(
  'known_hosts',
  ['name', 'key', 'path', 'hash_host'],
  [
    ['would add', { ...KNOWN, name: 'one', key: `one ssh-rsa ${RSA}` }, true, []],
    ['adds', { ...KNOWN, name: 'one', key: `one ssh-rsa ${RSA}` }],
    ['has it', { ...KNOWN, name: 'ONE', key: `one ssh-rsa ${RSA} comment` }],
    ['replaces', { ...KNOWN, name: 'one', key: `one ssh-rsa ${OTHER}` }],
    ['adds another port', { ...KNOWN, name: '[one]:2222', key: `[one]:2222 ssh-rsa ${OTHER}` }],
    ['adds names', { ...KNOWN, name: 'two', key: `two,10.0.0.2 ssh-rsa ${RSA}` }],
    ['takes a key out', { ...KNOWN, name: 'one', key: `one ssh-rsa ${OTHER}`, state: 'absent' }],
    ['has none to take out', { ...KNOWN, name: 'one', key: `one ssh-rsa ${OTHER}`, state: 'absent' }],
    ['takes all keys of a host out', { ...KNOWN, name: 'two', state: 'absent' }],
    ['has nothing to take out', { ...KNOWN, name: 'two', state: 'absent' }],
    ['finds a hash', { ...KNOWN, name: 'hashed', state: 'absent' }],
  ],
);

const hostname = tasksOf(
  'hostname',
  ['name'],
  [
    ['would set', { name: 'fish.sea', use: 'openbsd' }, true],
    ['sets', { name: 'fish.sea', use: 'openbsd' }],
    ['has it', { name: 'fish.sea', use: 'openbsd' }],
    ['sets a file of SUSE', { name: 'fish.sea', use: 'sles' }],
    ['sets a variable of Red Hat', { name: 'fish', use: 'redhat' }],
    ['has it there', { name: 'fish', use: 'redhat' }],
    ['sets a variable of Gentoo', { name: 'fish', use: 'openrc' }],
    ['has it there too', { name: 'fish', use: 'openrc' }],
    ['sets both of systemd', { name: 'fish', use: 'systemd' }],
    ['has both', { name: 'fish', use: 'systemd' }],
  ],
);

const QUESTION = { name: 'fish', question: 'fish/colour' };
const debconf = tasksOf(
  'debconf',
  ['msg', 'current', 'previous'],
  [
    ['would answer', { ...QUESTION, vtype: 'select', value: 'red' }, true],
    ['answers', { ...QUESTION, vtype: 'select', value: 'red' }],
    ['has the answer', { ...QUESTION, vtype: 'select', value: 'red' }],
    ['answers otherwise', { ...QUESTION, vtype: 'select', value: 'a: b' }],
    ['answers yes or no', { name: 'fish', question: 'fish/ok', vtype: 'boolean', value: true, unseen: true }],
    ['has that answer', { name: 'fish', question: 'fish/ok', vtype: 'boolean', value: 'TRUE' }],
    ['lists', { name: 'fish' }],
  ],
);

const REPO = { name: 'sea', description: 'the sea', baseurl: ['http://a/', 'http://b/'] };
const yumRepository = tasksOf(
  'yum_repository',
  ['repo', 'state'],
  [
    ['would add', REPO, true],
    ['adds', { ...REPO, gpgcheck: false, enabled: true, exclude: ['a*', 'b'], priority: 7 }],
    ['has it', { ...REPO, gpgcheck: false, enabled: true, exclude: ['a*', 'b'], priority: 7 }],
    ['changes it', { ...REPO, gpgcheck: true, mode: '0600' }],
    ['adds another to the file', { name: 'lake', file: 'sea', description: 'x', mirrorlist: 'http://c/', sslverify: false }],
    ['takes one out', { name: 'sea', state: 'absent' }],
    ['takes the last one out, and the file', { name: 'lake', file: 'sea', state: 'absent' }],
    ['has none to take out', { name: 'lake', state: 'absent' }],
    ['writes a file that stays', { ...REPO, name: 'kept', metadata_expire: '6h', gpgkey: ['http://k/'] }],
    ['needs the directory', { ...REPO, reposdir: '/none' }],
  ],
);

const lists = [
  ...tasksOf('service_facts', ['ansible_facts'], [['lists', {}]]),
  ...tasksOf(
    'package_facts',
    [],
    [
      ['lists', {}],
      ['lists one', { manager: 'apt', strategy: 'all' }],
    ],
  ),
];

const UNIT = '[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';
// Nothing runs in here, so systemctl only looks at files, as in the root of a system that is being made.
const systemd = tasksOf(
  'systemd',
  ['name', 'enabled', 'state', 'status'],
  [
    ['would enable', { name: 'fish', enabled: true }, true],
    ['enables', { name: 'fish', enabled: true }],
    ['has it enabled', { name: 'fish.service', enabled: true, daemon_reload: true }],
    ['enables one of a template', { name: 'sea@1', enabled: true }],
    ['has one of a template', { name: 'sea@1.service', enabled: true }],
    ['has not the other', { name: 'sea@2', enabled: false }],
    ['masks', { name: 'deep', masked: true }],
    ['has it masked', { name: 'deep', masked: true }],
    ['unmasks', { name: 'deep', masked: false, enabled: true }],
    ['disables', { name: 'fish', enabled: false, no_block: true }],
    ['enables for users', { name: 'mine', enabled: true, scope: 'global' }],
    ['has it for users', { name: 'mine', enabled: true, scope: 'global' }],
    ['starts nothing', { name: 'fish', state: 'started' }],
    ['misses a unit', { name: 'none', enabled: true }],
    ['only reloads', { daemon_reload: true, daemon_reexec: true }],
  ],
);

/** A key of Debian's own, where this machine has one as text. */
const KEYS = '/etc/apt/trusted.gpg.d';
const armoured = existsSync(KEYS) ? readdirSync(KEYS).filter((name) => name.endsWith('.asc')) : [];
const data = armoured[0] === undefined ? undefined : readFileSync(`${KEYS}/${armoured[0]}`, 'utf8');
const aptKey =
  data === undefined
    ? []
    : tasksOf(
        'apt_key',
        ['id', 'short_id', 'fp', 'key_id', 'before', 'after'],
        [
          ['would add', { data }, true],
          ['adds', { data, keyring: '/etc/apt/trusted.gpg.d/x.gpg' }],
          ['has it', { data, keyring: '/etc/apt/trusted.gpg.d/x.gpg' }],
          ['adds a file', { file: '/key.asc' }],
          ['has the file', { file: '/key.asc' }],
          ['would take it out', { file: '/key.asc', state: 'absent' }, true],
          ['takes it out', { file: '/key.asc', state: 'absent' }],
          ['has none to take out', { id: '0x1234567890ABCDEF', state: 'absent' }],
          ['misses the file', { file: '/none' }],
        ],
      );

const ENVIRONMENT = { virtualenv: '/venv', virtualenv_command: '/usr/bin/python3 -m venv' };
const PIP = { executable: '/usr/bin/pip3' };
const pip =
  needs('pip3').skip === false
    ? tasksOf(
        'pip',
        ['name', 'version', 'state', 'requirements', 'virtualenv'],
        [
          ['would install', { ...PIP, name: 'herring' }, true, []],
          ['installs', { ...PIP, name: ['herring>=1', '<2'] }],
          ['has it', { ...PIP, name: 'herring' }],
          ['would have it', { ...PIP, name: 'Herring>=1.0' }, true, []],
          ['would want another', { ...PIP, name: 'herring', version: '2.0' }, true, []],
          ['takes the latest', { ...PIP, name: 'herring', state: 'latest' }],
          ['takes a version', { ...PIP, name: 'herring', version: '1.0' }],
          ['reads requirements', { ...PIP, requirements: '/requirements.txt' }],
          ['has what they say', { ...PIP, requirements: '/requirements.txt' }],
          ['would take it out', { ...PIP, name: 'herring', state: 'absent' }, true, []],
          ['takes it out', { ...PIP, name: 'herring', state: 'absent' }],
          ['has none to take out', { ...PIP, name: 'herring', state: 'absent' }],
          ['does not find it', { ...PIP, name: 'herring', version: '9' }],
          ['would make an environment', { ...ENVIRONMENT, name: 'herring' }, true, []],
          ['makes an environment', { ...ENVIRONMENT, name: 'herring' }],
          ['has it there', { ...ENVIRONMENT, name: 'herring' }],
        ],
      )
    : [];

const withDifferences = [...knownHosts, ...hostname].map((task) => ({
  ...task,
  // What is taken out with all keys of a host, Ansible does not show.
  diff: task.module === 'hostname' || task.args.key !== undefined,
}));
const TASKS: readonly Task[] = [...withDifferences, ...debconf, ...yumRepository, ...lists, ...aptKey, ...pip, ...systemd];

describe('systems beside Ansible', needsPrivateRoot('ansible-playbook', 'ssh-keygen', 'debconf-show'), () => {
  const roots = new TwoRoots(PIP_ENV);
  let pairs: Pair[] = [];

  before(async () => {
    roots.write(
      '/kh',
      `# mine\n*.net,!bad.net ssh-rsa ${RSA}\n|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-rsa ${RSA}\n${hashName(`hashed ssh-rsa ${RSA}`, 'hashed')}\n`,
    );
    roots.write('/etc/sysconfig/network', 'NETWORKING=yes\nHOSTNAME=old\n');
    roots.write('/etc/conf.d/hostname', '# mine\nhostname="old"\n');
    roots.run('mkdir -p /etc/yum.repos.d /wheels; rm -f /etc/apt/trusted.gpg.d/*');
    roots.write('/key.asc', data ?? '');
    for (const name of ['fish', 'sea@']) roots.write(`/etc/systemd/system/${name}.service`, UNIT);
    roots.write('/etc/systemd/user/mine.service', UNIT);
    roots.write('/usr/lib/systemd/system/deep.service', UNIT);
    roots.write('/wheel.py', WHEEL);
    roots.write('/requirements.txt', 'herring==2.0\n');
    roots.run('python3 /wheel.py');
    roots.write('/name', 'old\n');
    roots.write('/static', 'old\n');
    roots.write(
      '/usr/bin/hostnamectl',
      '#!/bin/sh\ncase $* in\n"--transient status") cat /name ;;\n"--static status") cat /static ;;\n*transient*) echo "$3" >/name ;;\n*) echo "$4" >/static ;;\nesac\n',
      0o755,
    );
    pairs = await roots.play(TASKS);
  });
  after(() => roots.remove());

  TASKS.forEach((task, index) => {
    it(task.name, () => assert.deepEqual(pairs[index]?.ours, pairs[index]?.theirs));
  });

  it('packages of Python were installed', () => {
    const installs = pairs.filter((_pair, index) => /^pip (?:installs|makes an environment)$/.test(TASKS[index]?.name ?? ''));

    assert.ok(
      installs.every(({ ours }) => ours.changed === true && ours.failed === false),
      JSON.stringify(installs),
    );
  });

  it('the files come out alike', () => {
    const { ours, theirs } = roots.run(
      'sed "s/|1|[^ ]*/HASH/" /kh; cat /etc/sysconfig/network /etc/conf.d/hostname /etc/myname /etc/HOSTNAME /name /static /etc/yum.repos.d/*; ls /etc/yum.repos.d; cd /etc/systemd && find . -type l | sort; debconf-show fish | sort',
    );
    assert.equal(ours, theirs);
    assert.match(ours, /HOSTNAME=fish/);
  });
});
