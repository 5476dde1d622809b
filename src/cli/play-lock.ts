// One at a time under one name, across processes: each lays down a claim, then looks for others. It does not know what is played.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { troubleOf } from '../base/disk-trouble.ts';
import { lives, type ProcessIdentity, thisProcess } from '../journal/process-identity.ts';
import type { Context } from './context.ts';
import { LockedError, LockUnusableError } from './errors.ts';
import type { Flags } from './flags.ts';
import { inventorySourcesIfAny } from './inventory-sources.ts';
import { localTime } from './run-table.ts';
import { stateDirectory } from './state-directory.ts';

/** Two that claim at the same moment see each other and both step back; chance parts them. */
const TRIES = 4;
const LONGEST_STEP_BACK_MS = 60;
/** How often a holder shows that it lives, for those on other machines, who cannot ask its kernel. */
const SIGN_EVERY_MS = 30_000;
/** A machine that has shown nothing for so long is gone, or its disk is. */
const SILENT_FOR_MS = 5 * 60_000;

interface Claim {
  readonly process: ProcessIdentity;
  readonly sinceMs: number;
  /** What is played, for whoever is refused. */
  readonly subject: string;
}

export interface LockOptions {
  /** What is played, for whoever is refused. */
  readonly subject: string;
  readonly now: () => number;
  /** Default 30 s. */
  readonly signEveryMs?: number | undefined;
}

/**
 * A lock that dies with its holder.
 *
 * It is a directory. Who wants it puts a claim there, a file under a name that nobody else has, and holds the lock if no other claim
 * is of a living process. Claims of the dead are removed; since names are never used twice, no living one can be hit by that. It holds
 * on local disks; on those of a network as far as a new file can be seen at once. A claim of another machine, or of a container, is
 * believed for as long as it is renewed.
 */
export class PlayLock implements AsyncDisposable {
  readonly #directory: string;
  readonly #claim: string;
  readonly #signs: NodeJS.Timeout;

  private constructor(directory: string, claim: string, signEveryMs: number) {
    this.#directory = directory;
    this.#claim = claim;
    this.#signs = setInterval(() => void renew(claim), signEveryMs);
  }

  /**
   * @param directory - Made where it is not there, and removed with the last claim.
   * @throws LockedError `LOCKED`, with who holds it.
   * @throws LockUnusableError `LOCK_UNUSABLE` where the directory cannot be written.
   */
  static async take(directory: string, { subject, now, signEveryMs = SIGN_EVERY_MS }: LockOptions): Promise<PlayLock> {
    const claim: Claim = { process: await thisProcess(), sinceMs: now(), subject };
    try {
      for (let tries = 1; ; tries++) {
        const file = await layDown(directory, claim);
        const other = await otherThan(file, directory);
        if (other === undefined) return new PlayLock(directory, file, signEveryMs);
        await rm(file, { force: true });
        if (tries === TRIES) throw lockedBy(other, directory);
        await sleep(Math.random() * LONGEST_STEP_BACK_MS);
      }
    } catch (cause) {
      if (cause instanceof LockedError) throw cause;
      const { reason } = troubleOf(cause as NodeJS.ErrnoException);
      throw new LockUnusableError(`The lock cannot be taken: ${reason}`, {
        where: directory,
        fix: 'Give another place: --lock /path/of/a/directory',
        cause,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#signs);
    await rm(this.#claim, { force: true });
    await rmdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      // Others have come, or have removed it already.
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code ?? '')) throw error;
    });
  }
}

/**
 * The lock that the flags ask for: that of --lock; with --every else one of the plan's own, so that two that repeat it do not play at once.
 *
 * @throws LockUnusableError `LOCK_UNUSABLE` where there is no place for it; what {@link PlayLock.take} throws.
 */
export async function playLock(playbooks: readonly string[], flags: Flags, context: Context): Promise<PlayLock | undefined> {
  const { lock, every } = flags;
  if (lock === undefined && every === undefined) return undefined;
  const name = lock ?? planName(playbooks, flags, context);
  return await PlayLock.take(lockDirectory(name, context), { subject: playbooks.join(' '), now: context.now });
}

function lockDirectory(name: string, { env, cwd }: Context): string {
  if (name.includes('/')) return path.resolve(cwd, name);
  const state = stateDirectory(env);
  const isName = /^[\w@%+=:,-][\w.@%+=:,-]*$/.test(name);
  if (state !== undefined && isName) return path.join(state, 'locks', name);
  throw new LockUnusableError(isName ? 'There is no home directory to keep locks in' : `\`${name}\` is no name for a lock`, {
    where: '--lock',
    fix: 'Give a path: --lock /run/sshoal/site',
  });
}

/** The same for whoever plays the same playbooks on the same hosts, whether to change or to look. */
function planName(playbooks: readonly string[], flags: Flags, context: Context): string {
  const { limit, tags, skipTags } = flags;
  const absolute = (file: string): string => path.resolve(context.cwd, file);
  // A list of hosts is no file, and stays the same list anywhere.
  const sources = inventorySourcesIfAny(flags.inventory, context).map((source) => (source.includes(',') ? source : absolute(source)));
  const plan = JSON.stringify([playbooks.map(absolute), sources, limit, tags, skipTags]);
  return `plan-${createHash('sha256').update(plan).digest('hex').slice(0, 16)}`;
}

/** Under its name only when it is complete, so that nobody reads half of one. */
async function layDown(directory: string, claim: Claim): Promise<string> {
  const name = `${process.pid}-${randomBytes(8).toString('hex')}`;
  for (;;) {
    const incomplete = path.join(directory, `.${name}`);
    const file = path.join(directory, name);
    try {
      await mkdir(directory, { recursive: true });
      await writeFile(incomplete, JSON.stringify(claim), { flag: 'wx' });
      await rename(incomplete, file);
      return file;
    } catch (error) {
      // The last holder has just removed the directory.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/** A claim of somebody who lives, or may live; those of the dead are removed. */
async function otherThan(own: string, directory: string): Promise<Claim | undefined> {
  for (const name of await readdir(directory)) {
    const file = path.join(directory, name);
    if (file === own || !/^\d+-[\da-f]{16}$/.test(name)) continue;
    const claim = await readClaim(file);
    if (claim !== undefined && (await isAlive(claim, file, own))) return claim;
    await rm(file, { force: true });
  }
  return undefined;
}

async function isAlive({ process: holder, sinceMs }: Claim, file: string, own: string): Promise<boolean> {
  const answer = await lives(holder, sinceMs);
  if (answer !== 'unknown') return answer;
  const [sign, now] = await Promise.all([signOf(file), signOf(own)]);
  // Both by the clock of the disk: those of two machines differ.
  return sign !== undefined && now !== undefined && now - sign < SILENT_FOR_MS;
}

/** When a claim was last renewed; undefined of one that is gone. */
async function signOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(ifGone))?.mtimeMs;
}

/** Under its name a claim is complete: one that makes no sense is what a crash of its machine has left. */
async function readClaim(file: string): Promise<Claim | undefined> {
  const text = await readFile(file, 'utf8').catch(ifGone);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Claim);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes its first byte again, which is the same: nobody may see a claim that is shorter. */
async function renew(file: string): Promise<void> {
  try {
    await using handle = await open(file, 'r+');
    await handle.write('{', 0);
  } catch {
    // The disk is away, or somebody has taken the claim away by hand: no reason to end a run that is going on.
  }
}

function ifGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function lockedBy({ process: { machine, pid }, sinceMs, subject }: Claim, directory: string): LockedError {
  return new LockedError(`${subject} is being played by process ${pid} on ${machine}, since ${localTime(sinceMs)}`, {
    where: directory,
    fix: 'Wait for it, or end it; a machine that is gone is forgotten after 5m',
  });
}
