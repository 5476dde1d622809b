// A directory of the controller as modules send it: every file read and hashed, links followed or kept. It sends nothing.
import { readdir, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import type { VaultReader } from '../../inventory/vault/vault-keys.ts';
import type { SourceFile, SourceTree } from '../../modules/seam.ts';
import { TaskError } from '../errors.ts';
import { readSource } from './source-files.ts';

/** So much of a directory is held in memory; the files beyond are read again when they are sent. */
const HELD_BYTES = 8 * 1024 * 1024;

interface TreeReading {
  /** Whether what links lead to is sent in their place; a link that leads nowhere, or back to a directory above, stays one. */
  readonly follow: boolean;
  /** Whether the directory itself is sent, and not only what is in it. */
  readonly whole: boolean;
  /** Undefined leaves vaults closed. */
  readonly vault: VaultReader | undefined;
}

type Entry = SourceTree['entries'][number];

/**
 * Reads a directory, its names in order: those of a directory after it.
 *
 * @throws VaultError; TaskError BAD_PARAMETER on a name that is no text, since it could not be told from another.
 */
export async function readTree(directory: string, { follow, whole, vault }: TreeReading): Promise<SourceTree> {
  const root = path.resolve(directory);
  const entries: Entry[] = [];
  let held = 0;
  const read = async (file: string): Promise<SourceFile> => {
    const source = await readSource(file, vault);
    const size = source.content?.length ?? 0;
    // What was in a vault must never lie open on the disk, so it is kept whatever its size.
    if (held + size > HELD_BYTES && source.sizeBytes === (await stat(file)).size) return { ...source, content: undefined };
    held += size;
    return source;
  };
  const walk = async (from: string, to: string, above: ReadonlySet<string>): Promise<void> => {
    const found = await readdir(from, { withFileTypes: true });
    for (const entry of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.includes('\ufffd'))
        throw new TaskError('BAD_PARAMETER', `A file in ${from} has a name that is no UTF-8`, { where: from, fix: 'Rename it' });
      const [file, name] = [path.join(from, entry.name), to === '' ? entry.name : `${to}/${entry.name}`];
      const kind = await stat(file).catch(() => undefined);
      const below = kind?.isDirectory() === true ? idOf(kind) : undefined;
      if (entry.isSymbolicLink() && (!follow || kind === undefined || (below !== undefined && above.has(below))))
        entries.push({ kind: 'link', path: name, target: await readlink(file) });
      else if (below !== undefined) {
        entries.push({ kind: 'directory', path: name });
        await walk(file, name, new Set([...above, below]));
      } else if (kind?.isFile() === true) entries.push({ kind: 'file', path: name, source: await read(file) });
    }
  };
  await walk(root, whole ? path.basename(root) : '', new Set([idOf(await stat(root))]));
  return { path: root, entries };
}

function idOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}
