// How something new comes to its name: complete, in one step. It does not know what it is.
import path from 'node:path';
import { kindOf } from '../attributes.ts';
import { SftpError } from '../errors.ts';
import { joined } from '../names.ts';
import { remoteTemporary } from '../transfer.ts';
import type { TreeTarget } from './target.ts';

const PRIVATE_MODE = 0o700;

/** The directory in which a new one is made. */
export interface Stage {
  readonly holder: string;
  /** Whether it is there, from an attempt before: see {@link isContinued}. */
  readonly isThere: boolean;
  /** Whether it stays after such an error, for a later attempt. */
  readonly keepsAfter: (error: unknown) => boolean;
}

/**
 * Makes a new directory: in one beside it that nobody else may look into, so that nothing in it needs a name for the time it is
 * incomplete; then it gets its own name. After a failure all of it is removed.
 *
 * @param make - Fills the directory that it is given.
 */
export async function staged(
  target: TreeTarget,
  to: string,
  mode: number,
  make: (base: string) => Promise<void>,
  { holder, isThere, keepsAfter }: Stage = { holder: remoteTemporary(to), isThere: false, keepsAfter: () => false },
): Promise<void> {
  const base = stagedBase(holder, to);
  if (!isThere) await target.makeDirectory(holder, PRIVATE_MODE);
  try {
    if (!isThere) await target.makeDirectory(base, mode);
    await make(base);
    await target.rename(base, to);
    await target.removeDirectory(holder);
  } catch (error) {
    throw keepsAfter(error) ? error : await without(target, holder, error);
  }
}

/** Where in its holder a new directory is made. */
export function stagedBase(holder: string, to: string): string {
  return joined(holder, path.posix.basename(to));
}

/**
 * Whether an attempt before has left a directory to go on with. One that it had only begun to make is removed.
 *
 * @throws SftpError EEXIST where somebody else made it: they could have us write wherever they like.
 */
export async function isContinued(target: TreeTarget, holder: string, to: string): Promise<boolean> {
  const { lister } = target;
  const found = await lister.lstat(holder).catch(unlessAbsent);
  if (found === undefined) return false;
  // What a private directory of our own looks like on this side.
  const sample = remoteTemporary(to);
  await target.makeDirectory(sample, PRIVATE_MODE);
  const own = await lister.lstat(sample);
  await target.removeDirectory(sample);
  if (found.mode !== own.mode || found.uid !== own.uid) {
    throw new SftpError('EEXIST', `${holder} is in the way, and not of our making`, {
      where: holder,
      fix: 'Remove it, or copy without resume',
    });
  }
  const base = await lister.lstat(stagedBase(holder, to)).catch(unlessAbsent);
  if (base !== undefined && kindOf(base) === 'directory') return true;
  await target.removeTree(holder);
  return false;
}

/** Makes something beside its place, and moves it there; at its place at once where nobody sees it yet. */
export async function placed(target: TreeTarget, place: string, isStaged: boolean, make: (at: string) => Promise<void>): Promise<void> {
  const first = isStaged ? place : remoteTemporary(place);
  try {
    await make(first);
    if (!isStaged) await target.replace(first, place);
  } catch (error) {
    // It may never have come about, and a lost line removes nothing: the first failure is the one to tell.
    await Promise.allSettled([target.remove(first)]);
    throw error;
  }
}

/** What is at the name that a tree shall have; a link counts as what it leads to. */
export async function kindOfTarget({ lister }: TreeTarget, to: string): Promise<'absent' | 'directory' | 'other'> {
  const found = await lister.stat(to).catch(unlessAbsent);
  if (found === undefined) return 'absent';
  return kindOf(found) === 'directory' ? 'directory' : 'other';
}

function unlessAbsent(error: unknown): undefined {
  if (error instanceof SftpError && error.code === 'ENOENT') return undefined;
  throw error;
}

/** @returns The error to throw: the given one, or, where what was begun could not be removed, one that names it. */
async function without(target: TreeTarget, holder: string, error: unknown): Promise<unknown> {
  const [removed] = await Promise.allSettled([target.removeTree(holder)]);
  if (removed.status === 'fulfilled' || !(error instanceof SftpError)) return error;
  const fix = `${error.fix ?? 'Try again'}. What was copied so far may be left there: ${holder}`;
  return new SftpError(error.code, error.message, { where: error.where, fix, cause: error });
}
