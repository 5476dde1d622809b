// Files of the controller that tasks send: found beside the playbook, read and hashed. It sends nothing.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { VaultReader } from '../../inventory/vault/vault-keys.ts';
import { isVault } from '../../inventory/vault/vault-text.ts';
import { INLINE_LIMIT_BYTES, type SourceFile } from '../../modules/seam.ts';
import { TaskError } from '../errors.ts';
import { filePlaces } from './find-file.ts';

/** Enough to know a vault by. */
const LONGEST_HEAD = 32;

/**
 * Finds a file where Ansible looks for it.
 *
 * @param kind - `files` or `templates`: in each of the directories this one is asked first.
 * @param wanted.directory - Whether it may be one.
 * @throws TaskError FILE_NOT_FOUND, with the places that were looked at.
 */
export async function findSource(
  name: string,
  kind: 'files' | 'templates',
  directories: readonly string[],
  wanted: { readonly directory?: boolean } = {},
): Promise<string> {
  const candidates = filePlaces(name, kind, directories);
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isFile() === true) return candidate;
    if (found?.isDirectory() !== true) continue;
    if (wanted.directory === true) return candidate;
    throw new TaskError('BAD_PARAMETER', `${candidate} is a directory, and a file was expected`, {
      where: candidate,
      fix: 'Name a file; copy sends directories too',
    });
  }
  throw new TaskError('FILE_NOT_FOUND', `Could not find or access '${name}' on the controller`, {
    where: candidates.join(', '),
    fix: `Put it into ${kind}/ of the role, or beside the playbook`,
  });
}

/**
 * Reads a file as modules want it: small ones with their content, large ones by hash only. One that is a vault comes with what is
 * inside, whatever its size: it must never lie open on the disk.
 *
 * @param vault - Undefined leaves a vault closed.
 * @throws VaultError.
 */
export async function readSource(file: string, vault: VaultReader | undefined): Promise<SourceFile> {
  const { size, mode } = await stat(file);
  if (size <= INLINE_LIMIT_BYTES || (vault !== undefined && (await beginsAsVault(file)))) {
    const bytes = await readFile(file);
    return sourceOf(file, vault?.bytes(bytes, file) ?? bytes, mode & 0o777);
  }
  const hash = createHash('sha1');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { path: path.resolve(file), sizeBytes: size, sha1: hash.digest('hex'), mode: mode & 0o777 };
}

async function beginsAsVault(file: string): Promise<boolean> {
  await using handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(LONGEST_HEAD), 0, LONGEST_HEAD, 0);
  return isVault(buffer);
}

/** Content made here, such as a rendered template, as a file that modules can send. */
export function sourceOf(file: string, content: Uint8Array, mode: number): SourceFile {
  return { path: path.resolve(file), sizeBytes: content.byteLength, sha1: createHash('sha1').update(content).digest('hex'), mode, content };
}
