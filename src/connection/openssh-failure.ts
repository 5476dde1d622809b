// Why the system's ssh got nowhere, from what it says, in the words that our own client has for it.
import { neutralise } from '../base/terminal.ts';
import { SshConnectError } from '../ssh/errors.ts';
import type { Askpass } from './openssh-askpass.ts';

export interface SshEnding {
  /** All that it said on stderr. Some of it comes from servers. */
  readonly said: string;
  /** Its exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly where: string;
  readonly user: string | undefined;
  readonly asked: Pick<Askpass, 'wasAsked' | 'unanswered' | 'passphraseFor'> | undefined;
}

interface Reason {
  readonly pattern: RegExp;
  readonly code: string;
  readonly what: string;
  readonly fix: string;
}

// In this order: what a jump host or a configuration did wrong shows as a closed connection too, which is the last.
const REASONS: readonly Reason[] = [
  {
    pattern: /Bad configuration option|bad configuration options|Bad owner or permissions on|^\S+ line \d+: /m,
    code: 'SSH_CONFIG',
    what: 'ssh refuses its configuration',
    fix: 'Mend the line of ssh_config or the -o that it names',
  },
  {
    pattern: /^usage: ssh|unknown option|illegal option|^Bad .* specification|^Unknown (?:cipher|mac) type/m,
    code: 'SSH_ARGS',
    what: 'ssh refuses its flags',
    fix: 'Check ansible_ssh_common_args against ssh(1)',
  },
  {
    pattern: /is marked as revoked|REVOKED HOST KEY|revoked by file/,
    code: 'HOST_KEY_REVOKED',
    what: 'The host key is revoked',
    fix: 'Do not connect; give the host a new key',
  },
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    code: 'HOST_KEY_CHANGED',
    what: 'The host key differs from the one in known_hosts',
    fix: 'If the host was reinstalled: ssh-keygen -R with its name; if not, somebody may be listening in',
  },
  {
    pattern: /Host key verification failed/,
    code: 'HOST_KEY_UNKNOWN',
    what: 'The host key is not in known_hosts',
    fix: "Compare the key with the host's own, then use --host-key accept-new, or add it with ssh-keyscan",
  },
  {
    pattern: /Could not resolve hostname/,
    code: 'HOST_NOT_FOUND',
    what: 'There is no address for the host',
    fix: 'Check the name, or set ansible_host to an address',
  },
  {
    pattern: /Connection refused/,
    code: 'CONNECT_REFUSED',
    what: 'Nothing listens there',
    fix: 'Check that sshd runs there, and the port (ansible_port)',
  },
  {
    pattern: /Unable to negotiate|no matching .* found|Corrupted MAC/,
    code: 'KEX_FAILED',
    what: 'No algorithm in common',
    fix: 'Update the SSH server, or name algorithms with -o in ansible_ssh_common_args',
  },
  {
    pattern: /UNPROTECTED PRIVATE KEY FILE|bad permissions/,
    code: 'KEY_PERMISSIONS',
    what: 'A private key may be read by others',
    fix: 'chmod 600 the key file',
  },
  {
    pattern: /Permission denied|Too many authentication failures|No more authentication methods/,
    code: 'AUTH_FAILED',
    what: 'Nobody was let in',
    fix: 'Name a key with --private-key, add one to the agent (ssh-add), or give the password with -k; check the user with -u',
  },
  {
    pattern: /timed out/,
    code: 'CONNECT_TIMEOUT',
    what: 'The host did not answer in time',
    fix: 'Check that the host is up and reachable',
  },
  {
    pattern: /No route to host|unreachable|assign requested address/,
    code: 'CONNECT_FAILED',
    what: 'The connection failed',
    fix: 'Check the address, the route and the firewall',
  },
  {
    pattern: /Connection (?:closed|reset)|closed by remote host|Broken pipe|kex_exchange_identification/,
    code: 'CONNECTION_DROPPED',
    what: 'The server hung up',
    fix: 'Try again with fewer --forks; check MaxStartups, PerSourcePenalties and the log of its sshd',
  },
];

/** The error for an ssh that ended before anybody was let in. */
export function opensshFailure(ending: SshEnding): SshConnectError {
  const { said, code, where, user, asked } = ending;
  const { unanswered, passphraseFor } = asked ?? {};
  const words = lastWords(said);
  const heard = words === '' ? '' : `; ssh says: ${words}`;
  if (code === 127) return missing(where, words);
  const cause = unanswered?.cause;
  if (unanswered?.kind === 'prompt') {
    const message = `${user ?? 'The user'} was not let in: ssh asks "${unanswered.about}", and nobody is there to answer${reasonOf(cause)}`;
    return new SshConnectError('AUTH_FAILED', message, {
      where,
      fix: 'Run it at a terminal, and answer there; or give the password with -k',
      cause,
    });
  }
  const reason = REASONS.find(({ pattern }) => pattern.test(said));
  if (reason?.code === 'HOST_KEY_UNKNOWN' && unanswered?.kind === 'host-key') {
    return new SshConnectError(reason.code, `${reason.what}, and nobody accepted it${reasonOf(cause)}`, { where, fix: reason.fix, cause });
  }
  if (reason?.code === 'AUTH_FAILED' && unanswered?.kind === 'passphrase') {
    return new SshConnectError(
      'KEY_PASSPHRASE_NEEDED',
      `The key ${unanswered.about} has a passphrase, and nobody gave it${reasonOf(cause)}`,
      {
        where,
        fix: 'Add the key to an agent (ssh-add), or give the passphrase in SSHOAL_PASSPHRASE',
        cause,
      },
    );
  }
  // ssh asks only where the server would take the key, and does not say what came of the answer.
  if (reason?.code === 'AUTH_FAILED' && passphraseFor !== undefined) {
    return new SshConnectError(
      'KEY_PASSPHRASE_WRONG',
      `The passphrase of ${passphraseFor} does not open it, or the server does not take it${heard}`,
      {
        where,
        fix: 'Give the right passphrase, or add the key to an agent: ssh-add',
      },
    );
  }
  if (reason === undefined) {
    const how = code === null ? 'it was ended by a signal' : `it ended with code ${code}`;
    return new SshConnectError('CONNECT_FAILED', `ssh opened no connection: ${how}${heard}`, { where, fix: 'Try it by hand with ssh -v' });
  }
  const retriable = reason.code === 'CONNECTION_DROPPED' && asked?.wasAsked !== true;
  return new SshConnectError(reason.code, `${reason.what}${heard}`, { where, fix: reason.fix, retriable });
}

/** The end of what ssh said, as one line that is safe to show. */
export function lastWords(said: string): string {
  const lines = neutralise(said)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('@'));
  return lines.slice(-4).join(' | ').slice(-600);
}

/** This machine cannot do it at all. */
export function missing(where: string, why: string): SshConnectError {
  return new SshConnectError('OPENSSH_MISSING', `The system's ssh cannot be used: ${why}`, {
    where,
    fix: 'Install the OpenSSH client, or use ansible_connection: ssh, which needs none',
  });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? ` (${neutralise(cause.message)})` : '';
}
