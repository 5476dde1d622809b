// What this floor throws.
import { type ErrorDetails, InputError, SshoalError } from '../base/errors.ts';

/**
 * A connection that could not be opened. Codes: CONNECT_REFUSED, CONNECT_TIMEOUT, CONNECT_FAILED, HOST_NOT_FOUND,
 * CONNECTION_DROPPED, KEX_FAILED, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, HOST_KEY_REVOKED, KNOWN_HOSTS_UNREADABLE, KNOWN_HOSTS_LOCKED, AUTH_FAILED, KEY_UNREADABLE,
 * KEY_PASSPHRASE_NEEDED, KEY_PASSPHRASE_WRONG, KEY_PERMISSIONS, AGENT_FAILED, SUBSYSTEM_REFUSED.
 */
export class SshConnectError extends SshoalError {
  /** Whether the same attempt may succeed a moment later: the server was busy, not unwilling. */
  readonly retriable: boolean;

  constructor(code: string, message: string, details: ErrorDetails & { readonly retriable?: boolean } = {}) {
    super(code, message, details);
    this.retriable = details.retriable ?? false;
  }
}

/** An open connection that broke. Code CONNECTION_LOST. */
export class SshConnectionLostError extends SshoalError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('CONNECTION_LOST', message, { fix: 'Check the network and the host; what ran there may not have come to its end', ...details });
  }
}

/**
 * A channel that the server would not open, or that misbehaved. Codes CHANNEL_REFUSED, CHANNEL_TIMEOUT, PROTOCOL, PTY_REFUSED,
 * AGENT_REFUSED, STDIN_CLOSED.
 */
export class SshChannelError extends SshoalError {}

/** A session that was refused because others of its connection hold all that the server allows. Code CHANNEL_REFUSED. */
export class SshSessionsTakenError extends SshChannelError {}

/** A command that was ended by its deadline. Code COMMAND_TIMEOUT. */
export class SshCommandError extends SshoalError {}

/**
 * A tunnel that cannot listen, or one connection through it that came to nothing. Codes LISTEN_FAILED (this machine), LISTEN_REFUSED and
 * LISTEN_TIMEOUT (the host), TARGET_FAILED (seen from this machine; seen from the host it is CHANNEL_REFUSED), SOCKS_REFUSED,
 * TUNNEL_FULL.
 */
export class SshForwardError extends SshoalError {}

/** ssh_config text or ssh flags that make no sense. Codes SSH_CONFIG, SSH_ARGS, FORWARD_SYNTAX. */
export class SshSettingsError extends InputError {}
