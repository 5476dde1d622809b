// The service modules over small programs in place of systemctl and service, which keep their state in files: no test may touch
// the services of the machine it runs on.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { needs } from '../support/real.js';
import { plain, runModule, SHELLS } from './run-steps.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-service-'));
after(() => rmSync(root, { recursive: true }));

/** Answers as systemd 252 does for one unit, `web`. */
const SYSTEMCTL = `#!/bin/sh
state=\${0%/*}/../state
echo "$*" >>"$state/calls"
while [ "\${1#--}" != "$1" ]; do shift; done
case $1 in
show)
  if [ "$2" = web ]; then
    printf 'Id=web.service\\nLoadState=loaded\\nActiveState=%s\\n' "$(cat "$state/active")"
    printf 'ExecStart={ path=/bin/web ;\\n argv[]=web }\\nDescription={ odd\\n'
  else printf 'LoadState=not-found\\nActiveState=inactive\\n'; fi ;;
is-enabled) cat "$state/enabled"; [ "$(cat "$state/enabled")" = enabled ] ;;
list-unit-files) exit 1 ;;
start | restart | reload) if [ -e "$state/broken" ]; then echo 'Job failed' >&2; exit 1; fi; echo active >"$state/active" ;;
stop) echo inactive >"$state/active" ;;
enable) echo enabled >"$state/enabled" ;;
disable | unmask) echo disabled >"$state/enabled" ;;
mask) echo masked >"$state/enabled" ;;
daemon-reload) ;;
*) exit 5 ;;
esac
`;
/** An old host's: service NAME ACTION, and nothing else. */
const SERVICE = `#!/bin/sh
state=\${0%/*}/../state
echo "$*" >>"$state/calls"
[ "$1" = web ] || exit 1
case $2 in
status) [ "$(cat "$state/active")" = active ] || exit 3 ;;
start | restart) echo active >"$state/active" ;;
stop) echo inactive >"$state/active" ;;
esac
`;

/** OpenRC's two programs, by the names they are called. */
const OPENRC = `#!/bin/sh
state=\${0%/*}/../state
echo "\${0##*/} $*" >>"$state/calls"
case \${0##*/}-$1-\${2-} in
rc-update-show-*) printf '  other | boot\\n'; [ "$(cat "$state/enabled")" != enabled ] || printf '    procps | default\\n' ;;
rc-update-add-*) echo enabled >"$state/enabled" ;;
rc-update-del-*) echo disabled >"$state/enabled" ;;
rc-service-*-status) [ "$(cat "$state/active")" = active ] ;;
rc-service-*-stop) echo inactive >"$state/active" ;;
rc-service-*) echo active >"$state/active" ;;
esac
`;

let hosts = 0;
function host(active: string, enabled: string) {
  const directory = path.join(root, String(hosts++));
  const [bin, state] = [path.join(directory, 'bin'), path.join(directory, 'state')];
  mkdirSync(bin, { recursive: true });
  mkdirSync(state);
  for (const [name, program] of [
    ['systemctl', SYSTEMCTL],
    ['service', SERVICE],
    ['rc-service', OPENRC],
    ['rc-update', OPENRC],
  ] as const) {
    writeFileSync(path.join(bin, name), program);
    chmodSync(path.join(bin, name), 0o755);
  }
  writeFileSync(path.join(state, 'active'), active);
  writeFileSync(path.join(state, 'enabled'), enabled);
  writeFileSync(path.join(state, 'calls'), '');
  const calls = (): string[] =>
    readFileSync(path.join(state, 'calls'), 'utf8')
      .split('\n')
      .filter((line) => !/show|is-enabled|status|^$/.test(line));
  return { state, calls, env: { PATH: `${bin}:${process.env.PATH}` } };
}

for (const shell of SHELLS) {
  describe(`systemd under ${shell}`, needs(shell.split(' ')[0] ?? ''), () => {
    it('starts and enables what is neither, once', async () => {
      const { env, calls } = host('inactive', 'disabled');
      const args = { name: 'web', state: 'started', enabled: true, daemon_reload: true };

      const would = await runModule('systemd', args, { shell, env, checkMode: true });
      const callsThen = calls();
      const first = await runModule('systemd', args, { shell, env });
      const second = await runModule('systemd', args, { shell, env });

      assert.deepEqual([would.changed, callsThen, first.changed, second.changed], [true, [], true, false]);
      assert.deepEqual(calls(), ['daemon-reload', 'enable web', 'start web', 'daemon-reload']);
      assert.deepEqual([plain(first).state, plain(first).enabled, plain(first).name], ['started', true, 'web']);
      const { ActiveState, ExecStart, Description } = plain(second).status as Record<string, string>;
      assert.deepEqual([ActiveState, ExecStart, Description], ['active', '{ path=/bin/web ;\n argv[]=web }', '{ odd']);
    });

    it('reloads what runs, and starts what should be restarted and does not run', async () => {
      const running = host('active', 'enabled');
      const stopped = host('inactive', 'enabled');

      const reloaded = await runModule('systemd', { name: 'web', state: 'reloaded' }, { shell, env: running.env });
      const restarted = await runModule('systemd', { name: 'web', state: 'restarted', scope: 'user' }, { shell, env: stopped.env });

      assert.deepEqual([reloaded.changed, running.calls()], [true, ['reload web']]);
      assert.deepEqual([restarted.changed, stopped.calls()], [true, ['--user start web']]);
    });

    it('masks and unmasks', async () => {
      const { env, calls } = host('inactive', 'masked');

      const same = await runModule('systemd_service', { name: 'web', masked: true }, { shell, env });
      const changed = await runModule('systemd_service', { name: 'web', masked: false }, { shell, env });

      assert.deepEqual([same.changed, changed.changed, calls()], [false, true, ['unmask web']]);
    });

    it('fails for a unit that is not there, and for one that does not start', async () => {
      const { env, state } = host('inactive', 'disabled');
      writeFileSync(path.join(state, 'broken'), '');

      const missing = await runModule('systemd', { name: 'nope', state: 'started' }, { shell, env });
      const broken = await runModule('systemd', { name: 'web', state: 'started' }, { shell, env });

      assert.deepEqual([missing.failed, missing.msg], [true, 'Could not find the requested service nope: host']);
      assert.deepEqual([broken.failed, broken.msg], [true, 'Unable to start service web: Job failed']);
    });

    it('service does with systemd what systemd does, and says so where there is none', async () => {
      const { env, calls } = host('inactive', 'disabled');
      const args = { name: 'web', daemon_reload: true, enabled: true };

      const first = await runModule('service', { ...args, use: 'systemd' }, { shell, env });
      const without = await runModule('service', { ...args, use: 'service' }, { shell, env });

      assert.deepEqual([first.changed, calls()], [true, ['daemon-reload', 'enable web']]);
      assert.deepEqual([without.failed, without.msg], [true, 'daemon_reload is of systemd, and this host has none']);
    });

    it('service asks OpenRC', { skip: existsSync('/etc/init.d/procps') ? false : 'SKIPPED: no init script here' }, async () => {
      const { env, calls, state } = host('inactive', 'disabled');
      writeFileSync(path.join(state, 'enabled'), 'disabled');
      const args = { name: 'procps', use: 'openrc', state: 'restarted', enabled: true };

      const first = await runModule('service', args, { shell, env });
      const second = await runModule('service', { ...args, state: 'stopped', enabled: false }, { shell, env });
      const third = await runModule('service', { ...args, state: 'stopped', enabled: false }, { shell, env });

      assert.deepEqual([first.changed, second.changed, third.changed], [true, true, false]);
      assert.deepEqual(calls(), [
        'rc-update add procps default',
        'rc-service procps start',
        'rc-update del procps default',
        'rc-service procps stop',
      ]);
    });

    it('service uses the tool a host without systemd has', async () => {
      const { env, calls } = host('inactive', '');
      const args = { name: 'web', state: 'started', arguments: '-x "a b"', use: 'service' };

      const changes = [];
      for (const checkMode of [true, false, false]) changes.push((await runModule('service', args, { shell, env, checkMode })).changed);
      const missing = await runModule('service', { name: 'nope', state: 'started', use: 'service' }, { shell, env });

      assert.deepEqual([changes, calls()], [[true, true, false], ['web start -x a b']]);
      assert.equal(missing.msg, 'Could not find the requested service nope: host');
    });
  });
}
