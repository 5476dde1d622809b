// File names as strings that hold every byte, and which of them are one name only. It looks at no file system.
import { isUtf8 } from 'node:buffer';
import { SftpError } from './errors.ts';

// A byte that is no UTF-8 becomes the lone surrogate U+DC00 + byte, as Python's "surrogateescape" (PEP 383) does, and turns back
// into the very same byte. Any other way would make files unreachable whose names are not UTF-8.
const ESCAPE = 0xdc00;
const ESCAPED = /[\udc80-\udcff]/u;

/** A name from the wire as a string; `encodeName` turns it back into the same bytes. */
export function decodeName(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  let text = '';
  for (let at = 0; at < buffer.length; ) {
    const lead = buffer[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const character = buffer.subarray(at, at + length);
    if (isUtf8(character)) {
      text += character.toString('utf8');
      at += length;
    } else {
      text += String.fromCharCode(ESCAPE + lead);
      at += 1;
    }
  }
  return text;
}

/**
 * The bytes of a name or path.
 *
 * @throws {@link SftpError} EINVAL on a NUL: no file system holds it, and OpenSSH's server dies of it.
 */
export function encodeName(text: string): Buffer {
  if (text.includes('\0')) {
    throw new SftpError('EINVAL', 'A file name cannot hold a NUL character', { where: text, fix: 'Remove it from the path' });
  }
  if (!ESCAPED.test(text)) return Buffer.from(text, 'utf8');
  // By code points: a low surrogate that belongs to a pair is half of an ordinary character.
  const parts = Array.from(text, (character) =>
    ESCAPED.test(character) ? Buffer.of(character.charCodeAt(0) - ESCAPE) : Buffer.from(character),
  );
  return Buffer.concat(parts);
}

/** Whether a name is one name in a directory, and no way out of it. */
export function isComponent(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}

/**
 * The name itself, once it is sure to be one name in a directory.
 *
 * @throws {@link SftpError} UNSAFE_NAME on an empty name, `.`, `..`, and one with a slash or NUL: a host may list anything.
 */
export function componentOf(name: string, directory: string): string {
  if (isComponent(name)) return name;
  throw new SftpError('UNSAFE_NAME', `The host lists a name that is none: ${JSON.stringify(name.slice(0, 200))}`, {
    where: directory,
    fix: 'Do not trust this host: a name in a directory never leads out of it',
  });
}

/** A path below a directory; below `""` it is the name alone. */
export function joined(directory: string, name: string): string {
  return directory === '' || directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}
