// What whoever copies a directory may say about it, and what comes of it. It copies nothing.
import type { SshoalError } from '../../../base/errors.ts';

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
  /** `changed` leaves files alone whose size and time are the same on both sides, as after copies with `preserve`. Default `always`. */
  readonly update?: 'always' | 'changed' | undefined;
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
  readonly action: 'make directory' | 'copy file' | 'make link';
  readonly path: string;
  /** Of a file. */
  readonly bytes?: number | undefined;
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
  /** With `onError: 'collect'`. A directory stands for everything in it. */
  readonly errors: readonly TreeFault[];
  /** Of a dry run. */
  readonly plan?: readonly PlannedEntry[] | undefined;
}

export interface TreeResult extends TreeOutcome {
  readonly localPath: string;
  readonly remotePath: string;
}
