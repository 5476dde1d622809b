// The vault passwords of a call: flags, environment, questions. It does not know what they open.

import { VaultKeys } from '../inventory/vault/vault-keys.ts';
import { parseVaultId, readVaultSecrets, type VaultSource } from '../inventory/vault/vault-secrets.ts';
import { DEFAULT_VAULT_ID, type VaultSecret } from '../inventory/vault/vault-text.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';

const FROM_FILES = 'Give it in a file: --vault-password-file <file>, or --vault-id <id>@<file>';

/**
 * The keys to open what is encrypted; none where nobody gave any. What they open is masked in all output.
 *
 * @throws VaultError, NoTerminalError, InterruptedError.
 */
export async function readVaultKeys(flags: Flags, context: Context): Promise<VaultKeys> {
  return keysOf(await secretsOf(givenSources(flags), context, askOnce(context)), context);
}

/** As {@link readVaultKeys}, but asks for a password where none was given. */
export async function requireVaultKeys(flags: Flags, context: Context): Promise<VaultKeys> {
  return keysOf(await secretsOf(orPrompt(givenSources(flags)), context, askOnce(context)), context);
}

/** The keys to encrypt with: a password that is asked for is asked for twice. */
export async function newVaultKeys(flags: Flags, context: Context): Promise<VaultKeys> {
  return keysOf(await secretsOf(orPrompt(givenSources(flags)), context, askTwice(context)), context);
}

/** The secret that rekey encrypts with. @throws VaultError, UsageError `BAD_FLAG` when both flags are given. */
export async function rekeySecret(flags: Flags, context: Context, keys: VaultKeys): Promise<VaultSecret> {
  const { newVaultId, newVaultPasswordFile } = flags;
  if (newVaultId !== undefined && newVaultPasswordFile !== undefined)
    throw new UsageError('BAD_FLAG', '--new-vault-id and --new-vault-password-file exclude each other', {
      where: 'sshoal vault rekey',
      fix: 'Give one of them',
    });
  const id = encryptId(flags, context);
  // An id that is among the passwords already needs no new one.
  if (newVaultId === undefined && newVaultPasswordFile === undefined && id !== undefined) return keys.secretFor(id);
  const sources = [
    ...(newVaultId === undefined ? [] : [parseVaultId(newVaultId, '--new-vault-id')]),
    ...(newVaultPasswordFile === undefined ? [] : [fileSource(newVaultPasswordFile)]),
  ];
  return new VaultKeys(await secretsOf(orPrompt(sources), context, askTwice(context))).secretFor(id);
}

/** What --encrypt-vault-id or the environment says. */
export function encryptId(flags: Flags, { env }: Context): string | undefined {
  return flags.encryptVaultId ?? (env.ANSIBLE_VAULT_ENCRYPT_IDENTITY || undefined);
}

// In Ansible's order.
function givenSources({ vaultId, vaultPasswordFile, askVaultPass }: Flags): VaultSource[] {
  return [...vaultId.map((id) => parseVaultId(id)), ...vaultPasswordFile.map(fileSource), ...(askVaultPass ? [PROMPT] : [])];
}

const PROMPT: VaultSource = { id: DEFAULT_VAULT_ID, kind: 'prompt', file: 'prompt' };

function orPrompt(sources: readonly VaultSource[]): readonly VaultSource[] {
  return sources.length === 0 ? [PROMPT] : sources;
}

function fileSource(file: string): VaultSource {
  return { id: DEFAULT_VAULT_ID, kind: 'file', file };
}

async function secretsOf(sources: readonly VaultSource[], context: Context, ask: (id: string) => Promise<string>): Promise<VaultSecret[]> {
  const secrets = await readVaultSecrets(sources, { cwd: context.cwd, home: context.env.HOME, ask, signal: context.signal });
  for (const { password } of secrets) context.secrets.add(Buffer.from(password).toString('utf8'));
  return secrets;
}

function keysOf(secrets: readonly VaultSecret[], { secrets: masked }: Context): VaultKeys {
  return new VaultKeys(secrets, { onOpened: (text) => masked.add(text) });
}

function askOnce({ prompts }: Context): (id: string) => Promise<string> {
  return async (id) => await prompts.password({ message: question('Vault password', id), otherwise: FROM_FILES });
}

function askTwice({ prompts }: Context): (id: string) => Promise<string> {
  return async (id) => {
    const first = await prompts.password({ message: question('New vault password', id), otherwise: FROM_FILES });
    const second = await prompts.password({ message: question('The same again', id), otherwise: FROM_FILES });
    if (first === second) return first;
    throw new UsageError('BAD_FLAG', 'The two passwords differ', { where: `vault id ${id}`, fix: 'Nothing was changed; start again' });
  };
}

function question(text: string, id: string): string {
  return id === DEFAULT_VAULT_ID ? `${text}:` : `${text} (${id}):`;
}
