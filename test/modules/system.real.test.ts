// Modules that change what a system is, in root directories of their own, under every shell. The kernel is not touched: a small
// sysctl keeps variables in a file, and mounts are seen by one program only.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { needsPrivateRoot, PrivateRoot } from './private-root.js';
import { plain, runCounted, runModule, SHELLS } from './run-steps.js';

type Args = Readonly<Record<string, unknown>>;

/** Variables in /vars, one to a line. `a.full` takes no value. */
const SYSCTL = `#!/bin/sh
case $1 in
-e) shift ;;
esac
case $1 in
-n) grep -q "^$2=" /vars || exit 255; sed -n "s/^$2=//p" /vars ;;
-w) case $2 in a.full=*) echo 'sysctl: setting key "a.full": Invalid argument' >&2; exit 0 ;; esac
  grep -v "^\${2%%=*}=" /vars >/vars.new; echo "$2" >>/vars.new; mv /vars.new /vars ;;
-p) echo "read $2" >>/calls; ! grep -q bad "$2" || { echo 'no such variable' >&2; exit 1; } ;;
esac
`;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOne me@here';

for (const shell of SHELLS) {
  describe(`a system of its own under ${shell}`, needsPrivateRoot(shell.split(' ')[0] ?? ''), () => {
    const root = new PrivateRoot();
    after(() => root.remove());
    const run = (module: string, args: Args, checkMode = false) =>
      runModule(module, args, { shell: root.inside(shell), diff: true, checkMode });
    /** What check mode says, what the first run does, what the second does. */
    const thrice = async (module: string, args: Args) => {
      const results = [await run(module, args, true), await run(module, args), await run(module, args)];
      assert.deepEqual(
        results.filter((one) => one.failed).map((one) => one.msg),
        [],
      );
      assert.deepEqual(results[0]?.diff, results[1]?.diff);
      return results.map((one) => one.changed);
    };

    it('ini_file sets an option once, with its mode', async () => {
      root.write('/etc/x.ini', '[a]\nb = 1\n', 0o640);

      const changes = await thrice('ini_file', { path: '/etc/x.ini', section: 'a', option: 'c', value: "it's", mode: '0600' });
      const made = await run('ini_file', { path: '/new/dir/x.ini', section: 'a', option: 'b', value: '1', backup: true });
      const missing = await run('ini_file', { path: '/none', section: 'a', option: 'b', value: '1', create: false });

      assert.deepEqual(changes, [true, true, false]);
      assert.equal(root.run('cat /etc/x.ini; stat -c %a /etc/x.ini'), "[a]\nb = 1\nc = it's\n600\n");
      assert.deepEqual([made.msg, root.read('/new/dir/x.ini')], ['section and option added', '\n[a]\nb = 1\n']);
      assert.deepEqual([missing.failed, missing.msg], [true, 'Destination /none does not exist!']);
    });

    it('sysctl sets the file, and the kernel when asked', async () => {
      root.write('/usr/sbin/sysctl', SYSCTL, 0o755);
      root.write('/vars', 'a.b=0\na.c=1 2\na.full=0\n');
      root.write('/etc/sysctl.d/x.conf', '# mine\na.b = 0\na.b=7\n');
      const file = { sysctl_file: '/etc/sysctl.d/x.conf' };

      const changes = await thrice('sysctl', { name: 'a.b', value: 'yes', sysctl_set: true, ...file });
      const again = await run('sysctl', { name: 'a.c', value: '1\t2', reload: false, ...file });
      const full = await run('sysctl', { name: 'a.full', value: 9, sysctl_set: true, ...file });
      const gone = await run('sysctl', { name: 'a.b', state: 'absent', reload: false, ...file });
      const bad = await run('sysctl', { name: 'bad', value: 1, sysctl_file: '/etc/bad.conf' });

      assert.deepEqual(changes, [true, true, false]);
      assert.deepEqual([again.changed, gone.changed], [true, true]);
      assert.equal(full.msg, 'setting a.full failed: sysctl: setting key "a.full": Invalid argument');
      assert.equal(root.read('/etc/sysctl.d/x.conf'), '# mine\na.c=1\t2\n');
      assert.equal(root.run('grep a.b /vars; cat /calls'), 'a.b=1\nread /etc/sysctl.d/x.conf\nread /etc/bad.conf\n');
      assert.equal(bad.msg, 'Failed to reload sysctl: no such variable');
    });

    it('mount writes the table, and mounts', async () => {
      root.write('/etc/fstab', '# mine\n');
      const args = { path: '/point/a b', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m' };

      const changes = await thrice('mount', { ...args, state: 'present', boot: false });
      const mounted = await run('mount', { ...args, state: 'mounted', backup: true });
      const below = root.run('ls -d "/point/a b"');
      const down = await run('mount', { path: '/point/a b', state: 'unmounted' });
      const wrong = await run('mount', { path: '/point/new/c', src: 'x', fstype: 'nonsense', state: 'mounted' });
      const gone = await thrice('mount', { path: '/point/a b', state: 'absent' });

      assert.deepEqual(changes, [true, true, false]);
      assert.deepEqual([mounted.failed, mounted.changed, below, down.changed], [false, true, '/point/a b\n', false], mounted.msg);
      assert.match(wrong.msg ?? '', /^Error mounting \/point\/new\/c: /);
      assert.deepEqual([gone, root.read('/etc/fstab')], [[true, true, false], '# mine\n']);
      assert.equal(root.run('ls /point'), '');
    });

    it('mount sees what is mounted', async () => {
      // The mount lives as long as the shell that made it, so that shell is the one the module runs in.
      const inside = root.inside(shell);
      root.write(
        '/usr/bin/mounted',
        `#!/bin/sh\nmkdir -p /point/d /point/src && mount -t tmpfs tmpfs /point/d && mount --bind /point/src /point/src && exec ${shell} "$@"\n`,
        0o755,
      );
      const here = root.inside('/usr/bin/mounted');
      const seen = async (args: Args) => {
        const result = await runModule('mount', args, { shell: here });
        return [result.failed, result.changed, result.msg];
      };

      assert.deepEqual(await seen({ path: '/point/d', state: 'unmounted' }), [false, true, undefined]);
      assert.deepEqual(await seen({ path: '/point/d', state: 'remounted', opts: 'size=2m' }), [false, true, undefined]);
      assert.deepEqual(await seen({ path: '/point/d/', state: 'ephemeral', src: 'tmpfs', fstype: 'tmpfs' }), [false, true, undefined]);
      assert.equal((await seen({ path: '/point/d', state: 'ephemeral', src: 'other', fstype: 'tmpfs' }))[0], true);
      assert.deepEqual(await seen({ path: '/point/src', state: 'unmounted' }), [false, true, undefined]);
      const ephemeral = await runModule(
        'mount',
        { path: '/point/e', state: 'ephemeral', src: 'tmpfs', fstype: 'tmpfs' },
        { shell: inside },
      );
      assert.deepEqual([ephemeral.failed, ephemeral.changed], [false, true], ephemeral.msg);
    });

    it('authorized_key gives a user keys, and refuses a link', async () => {
      root.run('useradd -m -s /bin/sh fish 2>/dev/null || id fish');

      const changes = await thrice('authorized_key', { user: 'fish', key: KEY, key_options: 'no-pty' });
      const look = root.run('cat ~fish/.ssh/authorized_keys; stat -c "%U %G %a" ~fish/.ssh ~fish/.ssh/authorized_keys');
      const steps = await runCounted('authorized_key', { user: 'fish', key: KEY, key_options: 'no-pty' }, { shell: root.inside(shell) });
      const gone = await thrice('authorized_key', { user: 'fish', key: KEY, state: 'absent' });
      root.run('cd ~fish/.ssh && ln -sf /etc/shadow authorized_keys');
      const link = await run('authorized_key', { user: 'fish', key: KEY });
      root.run('cd ~fish && rm -r .ssh && ln -s /etc .ssh');
      const directory = await run('authorized_key', { user: 'fish', key: KEY });
      const nobody = await run('authorized_key', { user: 'nobodys', key: KEY });

      assert.deepEqual([changes, gone, steps.scripts], [[true, true, false], [true, true, false], 1]);
      assert.equal(look, `no-pty ${KEY}\nfish fish 700\nfish fish 600\n`);
      assert.match(link.msg ?? '', /authorized_keys is a link/);
      assert.match(directory.msg ?? '', /\.ssh is a link/);
      assert.equal(nobody.msg, 'Failed to lookup user nobodys');
    });

    it('authorized_key lets the host get keys from a URL', async () => {
      root.run('useradd -m -s /bin/sh crab 2>/dev/null || id crab');
      const server = createServer(({ url }, response) => {
        response.statusCode = url === '/none' ? 404 : 200;
        response.end(url === '/crab.keys' ? `${KEY}\n\n${KEY.replace('IOne', 'ITwo')}\n` : 'no key\n');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

      try {
        const changes = await thrice('authorized_key', { user: 'crab', key: `${from}/crab.keys` });
        const bad = await run('authorized_key', { user: 'crab', key: `${from}/bad` });
        const none = await run('authorized_key', { user: 'crab', key: `${from}/none` });

        assert.deepEqual(changes, [true, true, false]);
        assert.equal(root.run('cat ~crab/.ssh/authorized_keys'), `${KEY}\n${KEY.replace('IOne', 'ITwo')}\n`);
        assert.equal(bad.msg, 'invalid key specified: no key');
        assert.match(none.msg ?? '', /^Error getting key from: http/);
      } finally {
        server.close();
      }
    });

    it('known_hosts writes names and hashes once', async () => {
      const args = { name: 'one', key: 'one ssh-rsa AAAA', path: '/root/kh' };

      const changes = await thrice('known_hosts', args);
      const other = await run('known_hosts', { ...args, key: 'one ssh-rsa BBBB' });
      const hashed = await run('known_hosts', { ...args, key: 'one ssh-rsa BBBB', hash_host: true });
      const hashedAgain = await run('known_hosts', { ...args, key: 'one ssh-rsa BBBB', hash_host: true });
      const gone = await run('known_hosts', { name: 'ONE', path: '/root/kh', state: 'absent' });

      assert.deepEqual([changes, other.changed, hashed.changed, hashedAgain.changed], [[true, true, false], true, true, false]);
      assert.deepEqual([gone.changed, root.read('/root/kh')], [true, '']);
      assert.equal(plain(gone).hash_host, false);
    });
  });
}
