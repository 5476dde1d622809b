// What a transfer may ask of the host besides SFTP: another session, and a command. It does not know how they are reached.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { shellJoin, shellQuote } from '../../base/quote.ts';
import type { SFTPClient } from './client.ts';
import { SftpError } from './errors.ts';
import { inLanes } from './lanes.ts';
import { encodeName } from './names.ts';
import type { Exec } from './tree/tar-host.ts';

export interface RemoteHost {
  /** Opens one more SFTP session over the same connection. */
  readonly openSftp: () => Promise<SFTPClient>;
  /** Starts a command of the login shell; for trees through tar. */
  readonly exec?: Exec | undefined;
  /** Runs a command of the login shell. */
  readonly run: (command: string) => Promise<{ readonly ok: boolean; readonly stdout: string; readonly stderr: string }>;
}

/** @throws SftpError SFTP_UNSUPPORTED for a session that was opened without the connection it runs over. */
export function execOf(host: RemoteHost | undefined): Exec {
  if (host?.exec !== undefined) return host.exec;
  throw new SftpError('SFTP_UNSUPPORTED', 'This SFTP session cannot run commands: it was opened without its connection', {
    fix: 'Open it with SSHClient.openSftp, or leave via tar out',
  });
}

const HASH_PIECE_BYTES = 1024 * 1024;

/**
 * The SHA-256 of a file of the host, computed there.
 *
 * @throws SftpError VERIFY_UNSUPPORTED where nothing there can compute it.
 */
export async function remoteSha256(host: RemoteHost | undefined, path: string): Promise<string> {
  if (host === undefined) throw unsupported(path, 'this SFTP session was opened without the connection it runs over');
  if (encodeName(path).toString('utf8') !== path) throw unsupported(path, 'its name is no UTF-8, which a command cannot name');
  const file = shellQuote(plainPath(path));
  const { stdout, stderr } = await host.run(
    `sha256sum < ${file} 2>/dev/null || shasum -a 256 < ${file} 2>/dev/null || openssl dgst -sha256 -r < ${file} 2>/dev/null || sha256 -q ${file}`,
  );
  const hash = /^[0-9a-f]{64}/m.exec(stdout)?.[0];
  if (hash !== undefined) return hash;
  throw unsupported(
    path,
    `the host has neither sha256sum, shasum, openssl nor sha256${stderr === '' ? '' : `: ${stderr.trim().slice(0, 200)}`}`,
  );
}

// A command may not be longer than 128 KiB on Linux; and while one hashes, others wait for their answers.
const COMMAND_BYTES = 64 * 1024;
const COMMANDS_AT_ONCE = 2;

// One line for each file, its hash first; of the first tool that there is, so that no line of another is among them.
const HASH_ALL = `for tool in sha256sum shasum openssl sha256; do command -v "$tool" >/dev/null 2>&1 && break; done
case $tool in
  shasum) exec shasum -a 256 "$@" ;;
  openssl) exec openssl dgst -sha256 -r "$@" ;;
  sha256) exec sha256 -q "$@" ;;
  *) exec sha256sum "$@" ;;
esac`;

/**
 * As {@link remoteSha256}, of many files with few commands.
 *
 * @returns By path, in no certain order. @throws SftpError VERIFY_UNSUPPORTED as {@link remoteSha256}, also of a file that cannot be read.
 */
export async function remoteSha256s(host: RemoteHost | undefined, paths: readonly string[]): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  // What the tools write in a way of their own, or no command can name, goes one by one, and so does all of a group in which one fails.
  const plain = paths.filter((path) => !/[\n\r\\]/.test(path) && encodeName(path).toString('utf8') === path);
  await inLanes(host === undefined ? [] : commandsOf(plain), COMMANDS_AT_ONCE, async (group) => {
    const answer = await host?.run(shellJoin(['sh', '-c', HASH_ALL, 'sh', ...group.map(plainPath)]));
    const found = answer?.ok === true ? answer.stdout.split('\n').flatMap((line) => /^[0-9a-f]{64}(?![0-9a-f])/.exec(line)?.[0] ?? []) : [];
    if (found.length === group.length) for (const [i, path] of group.entries()) hashes.set(path, found[i] as string);
  });
  const left = paths.filter((path) => !hashes.has(path));
  await inLanes(left, COMMANDS_AT_ONCE, async (path) => void hashes.set(path, await remoteSha256(host, path)));
  return hashes;
}

function commandsOf(paths: readonly string[]): string[][] {
  const groups: string[][] = [];
  let bytes = COMMAND_BYTES;
  for (const path of paths) {
    const more = Buffer.byteLength(shellQuote(plainPath(path))) + 1;
    if (bytes + more > COMMAND_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(path);
    bytes += more;
  }
  return groups;
}

/** A path that begins with a dash is no option. */
function plainPath(path: string): string {
  return path.startsWith('/') ? path : `./${path}`;
}

/** The SHA-256 of an open file of this machine. */
export async function localSha256(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(HASH_PIECE_BYTES);
  for (let offset = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    offset += bytesRead;
  }
}

function unsupported(path: string, why: string): SftpError {
  return new SftpError('VERIFY_UNSUPPORTED', `${path} cannot be verified: ${why}`, { where: path, fix: 'Transfer it without verifying' });
}
