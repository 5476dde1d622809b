// Hosts over SSH: shells and files on one connection of the ssh floor. It does not know how many hosts there are.
import os from 'node:os';
import path from 'node:path';
import { SshoalError } from '../base/errors.ts';
import { SSHClient } from '../ssh/client.ts';
import { SshChannelError, SshConnectionLostError } from '../ssh/errors.ts';
import type { SFTPClient } from '../ssh/sftp/client.ts';
import { SftpError } from '../ssh/sftp/errors.ts';
import { CancelledError, ConnectError, ConnectionLostError, TimedOutError, TransferError } from './errors.ts';
import type {
  Connection,
  ConnectionKind,
  ConnectionSpec,
  Questions,
  ScriptOptions,
  ScriptResult,
  TransferOptions,
  TransferResult,
} from './seam.ts';
import type { ShellProcess } from './shell.ts';
import { ShellPool } from './shell-pool.ts';

export const sshKind: ConnectionKind = {
  name: 'ssh',
  open: async (spec, questions, signal) => await SshConnection.open(spec, questions, signal),
};

class SshConnection implements Connection {
  readonly address: string;
  readonly #client: SSHClient;
  readonly #shells: ShellPool;
  #sftp: Promise<SFTPClient> | undefined;

  private constructor(client: SSHClient) {
    this.address = client.address;
    this.#client = client;
    this.#shells = new ShellPool(async (command) => await this.#spawn(command), client.address);
  }

  static async open(spec: ConnectionSpec, questions: Questions, signal: AbortSignal | undefined): Promise<SshConnection> {
    // A server that allows a single session (MaxSessions 1) needs a line for the shell, one for files, and one to end what runs.
    const client = new SSHClient({ maxConnections: 3 });
    const home = os.homedir();
    try {
      await client.connect({
        // ssh itself would be given the address: its configuration and known_hosts go by that name.
        host: spec.address ?? spec.name,
        port: spec.port,
        user: spec.user,
        password: spec.password,
        privateKeyFile: spec.privateKeyFile?.replace(/^~(?=\/)/, home),
        passphrase: spec.passphrase,
        agentSocket: process.env.SSH_AUTH_SOCK,
        sshArgs: spec.sshArgs,
        configFiles: [path.join(home, '.ssh/config'), '/etc/ssh/ssh_config'],
        knownHostsFiles: spec.knownHostsFiles,
        hostKeyPolicy: spec.hostKeyPolicy,
        connectTimeoutMs: spec.connectTimeoutMs,
        homeDirectory: home,
        localUser: os.userInfo().username,
        questions,
        signal,
      });
    } catch (error) {
      if (!(error instanceof SshoalError)) throw error;
      throw new ConnectError(error.code, error.message, { where: error.where, fix: error.fix, cause: error });
    }
    return new SshConnection(client);
  }

  async run(script: string, options?: ScriptOptions): Promise<ScriptResult> {
    return await this.#shells.run(script, options);
  }

  async put(localPath: string, remotePath: string, options: TransferOptions = {}): Promise<TransferResult> {
    return await this.#transfer(options, async (sftp, given) => await sftp.put(localPath, remotePath, given));
  }

  async get(remotePath: string, localPath: string, options: TransferOptions = {}): Promise<TransferResult> {
    return await this.#transfer(options, async (sftp, given) => await sftp.get(remotePath, localPath, given));
  }

  async close(): Promise<void> {
    this.#shells.close();
    await this.#client.close();
  }

  async #spawn(command: string): Promise<ShellProcess> {
    try {
      const execution = await this.#client.execCommand(command);
      return { ...execution, exit: execution.exit.catch(rethrow) };
    } catch (error) {
      return rethrow(error);
    }
  }

  async #transfer(
    options: TransferOptions,
    work: (sftp: SFTPClient, given: TransferOptions) => Promise<TransferResult>,
  ): Promise<TransferResult> {
    const { timeoutMs, signal, ...others } = options;
    const deadline = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
    const stop = deadline === undefined || signal === undefined ? (deadline ?? signal) : AbortSignal.any([deadline, signal]);
    try {
      return await work(await unlessAborted(this.#openSftp(), stop), { ...others, signal: stop });
    } catch (error) {
      if (signal?.aborted === true) throw new CancelledError(undefined, { where: this.address });
      if (deadline?.aborted === true)
        throw new TimedOutError(`Not done within ${timeoutMs} ms`, { where: this.address, fix: 'Raise --timeout' });
      return rethrow(error);
    }
  }

  // One SFTP session for all transfers; a session that broke is not used again.
  async #openSftp(): Promise<SFTPClient> {
    const opened = this.#sftp;
    const sftp = await (opened ?? this.#openAnotherSftp());
    if (sftp.isOpen) return sftp;
    if (this.#sftp === opened) this.#sftp = undefined;
    return await (this.#sftp ?? this.#openAnotherSftp());
  }

  #openAnotherSftp(): Promise<SFTPClient> {
    const opening = this.#client.openSftp();
    this.#sftp = opening;
    opening.catch(() => {
      if (this.#sftp === opening) this.#sftp = undefined;
    });
    return opening;
  }
}

/** Waits for something, but not beyond an abort; others may go on to wait for it. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    settled.abort();
  }
}

/** Errors of the ssh floor in this floor's words. */
function rethrow(error: unknown): never {
  if (
    error instanceof SshConnectionLostError ||
    error instanceof SshChannelError ||
    (error instanceof SftpError && error.code === 'SFTP_LOST')
  ) {
    throw new ConnectionLostError(error.message, { where: error.where, fix: error.fix, cause: error });
  }
  if (error instanceof SftpError) throw new TransferError(error.code, error.message, { where: error.where, fix: error.fix, cause: error });
  throw error;
}
