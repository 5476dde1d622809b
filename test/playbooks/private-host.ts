// A host of one's own over this machine: its files, processes and network are seen by nobody else, and it has a real sshd that
// playbooks are played over. It does not know the playbooks.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { needsPrivateRoot, PrivateRoot } from '../modules/private-root.ts';

export const PROJECT = path.resolve(import.meta.dirname, '../../..');
export const EXAMPLE = path.join(PROJECT, 'inventories/example');
export const VAULT_PASSWORD_FILE = path.join(EXAMPLE, 'vault-password.txt');

/** Options for `describe`: skipped where this user cannot have such a host. */
export const privateHost = (): { skip: string | false } => needsPrivateRoot('sshd', 'ssh-keygen', 'ip', 'service');

export interface PlayedTwice {
  readonly first: Counts;
  readonly again: Counts;
  /** What `after` has printed. */
  readonly after: string;
}

export interface Counts {
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  readonly unreachable: number;
}

export interface TwiceOptions {
  readonly playbook: string;
  /** The host of inventories/example that this one stands for. */
  readonly as: string;
  readonly flags?: readonly string[];
  /** Files to begin with, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Lines of sh, run on the host before it is played and after. */
  readonly before?: string;
  readonly between?: string;
  readonly after?: string;
}

/**
 * Plays a playbook twice over the sshd of a new host, as root. Everything that is started there ends with it.
 *
 * @throws Error with all that was printed when it cannot be played.
 */
export function playTwice({ playbook, as, flags = [], files = {}, before = ':', between = ':', after = ':' }: TwiceOptions): PlayedTwice {
  const root = new PrivateRoot();
  const keys = mkdtempSync(path.join(os.tmpdir(), 'sshoal-keys-'));
  try {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(keys, 'key')]);
    root.write('lab/key', readFileSync(path.join(keys, 'key')), 0o600);
    root.write('lab/authorized_keys', readFileSync(path.join(keys, 'key.pub')));
    root.write('lab/here.ini', '[all]\n[all:vars]\nansible_host=127.0.0.1\nansible_become_method=sudo\n');
    for (const [name, content] of Object.entries(files))
      root.write(name, content, name.includes('bin/') || name.includes('init.d') ? 0o755 : 0o644);
    const play = [
      process.execPath,
      ...[path.join(PROJECT, 'dist/cli/main.js'), 'play', path.join(PROJECT, 'playbooks', playbook)],
      ...['-i', EXAMPLE, '-i', '/lab/here.ini', '--limit', as, '--private-key', '/lab/key', '--known-hosts', '/lab/known_hosts'],
      ...['--host-key', 'accept-new', '--ssh-config', 'none', '--config', 'none', '--no-journal', '--output', 'json', ...flags],
    ];
    root.write('lab/play.sh', play.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '));
    root.write('lab/before.sh', before);
    root.write('lab/between.sh', between);
    root.write('lab/after.sh', after);
    root.write('lab/all.sh', ALL);
    const printed = root.run(`exec unshare -pnf --kill-child --mount-proc sh /lab/all.sh`, { HOME: '/root' });
    const [first = '', again = '', rest = ''] = printed.split(MARK);
    return { first: counts(first, as), again: counts(again, as), after: rest.trim() };
  } finally {
    root.remove();
    rmSync(keys, { recursive: true });
  }
}

const MARK = '=====sshoal=====\n';
const ALL = `set -e
ip link set lo up
mkdir -p /root/.ssh /run/sshd
chmod 700 /root /root/.ssh
cat /lab/authorized_keys >/root/.ssh/authorized_keys
chmod 600 /root/.ssh/authorized_keys
rm -f /run/sshd.pid
service ssh start >&2
sh -e /lab/before.sh >&2
sh /lab/play.sh >/lab/first || { cat /lab/first >&2; false; }
cat /lab/first
printf '${MARK}'
sh -e /lab/between.sh >&2
sh /lab/play.sh >/lab/again || { cat /lab/again >&2; false; }
cat /lab/again
printf '${MARK}'
sh -e /lab/after.sh
`;

function counts(json: string, host: string): Counts {
  const { recap } = JSON.parse(json) as { recap: Record<string, Counts> };
  const found = recap[host];
  if (found === undefined) throw new Error(`${host} is not in ${json.slice(0, 2000)}`);
  return found;
}
