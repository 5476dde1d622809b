// dnf, yum and package over small programs in place of the tools of other systems, which keep what is installed in a file.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { findProgram, needs } from '../support/real.js';
import { plain, runModule, SHELLS } from './run-steps.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-packages-'));
after(() => rmSync(root, { recursive: true }));

/** Installs the first and the newest version: 1 and 2. Answers as dnf 4 does. */
const DNF = `#!/bin/sh
state=\${0%/*}/../state
echo "$*" >>"$state/calls"
refuse=''; words=''
for word; do case $word in --assumeno) refuse=yes ;; -*) ;; *) words="$words $word" ;; esac; done
set -- $words
action=$1; shift
todo=''
case $action in
install) for one; do case $one in none) echo "No match for argument: none" >&2; exit 1 ;; esac; grep -q "^$one-" "$state/rpms" || todo="$todo $one"; done ;;
upgrade) [ $# -gt 0 ] || set -- $(sed 's/-.*//' "$state/rpms"); for one; do grep -q "^$one-1-" "$state/rpms" && todo="$todo $one"; done ;;
remove) for one; do todo="$todo $one"; done ;;
clean) exit 0 ;;
esac
if [ ! "$todo" ]; then echo 'Nothing to do.'; exit 0; fi
if [ "$refuse" ]; then echo 'Operation aborted.' >&2; exit 1; fi
for one in $todo; do
  grep -v "^$one-" "$state/rpms" >"$state/new"
  case $action in install) echo "$one-1-1.noarch" >>"$state/new" ;; upgrade) echo "$one-2-1.noarch" >>"$state/new" ;; esac
  mv "$state/new" "$state/rpms"
done
`;
const RPM = `#!/bin/sh
state=\${0%/*}/../state
case $* in
'-qa --qf '*) cat "$state/rpms" ;;
'-qa '*) while read -r one; do case $one in $2) echo "$one" ;; esac; done <"$state/rpms" ;;
'-q --whatprovides '*) exit 1 ;;
'-q '*) grep -q "^$2-" "$state/rpms" ;;
esac
`;
const APK = `#!/bin/sh
state=\${0%/*}/../state
echo "$*" >>"$state/calls"
case $1 in
info) grep -q "^$3-" "$state/rpms" ;;
version) grep "^$5-1-" "$state/rpms" ;;
add) shift 2; for one; do echo "$one-2-1" >>"$state/rpms"; done ;;
del) shift; for one; do grep -v "^$one-" "$state/rpms" >"$state/new"; mv "$state/new" "$state/rpms"; done ;;
esac
`;

let hosts = 0;
/** A host that has these programs, and beside them only what every system has. */
function host(programs: Readonly<Record<string, string>>) {
  const directory = path.join(root, String(hosts++));
  const [bin, state] = [path.join(directory, 'bin'), path.join(directory, 'state')];
  mkdirSync(bin, { recursive: true });
  mkdirSync(state);
  writeFileSync(path.join(state, 'rpms'), 'old-1-1.noarch\n');
  writeFileSync(path.join(state, 'calls'), '');
  for (const name of ['sh', 'dash', 'bash', 'ksh', 'busybox', 'sed', 'sort', 'grep', 'awk', 'cat', 'mv', 'stat', 'date']) {
    const found = findProgram(name);
    if (found !== undefined) symlinkSync(found, path.join(bin, name));
  }
  for (const [name, program] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), program);
    chmodSync(path.join(bin, name), 0o755);
  }
  const read = (name: string): string[] => readFileSync(path.join(state, name), 'utf8').split('\n').slice(0, -1);
  return { env: { PATH: bin }, installed: () => read('rpms').sort(), calls: () => read('calls') };
}

for (const shell of SHELLS) {
  describe(`packages under ${shell}`, needs(shell.split(' ')[0] ?? ''), () => {
    it('dnf installs, upgrades and removes what is not so yet', async () => {
      const { env, installed, calls } = host({ dnf: DNF, rpm: RPM });
      const run = (args: Readonly<Record<string, unknown>>, checkMode = false) => runModule('dnf', args, { shell, env, checkMode });

      const would = await run({ name: ['old', 'web'] }, true);
      const first = await run({ name: ['old', 'web'], enablerepo: 'extra', update_cache: true });
      const second = await run({ name: 'web,old' });
      const would2 = await run({ name: 'ol*', state: 'latest' }, true);
      const newest = await run({ name: ['old'], state: 'latest' });
      const again = await run({ name: ['old'], state: 'latest' });
      const gone = await run({ name: ['web', 'none'], state: 'absent' });
      const none = await run({ name: 'none' });
      const cache = await run({ update_cache: true });

      assert.deepEqual(
        [would, first, second, newest, again, gone].map((one) => one.changed),
        [true, true, false, true, false, true],
      );
      assert.equal(would2.failed, false);
      assert.deepEqual(plain(first).results, ['Installed: web-1-1.noarch']);
      assert.deepEqual(plain(newest).results, ['Installed: old-2-1.noarch', 'Removed: old-1-1.noarch']);
      assert.deepEqual(
        [second.msg, none.failed, none.msg, cache.msg],
        ['Nothing to do', true, 'install failed: No match for argument: none\n', 'Cache updated'],
      );
      assert.deepEqual(installed(), ['old-2-1.noarch']);
      assert.ok(calls().includes('-y --enablerepo=extra install web'), calls().join('\n'));
    });

    it('yum brings everything up to date, and says so before', async () => {
      const { env, installed } = host({ yum: DNF, rpm: RPM });
      const run = (checkMode: boolean) => runModule('yum', { name: '*', state: 'latest' }, { shell, env, checkMode });

      const [would, first, second, wouldNot] = [await run(true), await run(false), await run(false), await run(true)];

      assert.deepEqual(
        [would, first, second, wouldNot].map((one) => one.changed),
        [true, true, false, false],
      );
      assert.deepEqual(installed(), ['old-2-1.noarch']);
    });

    it("package hands on what is the tool's own, and refuses what that does not know", async () => {
      const fedora = host({ dnf: DNF, rpm: RPM });
      const run = (args: Readonly<Record<string, unknown>>) => runModule('package', args, { shell, env: { ...fedora.env } });

      const first = await run({ pkg: 'web', enablerepo: 'extra', disable_gpg_check: true });
      const refused = await run({ name: 'web', install_recommends: false, purge: true });
      const cache = await run({ update_cache: true });

      assert.equal(first.changed, true, first.msg);
      assert.ok(fedora.calls().includes('-y --enablerepo=extra --nogpgcheck install web'), fedora.calls().join('\n'));
      assert.deepEqual([refused.failed, refused.msg], [true, 'Unsupported parameters for (dnf) module: install_recommends, purge']);
      assert.equal(cache.msg, 'Cache updated');
    });

    it('package takes the tool that is there', async () => {
      const [fedora, alpine, bare] = [host({ dnf: DNF, rpm: RPM }), host({ apk: APK }), host({})];
      const run = (env: Readonly<Record<string, string>>, args: Readonly<Record<string, unknown>>, checkMode = false) =>
        runModule('package', args, { shell, env: { ...env }, checkMode });

      const onFedora = await run(fedora.env, { name: 'web' });
      const wouldOnAlpine = await run(alpine.env, { name: 'web' }, true);
      const onAlpine = [await run(alpine.env, { name: ['web', 'old'] }), await run(alpine.env, { name: ['web'] })];
      const gone = [await run(alpine.env, { name: 'old', state: 'absent' }), await run(alpine.env, { name: 'old', state: 'absent' })];

      assert.deepEqual([onFedora.changed, wouldOnAlpine.changed], [true, true], onFedora.msg);
      assert.deepEqual(
        [...onAlpine, ...gone].map((one) => one.changed),
        [true, false, true, false],
      );
      assert.deepEqual([fedora.installed(), alpine.installed()], [['old-1-1.noarch', 'web-1-1.noarch'], ['web-2-1']]);
      // The directories of the machine's own tools come after the host's, so only a name says that there is none.
      const named = await run(bare.env, { name: 'web', use: 'zypper' });
      assert.equal(named.msg, 'There is no zypper on this host');
    });
  });
}
