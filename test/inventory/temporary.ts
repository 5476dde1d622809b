// Inventories on disk for a test, gone after it. It knows no format of theirs.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Writes files into a new directory, runs `use` with its path, and removes it.
 *
 * @param files - Text by path below the directory; a text that begins with `#!` becomes executable.
 */
export async function withFiles<T>(files: Readonly<Record<string, string>>, use: (directory: string) => T | Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sshoal-inventory-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(directory, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      if (text.startsWith('#!')) await chmod(file, 0o755);
    }
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}
