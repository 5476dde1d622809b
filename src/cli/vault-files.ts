// What vault does with files: each is read and changed in memory, and written only when all of them could be.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { encrypt, type VaultKeys } from '../inventory/vault/vault-keys.ts';
import { DEFAULT_VAULT_ID } from '../inventory/vault/vault-text.ts';
import type { Context } from './context.ts';
import { editPrivately } from './edit-privately.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';
import { readStdin } from './read-stdin.ts';
import { replaceFile } from './replace-file.ts';
import { encryptId, newVaultKeys, rekeySecret, requireVaultKeys } from './vault-passwords.ts';

/** Stands for stdin among files, and for stdout in --output. */
const STANDARD = '-';

interface Change {
  readonly file: string;
  readonly content: Uint8Array | string;
}

export async function encryptFiles(files: readonly string[], flags: Flags, context: Context): Promise<void> {
  refuseOneOutputOfMany(files, flags);
  const secret = (await newVaultKeys(flags, context)).secretFor(encryptId(flags, context));
  await change(files, flags, context, (plain, where) => encrypt(plain, secret, where));
}

export async function decryptFiles(files: readonly string[], flags: Flags, context: Context): Promise<void> {
  refuseOneOutputOfMany(files, flags);
  const keys = await requireVaultKeys(flags, context);
  await change(files, flags, context, (sealed, where) => open(keys, sealed, where).plain);
}

export async function rekeyFiles(files: readonly string[], flags: Flags, context: Context): Promise<void> {
  const keys = await requireVaultKeys(flags, context);
  const secret = await rekeySecret(flags, context, keys);
  await change(someFiles(files, 'rekey'), flags, context, (sealed, where) => encrypt(open(keys, sealed, where).plain, secret, where));
}

export async function viewFiles(files: readonly string[], flags: Flags, context: Context): Promise<void> {
  const keys = await requireVaultKeys(flags, context);
  const texts: string[] = [];
  for (const file of orStandard(files)) texts.push(textOf(open(keys, await read(file, context), file).plain, file));
  for (const text of texts) context.stdout.write(text);
}

export async function editFiles(files: readonly string[], flags: Flags, context: Context): Promise<void> {
  const keys = await requireVaultKeys(flags, context);
  for (const file of someFiles(files, 'edit')) {
    const { plain, id, secret } = open(keys, await read(file, context), file);
    const edited = await editPrivately(plain, file, context);
    // Whoever changed nothing wants the file untouched; a vault differs each time it is made.
    if (!edited.equals(plain)) await write(file, encrypt(edited, { ...secret, id: id ?? DEFAULT_VAULT_ID }, file), context);
  }
}

export async function createFile(files: readonly string[], flags: Flags, context: Context): Promise<void> {
  const [file, ...more] = someFiles(files, 'create');
  if (file === undefined || more.length > 0)
    throw new UsageError('EXTRA_ARGUMENT', 'create makes one file', { where: 'sshoal vault create', fix: 'Give one file' });
  const isThere = await read(file, context).then(
    () => true,
    () => false,
  );
  if (isThere) throw new UsageError('BAD_LOCAL_PATH', `${file} is there already`, { where: file, fix: `sshoal vault edit ${file}` });
  const secret = (await newVaultKeys(flags, context)).secretFor(encryptId(flags, context));
  const written = await editPrivately(Buffer.alloc(0), file, context);
  await write(file, encrypt(written, secret, file), context);
}

async function change(
  files: readonly string[],
  { outputFile }: Flags,
  context: Context,
  changed: (content: Uint8Array, where: string) => Uint8Array | string,
): Promise<void> {
  const changes: Change[] = [];
  for (const file of orStandard(files)) changes.push({ file: outputFile ?? file, content: changed(await read(file, context), file) });
  for (const { file, content } of changes) await write(file, content, context);
}

function open(keys: VaultKeys, sealed: Uint8Array, where: string): ReturnType<VaultKeys['open']> {
  return keys.open(Buffer.from(sealed).toString('utf8'), where);
}

async function read(file: string, context: Context): Promise<Uint8Array> {
  if (file === STANDARD) return await readStdin(context);
  return await readFile(path.resolve(context.cwd, file)).catch((cause: unknown) => {
    throw pathError(`${file} cannot be read`, file, cause);
  });
}

/** Writes a file in the place of the old one, or to stdout. @throws UsageError `BAD_LOCAL_PATH`, `BAD_FLAG`. */
export async function write(file: string, content: Uint8Array | string, context: Context): Promise<void> {
  if (file === STANDARD) {
    context.stdout.write(typeof content === 'string' ? content : textOf(content, STANDARD));
    return;
  }
  await replaceFile(path.resolve(context.cwd, file), content).catch((cause: unknown) => {
    throw pathError(`${file} cannot be written`, file, cause);
  });
}

function pathError(message: string, where: string, cause: unknown): UsageError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new UsageError('BAD_LOCAL_PATH', message + reason, { where, fix: 'Check the path and its permissions', cause });
}

function textOf(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError('BAD_FLAG', 'What is inside is no text, and cannot be shown', {
      where,
      fix: 'decrypt with --output <file>',
      cause,
    });
  }
}

function orStandard(files: readonly string[]): readonly string[] {
  return files.length === 0 ? [STANDARD] : files;
}

function someFiles(files: readonly string[], action: string): readonly string[] {
  if (files.length > 0 && !files.includes(STANDARD)) return files;
  throw new UsageError('MISSING_ARGUMENT', `${action} changes files, and stdin is none`, {
    where: `sshoal vault ${action}`,
    fix: `sshoal vault ${action} <file>`,
  });
}

function refuseOneOutputOfMany(files: readonly string[], { outputFile }: Flags): void {
  if (outputFile !== undefined && files.length > 1)
    throw new UsageError('BAD_FLAG', '--output takes what comes of one file', { where: '--output', fix: 'Give one file' });
}
