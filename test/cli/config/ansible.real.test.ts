// ansible.cfg and its variables, side by side with ansible-config.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { readConfiguration } from '#src/cli/config/configuration';
import type { SettingName } from '#src/cli/config/settings';
import { completeFlags } from '#src/cli/flag-options';
import { needs } from '../../support/real.ts';
import { directoryWith } from './directory.ts';

/** The names of ansible-config, and how its value is written as one of ours. */
const SAME: readonly (readonly [theirs: string, ours: SettingName, convert: (value: unknown) => unknown])[] = [
  ['DEFAULT_HOST_LIST', 'inventory', (value) => value],
  ['DEFAULT_FORKS', 'forks', Number],
  ['DEFAULT_TIMEOUT', 'connectTimeout', (value) => Number(value) * 1_000],
  ['DEFAULT_TRANSPORT', 'connection', (value) => (value === 'local' ? 'local' : 'ssh')],
  ['DEFAULT_REMOTE_USER', 'user', String],
  ['DEFAULT_REMOTE_PORT', 'port', Number],
  ['DEFAULT_PRIVATE_KEY_FILE', 'privateKey', String],
  ['DEFAULT_ASK_PASS', 'askPass', Boolean],
  ['HOST_KEY_CHECKING', 'hostKey', (value) => (value === true ? 'strict' : 'accept-new')],
  ['DEFAULT_BECOME', 'become', Boolean],
  ['DEFAULT_BECOME_USER', 'becomeUser', String],
  ['DEFAULT_BECOME_METHOD', 'becomeMethod', String],
  ['DEFAULT_BECOME_EXE', 'becomeExe', String],
  ['DEFAULT_BECOME_FLAGS', 'becomeFlags', String],
  ['DEFAULT_BECOME_ASK_PASS', 'askBecomePass', Boolean],
  ['COLLECTIONS_PATHS', 'collectionsPath', (value) => value],
  ['DIFF_ALWAYS', 'diff', Boolean],
  ['TAGS_RUN', 'tags', (value) => value],
  ['TAGS_SKIP', 'skipTags', (value) => value],
  ['DEFAULT_MODULE_PATH', 'library', (value) => value],
  ['DEFAULT_VERBOSITY', 'verbose', Number],
  ['ANSIBLE_NOCOLOR', 'color', () => 'never'],
  ['ANSIBLE_FORCE_COLOR', 'color', () => 'always'],
];

interface Dumped {
  readonly name: string;
  readonly value: unknown;
  readonly origin: string;
}

function dump(cwd: string, variables: Readonly<Record<string, string>>): Map<string, Dumped> {
  const env = { PATH: process.env.PATH, HOME: cwd, ...variables };
  const { stdout, stderr } = spawnSync('ansible-config', ['dump', '--only-changed', '--format', 'json'], {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  // With a verbosity of its own it speaks about itself first.
  const start = stdout.search(/^\[$/m);
  assert.notEqual(start, -1, stdout + stderr);
  return new Map((JSON.parse(stdout.slice(start)) as Dumped[]).map((one) => [one.name, one]));
}

async function compare(t: TestContext, text: string, variables: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const cwd = await directoryWith(t, { 'ansible.cfg': text });
  const theirs = dump(cwd, variables);
  const { resolved } = await readConfiguration(undefined, { env: { HOME: cwd, ...variables }, cwd });
  const compared: string[] = [];
  for (const [name, flag, convert] of SAME) {
    const one = theirs.get(name);
    if (one === undefined || (Array.isArray(one.value) && one.value.length === 0)) continue;
    const ours = resolved.get(flag);
    assert.deepEqual(ours?.value, convert(one.value), `${name} of ${text}`);
    const origin = ours?.origins[0];
    const from = origin?.kind === 'file' ? origin.where.file : origin?.kind === 'environment' ? `env: ${origin.variable}` : 'default';
    assert.equal(from, one.origin, name);
    compared.push(name);
  }
  // And nothing besides: what Ansible does not call changed is not ours either.
  const changed = [...resolved.values()].filter(({ origins }) => origins[0]?.kind !== 'default').map(({ setting }) => setting.flag);
  assert.deepEqual(new Set(changed), new Set(SAME.filter(([name]) => compared.includes(name)).map(([, flag]) => flag)));
  return compared;
}

const FULL = `
[defaults]
inventory = hosts.ini, ~/more, $HOME/third, /etc/hosts.ini
FORKS: 12  ; few
timeout=30
transport = local
remote_user = "deploy"
remote_port = 2222
private_key_file = keys/../id
ask_pass = yes
library = modules:~/more
host_key_checking = off
verbosity = 2
collections_path = coll:~/more
nocolor = 1
[privilege_escalation]
become = True
become_user = 'app'
become_method = su
become_exe = /opt/sudo
become_flags = "-H -E"
become_ask_pass = on
[diff]
always = yes
[tags]
run = a, "b c"
skip = slow
`;

describe('the configuration of Ansible', needs('ansible-config'), () => {
  it('comes to the same values from the same lines', async (t) => {
    const compared = await compare(t, FULL);

    assert.deepEqual(
      compared,
      SAME.map(([name]) => name).filter((name) => name !== 'ANSIBLE_FORCE_COLOR'),
    );
  });

  it('comes to the same values from variables, which win over the file', async (t) => {
    const variables = {
      ANSIBLE_FORKS: '7',
      ANSIBLE_REMOTE_USER: 'ada',
      ANSIBLE_HOST_KEY_CHECKING: 'False',
      ANSIBLE_TIMEOUT: '3',
      ANSIBLE_BECOME: 'true',
      ANSIBLE_RUN_TAGS: 'x,y',
      ANSIBLE_FORCE_COLOR: '1',
    };

    const compared = await compare(t, '[defaults]\nforks = 5\nremote_user = eve\n', variables);

    assert.equal(compared.length, Object.keys(variables).length);
  });

  it('is read from [DEFAULT] and over several lines alike', async (t) => {
    const compared = await compare(t, '[DEFAULT]\nforks = 9\n[defaults]\ninventory = a,\n  b\n');

    assert.deepEqual(compared, ['DEFAULT_HOST_LIST', 'DEFAULT_FORKS']);
  });

  it('is passed over in a directory where everybody may write', async (t) => {
    const { chmod } = await import('node:fs/promises');
    const cwd = await directoryWith(t, { 'ansible.cfg': '[defaults]\nforks = 9\n' });
    await chmod(cwd, 0o777);

    const { resolved, places } = await readConfiguration(undefined, { env: { HOME: path.join(cwd, 'home') }, cwd });

    assert.equal(dump(cwd, { HOME: path.join(cwd, 'home') }).has('DEFAULT_FORKS'), false);
    assert.equal(resolved.get('forks')?.value, completeFlags({}).forks);
    assert.ok(places.some(({ state }) => state === 'world-writable directory'));
  });
});
