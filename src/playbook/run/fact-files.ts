// Facts that outlive a run, a file for each host: the directory of ansible's cache plugin jsonfile. It does not know how old is too old.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CachedText, FactCache } from '../../modules/facts/cache.ts';
import { PlaybookError } from '../errors.ts';

/**
 * @example
 * ```ts
 * playbook.play({ inventory, facts: { gathering: 'smart', cache: new FactFiles('/var/tmp/facts') } });
 * ```
 */
export class FactFiles implements FactCache {
  readonly #directory: string;

  /** Makes the directory where it is missing. @throws PlaybookError FACT_CACHE_FAILED when that is not possible. */
  constructor(directory: string) {
    this.#directory = directory;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw failure(`The directory for facts cannot be made: ${(cause as Error).message}`, directory, cause);
    }
  }

  readonly read = async (host: string, signal?: AbortSignal): Promise<CachedText | undefined> => {
    const file = this.#fileOf(host);
    try {
      const [text, { mtimeMs }] = await Promise.all([readFile(file, { encoding: 'utf8', signal }), stat(file)]);
      return { text, writtenAtMs: mtimeMs };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw failure(`The facts of ${host} cannot be read: ${(cause as Error).message}`, file, cause);
    }
  };

  /** Others who play at the same time see the old facts or the new ones, never half of them. */
  readonly write = async (host: string, text: string, signal?: AbortSignal): Promise<void> => {
    const file = this.#fileOf(host);
    const beside = `${file}.${randomBytes(6).toString('hex')}`;
    try {
      await writeFile(beside, text, { mode: 0o600, signal });
      await rename(beside, file);
    } catch (cause) {
      await rm(beside, { force: true });
      throw failure(`The facts of ${host} cannot be kept: ${(cause as Error).message}`, file, cause);
    }
  };

  // A name must not lead out of the directory.
  #fileOf(host: string): string {
    return path.join(this.#directory, /^\.+$/.test(host) ? encodeURIComponent(`${host}/`) : host.replaceAll('/', '%2F'));
  }
}

function failure(message: string, where: string, cause: unknown): PlaybookError {
  return new PlaybookError('FACT_CACHE_FAILED', message, {
    where,
    fix: 'Give yourself the right to it, or name another directory: --fact-caching-connection',
    cause,
  });
}
