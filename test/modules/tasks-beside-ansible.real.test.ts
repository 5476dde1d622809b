// Modules that change files all over a system, in root directories of their own, beside Ansible.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Pair, type Task, TwoRoots, tasksOf } from './beside-ansible.js';
import { needsPrivateRoot } from './private-root.js';
import { runModule, SHELLS } from './run-steps.js';

type Args = Readonly<Record<string, unknown>>;

/** No cron is installed here: this keeps crontabs in files, as one does. */
const CRONTAB = `#!/bin/sh
user=$(id -un)
if [ "$1" = -u ]; then user=$2; shift 2; fi
tab=/var/spool/tab-$user
case $1 in
-l) if [ -e "$tab" ]; then cat "$tab"; else echo "no crontab for $user" >&2; exit 1; fi ;;
*) cat "$1" >"$tab" ;;
esac
`;
const cron = tasksOf('cron', undefined, [
  ['would add', { name: 'a', job: 'true' }, true],
  ['adds', { name: 'a', job: "echo it's  $HOME >/dev/null", minute: '*/5', hour: 3 }],
  ['has it', { name: 'a', job: "echo it's  $HOME >/dev/null", minute: '*/5', hour: '3' }],
  ['changes it', { name: 'a', job: 'ls', weekday: '1-5' }],
  ['adds a special one', { name: 'b c', job: 'ls', special_time: 'daily' }],
  ['disables it', { name: 'b c', job: 'ls', special_time: 'daily', disabled: true }],
  ['sets a variable', { name: 'PATH', job: '/bin', env: true }],
  ['sets one after it', { name: 'MAILTO', value: 'x', env: true, insertafter: 'PATH' }],
  ['sets one before it', { name: 'LANG', value: 'C', env: true, insertbefore: 'MAILTO' }],
  ['has a variable', { name: 'PATH', job: '/bin', env: true }],
  ['changes a variable', { name: 'PATH', job: '/usr/bin:/bin', env: true }],
  ['misses a variable', { name: 'X', job: 'y', env: true, insertafter: 'NONE' }],
  ['takes a variable out', { name: 'MAILTO', env: true, state: 'absent' }],
  ['takes a job out', { name: 'a', state: 'absent' }],
  ['has nothing to take out', { name: 'a', state: 'absent' }],
  ['writes for somebody else', { name: 'd', job: 'ls', user: 'daemon' }],
  ['writes a file', { name: 'e', job: 'ls -l', user: 'root', cron_file: 'shoal' }],
  ['writes a second job into it', { name: 'f', job: 'id', user: 'daemon', cron_file: 'shoal', day: '1' }],
  ['takes one of them out', { name: 'e', cron_file: 'shoal', state: 'absent' }],
  ['takes the last one out, and the file', { name: 'f', cron_file: 'shoal', state: 'absent' }],
  ['takes over a job without a name', { name: 'mine', job: 'by-hand', user: 'root', cron_file: '/etc/cron.d/old', minute: '1' }],
]);

const ARCHIVES = `mkdir -p /in/top/sub && cd /in && umask 022 && echo one >top/a && echo two >top/sub/b && ln -s a top/l && chmod 750 top/sub &&
touch -d '2001-01-01' top/a top/sub/b top/sub top && tar czf /t.tgz top && tar cf /t.tar top && tar cjf /t.tar.bz2 top && tar cJf /t.txz top &&
python3 -c "import zipfile,os; z=zipfile.ZipFile('/t.zip','w'); z.write('top/a'); z.write('top/sub/b'); z.close()" && : >/empty.tgz && mkdir /out /out2 /out3 /out4 /out5 /out6`;
const unarchive = tasksOf(
  'unarchive',
  ['handler', 'dest', 'src', 'mode', 'owner', 'state', 'msg'],
  [
    ['unpacks', { src: '/t.tgz', dest: '/out', remote_src: true }],
    ['has it unpacked', { src: '/t.tgz', dest: '/out', remote_src: true }],
    ['lists', { src: '/t.tgz', dest: '/out', remote_src: true, list_files: true }],
    ['skips in check mode', { src: '/t.tgz', dest: '/out2', remote_src: true }, true],
    ['unpacks what is not packed', { src: '/t.tar', dest: '/out2', remote_src: true, owner: 'daemon', mode: 'u=rwX,go=' }],
    ['has it so', { src: '/t.tar', dest: '/out2', remote_src: true, owner: 'daemon', mode: 'u=rwX,go=' }],
    ['unpacks bzip2', { src: '/t.tar.bz2', dest: '/out3', remote_src: true, exclude: ['top/sub'] }],
    ['unpacks xz', { src: '/t.txz', dest: '/out4', remote_src: true, extra_opts: ['--strip-components=1'], include: ['top/sub'] }],
    ['unpacks zip', { src: '/t.zip', dest: '/out5', remote_src: true }],
    ['has zip unpacked', { src: '/t.zip', dest: '/out5', remote_src: true }],
    ['would unpack zip', { src: '/t.zip', dest: '/out6', remote_src: true }, true],
    ['is done already', { src: '/none', dest: '/out', remote_src: true, creates: '/out/top' }],
    ['needs the directory', { src: '/t.tgz', dest: '/none', remote_src: true }],
    ['needs the archive', { src: '/none', dest: '/out', remote_src: true }],
    ['takes nothing for an archive that is empty', { src: '/empty.tgz', dest: '/out', remote_src: true }],
  ],
);

const REPOSITORY = `export HOME=/root GIT_AUTHOR_DATE='2001-01-01 00:00:00 +0000' GIT_COMMITTER_DATE='2001-01-01 00:00:00 +0000' &&
git config --global user.email a@b && git config --global user.name a && git config --global init.defaultBranch trunk && git config --global protocol.file.allow always &&
git init -q /sub && cd /sub && echo s >s && git add . && git commit -qm s &&
git init -q /repo && cd /repo && echo 1 >f && git add . && git commit -qm 1 && git tag v1 && git tag -a -m text v1a && git checkout -q -b side && echo 2 >f && git commit -qam 2 &&
git checkout -q trunk && git submodule -q add /sub sub && git commit -qm 3 && git clone -q /repo /moved`;
const repository = (name: string, args: Args, checkMode = false) =>
  [name, { repo: '/repo', dest: '/work/tree', ...args }, checkMode] as const;
const git = tasksOf(
  'git',
  ['before', 'after', 'remote_url_changed', 'submodules_changed'],
  [
    repository('would clone', {}, true),
    repository('clones', {}),
    repository('has it', {}),
    repository('would take a branch', { version: 'side' }, true),
    repository('takes a branch', { version: 'side' }),
    repository('takes a tag', { version: 'v1' }),
    repository('has the tag', { version: 'v1a' }),
    repository('goes back to the head', {}),
    repository('does not look', { version: 'side', update: false }),
    repository('misses a version', { version: 'none' }),
    repository('clones with a depth', { dest: '/deep', depth: 1, version: 'side' }),
    repository('clones one branch', { dest: '/one', single_branch: true, version: 'side', recursive: false }),
    repository('clones without files', { dest: '/bare', bare: true }),
    repository('has it without files', { dest: '/bare', bare: true }),
    repository('only asks', { dest: '/none', clone: false, version: 'v1' }),
    repository('comes from elsewhere', { repo: '/moved' }),
    repository('misses a repository', { repo: '/none', dest: '/never' }),
  ],
);

const waitFor = tasksOf('wait_for', undefined, [
  ['sees a file', { path: '/in/top/a' }],
  ['sees what it holds', { path: '/in/top/a', search_regex: '^(?P<first>o)(n)' }],
  ['does not see what it does not hold', { path: '/in/top/a', search_regex: 'two', timeout: 2, sleep: 1 }],
  ['sees that there is none', { path: '/none', state: 'absent' }],
  ['waits in vain', { path: '/none', timeout: 1 }],
  ['waits in vain, and says so', { port: 1, timeout: 1, msg: 'too bad' }],
  ['sees that nobody answers', { port: 1, state: 'stopped' }],
  ['waits', { timeout: 1 }],
]).map((task) => ({
  ...task,
  keys: ['state', 'port', 'search_regex', 'path', 'match_groups', 'match_groupdict', 'size', 'msg'].filter(
    (key) => key !== 'msg' || task.args.timeout !== undefined,
  ),
}));

const getent = tasksOf(
  'getent',
  ['ansible_facts', 'msg'],
  [
    ['looks up', { database: 'passwd', key: 'daemon' }],
    ['lists', { database: 'group' }],
    ['splits', { database: 'services', key: 'ssh', split: '/' }],
    ['splits at blanks', { database: 'protocols', key: 'tcp' }],
    ['misses', { database: 'passwd', key: 'nobodys' }],
    ['may miss', { database: 'passwd', key: 'nobodys', fail_key: false }],
    ['knows no such database', { database: 'none' }],
  ],
);

const assembleKeys = ['checksum', 'md5sum', 'msg', 'dest', 'mode', 'owner', 'size'];
const assemble = tasksOf('assemble', assembleKeys, [
  ['assembles', { src: '/parts', dest: '/whole', mode: '0640' }],
  ['has it', { src: '/parts', dest: '/whole' }],
  ['puts something between', { src: '/parts', dest: '/whole', delimiter: '-- \\n--', backup: false }],
  ['takes some', { src: '/parts', dest: '/some', regexp: '^[ab]', ignore_hidden: true }],
  ['accepts', { src: '/parts', dest: '/some', validate: 'grep -q one %s', delimiter: '#' }],
  ['does not accept', { src: '/parts', dest: '/whole', validate: 'grep -q nine %s' }],
  ['needs the directory', { src: '/none', dest: '/whole' }],
]);

/** Again: what is there is not changed. */
const again: readonly Task[] = [
  ...tasksOf('assemble', assembleKeys, [
    ['has it again', { src: '/parts', dest: '/some', regexp: '^[ab]', ignore_hidden: true, delimiter: '#' }],
    ['writes it', { src: '/parts', dest: '/third' }],
    ['writes it otherwise', { src: '/parts', dest: '/third', delimiter: '--' }],
  ]),
  ...tasksOf('git', ['before', 'after'], [repository('has a bare one again', { dest: '/bare', bare: true })]),
  ...tasksOf('getent', ['ansible_facts', 'msg'], [['looks up again', { database: 'passwd', key: 'daemon' }]]),
];

const aptRepository = tasksOf(
  'apt_repository',
  ['repo', 'state'],
  [
    ['would add', { repo: 'deb [trusted=yes] file:/pool ./' }, true],
    ['adds', { repo: 'deb [trusted=yes]   file:/pool ./' }],
    ['has it', { repo: 'deb [trusted=yes] file:/pool ./' }],
    ['adds to a file', { repo: 'deb http://me:pw@host.example/debian stable main', filename: 'mine', update_cache: false }],
    ['adds another to it', { repo: 'deb-src http://host.example/debian stable main', filename: 'mine', update_cache: false }],
    ['chooses a name', { repo: 'deb https://me:pw@host.example/a-b/c stable main', update_cache: false }],
    ['enables what was off', { repo: 'deb http://off.example x y', update_cache: false }],
    ['takes one out', { repo: 'deb-src http://host.example/debian stable main', state: 'absent', update_cache: false }],
    ['takes the last one out', { repo: 'deb http://me:pw@host.example/debian stable main', state: 'absent', update_cache: false }],
    ['has nothing to take out', { repo: 'deb http://none.example x y', state: 'absent' }],
    ['takes back what apt cannot use', { repo: 'deb http://127.0.0.1:1/ x y', update_cache_retries: 1 }],
  ],
);

const TASKS: readonly Task[] = [...cron, ...unarchive, ...waitFor, ...git, ...getent, ...assemble, ...again, ...aptRepository];

describe('beside Ansible, on a system of its own', needsPrivateRoot('ansible-playbook', 'tar', 'unzip'), () => {
  const roots = new TwoRoots();
  let pairs: Pair[] = [];

  before(async () => {
    roots.write('/usr/bin/crontab', CRONTAB, 0o755);
    roots.write('/etc/cron.d/old', '1 * * * * root by-hand\n# end');
    roots.run(ARCHIVES);
    roots.run(REPOSITORY);
    roots.run("mkdir /parts /parts/d && cd /parts && printf one >a && echo two >b && printf 'three' >.c && ln -s b e && ln -s none f");
    roots.run(
      "mkdir -p /pool && : >/pool/Packages && rm -rf /etc/apt/sources.list.d/* /var/lib/apt/lists && mkdir -p /var/lib/apt/lists/partial && printf '# deb http://off.example x  y # why\\n' >/etc/apt/sources.list",
    );
    pairs = await roots.play(TASKS);
  });
  after(() => roots.remove());

  TASKS.forEach((task, index) => {
    it(task.name, () => assert.deepEqual(pairs[index]?.ours, pairs[index]?.theirs));
  });

  it('crontabs come out alike', () => {
    const { ours, theirs } = roots.run('grep -r . /var/spool/tab-* /etc/cron.d/old; ls -l /etc/cron.d | sed "s/ [A-Z].*[0-9] / /"');
    assert.equal(ours, theirs);
    assert.match(ours, /daemon/);
  });

  it('files and lists of repositories come out alike', () => {
    const { ours, theirs } = roots.run(
      'cat -A /whole /some; ls -l /whole | cut -c1-10; cd /etc/apt && grep -r . sources.list sources.list.d | sort; ls -l sources.list.d | cut -c1-20',
    );
    assert.equal(ours, theirs);
    assert.match(ours, /deb http:\/\/off\.example x y # why/);
  });

  it('what was unpacked comes out alike', () => {
    const { ours, theirs } = roots.run("cd / && find out* -printf '%p %M %u %l %TY\\n' | sort; cat /out/top/sub/b");
    assert.equal(ours, theirs);
    assert.match(ours, /out2\/top\/sub drwx------ daemon/);
  });
});

describe('git beside what somebody changed', needsPrivateRoot('git'), () => {
  const roots = new TwoRoots();
  after(() => roots.remove());

  it('keeps it, unless told to throw it away', async () => {
    roots.ours.run(REPOSITORY);
    const run = (args: Args) => runModule('git', { repo: '/repo', dest: '/tree', ...args }, { shell: roots.ours.inside('dash') });
    await run({ version: 'side' });
    roots.ours.run('echo mine >/tree/f');

    const [kept, thrown, same] = [
      await run({ version: 'side' }),
      await run({ version: 'side', force: true }),
      await run({ version: 'side' }),
    ];

    assert.deepEqual([kept.failed, thrown.changed, same.changed], [true, true, false]);
    assert.equal(roots.ours.run('cat /tree/f'), '2\n');
  });
});

for (const shell of SHELLS) {
  describe(`on a system of its own under ${shell}`, needsPrivateRoot(shell.split(' ')[0] ?? '', 'tar', 'unzip'), () => {
    const roots = new TwoRoots();
    after(() => roots.remove());

    it('cron, unarchive and wait_for change once', async () => {
      roots.ours.write('/usr/bin/crontab', CRONTAB, 0o755);
      roots.ours.run(ARCHIVES);
      const run = (module: string, args: Args) => runModule(module, args, { shell: roots.ours.inside(shell), diff: true });
      const all: readonly (readonly [string, Args])[] = [
        ['cron', { name: "it's", job: 'a "b" $c', backup: true }],
        ['unarchive', { src: '/t.zip', dest: '/out', remote_src: true, owner: 'daemon' }],
        ['unarchive', { src: '/t.tgz', dest: '/out2', remote_src: true, exclude: ["it's *"] }],
      ];

      for (const [module, args] of all) {
        const [first, second] = [await run(module, args), await run(module, args)];
        assert.deepEqual([first.msg, first.changed, second.changed], [undefined, true, false], module);
      }
      const waited = await run('wait_for', { path: '/in/top/a', search_regex: 'one' });

      assert.equal(waited.failed, false, waited.msg);
      assert.equal(roots.ours.run('crontab -l'), '#Ansible: it\'s\n* * * * * a "b" $c\n');
    });
  });
}
