// This machine as a host, without any SSH. It does not know which user's inventory asked for it.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream, type Stats } from 'node:fs';
import { chmod, copyFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { shellQuote } from '../base/quote.ts';
import { SftpError } from '../ssh/sftp/errors.ts';
import { copyLocalTree } from '../ssh/sftp/tree/local-tree.ts';
import { CancelledError, TimedOutError, TransferError } from './errors.ts';
import type {
  Connection,
  ConnectionKind,
  Exit,
  ScriptOptions,
  ScriptResult,
  TransferOptions,
  TransferResult,
  TreeResult,
  TreeTransferOptions,
} from './seam.ts';
import { ShellPool } from './shell-pool.ts';
import type { ShellProcess, SpawnOptions } from './shell-process.ts';

export const localKind: ConnectionKind = {
  name: 'local',
  // Nothing to open, and nothing to ask.
  open: async (spec) => await Promise.resolve(new LocalConnection(spec.name)),
};

class LocalConnection implements Connection {
  readonly address: string;
  readonly #shells: ShellPool;

  constructor(name: string) {
    this.address = `${name} (local)`;
    this.#shells = new ShellPool(spawnLocal, this.address);
  }

  async run(script: string, options?: ScriptOptions): Promise<ScriptResult> {
    return await this.#shells.run(script, options);
  }

  async put(localPath: string, remotePath: string, options: TransferOptions = {}): Promise<TransferResult> {
    const { bytes, target } = await copyAtomically(localPath, remotePath, options);
    return { bytes, localPath, remotePath: target };
  }

  async get(remotePath: string, localPath: string, options: TransferOptions = {}): Promise<TransferResult> {
    const { bytes, target } = await copyAtomically(remotePath, localPath, options);
    return { bytes, localPath: target, remotePath };
  }

  async putTree(localDirectory: string, remoteDirectory: string, options?: TreeTransferOptions): Promise<TreeResult> {
    const { to, ...outcome } = await copyTree(localDirectory, remoteDirectory, options);
    return { ...outcome, localPath: localDirectory, remotePath: to };
  }

  async getTree(remoteDirectory: string, localDirectory: string, options?: TreeTransferOptions): Promise<TreeResult> {
    const { to, ...outcome } = await copyTree(remoteDirectory, localDirectory, options);
    return { ...outcome, localPath: to, remotePath: remoteDirectory };
  }

  async close(): Promise<void> {
    this.#shells.close();
    await Promise.resolve();
  }
}

async function spawnLocal(command: string, { terminal = false }: SpawnOptions = {}): Promise<ShellProcess> {
  // A group of its own, so that ending it never ends us.
  const child = spawn('/bin/sh', ['-c', terminal ? onTerminal(command) : command], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? { kind: 'code', code: code ?? 0 } : { kind: 'signal', signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const close = (): void => {
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  };
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exit, close };
}

/** Node has no way to make a terminal; script(1) has, and its flags differ. */
function onTerminal(command: string): string {
  const words = shellQuote(command);
  return `if script -V >/dev/null 2>&1; then exec script -qfec ${words} /dev/null; else exec script -q /dev/null /bin/sh -c ${words}; fi`;
}

/** Nothing travels, so it makes no difference by which way (`via`). */
async function copyTree(from: string, to: string, options: TreeTransferOptions = {}): Promise<Awaited<ReturnType<typeof copyLocalTree>>> {
  const { timeoutMs, signal } = options;
  const deadline = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const stop = deadline === undefined || signal === undefined ? (deadline ?? signal) : AbortSignal.any([deadline, signal]);
  try {
    return await copyLocalTree(from, to, { ...options, signal: stop });
  } catch (error) {
    if (signal?.aborted === true) throw new CancelledError();
    if (deadline?.aborted === true) throw new TimedOutError(`Not done within ${timeoutMs} ms`, { fix: 'Raise --timeout' });
    if (!(error instanceof SftpError)) throw error;
    throw new TransferError(error.code, error.message, { where: error.where, fix: error.fix, cause: error });
  }
}

/** Whoever resumes begins anew: nothing travels. */
async function copyAtomically(from: string, to: string, options: TransferOptions): Promise<{ bytes: number; target: string }> {
  options.signal?.throwIfAborted();
  const target = to.endsWith('/') ? path.join(to, path.basename(from)) : to;
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}.part`);
  try {
    const source = await stat(from);
    if (source.isDirectory()) throw new TransferError('EISDIR', `${from} is a directory`, { where: from, fix: 'Name a file' });
    if (await isDirectory(target))
      throw new TransferError('EISDIR', `${target} is a directory`, { where: target, fix: 'To put the file into it, end the path with /' });
    await options.pace?.(source.size, options.signal);
    await copyFile(from, temporary, constants.COPYFILE_EXCL);
    if (options.verify === true) await checkCopy(from, temporary);
    await chmod(temporary, options.mode ?? source.mode & 0o777);
    options.signal?.throwIfAborted();
    await rename(temporary, target);
    options.onProgress?.(source.size, source.size);
    return { bytes: source.size, target };
  } catch (error) {
    await rm(temporary, { force: true });
    throw transferError(error, from, target);
  }
}

/** @throws TransferError VERIFY_FAILED. */
async function checkCopy(from: string, copy: string): Promise<void> {
  const [one, other] = await Promise.all([sha256(from), sha256(copy)]);
  if (one === other) return;
  const fix = 'Copy it again; if it happens again, look at the memory and the disk';
  throw new TransferError('VERIFY_FAILED', `The copy of ${from} is not the same: its SHA-256 is ${other}, not ${one}`, {
    where: from,
    fix,
  });
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function isDirectory(file: string): Promise<boolean> {
  const found: Stats | undefined = await stat(file).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

function transferError(error: unknown, from: string, to: string): unknown {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string') || error instanceof TransferError) return error;
  const where = 'path' in error && error.path === from ? from : to;
  return new TransferError(error.code, error.message, {
    where,
    fix: 'Check that the paths are right and may be read and written',
    cause: error,
  });
}
