// Changing known_hosts files: one at a time, across processes, and never leaving half a file. It does not know why they change.
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyedLock } from '../../runtime/local/keyed-lock.ts';
import { SshConnectError } from '../errors.ts';
import { keyTypeOf, sameBytes } from './blob.ts';
import { KnownHosts, parseEntry, readIfThere } from './known-hosts.ts';
import { hashName, matchesName } from './name-pattern.ts';

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
    const text = await readIfThere(file);
    const verdict = KnownHosts.parse([{ file, text }]).verdict(name, key);
    if (verdict.kind === 'known') return 'present';
    if (verdict.kind !== 'unknown') return { conflict: verdict.where };
    const newline = text === '' || text.endsWith('\n') ? '' : '\n';
    await appendFile(file, `${newline}${lineFor(name, key, hashed)}\n`, { mode: 0o600 });
    return 'added';
  });
}

/**
 * Brings the keys of a host up to date (UpdateHostKeys): those it has proven to hold are there afterwards, others of it are gone.
 *
 * Only lines that name this host and no other are taken away; comments, markers and foreign lines stay as they are.
 *
 * @param proven - Of which one is the key that this connection was accepted by.
 */
export async function replaceHostKeys(file: string, name: string, proven: readonly Buffer[], hashed: boolean): Promise<boolean> {
  return await locked(file, async () => {
    const text = await readIfThere(file);
    const present: Buffer[] = [];
    const kept = text.split('\n').filter((line) => {
      const entry = parseEntry(line, file);
      if (entry === undefined || entry.marker !== undefined || !matchesName(entry.pattern, name)) return true;
      present.push(entry.key);
      const isItsOwn = entry.pattern.kind === 'hashed' || (entry.pattern.kind === 'names' && entry.pattern.names.length === 1);
      return !isItsOwn || proven.some((key) => sameBytes(key, entry.key));
    });
    const added = proven.filter((key) => !present.some((known) => sameBytes(known, key))).map((key) => lineFor(name, key, hashed));
    const body = kept.join('\n').replace(/\n*$/, '\n');
    const next = `${body === '\n' ? '' : body}${added.map((line) => `${line}\n`).join('')}`;
    if (next === text) return false;
    await replaceFile(file, next);
    return true;
  });
}

/** Writes a whole file in one step, with the mode it had. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  const mode = await stat(file).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  );
  try {
    await writeFile(temporary, text, { mode, flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function lineFor(name: string, key: Buffer, hashed: boolean): string {
  return `${hashed ? hashName(name) : name} ${keyTypeOf(key)} ${key.toString('base64')}`;
}

async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  using _guard = await here.acquire(file);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const lock = `${file}.lock`;
  await take(lock);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Other processes wait for each other by a file that only one can make. */
async function take(lock: string): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await breakLock(lock);
    else if (Date.now() > giveUpAt) {
      throw new SshConnectError('KNOWN_HOSTS_LOCKED', `Another process does not let go of ${lock}`, {
        where: lock,
        fix: `If nothing runs: rm ${lock}`,
      });
    } else await delay(RETRY_MS * (0.5 + Math.random()));
  }
}

/** By a rename, which succeeds for one only: two that removed it could remove a new one. */
async function breakLock(lock: string): Promise<void> {
  const aside = `${lock}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(lock, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
