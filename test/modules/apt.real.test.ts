// apt over the apt-get and dpkg of this machine, a repository of its own, and root directories of their own, beside Ansible.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Pair, type Task, TwoRoots } from './beside-ansible.js';
import { needsPrivateRoot, PrivateRoot } from './private-root.js';
import { runModule, SHELLS } from './run-steps.js';

/** Packages that hold one file in /opt; `config` makes it one of /etc, that stays until it is purged. */
const PACKAGES: readonly (readonly [name: string, version: string, more: string])[] = [
  ['shoal-a', '1.0', ''],
  ['shoal-a', '1.1', ''],
  ['shoal-b', '2.0', 'Depends: shoal-a\n'],
  ['shoal-c', '1.0', 'Provides: shoal-virtual\n'],
  ['shoal-d', '1.0', ''],
];

function repository(directory: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let index = '';
  for (const [name, version, more] of PACKAGES) {
    const tree = path.join(directory, `${name}_${version}`);
    const config = name === 'shoal-d';
    mkdirSync(path.join(tree, 'DEBIAN'), { recursive: true });
    mkdirSync(path.join(tree, config ? 'etc' : 'opt'), { recursive: true });
    writeFileSync(path.join(tree, config ? 'etc' : 'opt', name), version);
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: Nobody <nobody@localhost>\n${more}Description: ${name}\n`;
    writeFileSync(path.join(tree, 'DEBIAN', 'control'), control);
    if (config) writeFileSync(path.join(tree, 'DEBIAN', 'conffiles'), `/etc/${name}\n`);
    const built = spawnSync('dpkg-deb', ['--build', '--root-owner-group', tree, `${tree}.deb`], { encoding: 'utf8', timeout: 30_000 });
    assert.equal(built.status, 0, built.stderr);
    const deb = readFileSync(`${tree}.deb`);
    files.set(`${name}_${version}.deb`, deb);
    const sha256 = createHash('sha256').update(deb).digest('hex');
    index += `${control}Filename: ./${name}_${version}.deb\nSize: ${deb.length}\nSHA256: ${sha256}\n\n`;
  }
  return files.set('Packages', Buffer.from(index));
}

function prepare(root: PrivateRoot, files: ReadonlyMap<string, Buffer>): void {
  for (const [name, bytes] of files) root.write(`/repo/${name}`, bytes);
  root.run(
    "rm -rf /etc/apt/sources.list.d /var/lib/apt/lists /var/lib/apt/periodic; mkdir -p /var/lib/apt/lists/partial; echo 'deb [trusted=yes] file:/repo ./' >/etc/apt/sources.list; apt-get -q update",
  );
}

const task = (name: string, args: Readonly<Record<string, unknown>>, checkMode = false): Task => ({
  name,
  module: 'apt',
  args,
  checkMode,
  // Words of apt-get depend on paths and times; what counts is what changed, and what the host has afterwards.
  keys: 'update_cache' in args ? ['cache_updated'] : [],
});
const TASKS: readonly Task[] = [
  task('would install', { name: 'shoal-b' }, true),
  task('installs an old version', { name: 'shoal-a=1.0' }),
  task('has the old version', { name: 'shoal-a=1.0' }),
  task('is there in some version', { name: ['shoal-a'], state: 'present' }),
  task('would be upgraded', { name: 'shoal-a', state: 'latest' }, true),
  task('installs what depends on it', { pkg: 'shoal-b,shoal-c', update_cache: true, cache_valid_time: 3600 }),
  task('has them', { name: ['shoal-b', 'shoal-c'] }),
  task('has what one of them provides', { name: 'shoal-virtual' }),
  task('is new enough', { name: 'shoal-a>=1.0' }),
  task('is not new enough', { name: 'shoal-a>=1.1' }),
  task('has a glob of versions', { name: 'shoal-a=1.*' }),
  task('cannot be had', { name: 'shoal-none' }),
  task('cannot be had in this version', { name: 'shoal-c=9' }),
  task('only what is installed', { name: ['shoal-d', 'shoal-a'], only_upgrade: true, state: 'latest' }),
  task('installs by a glob', { name: 'shoal-[d-z]', install_recommends: false }),
  task('would remove', { name: 'shoal-c', state: 'absent' }, true),
  task('removes', { name: ['shoal-c', 'shoal-d'], state: 'absent' }),
  task('has them removed', { name: ['shoal-c', 'shoal-d'], state: 'absent' }),
  task('purges what was removed', { name: 'shoal-d', state: 'absent', purge: true }),
  task('has it purged', { name: 'shoal-d', state: 'absent', purge: true }),
  task('downgrades', { name: 'shoal-a=1.0', allow_downgrade: true }),
  task('is brought up to date', { name: 'shoal-a', state: 'latest' }),
  task('is up to date', { name: 'shoal-a', state: 'latest' }),
  task('installs a file', { deb: '/repo/shoal-d_1.0.deb' }),
  task('has the file', { deb: '/repo/shoal-d_1.0.deb' }),
  task('removes what is not known', { name: 'shoal-none', state: 'absent' }),
  task('has lists young enough', { update_cache: true, cache_valid_time: 3600 }),
  task('has nothing to upgrade', { upgrade: 'dist' }),
  task('upgrades with a word that YAML reads as true', { upgrade: true }, true),
  task('has nothing to take away', { autoremove: true }, true),
  task('has nothing out of date', { autoclean: true }, true),
  task('cleans', { clean: true }, true),
];

const made = mkdtempSync(path.join(os.tmpdir(), 'sshoal-apt-'));
after(() => rmSync(made, { recursive: true }));

describe('apt beside Ansible', needsPrivateRoot('ansible-playbook', 'apt-get', 'dpkg-deb'), () => {
  const roots = new TwoRoots();
  let pairs: Pair[] = [];

  before(async () => {
    const files = repository(made);
    for (const root of [roots.ours, roots.theirs]) prepare(root, files);
    pairs = await roots.play(TASKS);
  });
  after(() => roots.remove());

  TASKS.forEach((one, index) => {
    it(one.name, () => assert.deepEqual(pairs[index]?.ours, pairs[index]?.theirs));
  });

  it('the same packages are installed in the end, and marked alike', () => {
    const { ours, theirs } = roots.run("dpkg-query -W 'shoal-*'; apt-mark showmanual | grep shoal; ls /opt /etc/shoal*");

    assert.equal(ours, theirs);
    assert.match(ours, /shoal-a\t1\.1/);
  });
});

for (const shell of SHELLS) {
  describe(`apt under ${shell}`, needsPrivateRoot(shell.split(' ')[0] ?? '', 'apt-get', 'dpkg-deb'), () => {
    it('lets the host get a package file from a URL', async () => {
      const root = new PrivateRoot();
      const files = repository(path.join(made, `${shell.replace(' ', '-')}-url`));
      prepare(root, files);
      const server = createServer(({ url }, response) => {
        const file = files.get(path.basename(url ?? ''));
        response.writeHead(file === undefined ? 404 : 200).end(file);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      // Where nobody else works.
      const work = mkdtempSync(path.join(os.tmpdir(), 'work-'));
      const run = (deb: string, more = {}, checkMode = false) =>
        runModule('apt', { deb, ...more }, { shell: root.inside(shell), checkMode, env: { TMPDIR: work } });

      try {
        const would = await run(`${from}/shoal-a_1.0.deb`, {}, true);
        const first = await run(`${from}/shoal-a_1.0.deb`, { policy_rc_d: 101 });
        const second = await run(`${from}/shoal-a_1.0.deb`);
        const none = await run(`${from}/none.deb`);

        assert.deepEqual(
          [would, first, second].map(({ changed, failed, msg }) => [changed, failed, msg]),
          [
            [true, false, undefined],
            [true, false, undefined],
            [false, false, undefined],
          ],
        );
        assert.equal(none.msg, `Failure downloading ${from}/none.deb, HTTP Error 404`);
        assert.deepEqual(readdirSync(work), []);
      } finally {
        server.close();
        root.remove();
        rmSync(work, { recursive: true });
      }
    });

    it('installs and removes once, starting no service meanwhile', async () => {
      const root = new PrivateRoot();
      after(() => root.remove());
      prepare(root, repository(path.join(made, shell.replace(' ', '-'))));
      root.write('/usr/sbin/policy-rc.d', 'mine');
      const run = (args: Readonly<Record<string, unknown>>) => runModule('apt', args, { shell: root.inside(shell), diff: true });

      const first = await run({ name: ['shoal-b', 'shoal-d*'], policy_rc_d: 101 });
      const second = await run({ name: ['shoal-b', 'shoal-d*'], policy_rc_d: 101 });
      const gone = await run({ name: 'shoal-b', state: 'absent', autoremove: true });

      assert.deepEqual(
        [first, second, gone].map(({ changed, failed, msg }) => [changed, failed, msg]),
        [
          [true, false, undefined],
          [false, false, undefined],
          [true, false, undefined],
        ],
      );
      assert.match(first.diff?.[0]?.after ?? '', /The following NEW packages will be installed:\n {2}shoal-a shoal-b shoal-d/);
      assert.equal(root.read('/usr/sbin/policy-rc.d'), 'mine');
    });
  });
}
