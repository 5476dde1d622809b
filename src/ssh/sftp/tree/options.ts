// What whoever copies a directory may say about it, and what comes of it. It copies nothing.
import type { SshoalError } from '../../../base/errors.ts';
import type { Pace } from '../transfer.ts';
import type { LocalManifest } from './manifest.ts';

/**
 * What becomes of links.
 *
 * - `copy`: the link is made anew. One from a host must not lead out of the tree: UNSAFE_LINK.
 * - `copy-unsafe`: the same, wherever a link leads.
 * - `follow`: what it leads to is copied in its place.
 * - `skip`: it is left out.
 */
export type LinkPolicy = 'copy' | 'copy-unsafe' | 'follow' | 'skip';

export interface TreeOptions {
  /** Whether modes (with setuid, setgid and sticky) and times are taken over. Default: permission bits less the umask of the other side. */
  readonly preserve?: boolean | undefined;
  /** Default `copy`. */
  readonly links?: LinkPolicy | undefined;
  /** Patterns of what to copy though `exclude` would leave it out; see {@link treeFilter}. */
  readonly include?: readonly string[] | undefined;
  /** Patterns of what to leave out; of a directory with everything in it. */
  readonly exclude?: readonly string[] | undefined;
  /** Only says what would be done, as `plan` of the result. Default false. */
  readonly dryRun?: boolean | undefined;
  /**
   * Which files are copied. `changed` leaves those alone whose size and time are the same on both sides, as after copies with `preserve`;
   * `checksum` those whose SHA-256 is. Default `always`.
   */
  readonly update?: 'always' | 'changed' | 'checksum' | undefined;
  /**
   * Whether an attempt that broke off is continued, also by a later run; what an attempt with other files has left is removed. A target
   * that is not there goes on where it was; in one that is, only large files do. Default: every attempt begins anew, and leaves nothing.
   */
  readonly resume?: boolean | undefined;
  /** Compares the SHA-256 of every file that is copied before it gets its name: VERIFY_FAILED. Default false. */
  readonly verify?: boolean | undefined;
  /**
   * Removes from a target that is there what is not in the tree, when everything is copied. What `exclude` leaves out stays; a tree without
   * files, and the root directory as a target, are refused: EINVAL. Default false.
   */
  readonly delete?: boolean | undefined;
  /**
   * Has in `plan` what changes, with the text of files up to 256 KiB before and after; with `dryRun` nothing else is done. `update` is
   * `checksum` then, unless it is `changed`. Default false.
   */
  readonly diff?: boolean | undefined;
  /** `stop` throws the first error; `collect` copies what can be copied, and has all errors in the result. Default `stop`. */
  readonly onError?: 'stop' | 'collect' | undefined;
  /** Files under way at once. Default 64. */
  readonly concurrency?: number | undefined;
  /** A larger tree is refused, so that a host cannot fill our memory. Default 1 000 000. */
  readonly maxEntries?: number | undefined;
  /**
   * `tar` sends the tree as one archive through the tar of the host: quicker for very many files, but without `update: 'changed'`, and
   * files of a target that is there are not replaced in one step. Default `sftp`.
   */
  readonly via?: 'sftp' | 'tar' | undefined;
  /** What is sent, where it is sent to many: looked at and read once for all of them. */
  readonly manifest?: LocalManifest | undefined;
  /** Asked before every piece. Default: as fast as the line is. */
  readonly pace?: Pace | undefined;
  readonly onProgress?: ((progress: TreeProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How far it is. The totals are undefined where nobody has counted before, as in an archive. */
export interface TreeProgress {
  readonly doneFiles: number;
  readonly totalFiles: number | undefined;
  readonly doneBytes: number;
  readonly totalBytes: number | undefined;
}

/** Something that would be done, or was not. Paths are relative to the tree: `css/site.css`. */
export interface PlannedEntry {
  readonly action: 'make directory' | 'copy file' | 'make link' | 'change mode' | 'remove';
  readonly path: string;
  /** Of a file that is copied. */
  readonly bytes?: number | undefined;
  /** Whether it takes the place of a file or link that is there. */
  readonly replaces?: boolean | undefined;
  /** Permission bits, where they become others. */
  readonly mode?: { readonly before: number; readonly after: number } | undefined;
  /** With `diff`: what is in a file, where both sides are text and not too long. A new file has nothing before. */
  readonly text?: { readonly before: string; readonly after: string } | undefined;
}

export interface TreeFault {
  readonly path: string;
  readonly error: SshoalError;
}

/** What was copied, or, after a dry run, what would be. */
export interface TreeOutcome {
  readonly files: number;
  readonly directories: number;
  readonly links: number;
  /** Of the files. */
  readonly bytes: number;
  /** Files that were the same on both sides. */
  readonly unchanged: number;
  /** With `delete`: files, links and directories. */
  readonly removed: number;
  /** With `onError: 'collect'`. A directory stands for everything in it. */
  readonly errors: readonly TreeFault[];
  /** Of a dry run, and with `diff`. */
  readonly plan?: readonly PlannedEntry[] | undefined;
}

export interface TreeResult extends TreeOutcome {
  readonly localPath: string;
  readonly remotePath: string;
}
