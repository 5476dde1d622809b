// What controllers tell each other, sealed: encrypted, and bound to where and when it was said. It does not know what it says.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import process from 'node:process';
import { decode, encode } from '../runtime/wire/codec.ts';
import { fromWire, toWire } from '../runtime/wire/convert.ts';
import { EngineError, forged } from './errors.ts';
import './travelling-errors.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Where and when something is said: the channel, the run, the host, the number. Told elsewhere or again, the same bytes do not open. */
export type Circumstances = readonly (string | number)[];

/**
 * AES-256-GCM with a key that all controllers share.
 *
 * @example
 * ```ts
 * const sealer = new Sealer(await readKeyFile('engine.key'));
 * const bytes = sealer.seal({ kind: 'stop' }, ['control', run, 1]);
 * sealer.open(bytes, ['control', run, 1]); // { kind: 'stop' }; with any other circumstances ENGINE_FORGED
 * ```
 */
export class Sealer {
  readonly #key: Buffer;

  /** @param key - 32 bytes. */
  constructor(key: Uint8Array) {
    this.#key = Buffer.from(key);
  }

  /** One with a key of its own, so that no key seals so much that two random nonces could meet. */
  of(run: string): Sealer {
    return new Sealer(Buffer.from(hkdfSync('sha256', this.#key, run, 'sshoal engine', KEY_BYTES)));
  }

  seal(data: unknown, circumstances: Circumstances): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(aad(circumstances));
    const body = [cipher.update(encode(toWire(data))), cipher.final()];
    return Buffer.concat([nonce, cipher.getAuthTag(), ...body]);
  }

  /** @throws EngineError `ENGINE_FORGED` on anything that was not sealed with this key and for these circumstances. */
  open(sealed: Buffer, circumstances: Circumstances): unknown {
    const what = circumstances.join(' ');
    if (sealed.length < NONCE_BYTES + TAG_BYTES) throw forged(what);
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce).setAAD(aad(circumstances));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    let plain: Buffer;
    try {
      plain = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw forged(what, { cause });
    }
    return fromWire(decode(plain));
  }
}

/** JSON keeps the parts apart: `['a', 'b c']` is not `['a b', 'c']`. */
function aad(circumstances: Circumstances): Buffer {
  return Buffer.from(JSON.stringify(circumstances));
}

/**
 * Reads a key.
 *
 * @throws EngineError `ENGINE_KEY_UNREADABLE` where there is none, it is no key, or others may read it.
 */
export async function readKeyFile(file: string): Promise<Buffer> {
  const unreadable = (why: string, fix: string, cause?: unknown): EngineError =>
    new EngineError('ENGINE_KEY_UNREADABLE', `The key of the engine cannot be used: ${why}`, { where: file, fix, cause });
  const make = `Make one with sshoal worker --new-key ${file}, and give every controller a copy`;
  let key: Buffer;
  try {
    await using handle = await open(file, 'r');
    const { mode } = await handle.stat();
    // Windows has no such bits.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw unreadable('others may read it', `chmod 600 ${file}`);
    key = await handle.readFile();
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw unreadable((cause as Error).message, make, cause);
  }
  if (key.length !== KEY_BYTES) throw unreadable(`it has ${key.length} bytes, and a key has ${KEY_BYTES}`, make);
  return key;
}

/** Makes a key that only its owner may read. @throws EngineError `ENGINE_KEY_UNREADABLE` where a file is there already, or none can be made. */
export async function writeKeyFile(file: string): Promise<void> {
  try {
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(randomBytes(KEY_BYTES));
    await handle.sync();
  } catch (cause) {
    const isThere = await stat(file).then(
      () => true,
      () => false,
    );
    throw new EngineError('ENGINE_KEY_UNREADABLE', `No key can be made: ${(cause as Error).message}`, {
      where: file,
      fix: isThere ? 'Name another file: a key that is in use would be lost' : 'Name a file in a directory where you may write',
      cause,
    });
  }
}
