// Shells and files over one SSH connection, whoever speaks the protocol. It does not know how many hosts there are.
import { unlessAborted } from '../base/abort.ts';
import { SshoalError } from '../base/errors.ts';
import { SshChannelError, SshConnectionLostError } from '../ssh/errors.ts';
import type { ForwardingConnection } from '../ssh/forward/seam.ts';
import type { SFTPClient } from '../ssh/sftp/client.ts';
import { SftpError } from '../ssh/sftp/errors.ts';
import { CancelledError, ConnectError, ConnectionLostError, TimedOutError, TransferError } from './errors.ts';
import type {
  Connection,
  ScriptOptions,
  ScriptResult,
  TransferOptions,
  TransferResult,
  TreeResult,
  TreeSettings,
  TreeTransferOptions,
} from './seam.ts';
import { ShellPool } from './shell-pool.ts';
import type { ShellProcess, SpawnOptions } from './shell-process.ts';

/** Who speaks the protocol: our own client, or the system's `ssh`. It throws errors of the ssh floor. */
export interface Carrier {
  /** For messages: `ada@10.0.3.7:22`. */
  readonly address: string;
  /** Starts a command, as the login shell of the account reads it. */
  exec(command: string, options?: SpawnOptions): Promise<ShellProcess>;
  openSftp(): Promise<SFTPClient>;
  /** For tunnels; undefined where there are none. */
  readonly forwarding?: ForwardingConnection | undefined;
  close(): Promise<void>;
}

/** A connection whose shells and transfers go over one carrier. */
export class CarriedConnection implements Connection {
  readonly address: string;
  readonly forwarding?: () => ForwardingConnection;
  readonly #carrier: Carrier;
  readonly #shells: ShellPool;
  #sftp: Promise<SFTPClient> | undefined;

  private constructor(carrier: Carrier) {
    this.address = carrier.address;
    this.#carrier = carrier;
    const { forwarding } = carrier;
    if (forwarding !== undefined) this.forwarding = () => forwarding;
    this.#shells = new ShellPool(async (command, options) => await this.#spawn(command, options), carrier.address);
  }

  /** @throws ConnectError in place of what `opening` throws. */
  static async over(opening: Promise<Carrier>): Promise<CarriedConnection> {
    try {
      return new CarriedConnection(await opening);
    } catch (error) {
      if (!(error instanceof SshoalError)) throw error;
      throw new ConnectError(error.code, error.message, { where: error.where, fix: error.fix, cause: error });
    }
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

  async putTree(localDirectory: string, remoteDirectory: string, options: TreeTransferOptions = {}): Promise<TreeResult> {
    return await this.#transfer(options, async (sftp, given) =>
      isThroughTar(given)
        ? await (await import('../ssh/sftp/tree/put-tar.ts')).putTreeByTar(this.#exec, localDirectory, remoteDirectory, given)
        : await sftp.putTree(localDirectory, remoteDirectory, given),
    );
  }

  async getTree(remoteDirectory: string, localDirectory: string, options: TreeTransferOptions = {}): Promise<TreeResult> {
    return await this.#transfer(options, async (sftp, given) =>
      isThroughTar(given)
        ? await (await import('../ssh/sftp/tree/get-tar.ts')).getTreeByTar(this.#exec, remoteDirectory, localDirectory, given)
        : await sftp.getTree(remoteDirectory, localDirectory, given),
    );
  }

  async close(): Promise<void> {
    this.#shells.close();
    await this.#carrier.close();
  }

  readonly #exec = async (command: string): Promise<ShellProcess> => await this.#carrier.exec(command);

  async #spawn(command: string, options?: SpawnOptions): Promise<ShellProcess> {
    try {
      const child = await this.#carrier.exec(command, options);
      return { ...child, exit: child.exit.catch(rethrow) };
    } catch (error) {
      return rethrow(error);
    }
  }

  async #transfer<O extends TransferOptions | TreeTransferOptions, R>(
    options: O,
    work: (sftp: SFTPClient, given: O) => Promise<R>,
  ): Promise<R> {
    const { timeoutMs, signal } = options;
    const deadline = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
    const stop = deadline === undefined || signal === undefined ? (deadline ?? signal) : AbortSignal.any([deadline, signal]);
    try {
      return await work(await unlessAborted(this.#openSftp(), stop), { ...options, signal: stop });
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
    const opening = this.#carrier.openSftp();
    this.#sftp = opening;
    opening.catch(() => {
      if (this.#sftp === opening) this.#sftp = undefined;
    });
    return opening;
  }
}

/** A dry run asks over SFTP: an archive tells nothing before it is sent. */
function isThroughTar({ via, dryRun }: TreeSettings): boolean {
  return via === 'tar' && dryRun !== true;
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
