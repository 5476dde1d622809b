// A real sshd whose sudo, su and doas ask for real passwords, with accounts and rules that exist for it alone; only root may.
import type { ConnectionSpec } from '#src/connection/seam';
import { OpenSshServer } from './openssh-server.ts';

/** Of the account that logs in, and of the one that su becomes. */
export const PASSWORD = 'right horse $HOME "battery"';
// openssl passwd -6 -salt sshoal: making it anew for every run would need a program more.
const HASH = '$6$sshoal$3PSO6PFPk9r4Mz4jcXRkW9.0UdJVeIyk15tfyq2JPi915E1q3Oicby/B5U2SC9nQ2yPPFcMrG9KGlMwD8ChLR.';

/** Accounts to become; what sudo asks of whoever becomes one differs. */
const ACCOUNTS = ['plain', 'lecture', 'nopasswd', 'open', 'pty', 'tty', 'doas', 'nopass'] as const;
export type Account = (typeof ACCOUNTS)[number];

/** The name of an account, which no real machine has. */
export function account(name: Account): string {
  return `sshoal-to-${name}`;
}

const SUDOERS = [
  'Defaults !use_pty, timestamp_timeout=0',
  `Defaults>${account('lecture')} lecture=always`,
  `Defaults>${account('pty')} use_pty`,
  `Defaults>${account('tty')} requiretty`,
  `Defaults>${account('open')} !authenticate`,
  'sshoal-plain ALL=(ALL) ALL',
  `sshoal-plain ALL=(${account('nopasswd')}) NOPASSWD: ALL`,
];
const DOAS = ['permit sshoal-plain', `permit nopass sshoal-plain as ${account('nopass')}`];

/** Starts it; stop the server when done. */
export async function startBecomeHost(): Promise<OpenSshServer> {
  const lines = (file: string, all: readonly string[]): string => `cat >${file} <<'END'\n${all.join('\n')}\nEND`;
  const hashes = ['sshoal-plain', ...ACCOUNTS.map(account)].map((name) => `${name}:${HASH}:19000:0:99999:7:::`);
  const accounts = ACCOUNTS.map((name, index) => `${account(name)}:x:${64_400 + index}:64400::/:/bin/sh`);
  return await OpenSshServer.start({
    plainAccount: true,
    prelude: [
      // A copy that only the server sees: nothing of the machine is touched. passwd is a mount already, and copied with its account.
      'cp -a /etc etc',
      'cat /etc/passwd >etc/passwd',
      lines('accounts', accounts),
      'cat accounts >>etc/passwd',
      lines('hashes', hashes),
      'cat hashes >>etc/shadow',
      lines('sudoers', SUDOERS),
      'cat sudoers >etc/sudoers; chmod 440 etc/sudoers; rm -f etc/sudoers.d/*',
      lines('doas.conf', DOAS),
      'cat doas.conf >etc/doas.conf; chmod 400 etc/doas.conf',
      'umount /etc/passwd',
      'mount --bind etc /etc',
    ],
  });
}

/** How to get in. */
export function specOf(server: OpenSshServer, kind: 'ssh' | 'openssh'): ConnectionSpec {
  return {
    kind,
    name: 'become',
    address: '127.0.0.1',
    port: server.port,
    user: server.user,
    privateKeyFile: server.clientKeyFile,
    knownHostsFiles: [server.knownHostsFile],
    sshArgs: ['-F', 'none', '-o', 'IdentityAgent=none'],
  };
}
