// Modules that have a tool of the system do the work, in root directories of their own, under every shell. Tools that would reach the
// kernel or the whole machine are small programs with the same words.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { needs } from '../support/real.js';
import { KEY, PIP_ENV, WHEEL } from './package-samples.js';
import { needsPrivateRoot, PrivateRoot } from './private-root.js';
import { plain, runModule, SHELLS } from './run-steps.js';

type Args = Readonly<Record<string, unknown>>;

const GETSEBOOL =
  '#!/bin/sh\n[ -e "/sebool/$1" ] || { echo "Error getting active value for $1"; exit 1; }\necho "$1 --> $(cat "/sebool/$1")"\n';
const SETSEBOOL = `#!/bin/sh
if [ "$1" = -P ]; then
  shift; mkdir -p /var/lib/selinux/targeted/active
  echo "$1=$([ "$2" = on ] && echo 1 || echo 0)" >>/var/lib/selinux/targeted/active/booleans.local
fi
echo "$2" >"/sebool/$1"
`;
const LOCALES = '#!/bin/sh\ngrep -v "^#" /etc/locale.gen | sed "s/ .*//; s/UTF-8/utf8/" >/made\n';

for (const shell of SHELLS) {
  describe(`tools of a system under ${shell}`, needsPrivateRoot(shell.split(' ')[0] ?? ''), () => {
    const root = new PrivateRoot();
    after(() => root.remove());
    const run = (module: string, args: Args, checkMode = false) =>
      runModule(module, args, { shell: root.inside(shell), diff: true, checkMode, env: PIP_ENV });
    /** What check mode says, what the first run does, what the second does. */
    const thrice = async (module: string, args: Args) => {
      const results = [await run(module, args, true), await run(module, args), await run(module, args)];
      assert.deepEqual(
        results.filter((one) => one.failed).map((one) => one.msg),
        [],
      );
      return results.map((one) => one.changed);
    };

    it('modprobe loads, and writes what is loaded at boot', async () => {
      root.write('/usr/sbin/modprobe', '#!/bin/sh\necho "$*" >>/calls\n[ "$1" != none ] || { echo "not found" >&2; exit 1; }\n', 0o755);
      root.run(
        'mkdir -p /usr/lib/modules/$(uname -r) /etc/modprobe.d && echo kernel/a/fish-x.ko >/usr/lib/modules/$(uname -r)/modules.builtin',
      );
      root.run('echo "options fish_x old=1" >/etc/modprobe.d/old.conf');
      const kept = { name: 'fish_x', params: 'b=2 a=1', persistent: 'present' };

      const loaded = await run('modprobe', { name: 'sea', params: 'a=1 b=*' });
      const would = await run('modprobe', { name: 'sea' }, true);
      const none = await run('modprobe', { name: 'none' });
      const changes = await thrice('modprobe', kept);
      const files = root.run('grep -r . /etc/modprobe.d/fish* /etc/modprobe.d/old.conf /etc/modules-load.d/fish*');
      const gone = await thrice('modprobe', { name: 'fish_x', persistent: 'absent' });

      assert.deepEqual([loaded.changed, would.changed, root.run('cat /calls')], [true, true, 'sea a=1 b=*\nnone\n']);
      assert.equal(none.msg, 'Unable to load none: not found');
      assert.deepEqual(
        [changes, gone],
        [
          [true, true, false],
          [true, true, false],
        ],
      );
      assert.deepEqual(files.trim().split('\n').sort(), [
        '/etc/modprobe.d/fish_x.conf:options fish_x a=1',
        '/etc/modprobe.d/fish_x.conf:options fish_x b=2',
        '/etc/modprobe.d/old.conf:#options fish_x old=1',
        '/etc/modules-load.d/fish_x.conf:fish_x',
      ]);
    });

    it('timezone sets the link and the name, once', async () => {
      const changes = await thrice('timezone', { name: 'Asia/Tokyo' });
      const wrong = await run('timezone', { name: 'Nowhere/At_all' });
      const other = await run('timezone', { name: 'Etc/UTC' }, true);

      assert.deepEqual(changes, [true, true, false]);
      assert.equal(root.run('readlink /etc/localtime; cat /etc/timezone; date +%Z'), '/usr/share/zoneinfo/Asia/Tokyo\nAsia/Tokyo\nJST\n');
      assert.equal(wrong.msg, 'given timezone "Nowhere/At_all" is not available');
      assert.deepEqual(other.diff?.[0]?.before, '{\n    "name": "Asia/Tokyo"\n}\n');
    });

    it('seboolean switches now, and for good', async () => {
      root.write('/usr/sbin/getsebool', GETSEBOOL, 0o755);
      root.write('/usr/sbin/setsebool', SETSEBOOL, 0o755);
      root.write('/etc/selinux/config', 'SELINUX=enforcing\nSELINUXTYPE=targeted\n');
      root.write('/sebool/httpd_can', 'off\n');

      const now = await thrice('seboolean', { name: 'httpd_can', state: true });
      const forGood = await thrice('seboolean', { name: 'httpd_can', state: true, persistent: true });
      const off = await thrice('seboolean', { name: 'httpd_can', state: false, persistent: true });
      const none = await run('seboolean', { name: 'nothing', state: true });

      assert.deepEqual(
        [now, forGood, off],
        [
          [true, true, false],
          [true, true, false],
          [true, true, false],
        ],
      );
      assert.equal(root.run('cat /sebool/httpd_can'), 'off\n');
      assert.match(none.msg ?? '', /SELinux boolean nothing does not exist/);
    });

    it('locale_gen writes the list, and has it generated', async () => {
      root.write('/usr/sbin/locale-gen', LOCALES, 0o755);
      root.write('/usr/bin/locale', '#!/bin/sh\ncat /made\n', 0o755);
      root.write('/made', 'C.utf8\nPOSIX\n');
      root.write('/etc/locale.gen', '# about\n# de_DE ISO-8859-1\n# de_DE.UTF-8 UTF-8\n');
      root.write('/usr/share/i18n/SUPPORTED', 'de_DE.UTF-8 UTF-8\nfr_FR.UTF-8 UTF-8\n');

      const changes = await thrice('locale_gen', { name: 'de_DE.UTF-8,fr_FR.UTF-8' });
      const there = root.read('/etc/locale.gen');
      const gone = await thrice('locale_gen', { name: ['de_DE.utf8'], state: 'absent' });
      const none = await run('locale_gen', { name: 'xx_YY.UTF-8' });

      assert.deepEqual(
        [changes, gone],
        [
          [true, true, false],
          [true, true, false],
        ],
      );
      assert.equal(there, '# about\n# de_DE ISO-8859-1\nde_DE.UTF-8 UTF-8\nfr_FR.UTF-8 UTF-8\n');
      assert.equal(root.run('cat /made'), 'fr_FR.utf8\n');
      assert.match(none.msg ?? '', /not available/);
    });

    it('alternatives installs, chooses, and gives the choice back', {
      skip: root.run('command -v update-alternatives || :') === '',
    }, async () => {
      root.run(
        'for one in a b; do printf "#!/bin/sh\\necho $one\\n" >/usr/bin/herring-$one; chmod 755 /usr/bin/herring-$one; echo $one >/usr/share/herring-$one.1; done',
      );
      const a = {
        name: 'herring',
        path: '/usr/bin/herring-a',
        link: '/usr/bin/herring',
        subcommands: [{ name: 'herring.1', path: '/usr/share/herring-a.1', link: '/usr/share/herring.1' }],
      };
      const b = { name: 'herring', path: '/usr/bin/herring-b' };

      const first = await thrice('alternatives', a);
      const second = await thrice('alternatives', { ...b, state: 'present', priority: 10 });
      const chosen = await thrice('alternatives', b);
      const now = root.run('/usr/bin/herring');
      const auto = await thrice('alternatives', { ...b, state: 'auto' });
      const then = root.run('/usr/bin/herring; cat /usr/share/herring.1');
      const gone = await thrice('alternatives', { ...a, state: 'absent' });
      const none = await run('alternatives', { name: 'herring', path: '/none', link: '/usr/bin/herring' });
      const missing = await run('alternatives', { name: 'whale', path: '/usr/bin/herring-a' });

      assert.deepEqual([first, second, chosen, auto, gone], Array(5).fill([true, true, false]));
      assert.deepEqual([now, then, root.run('/usr/bin/herring')], ['b\n', 'a\na\n', 'b\n']);
      assert.equal(none.msg, 'Specified path /none does not exist');
      assert.match(missing.msg ?? '', /missing the link/);
    });

    it('hostname writes the files of each system', async () => {
      root.write(
        '/usr/bin/hostname',
        '#!/bin/sh\ncase $1 in\n-f) echo fish.sea ;;\n-F) cp "$2" /name ;;\n"") cat /name ;;\n*) echo "$1" >/name ;;\nesac\n',
        0o755,
      );
      root.write(
        '/usr/bin/hostnamectl',
        '#!/bin/sh\necho "$*" >>/ctl\ncase $* in\n"--transient status") cat /name ;;\n"--static status") cat /static ;;\n*transient*) echo "$3" >/name ;;\n*) echo "$4" >/static ;;\nesac\n',
        0o755,
      );
      root.write('/name', 'old\n');
      root.write('/static', 'old\n');
      root.write('/etc/conf.d/hostname', '# mine\nhostname="old"\nother=1\n');
      root.write('/etc/sysconfig/network', 'NETWORKING=yes\n');

      for (const use of ['alpine', 'openrc', 'redhat', 'sles', 'freebsd', 'systemd']) {
        root.write('/name', 'old\n');
        assert.deepEqual(await thrice('hostname', { name: 'fish.sea', use }), [true, true, false], use);
      }

      assert.equal(root.read('/etc/conf.d/hostname'), '# mine\nhostname="fish.sea"\nother=1\n');
      assert.equal(
        root.run('cat /etc/hostname /etc/sysconfig/network /etc/HOSTNAME /etc/rc.conf.d/hostname /name /static'),
        'fish.sea\nNETWORKING=yes\nHOSTNAME=fish.sea\nfish.sea\nhostname="fish.sea"\nfish.sea\nfish.sea\n',
      );
      const facts = plain(await run('hostname', { name: 'fish.sea', use: 'sles' })).ansible_facts;
      assert.deepEqual(
        { ...(facts as object) },
        { ansible_hostname: 'fish', ansible_nodename: 'fish.sea', ansible_fqdn: 'fish.sea', ansible_domain: 'sea' },
      );
    });

    it('debconf and yum_repository change once', async () => {
      root.run('mkdir -p /etc/yum.repos.d');
      root.write('/etc/yum.repos.d/sea.repo', '# mine\n[old]\nname = x\n');
      const repo = { name: 'sea', description: "it's", baseurl: 'http://a', mode: '0640' };

      const answered = await thrice('debconf', { name: 'fish', question: 'fish/a', vtype: 'string', value: "it's $HOME" });
      const added = await thrice('yum_repository', repo);
      const gone = await thrice('yum_repository', { name: 'old', file: 'sea', state: 'absent' });

      assert.deepEqual([answered, added, gone], Array(3).fill([true, true, false]));
      assert.equal(root.run('debconf-show fish'), "* fish/a: it's $HOME\n");
      assert.equal(
        root.run('cat /etc/yum.repos.d/sea.repo; stat -c %a /etc/yum.repos.d/sea.repo'),
        "# mine\n[sea]\nbaseurl = http://a\nname = it's\n\n640\n",
      );
    });

    it('apt_key and pip add and take out once', needs('pip3', 'apt-key', 'gpg'), async () => {
      // A key made for this test, which nobody has the other half of.
      root.run('rm -f /etc/apt/trusted.gpg /etc/apt/trusted.gpg.d/*');
      root.write('/wheel.py', WHEEL);
      root.run('mkdir -p /wheels && python3 /wheel.py');
      const pip = { name: 'herring==1.0', executable: '/usr/bin/pip3' };

      const added = await thrice('apt_key', { data: KEY });
      const goneKey = await thrice('apt_key', { data: KEY, state: 'absent' });
      const installed = await thrice('pip', { ...pip, umask: '0027' });
      const gone = await run('pip', { ...pip, state: 'absent' });

      assert.deepEqual([added, goneKey, installed], Array(3).fill([true, true, false]));
      assert.equal(gone.changed, true, gone.msg);
    });

    it('service_facts and package_facts find what this machine has', needs('dpkg-query'), async () => {
      const services = plain(await run('service_facts', {})).ansible_facts as { services: Record<string, { source: string }> };
      const packages = plain(await run('package_facts', {})).ansible_facts as { packages: Record<string, { arch: string }[]> };

      assert.ok(Object.values(services.services).every((one) => ['sysv', 'systemd'].includes(one.source)));
      assert.ok((packages.packages.dpkg?.[0]?.arch ?? '') !== '');
    });
  });
}
