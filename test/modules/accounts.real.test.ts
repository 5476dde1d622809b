// group and user with the tools of this machine, in root directories of their own, beside Ansible.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Pair, type Task, TwoRoots } from './beside-ansible.js';
import { needsPrivateRoot, PrivateRoot } from './private-root.js';
import { plain, runModule, SHELLS } from './run-steps.js';

const HASH = '$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/';
const user = (name: string, args: Readonly<Record<string, unknown>>, checkMode = false): Task => ({
  name,
  module: 'user',
  args: { name: 'anna', ...args },
  checkMode,
});
const group = (name: string, args: Readonly<Record<string, unknown>>, checkMode = false): Task => ({
  name,
  module: 'group',
  args: { name: 'crew', ...args },
  checkMode,
});

const TASKS: readonly Task[] = [
  group('group would make', { gid: 4242 }, true),
  group('group makes', { gid: 4242 }),
  group('group has it', { gid: 4242 }),
  group('group changes the number', { gid: 4243 }),
  group('group would remove', { state: 'absent' }, true),
  group('group makes one of the system', { name: 'daemons', system: true }),
  group('group refuses a number twice', { name: 'twice', gid: 4243 }),
  group('group gives a number twice', { name: 'twice', gid: 4243, non_unique: true }),
  group('group removes', { name: 'twice', state: 'absent' }),
  group('group has nothing to remove', { name: 'twice', state: 'absent' }),

  user('user would make', { uid: 4300 }, true),
  user('user makes', { uid: 4300, comment: 'Anna Ä', shell: '/bin/sh', groups: 'crew,daemons', password: HASH }),
  user('user has it', { uid: 4300, comment: 'Anna Ä', shell: '/bin/sh', groups: 'crew,daemons', password: HASH }),
  user('user takes out of a group', { groups: ['crew'] }),
  user('user adds a group', { groups: ['daemons'], append: true }),
  user('user has the group', { groups: ['daemons'], append: true }),
  user('user takes out of all groups', { groups: [] }),
  user('user would change', { shell: '/bin/bash', comment: 'B' }, true),
  user('user changes', { shell: '/bin/bash', comment: 'B' }),
  user('user changes the primary group', { group: 'crew' }),
  user('user refuses a group that is not there', { group: 'nobodys' }),
  user('user ends', { expires: 1893456000 }),
  user('user ends already', { expires: 1893456000 }),
  user('user never ends', { expires: -1 }),
  user('user is locked', { password_lock: true }),
  user('user is locked already', { password_lock: true }),
  user('user is unlocked', { password_lock: false }),
  user('user keeps the password', { password: '$6$other$x', update_password: 'on_create' }),
  user('user gets another password, locked', { password: HASH.replace('q', 'r'), password_lock: true }),
  user('user must change the password', { password_expire_max: 90, password_expire_min: 1 }),
  user('user must change the password already', { password_expire_max: 90, password_expire_min: 1 }),
  user('user moves', { home: '/srv/anna', move_home: true }),
  { ...user('user lives where nothing was', { name: 'bert', home: '/deep/er/bert', group: 'crew' }), keys: ['uid', 'home', 'create_home'] },
  user('user of the system', { name: 'cron-like', system: true, create_home: false, shell: '/usr/sbin/nologin' }),
  user('user has a group of the name', { name: 'daemons', comment: 'x' }),
  user('user has no home to make', { name: 'dora', create_home: false }),
  user('user gets a home afterwards', { name: 'dora' }),
  user('user would remove', { name: 'bert', state: 'absent', remove: true }, true),
  user('user removes', { name: 'bert', state: 'absent', remove: true }),
  user('user has nobody to remove', { name: 'bert', state: 'absent', remove: true }),
  { ...user('user would get a key', { name: 'dora', generate_ssh_key: true, ssh_key_bits: 1024 }, true), keys: ['uid', 'home'] },
  { ...user('user gets a key', { name: 'dora', generate_ssh_key: true, ssh_key_bits: 1024 }), keys: ['ssh_key_file', 'home'] },
  { ...user('user has a key', { name: 'dora', generate_ssh_key: true, ssh_key_bits: 1024 }), keys: ['ssh_key_file'] },
];
// The day a password was changed stays, since both run on one day.
const DATABASES = ['/etc/passwd', '/etc/group', '/etc/shadow'];

describe('group and user beside Ansible', needsPrivateRoot('ansible-playbook', 'useradd', 'usermod', 'groupadd'), () => {
  const roots = new TwoRoots();
  let pairs: Pair[] = [];

  before(async () => {
    pairs = await roots.play(TASKS);
  });
  after(() => roots.remove());

  TASKS.forEach((task, index) => {
    it(task.name, () => assert.deepEqual(pairs[index]?.ours, pairs[index]?.theirs));
  });

  it('the databases come out alike', () => {
    for (const file of DATABASES) {
      const { ours, theirs } = roots.run(`cat ${file}`);
      assert.equal(ours, theirs);
      assert.match(ours, /anna/);
    }
  });

  it('the home directories come out alike', () => {
    const { ours, theirs } = roots.run(
      "cd / && find home srv/anna deep -printf '%p %M %u %g\\n' | grep -v -e ansible -e '\\.cache' | sort",
    );
    assert.equal(ours, theirs);
    assert.match(ours, /home\/dora\/\.ssh\/id_rsa -rw------- dora dora/);
  });
});

for (const shell of SHELLS) {
  describe(`user under ${shell}`, needsPrivateRoot(shell.split(' ')[0] ?? '', 'useradd'), () => {
    it('makes, changes and removes, and the second time does nothing', async () => {
      const root = new PrivateRoot();
      after(() => root.remove());
      const run = (args: Readonly<Record<string, unknown>>) => runModule('user', { name: 'zoe', ...args }, { shell: root.inside(shell) });

      await runModule('group', { name: 'crew' }, { shell: root.inside(shell) });
      const args = { groups: ['crew', 'daemon'], comment: "it's $HOME", password: HASH };
      const results = [
        await run(args),
        await run(args),
        await run({ ...args, groups: ['crew'] }),
        await run({ ...args, groups: ['crew'] }),
      ];
      const gone = [await run({ state: 'absent', remove: true }), await run({ state: 'absent' })];

      assert.deepEqual(
        [...results, ...gone].map(({ changed, failed, msg }) => [changed, failed, msg]),
        [
          [true, false, undefined],
          [false, false, undefined],
          [true, false, undefined],
          [false, false, undefined],
          [true, false, undefined],
          [false, false, undefined],
        ],
      );
      assert.equal(results.map(plain)[1]?.comment, "it's $HOME");
    });
  });
}
