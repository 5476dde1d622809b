// One open line to one host, whatever carries it. It does not know how many hosts there are, nor what the scripts mean.
import type { HostKeyQuestion, LoginQuestion, Questions } from '../ssh/ask.ts';
import type { ForwardingConnection } from '../ssh/forward/seam.ts';
import type { FileTransferOptions, Pace } from '../ssh/sftp/transfer.ts';
import type { PlannedEntry, TreeOptions, TreeProgress, TreeResult } from '../ssh/sftp/tree/options.ts';

/** As whom a script runs on the host, when not as the user who logged in. */
export interface Become {
  readonly method: 'sudo' | 'su' | 'doas';
  /** Default root. */
  readonly user: string;
  /** Sent over stdin only. */
  readonly password?: string | undefined;
  /** What is started instead of the program that the method is named after, in words: `['sudo', 'su']`, `['/opt/bin/sudo']`. */
  readonly exe?: readonly string[] | undefined;
  /** Flags instead of those that are given otherwise, which is only sudo's `-H`. */
  readonly flags?: readonly string[] | undefined;
}

/** How a script or command ended. A lost connection is never an ending: it is a {@link ConnectionLostError}. */
export type Exit = { readonly kind: 'code'; readonly code: number } | { readonly kind: 'signal'; readonly signal: string };

/** Read at the pace of the script; each source is read once. */
export type ScriptInput = Uint8Array | AsyncIterable<Uint8Array>;

export interface ScriptOptions {
  readonly become?: Become | undefined;
  /** What the script reads from stdin, all of it unless the script ends before. Default: nothing, as from /dev/null. */
  readonly input?: ScriptInput | undefined;
  /** Called with every chunk as it arrives, in order for each stream. A returned promise holds the next chunk back. */
  readonly onOutput?: ((stream: 'stdout' | 'stderr', chunk: Uint8Array) => void | Promise<void>) | undefined;
  /** Asked before output that did not fit into memory is brought back from disk; its promise holds the result back. Default: at once. */
  readonly room?: ((bytes: number) => Promise<void>) | undefined;
  /** How much of each stream the result keeps; the rest is only passed to `onOutput`. Default 16 MiB. */
  readonly keepBytes?: number | undefined;
  /** The script and all its children are ended after this long. No default: the caller decides. */
  readonly timeoutMs?: number | undefined;
  /** As timeoutMs, but counted anew from every byte of output. */
  readonly idleTimeoutMs?: number | undefined;
  /** On abort the script and all its children are ended on the host before the promise rejects. */
  readonly signal?: AbortSignal | undefined;
}

export interface ScriptResult {
  readonly exit: Exit;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** True when more came than `keepBytes`. */
  readonly truncated: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

export interface TransferOptions extends Pick<FileTransferOptions, 'verify' | 'resume' | 'pace' | 'hashes'> {
  /** Permission bits of the new file, set before it has its name. Default: those of the source. */
  readonly mode?: number | undefined;
  readonly onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
export interface TransferResult {
  readonly bytes: number;
  /** How much of it was there from an attempt before. */
  readonly resumedBytes?: number | undefined;
  readonly remotePath: string;
  readonly localPath: string;
}

/** How a directory is copied; plain data. */
export type TreeSettings = Pick<
  TreeOptions,
  'preserve' | 'links' | 'include' | 'exclude' | 'dryRun' | 'update' | 'onError' | 'via' | 'resume' | 'verify' | 'delete' | 'diff'
>;
export type TreeTransferOptions = TreeSettings &
  Pick<TreeOptions, 'manifest' | 'pace' | 'onProgress' | 'signal'> & { readonly timeoutMs?: number | undefined };
export type { Pace, PlannedEntry, TreeProgress, TreeResult };

/** One open line to one host. */
export interface Connection {
  /** For messages: `10.0.3.7:22`, `localhost`. */
  readonly address: string;
  /**
   * Runs POSIX sh on the host in a process group of its own.
   *
   * @throws TimedOutError, CancelledError, ScriptInputError (the remote processes are gone), ConnectionLostError, BecomeError.
   */
  run(script: string, options?: ScriptOptions): Promise<ScriptResult>;
  /** Sends one file: to a temporary name with mode 0600, then to its name in one step. A failure leaves the old file and no temporary one. */
  put(localPath: string, remotePath: string, options?: TransferOptions): Promise<TransferResult>;
  /** Fetches one file the same way. */
  get(remotePath: string, localPath: string, options?: TransferOptions): Promise<TransferResult>;
  /** Sends a directory: a new one appears complete, in one step; into one that is there, every file does. Absent where there is no way. */
  putTree?(localDirectory: string, remoteDirectory: string, options?: TreeTransferOptions): Promise<TreeResult>;
  /** Fetches a directory the same way; nothing that the host says of it leads out of the target. */
  getTree?(remoteDirectory: string, localDirectory: string, options?: TreeTransferOptions): Promise<TreeResult>;
  /** The line as tunnels need it, for as long as it is open; only of kinds that can carry them. */
  forwarding?(): ForwardingConnection;
  close(): Promise<void>;
}

/** Everything needed to open a line to one host; plain data, so that it can cross to a worker. */
export interface ConnectionSpec {
  /** The implementation, as in Ansible's `ansible_connection`: `ssh`, `openssh`, `local`. */
  readonly kind: string;
  /** The inventory's name of the host, for messages. */
  readonly name: string;
  /** Default: the name. */
  readonly address?: string | undefined;
  /** Default 22. */
  readonly port?: number | undefined;
  /** Default: ssh_config's, then the local user. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly passphrase?: string | undefined;
  /** ssh's own flags, as in `ansible_ssh_common_args`, split into words: -o -J -i -p -F -l; `openssh` takes more. */
  readonly sshArgs?: readonly string[] | undefined;
  /** What to do about a host key that no known_hosts file has. A changed or revoked one is always refused. Default `strict`. */
  readonly hostKeyPolicy?: 'strict' | 'accept-new' | 'ask' | undefined;
  /** Instead of `~/.ssh/known_hosts` and the system's. */
  readonly knownHostsFiles?: readonly string[] | undefined;
  /** TCP, handshake and login together. Default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
}

export type { HostKeyQuestion, LoginQuestion, Questions };

/** A way to reach hosts. A file of this floor exports one, and `registry.ts` lists it. */
export interface ConnectionKind {
  readonly name: string;
  /** @throws ConnectError of the implementation: refused, no such host, host key, login, timeout. */
  open(spec: ConnectionSpec, questions: Questions, signal?: AbortSignal): Promise<Connection>;
}
