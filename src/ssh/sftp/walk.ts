// Everything below a directory, as it is found. It does not know which machine the directory is on, nor what the entries are for.
import { SshoalError } from '../../base/errors.ts';
import { type FileAttributes, type FileKind, kindOf } from './attributes.ts';
import type { DirectoryEntry } from './directory.ts';
import { SftpError } from './errors.ts';
import type { Lister } from './lister.ts';
import { componentOf, joined } from './names.ts';

/** Something below the root of a walk. */
export interface WalkEntry {
  readonly kind: FileKind;
  readonly path: string;
  /** The path from the root of the walk: `css/site.css`. */
  readonly relative: string;
  readonly attributes: FileAttributes;
}

/** Something that could not be looked at; the walk goes on beside it. `relative` is empty for the root itself. */
export interface WalkFault {
  readonly kind: 'fault';
  readonly path: string;
  readonly relative: string;
  readonly error: SshoalError;
}

export type Walked = WalkEntry | WalkFault;

export interface WalkOptions {
  /** Whether a link to a directory is walked into, and a link counts as what it leads to. Default false: a link is a link. */
  readonly followLinks?: boolean | undefined;
  /** Asked for every directory below the root: false leaves out what is in it. */
  readonly enter?: ((entry: WalkEntry) => boolean) | undefined;
  /** How many directories are read at once. Default 16. */
  readonly directoriesAtOnce?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The directories that a directory lies in, by their real paths: whoever comes back to one of them goes in circles. */
interface Trail {
  readonly real: string;
  readonly above: Trail | undefined;
}

interface Visit {
  readonly path: string;
  readonly relative: string;
  readonly trail: Trail | undefined;
  readonly batches: AsyncGenerator<readonly DirectoryEntry[], void, undefined>;
}

type Step = { readonly visit: Visit } & (
  | { readonly kind: 'batch'; readonly entries: readonly DirectoryEntry[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly error: unknown }
);

const DIRECTORIES_AT_ONCE = 16;

/**
 * Walks a tree: every directory before what is in it, otherwise in no certain order. Memory holds the directories that are still to be
 * read, and a few hundred names of those that are being read.
 *
 * What cannot be looked at is an entry of kind `fault`: EACCES, ENOENT for a link that leads nowhere, LINK_LOOP for one that leads back
 * to a directory it lies in, UNSAFE_NAME for a name no directory can hold.
 *
 * @throws SftpError SFTP_LOST, SFTP_PROTOCOL; `signal.reason` on abort.
 */
export async function* walk(lister: Lister, root: string, options: WalkOptions = {}): AsyncGenerator<Walked, void, undefined> {
  const { followLinks = false, enter = () => true, directoriesAtOnce = DIRECTORIES_AT_ONCE, signal } = options;
  const looks = new Looks(lister, followLinks);
  const open = new Map<Visit, Promise<Step>>();
  const waiting: (() => Visit)[] = [];
  const toVisit = (path: string, relative: string, trail: Trail | undefined): void => {
    waiting.push(() => ({ path, relative, trail, batches: lister.list(path) }));
  };
  try {
    toVisit(root, '', followLinks ? { real: await lister.realpath(root), above: undefined } : undefined);
    for (;;) {
      signal?.throwIfAborted();
      for (let next = open.size < directoriesAtOnce ? waiting.shift() : undefined; next !== undefined; ) {
        const visit = next();
        open.set(visit, advance(visit));
        next = open.size < directoriesAtOnce ? waiting.shift() : undefined;
      }
      if (open.size === 0) return;
      const step = await Promise.race(open.values());
      const { visit } = step;
      if (step.kind === 'batch') {
        open.set(visit, advance(visit));
        for (const { found, trail } of await looks.at(visit, step.entries)) {
          yield found;
          if (found.kind === 'directory' && enter(found)) toVisit(found.path, found.relative, trail);
        }
      } else {
        open.delete(visit);
        if (step.kind === 'failed') yield faultOf(visit.path, visit.relative, step.error);
      }
    }
  } finally {
    await Promise.all([...open.keys()].map(async (visit) => await visit.batches.return()));
  }
}

/** Never rejects, so that several can be under way while one is waited for. */
async function advance(visit: Visit): Promise<Step> {
  try {
    const { done, value } = await visit.batches.next();
    return done === true ? { kind: 'end', visit } : { kind: 'batch', visit, entries: value };
  } catch (error) {
    return { kind: 'failed', visit, error };
  }
}

interface Looked {
  readonly found: Walked;
  readonly trail: Trail | undefined;
}

/** Finds out what names are, and where links lead. */
class Looks {
  readonly #lister: Lister;
  readonly #followLinks: boolean;

  constructor(lister: Lister, followLinks: boolean) {
    this.#lister = lister;
    this.#followLinks = followLinks;
  }

  async at(visit: Visit, entries: readonly DirectoryEntry[]): Promise<Looked[]> {
    return await Promise.all(entries.map(async (entry) => await this.#one(visit, entry)));
  }

  async #one(visit: Visit, { name, attributes: listed }: DirectoryEntry): Promise<Looked> {
    const { trail } = visit;
    const relative = joined(visit.relative, name);
    const path = joined(visit.path, name);
    try {
      componentOf(name, visit.path);
      // A server that lists names without types is asked for each.
      const attributes = kindOf(listed) === 'unknown' ? await this.#lister.lstat(path) : listed;
      const kind = kindOf(attributes);
      if (this.#followLinks && kind === 'link') return await this.#follow(path, relative, trail);
      const deeper = kind === 'directory' && trail !== undefined ? { real: joined(trail.real, name), above: trail } : undefined;
      return { found: { kind, path, relative, attributes }, trail: deeper };
    } catch (error) {
      return { found: faultOf(path, relative, error), trail };
    }
  }

  async #follow(path: string, relative: string, trail: Trail | undefined): Promise<Looked> {
    const attributes = await this.#lister.stat(path);
    const kind = kindOf(attributes);
    if (kind !== 'directory') return { found: { kind, path, relative, attributes }, trail };
    const real = await this.#lister.realpath(path);
    for (let above = trail; above !== undefined; above = above.above) if (above.real === real) throw linkLoop(path, real);
    return { found: { kind, path, relative, attributes }, trail: { real, above: trail } };
  }
}

/** @throws what no walk can go on after. */
function faultOf(path: string, relative: string, error: unknown): WalkFault {
  if (!(error instanceof SshoalError) || error.code === 'SFTP_LOST' || error.code === 'SFTP_PROTOCOL') throw error;
  return { kind: 'fault', path, relative, error };
}

function linkLoop(where: string, real: string): SftpError {
  return new SftpError('LINK_LOOP', `${where} leads back to ${real}, in which it lies`, {
    where,
    fix: 'Leave the link out, or take links as links',
  });
}
