// Why a file cannot be written, in words, and what to do. It does not know which file.

const REASONS: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  ENOSPC: ['the disk is full', 'Make room, or give another directory'],
  EDQUOT: ['the quota is used up', 'Make room, or give another directory'],
  EFBIG: ['the file is too large for its file system', 'Give a directory on another file system'],
  EACCES: ['permission denied', 'Check its permissions, or give another directory'],
  EPERM: ['permission denied', 'Check its permissions, or give another directory'],
  EROFS: ['the file system is read-only', 'Give another directory'],
  ENOTDIR: ['a part of the path is no directory', 'Give another directory'],
  EEXIST: ['something else is there', 'Remove it, or give another directory'],
  ENOENT: ['there is no such directory, and none can be made', 'Give another directory'],
  ELOOP: ['a symbolic link is in the way', 'Remove it, or give another directory'],
};

/** Why, and what to do: in words where it is one of the usual troubles. */
export function troubleOf(cause: NodeJS.ErrnoException): { readonly reason: string; readonly fix: string } {
  const [reason = cause.message, fix = 'Give another directory'] = REASONS[cause.code ?? ''] ?? [];
  return { reason, fix };
}
