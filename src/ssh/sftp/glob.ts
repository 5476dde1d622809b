// The paths of a file system that a pattern means. It does not know which machine the file system is on.
import { kindOf } from './attributes.ts';
import { SftpError } from './errors.ts';
import { inLanes } from './lanes.ts';
import type { Lister } from './lister.ts';
import { isComponent, joined } from './names.ts';
import { walk } from './walk.ts';
import { type NamePattern, type PathPart, pathPattern } from './wildcard.ts';

export interface GlobOptions {
  readonly signal?: AbortSignal | undefined;
}

const DIRECTORIES_AT_ONCE = 16;

/**
 * Finds paths, as glob(7), and sorts them: `*`, `?`, `[a-z]` within a name, `**` for any number of directories (links are not followed
 * there). A name that begins with a dot is found only by a part of the pattern that begins with one. Braces mean nothing.
 *
 * @returns Paths as the pattern writes them: relative ones for a relative pattern. None where nothing is found, or may not be looked at.
 * @throws SftpError EINVAL on an empty pattern; SFTP_LOST, SFTP_PROTOCOL; `signal.reason` on abort.
 */
export async function glob(lister: Lister, pattern: string, { signal }: GlobOptions = {}): Promise<string[]> {
  const parts = pathPattern(pattern);
  if (parts.length === 0) throw new SftpError('EINVAL', 'A pattern needs a name', { where: pattern, fix: 'Write one: *.conf, src/**' });
  const onlyDirectories = pattern.endsWith('/');
  let bases = [pattern.startsWith('/') ? '/' : ''];
  for (const [at, part] of parts.entries()) {
    const isLast = at === parts.length - 1;
    const found = new Set<string>();
    const search = new Search(lister, { isLast, onlyDirectories: !isLast || onlyDirectories }, found);
    await inLanes(bases, DIRECTORIES_AT_ONCE, async (base) => {
      signal?.throwIfAborted();
      await search.below(base, part, signal);
    });
    bases = [...found];
  }
  return bases.map((base) => (onlyDirectories ? `${base}/` : base)).sort();
}

interface Wanted {
  readonly isLast: boolean;
  readonly onlyDirectories: boolean;
}

/** One part of a pattern, looked for in the directories that the parts before it have found. */
class Search {
  readonly #lister: Lister;
  readonly #wanted: Wanted;
  readonly #found: Set<string>;

  constructor(lister: Lister, wanted: Wanted, found: Set<string>) {
    this.#lister = lister;
    this.#wanted = wanted;
    this.#found = found;
  }

  async below(base: string, part: PathPart, signal: AbortSignal | undefined): Promise<void> {
    if (part === '**') await this.#everything(base, signal);
    else if (part.literal !== undefined) await this.#add(joined(base, part.literal));
    else await this.#matching(base, part);
  }

  /** `**` stands for the directory itself and for everything below it; at the end of a pattern only for the latter. */
  async #everything(base: string, signal: AbortSignal | undefined): Promise<void> {
    if (!this.#wanted.isLast) this.#found.add(base);
    const enter = ({ relative }: { readonly relative: string }): boolean => !isHidden(relative);
    for await (const entry of walk(this.#lister, directoryOf(base), { enter, signal })) {
      if (entry.kind === 'fault' || isHidden(entry.relative)) continue;
      if (!this.#wanted.onlyDirectories || entry.kind === 'directory') this.#found.add(joined(base, entry.relative));
    }
  }

  async #matching(base: string, part: NamePattern): Promise<void> {
    const isMeant = (name: string): boolean => isComponent(name) && part.matches(name) && (part.hidden || !name.startsWith('.'));
    const listed = await unlessRefused(async () => {
      const names: string[] = [];
      for await (const batch of this.#lister.list(directoryOf(base))) names.push(...batch.map(({ name }) => name).filter(isMeant));
      return names;
    });
    await inLanes(listed ?? [], DIRECTORIES_AT_ONCE, async (name) => {
      if (this.#wanted.onlyDirectories) await this.#add(joined(base, name));
      else this.#found.add(joined(base, name));
    });
  }

  /** Adds a path if it is there, and is what is wanted; on the way to something a link counts as what it leads to. */
  async #add(path: string): Promise<void> {
    const { onlyDirectories } = this.#wanted;
    const attributes = await unlessRefused(async () => await (onlyDirectories ? this.#lister.stat(path) : this.#lister.lstat(path)));
    if (attributes !== undefined && (!onlyDirectories || kindOf(attributes) === 'directory')) this.#found.add(path);
  }
}

function isHidden(relative: string): boolean {
  return relative.split('/').some((name) => name.startsWith('.'));
}

function directoryOf(base: string): string {
  return base === '' ? '.' : base;
}

/** What may not be looked at is not found, as in a shell. */
async function unlessRefused<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof SftpError && error.code !== 'SFTP_LOST' && error.code !== 'SFTP_PROTOCOL') return undefined;
    throw error;
  }
}
