// How something new comes to its name: complete, in one step. It does not know what it is.
import path from 'node:path';
import { kindOf } from '../attributes.ts';
import { SftpError } from '../errors.ts';
import { joined } from '../names.ts';
import { remoteTemporary } from '../transfer.ts';
import type { TreeTarget } from './target.ts';

const PRIVATE_MODE = 0o700;

/**
 * Makes a new directory: in one beside it that nobody else may look into, so that nothing in it needs a name for the time it is
 * incomplete; then it gets its own name. After a failure all of it is removed.
 *
 * @param make - Fills the directory that it is given.
 */
export async function staged(target: TreeTarget, to: string, mode: number, make: (base: string) => Promise<void>): Promise<void> {
  const holder = remoteTemporary(to);
  const base = joined(holder, path.posix.basename(to));
  await target.makeDirectory(holder, PRIVATE_MODE);
  try {
    await target.makeDirectory(base, mode);
    await make(base);
    await target.rename(base, to);
    await target.removeDirectory(holder);
  } catch (error) {
    throw await without(target, holder, error);
  }
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
  try {
    return kindOf(await lister.stat(to)) === 'directory' ? 'directory' : 'other';
  } catch (error) {
    if (error instanceof SftpError && error.code === 'ENOENT') return 'absent';
    throw error;
  }
}

/** @returns The error to throw: the given one, or, where what was begun could not be removed, one that names it. */
async function without(target: TreeTarget, holder: string, error: unknown): Promise<unknown> {
  const [removed] = await Promise.allSettled([target.removeTree(holder)]);
  if (removed.status === 'fulfilled' || !(error instanceof SftpError)) return error;
  const fix = `${error.fix ?? 'Try again'}. What was copied so far may be left there: ${holder}`;
  return new SftpError(error.code, error.message, { where: error.where, fix, cause: error });
}
