// Lets a person edit a text that must not lie about: in a private directory, overwritten and removed after. It does not know vaults.
import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { access, constants, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { splitWords } from '../base/shlex.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';

/**
 * Opens `$VISUAL`, `$EDITOR` or vi with a text.
 *
 * Whatever the editor leaves behind (copies, swap files) lies in the same directory, and goes the same way, also when the editor
 * fails or this program is ended.
 *
 * @param name - The file it comes from, so that the editor knows its kind.
 * @returns What the file holds when the editor has ended well.
 * @throws UsageError `EDITOR_FAILED`; the reason of the signal when it was aborted meanwhile.
 */
export async function editPrivately(content: Uint8Array, name: string, context: Context): Promise<Buffer> {
  const directory = await mkdtemp(path.join(await privatePlace(context), 'sshoal-vault-'));
  const wipe = (): void => wipeDirectory(directory);
  process.once('exit', wipe);
  try {
    const file = path.join(directory, path.basename(name));
    await writeFile(file, content, { mode: 0o600, flag: 'wx' });
    await runEditor(file, context);
    // The editor has the terminal, and gets Ctrl-C itself: whoever pressed it may not want what is in the file.
    context.signal.throwIfAborted();
    return await readFile(file);
  } finally {
    process.removeListener('exit', wipe);
    wipe();
  }
}

// In memory where the system has such a place, so that nothing reaches a disk.
async function privatePlace({ env }: Context): Promise<string> {
  const runtime = env.XDG_RUNTIME_DIR;
  if (runtime === undefined || runtime === '') return tmpdir();
  return await access(runtime, constants.W_OK).then(
    () => runtime,
    () => tmpdir(),
  );
}

async function runEditor(file: string, { env }: Context): Promise<void> {
  const line = env.VISUAL || env.EDITOR || (process.platform === 'win32' ? 'notepad' : 'vi');
  const [program = '', ...args] = splitWords(line);
  const fail = (what: string, cause?: unknown): never => {
    throw new UsageError('EDITOR_FAILED', `The editor ${line} ${what}; nothing was changed`, {
      where: env.VISUAL ? 'VISUAL' : 'EDITOR',
      fix: 'Set VISUAL or EDITOR to a program that stays until the file is closed',
      cause,
    });
  };
  const ended = await new Promise<{ code: number | null; error?: Error }>((resolve) => {
    const child = spawn(program, [...args, file], { stdio: 'inherit', env });
    child.on('error', (error) => resolve({ code: null, error }));
    child.on('close', (code) => resolve({ code }));
  });
  if (ended.error !== undefined) fail(`cannot be started: ${ended.error.message}`, ended.error);
  if (ended.code !== 0) fail(ended.code === null ? 'was killed' : `ended with ${ended.code}`);
}

// Without waiting: it must also work while the process exits. On disks that write elsewhere it helps little, and costs little.
function wipeDirectory(directory: string): void {
  try {
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) overwrite(path.join(directory, name));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function overwrite(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) return;
  const handle = openSync(file, 'r+');
  try {
    writeSync(handle, randomFillSync(Buffer.alloc(found.size)));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
