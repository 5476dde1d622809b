// Private keys: read once, whatever their format, and why one cannot be used. It does not know who will log in with it.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import type { Questions } from '../ask.ts';
import { ed25519Key, opensshPrivateKey } from '../ed25519.ts';
import { SshConnectError } from '../errors.ts';
import { PKey } from './pkey.ts';

const SECURITY_KEY = 'only its security key can sign with it';

// Deriving the key of an encrypted file costs a third of a second: once for each file, not for each host.
const parsed = new Map<string, Promise<PKey>>();

/**
 * Reads a private key file: OpenSSH, PEM (PKCS#1, SEC1) or PKCS#8, encrypted or not.
 *
 * @param file - Its path.
 * @param passphrase - For an encrypted one; else `questions.passphrase` is asked, once for each file.
 * @throws SshConnectError KEY_UNREADABLE, KEY_PERMISSIONS (others may read it, as ssh refuses), KEY_PASSPHRASE_NEEDED,
 * KEY_PASSPHRASE_WRONG.
 */
export async function loadPrivateKey(file: string, passphrase: string | undefined, questions: Questions): Promise<PKey> {
  const { mtimeMs, mode } = statKey(file);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new SshConnectError('KEY_PERMISSIONS', `The key ${file} may be read by others (mode ${(mode & 0o777).toString(8)})`, {
      where: file,
      fix: `chmod 600 ${file}`,
    });
  }
  const cacheKey = `${file}\0${mtimeMs}\0${passphrase ?? ''}`;
  const cached = parsed.get(cacheKey);
  if (cached !== undefined) return await cached;
  const reading = readKey(file, passphrase, questions);
  parsed.set(cacheKey, reading);
  try {
    return await reading;
  } catch (error) {
    parsed.delete(cacheKey);
    throw error;
  }
}

function statKey(file: string): { readonly mtimeMs: number; readonly mode: number } {
  try {
    return statSync(file);
  } catch (cause) {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

async function readKey(file: string, passphrase: string | undefined, questions: Questions): Promise<PKey> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  });
  return await readPrivateKey(text, file, passphrase, questions);
}

/**
 * Reads the text of a private key.
 *
 * @param where - What it is called in messages: its file, mostly.
 * @throws SshConnectError KEY_UNREADABLE, KEY_PASSPHRASE_NEEDED, KEY_PASSPHRASE_WRONG.
 */
export async function readPrivateKey(text: string, where: string, passphrase: string | undefined, questions: Questions): Promise<PKey> {
  const first = await parse(text, passphrase);
  if (first.kind === 'key') return PKey.of(first.key, `key ${where}`);
  if (first.kind === 'wrong') throw wrongPassphrase(where);
  if (first.kind === 'bad') throw unreadable(where, first.reason);
  if (questions.passphrase === undefined) {
    throw new SshConnectError('KEY_PASSPHRASE_NEEDED', `The key ${where} has a passphrase, and there is no terminal to ask at`, {
      where,
      fix: 'Add the key to an agent (ssh-add), or give the passphrase in SSHOAL_PASSPHRASE',
    });
  }
  const second = await parse(text, await questions.passphrase(where));
  if (second.kind === 'key') return PKey.of(second.key, `key ${where}`);
  throw second.kind === 'bad' ? unreadable(where, second.reason) : wrongPassphrase(where);
}

/** Deriving a key from a passphrase the way OpenSSH does takes a third of a second, in which nothing else would run here. */
async function parse(text: string, passphrase: string | undefined): Promise<Reading> {
  if (passphrase === undefined || !isCostly(text)) return parseKeyText(text, passphrase);
  const [{ WorkerPoolExecutor }, { ref }] = await Promise.all([
    import('../../runtime/futures/worker-pool.ts'),
    import('../../runtime/wire/function-ref.ts'),
  ]);
  await using pool = new WorkerPoolExecutor({ maxWorkers: 1 });
  const outcome = await pool.submit<ReturnType<typeof decryptKeyText>>(ref(import.meta, 'decryptKeyText'), text, passphrase).result();
  return outcome.kind === 'key' ? parseKeyText(outcome.pem, undefined) : outcome;
}

function isCostly(text: string): boolean {
  return opensshBody(text).includes('bcrypt');
}

/** What an OpenSSH key file holds; nothing for other formats. */
function opensshBody(text: string): Buffer {
  return Buffer.from(/-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1] ?? '', 'base64');
}

/** For a worker thread: the same key as text without a passphrase. */
export function decryptKeyText(text: string, passphrase: string): Exclude<Reading, { kind: 'key' }> | { kind: 'key'; pem: string } {
  const reading = parseKeyText(text, passphrase);
  return reading.kind === 'key' ? { kind: 'key', pem: reading.key.getPrivatePEM() } : reading;
}

type Reading = { kind: 'key'; key: ParsedKey } | { kind: 'needed' } | { kind: 'wrong' } | { kind: 'bad'; reason: string };

/** Reads the text of a private key. Exported for keys that are no files. */
export function parseKeyText(text: string, passphrase: string | undefined): Reading {
  if (/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return parsePkcs8(text, passphrase);
  if (isSecurityKey(text)) return { kind: 'bad', reason: SECURITY_KEY };
  let result: ReturnType<typeof ssh2.utils.parseKey>;
  try {
    result = ssh2.utils.parseKey(text, passphrase);
  } catch (error) {
    return { kind: 'bad', reason: error instanceof Error ? error.message : String(error) };
  }
  if (!(result instanceof Error)) {
    const key = Array.isArray(result) ? result[0] : result;
    if (key === undefined || !key.isPrivateKey()) return { kind: 'bad', reason: 'it holds a public key only' };
    return { kind: 'key', key };
  }
  if (/no passphrase given|encrypted .* no passphrase/i.test(result.message)) return { kind: 'needed' };
  const encrypted = /bcrypt|Proc-Type: 4,ENCRYPTED/.test(text) || /passphrase|integrity|decrypt/i.test(result.message);
  if (encrypted && passphrase !== undefined) return { kind: 'wrong' };
  return { kind: 'bad', reason: result.message };
}

// ssh2 reads no PKCS#8: node:crypto does, and writes what ssh2 reads.
function parsePkcs8(text: string, passphrase: string | undefined): Reading {
  const encrypted = text.includes('ENCRYPTED PRIVATE KEY');
  if (encrypted && passphrase === undefined) return { kind: 'needed' };
  let key: KeyObject;
  try {
    key = createPrivateKey(passphrase === undefined ? { key: text } : { key: text, passphrase });
  } catch (error) {
    if (encrypted) return { kind: 'wrong' };
    return { kind: 'bad', reason: error instanceof Error ? error.message : String(error) };
  }
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return parseKeyText(key.export({ type: 'pkcs1', format: 'pem' }).toString(), undefined);
    case 'ec':
      return parseKeyText(key.export({ type: 'sec1', format: 'pem' }).toString(), undefined);
    case 'ed25519':
      return parseKeyText(opensshPrivateKey(ed25519Key(key), ''), undefined);
    default:
      return { kind: 'bad', reason: `a key of type ${key.asymmetricKeyType ?? 'unknown'} cannot log in over SSH` };
  }
}

/** The key of a FIDO token: the file only names what the token must sign with. */
function isSecurityKey(text: string): boolean {
  return /\bsk-(?:ssh|ecdsa)-/.test(opensshBody(text).toString('latin1'));
}

function unreadable(file: string, reason: string, cause?: unknown): SshConnectError {
  return new SshConnectError('KEY_UNREADABLE', `The key ${file} cannot be used: ${reason}`, {
    where: file,
    fix:
      reason === SECURITY_KEY
        ? "Add it to an agent (ssh-add), or let the system's ssh log in: ansible_connection: openssh, or -c openssh"
        : 'Give the private key file itself, as ssh-keygen writes it',
    cause,
  });
}

function wrongPassphrase(file: string): SshConnectError {
  return new SshConnectError('KEY_PASSPHRASE_WRONG', `The passphrase of ${file} is wrong`, {
    where: file,
    fix: `Try it with: ssh-keygen -y -f ${file}`,
  });
}
