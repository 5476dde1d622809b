// Where vault passwords come from: files, scripts, and questions that somebody else asks. It opens nothing.
import { access, constants, readFile } from 'node:fs/promises';
import path from 'node:path';
import { runScript } from '../run-script.ts';
import { VaultError } from './errors.ts';
import { VaultKeys } from './vault-keys.ts';
import { DEFAULT_VAULT_ID, isVault, type VaultSecret } from './vault-text.ts';

/** A script may ask a person, who may take a while. */
const SCRIPT_TIMEOUT_MS = 10 * 60_000;
/** What a script whose name ends in `-client` exits with when it does not know the id. */
const UNKNOWN_ID = 2;

/** `label@source`, taken apart. */
export interface VaultSource {
  readonly id: string;
  readonly kind: 'prompt' | 'file';
  /** A file or executable, as it was written. */
  readonly file: string;
}

/**
 * Reads the value of a `--vault-id`: `prod@prompt`, `dev@~/.vault-dev`, `prompt`, or a file without an id.
 *
 * @throws VaultError VAULT_PASSWORD_SOURCE on no source, and on an id that would break the header of a vault.
 */
export function parseVaultId(text: string, flag = '--vault-id'): VaultSource {
  const at = text.indexOf('@');
  const [id, file] = at === -1 ? [DEFAULT_VAULT_ID, text] : [text.slice(0, at) || DEFAULT_VAULT_ID, text.slice(at + 1)];
  if (file === '' || /[;\s]/.test(id))
    throw new VaultError('VAULT_PASSWORD_SOURCE', `\`${text}\` is no vault id`, {
      where: flag,
      fix: 'Write id@prompt, id@<file> or id@<script>; an id has no blanks and no semicolon',
    });
  return { id, kind: file === 'prompt' || file === 'prompt_ask_vault_pass' ? 'prompt' : 'file', file };
}

export interface VaultSecretsOptions {
  /** What relative paths start from. */
  readonly cwd: string;
  /** What `~` stands for; such paths are refused without it. */
  readonly home?: string | undefined;
  /** Asks a person for the password of an id. */
  readonly ask: (id: string) => Promise<string>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gets the password of each source, in order. A file of a password may itself be a vault that an earlier password opens.
 *
 * @throws VaultError VAULT_PASSWORD_SOURCE: unlike Ansible, a source that gives no password is never passed over; and what opening
 * throws.
 */
export async function readVaultSecrets(sources: readonly VaultSource[], options: VaultSecretsOptions): Promise<VaultSecret[]> {
  const secrets: VaultSecret[] = [];
  // One after the other: two questions at once would be in each other's way.
  for (const { id, kind, file } of sources) {
    const password = kind === 'prompt' ? stripped(Buffer.from(await options.ask(id))) : await readPassword(id, file, secrets, options);
    if (password.length === 0) throw sourceError(`The vault password for ${id} is empty`, file, 'Give one that is not');
    secrets.push({ id, password });
  }
  return secrets;
}

async function readPassword(
  id: string,
  name: string,
  known: readonly VaultSecret[],
  { cwd, home, signal }: VaultSecretsOptions,
): Promise<Uint8Array> {
  const expanded = home === undefined ? name : name.replace(/^~(?=\/|$)/, home);
  const file = path.resolve(cwd, expanded);
  const may = async (mode: number): Promise<boolean> =>
    await access(file, mode).then(
      () => true,
      () => false,
    );
  // Where there are no permissions, everything would be a script.
  if (process.platform !== 'win32' && (await may(constants.X_OK))) return await askScript(file, id, signal);
  const bytes = await readFile(file).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw sourceError(`The file of the vault password for ${id} cannot be read: ${reason}`, file, 'Check the path', cause);
  });
  const password = stripped(bytes);
  return isVault(password) ? stripped(new VaultKeys(known).open(password.toString('latin1'), file).plain, '\r\n') : password;
}

async function askScript(file: string, id: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const isClient = path.parse(file).name.endsWith('-client');
  const ended = await runScript(file, isClient ? ['--vault-id', id] : [], { timeoutMs: SCRIPT_TIMEOUT_MS, interactive: true, signal });
  if (ended.kind === 'failed')
    throw sourceError(
      `The script of the vault password for ${id} failed: ${ended.message}`,
      file,
      'If it is no script, remove the executable bit from the file: chmod -x',
      ended.cause,
    );
  if (ended.code !== 0) {
    const what = isClient && ended.code === UNKNOWN_ID ? `knows no password for ${id}` : `exited with ${ended.code}`;
    throw sourceError(`The script of the vault password for ${id} ${what}`, file, 'Run it by hand: it must print the password');
  }
  return stripped(ended.stdout, '\r\n');
}

// By bytes: a password may end in one that is a blank in another encoding.
function stripped(bytes: Buffer, blanks = ' \t\n\r\v\f'): Buffer {
  const isBlank = (byte: number | undefined): boolean => byte !== undefined && blanks.includes(String.fromCharCode(byte));
  let [start, end] = [0, bytes.length];
  while (start < end && isBlank(bytes[start])) start++;
  while (end > start && isBlank(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}

function sourceError(message: string, where: string, fix: string, cause?: unknown): VaultError {
  return new VaultError('VAULT_PASSWORD_SOURCE', message, { where, fix, cause });
}
