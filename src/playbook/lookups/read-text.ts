// The text of a file that a lookup names, opened where it is a vault.
import { readFileSync } from 'node:fs';
import { requireFile } from '../run/find-file.ts';
import type { LookupContext } from './seam.ts';
import { failed } from './terms.ts';

/**
 * @param encoding - A name that the WHATWG knows: `utf-8`, `latin1`, `utf-16le`.
 * @throws TaskError FILE_NOT_FOUND, LOOKUP_FAILED; VaultError.
 */
export function readText(
  lookup: string,
  file: string,
  subdirectory: string,
  context: LookupContext,
  encoding = 'utf-8',
): { file: string; text: string } {
  const found = requireFile(file, subdirectory, context.directories);
  const bytes = contentOf(lookup, found);
  // What is encrypted is always text of ASCII letters, and what comes out of it UTF-8.
  if (/^utf-?8$/i.test(encoding)) return { file: found, text: context.controller.vault.file(bytes, found) };
  try {
    return { file: found, text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch (cause) {
    throw failed(lookup, `${found} cannot be read as ${encoding}`, 'Give the encoding that the file has', cause);
  }
}

function contentOf(lookup: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw failed(lookup, cause instanceof Error ? cause.message : `${file} cannot be read`, 'Name a file that can be read', cause);
  }
}
