// Why a server said no. SFTP has one word, "failure", for a full disk, a taken name and a directory in the way: here it is looked into.
import path from 'node:path';
import { formatSize } from '../../base/units.ts';
import { type FileAttributes, type FileKind, kindOf } from './attributes.ts';
import { remedy, SftpError, type SftpErrorCode, type StatusError } from './errors.ts';
import { STATUS } from './wire.ts';

/** What was asked for, for the message and for what to look at. */
export interface Attempt {
  readonly doing:
    | 'open'
    | 'create'
    | 'read'
    | 'write'
    | 'close'
    | 'look at'
    | 'change'
    | 'list'
    | 'make the directory'
    | 'remove'
    | 'remove the directory'
    | 'rename'
    | 'link'
    | 'read the link'
    | 'resolve'
    | 'measure the space of';
  readonly path: string;
  /** The new name of a rename. */
  readonly to?: string | undefined;
  /** Of a write. */
  readonly bytes?: number | undefined;
}

/** Room on a file system. */
export interface FileSystemSpace {
  readonly totalBytes: number;
  /** What an ordinary user may still use. */
  readonly availableBytes: number;
  readonly totalFiles: number;
  readonly availableFiles: number;
}

/** How an explanation looks around; undefined where the server does not tell. */
export interface Surroundings {
  readonly stat: (path: string) => Promise<FileAttributes | undefined>;
  readonly lstat: (path: string) => Promise<FileAttributes | undefined>;
  readonly space: (path: string) => Promise<FileSystemSpace | undefined>;
}

interface Finding {
  readonly code: SftpErrorCode;
  readonly why: string;
  readonly fix?: string | undefined;
  readonly where?: string | undefined;
}

// Some servers answer version 3 with the codes of later versions.
const LATER: Readonly<Record<number, Finding>> = {
  11: { code: 'EEXIST', why: 'the name is taken' },
  12: { code: 'EACCES', why: 'the file system is read-only' },
  14: { code: 'ENOSPC', why: 'the file system is full' },
  15: { code: 'ENOSPC', why: 'the quota is used up' },
  18: { code: 'ENOTEMPTY', why: 'the directory is not empty' },
  19: { code: 'ENOTDIR', why: 'it is not a directory' },
  24: { code: 'EISDIR', why: 'it is a directory' },
};

/** The error to throw for a refusal, after a look at what is there. It never throws itself. */
export async function explain(refusal: StatusError, attempt: Attempt, around: Surroundings): Promise<SftpError> {
  const target = attempt.to ?? attempt.path;
  const { code, why, fix = remedy(code), where = target } = await find(refusal, attempt, target, around);
  const onto = attempt.to === undefined ? '' : ` to ${attempt.to}`;
  return new SftpError(code, `Cannot ${attempt.doing} ${attempt.path}${onto} on the host: ${why}`, { where, fix, cause: refusal });
}

async function find(refusal: StatusError, attempt: Attempt, target: string, around: Surroundings): Promise<Finding> {
  switch (refusal.status) {
    case STATUS.NO_SUCH_FILE:
      return await whatIsMissing(attempt, target, around);
    case STATUS.PERMISSION_DENIED:
      return { code: 'EACCES', why: 'permission denied' };
    case STATUS.FAILURE:
      return (await whatIsInTheWay(attempt, target, around)) ?? (await noRoom(refusal, attempt, target, around));
    case STATUS.BAD_MESSAGE:
      return { code: 'EINVAL', why: attempt.doing === 'read the link' ? 'it is not a link' : 'the server finds the request invalid' };
    case STATUS.OP_UNSUPPORTED:
      return { code: 'SFTP_UNSUPPORTED', why: 'the server cannot do that', fix: "Use OpenSSH's sftp-server on the host" };
    default:
      return LATER[refusal.status] ?? { code: 'EIO', why: refusal.message };
  }
}

/** "No such file" is the file itself, a directory on the way to it, or a file where a directory should be. */
async function whatIsMissing(attempt: Attempt, target: string, around: Surroundings): Promise<Finding> {
  const parent = path.posix.dirname(target);
  const parentKind = kindAt(await around.stat(parent));
  if (parentKind === 'absent') {
    const fix = attempt.doing === 'create' ? 'Create it first, then put the file' : remedy('ENOENT');
    return { code: 'ENOENT', why: `the directory ${parent} does not exist`, fix };
  }
  if (parentKind === 'file') return { code: 'ENOTDIR', why: `${parent} is not a directory` };
  if (attempt.doing === 'list' && kindAt(await around.stat(target)) === 'file') return { code: 'ENOTDIR', why: 'it is not a directory' };
  return { code: 'ENOENT', why: 'no such file', where: attempt.path };
}

async function whatIsInTheWay(attempt: Attempt, target: string, around: Surroundings): Promise<Finding | undefined> {
  const directory: Finding = { code: 'EISDIR', why: `${target} is a directory` };
  const kind = kindAt(await around.lstat(target));
  switch (attempt.doing) {
    case 'open':
    case 'read':
      return kindAt(await around.stat(target)) === 'directory' ? directory : undefined;
    case 'remove':
      return kind === 'directory' ? { ...directory, fix: 'Remove it as a directory' } : undefined;
    case 'remove the directory':
      return kind === 'directory'
        ? { code: 'ENOTEMPTY', why: 'the directory is not empty, or in use' }
        : { code: 'ENOTDIR', why: 'it is not a directory' };
    case 'list':
      return kind === 'file' ? { code: 'ENOTDIR', why: 'it is not a directory' } : undefined;
    case 'create':
    case 'make the directory':
    case 'link':
      return kind === 'absent' ? undefined : { code: 'EEXIST', why: `${target} exists already` };
    case 'rename':
      if (kind === 'absent') return undefined;
      return kind === 'directory' ? directory : { code: 'EEXIST', why: `${target} exists already` };
    default:
      return undefined;
  }
}

async function noRoom(refusal: StatusError, attempt: Attempt, target: string, around: Surroundings): Promise<Finding> {
  const needs = ['create', 'write', 'close', 'make the directory', 'link'].includes(attempt.doing);
  const space = needs ? await around.space(path.posix.dirname(target)) : undefined;
  if (space === undefined) return { code: 'EIO', why: `the server says ${refusal.message}` };
  const free = `${formatSize(space.availableBytes)} of ${formatSize(space.totalBytes)} are free`;
  if (space.availableBytes < (attempt.bytes ?? 1)) return { code: 'ENOSPC', why: `no space left, ${free}` };
  if (space.totalFiles > 0 && space.availableFiles === 0) return { code: 'ENOSPC', why: 'the file system cannot hold any more files' };
  return { code: 'EIO', why: `the server says ${refusal.message}; ${free}` };
}

function kindAt(attributes: FileAttributes | undefined): FileKind | 'absent' {
  return attributes === undefined ? 'absent' : kindOf(attributes);
}
