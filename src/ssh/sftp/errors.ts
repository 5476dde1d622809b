// What can go wrong over SFTP, in the words of POSIX. It does not know how a fault was found out.
import { type ErrorDetails, SshoalError } from '../../base/errors.ts';

/**
 * The codes of an {@link SftpError}.
 *
 * Those of POSIX mean what errno(3) says, on the host or here: `where` is the path. The rest:
 * - `SOURCE_CHANGED`: the source was written to while it was copied; the target is as it was.
 * - `UNSAFE_NAME`: the host lists a name that leads out of its directory, or that cannot be made here.
 * - `UNSAFE_LINK`: a link of the host leads out of the tree it was fetched with.
 * - `LINK_LOOP`: a link leads back to a directory it lies in.
 * - `TAR_FAILED`: tar is missing on the host, or did not come to a good end.
 * - `SFTP_LOST`: the channel ended, or nothing was answered in time; whatever was asked may or may not have been done.
 * - `SFTP_PROTOCOL`: the other side does not speak SFTP version 3 as written down.
 * - `SFTP_UNSUPPORTED`: the server has no such operation.
 */
export type SftpErrorCode =
  | 'ENOENT'
  | 'EACCES'
  | 'EEXIST'
  | 'ENOSPC'
  | 'EISDIR'
  | 'ENOTDIR'
  | 'ENOTEMPTY'
  | 'EINVAL'
  | 'EIO'
  | 'SOURCE_CHANGED'
  | 'VERIFY_FAILED'
  | 'VERIFY_UNSUPPORTED'
  | 'UNSAFE_NAME'
  | 'UNSAFE_LINK'
  | 'LINK_LOOP'
  | 'TAR_FAILED'
  | 'SFTP_LOST'
  | 'SFTP_PROTOCOL'
  | 'SFTP_UNSUPPORTED';

/** A file operation over SFTP that did not happen. */
export class SftpError extends SshoalError {
  declare readonly code: SftpErrorCode;

  constructor(code: SftpErrorCode, message: string, details: ErrorDetails = {}) {
    super(code, message, details);
  }
}

/** The server's bare answer "no", before anybody looked into it. It does not leave this room. */
export class StatusError extends SftpError {
  /** As the protocol numbers them: 2 is "no such file", 4 is "failure". */
  readonly status: number;

  constructor(status: number, message: string) {
    super('EIO', message);
    this.status = status;
  }
}

const LOCAL_CODES: Readonly<Record<string, SftpErrorCode>> = {
  ENOENT: 'ENOENT',
  EACCES: 'EACCES',
  EPERM: 'EACCES',
  EROFS: 'EACCES',
  EEXIST: 'EEXIST',
  ENOSPC: 'ENOSPC',
  EDQUOT: 'ENOSPC',
  EISDIR: 'EISDIR',
  ENOTDIR: 'ENOTDIR',
  EINVAL: 'EINVAL',
  ENAMETOOLONG: 'EINVAL',
};

const REMEDIES: Partial<Readonly<Record<SftpErrorCode, string>>> = {
  ENOENT: 'Check the spelling of the path, and that every directory of it exists',
  EACCES: 'Check the owner and mode of the file and of the directories above it',
  EEXIST: 'Remove it first, or choose another name',
  ENOSPC: 'Free some space there, or choose another file system',
  EISDIR: 'Name a file; to put the file into the directory, end the path with /',
  ENOTDIR: 'Name a directory',
  ENOTEMPTY: 'Remove what is in it first',
  EINVAL: 'Check the path: a name may be too long, or hold characters that cannot stand there',
  EIO: "Look into the host's own log: its disk, quota or mount may be at fault",
};

/** What to do about a code, where nothing more special is known. */
export function remedy(code: SftpErrorCode): string | undefined {
  return REMEDIES[code];
}

/** An error of this machine's file system, said as an {@link SftpError}; any other error is a bug and stays as it is. */
export function localFault(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  const code = LOCAL_CODES[String(error.code)] ?? 'EIO';
  return new SftpError(code, `The local file ${file} cannot be used: ${error.message}`, { where: file, fix: remedy(code), cause: error });
}
