// Changing known_hosts files: one at a time, across processes, and never leaving half a file. It does not know why they change.
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyedLock } from '../../runtime/local/keyed-lock.ts';
import { SshConnectError } from '../errors.ts';
import { changedAtMs, readIfThere, versionOf } from '../file-cache.ts';
import { keyTypeOf } from './blob.ts';
import { KnownHosts } from './known-hosts.ts';
import { hashName } from './name-pattern.ts';

/** Whoever holds the lock writes a few lines: longer than this means that it is dead. */
const STALE_MS = 10_000;
const GIVE_UP_MS = 15_000;
const RETRY_MS = 15;

// Among hosts of this process no file is needed to wait for each other.
const here = new KeyedLock<string>();

/** What became of a key that was to be remembered. */
export type Remembered = 'added' | 'present' | { readonly conflict: string };

/**
 * Adds a key to a file, creating it (0600) and its directory (0700) if need be.
 *
 * @param hashed - Whether the name is written as its hash (HashKnownHosts).
 * @returns `conflict` when somebody else has remembered another key for this host meanwhile.
 */
export async function rememberHostKey(file: string, name: string, key: Buffer, hashed: boolean): Promise<Remembered> {
  return await locked(file, async () => {
    const verdict = (await KnownHosts.load([file])).verdict(name, key);
    if (verdict.kind === 'known') return 'present';
    if (verdict.kind !== 'unknown') return { conflict: verdict.where };
    await appendLine(file, lineFor(name, key, hashed));
    return 'added';
  });
}

/**
 * Rewrites a file that others may be changing too: nobody who takes the lock comes in between.
 *
 * @param edit - Gets the text, empty when there is no file; gives the new one, or undefined to leave it.
 * @returns Whether it was rewritten.
 * @throws SshConnectError KNOWN_HOSTS_LOCKED; Error of the file system.
 */
export async function editFile(file: string, edit: (text: string) => string | undefined): Promise<boolean> {
  return await locked(file, async () => {
    const text = edit((await readIfThere(file)).toString());
    if (text === undefined) return false;
    await replaceFile(file, text);
    return true;
  });
}

/** The line that says whose key this is. */
export function lineFor(name: string, key: Buffer, hashed: boolean): string {
  return `${hashed ? hashName(name) : name} ${keyTypeOf(key)} ${key.toString('base64')}`;
}

async function appendLine(file: string, line: string): Promise<void> {
  await using handle = await open(file, 'a+', 0o600);
  const { size } = await handle.stat();
  const last = Buffer.of(0x0a);
  if (size > 0) await handle.read(last, 0, 1, size - 1);
  await handle.appendFile(`${last[0] === 0x0a ? '' : '\n'}${line}\n`);
}

/** In one step, with the mode it had; where the name is a link, what it leads to. */
async function replaceFile(file: string, text: string): Promise<void> {
  const exists = versionOf(file) !== 'missing';
  const target = exists ? await realpath(file) : file;
  const mode = exists ? (await stat(target)).mode & 0o777 : 0o600;
  const temporary = `${target}.${randomBytes(6).toString('hex')}`;
  try {
    {
      await using handle = await open(temporary, 'wx', mode);
      await handle.writeFile(text);
      // Else a crash of the machine could leave the new name with nothing in it.
      await handle.sync();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  using _guard = await here.acquire(file);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const lock = `${file}.lock`;
  const mine = await take(lock);
  try {
    return await work();
  } finally {
    // Whoever slept for too long may have lost it to another.
    if (versionOf(lock) === mine) await rm(lock, { force: true });
  }
}

/** Other processes wait for each other by a file that only one can make. @returns Its version: only mine is mine to remove. */
async function take(lock: string): Promise<string> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return versionOf(lock);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const version = versionOf(lock);
    if (version === 'missing') continue;
    if (Date.now() - changedAtMs(version) > STALE_MS) await breakLock(lock, version);
    else if (Date.now() > giveUpAt) {
      throw new SshConnectError('KNOWN_HOSTS_LOCKED', `Another process does not let go of ${lock}`, {
        where: lock,
        fix: `If nothing runs: rm ${lock}`,
      });
    } else await delay(RETRY_MS * (0.5 + Math.random()));
  }
}

/** Takes away the lock of a process that died. Another may have done so first, and made a new one: that one is put back. */
async function breakLock(lock: string, stale: string): Promise<void> {
  const aside = `${lock}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(lock, aside);
    if (versionOf(aside) !== stale) await link(aside, lock);
  } catch (error) {
    // Gone already, or somebody was quicker with a new one.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EEXIST'))) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}
