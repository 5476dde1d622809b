// Bytes as data, without losing any and without secrets: UTF-8 where they are, else base64. It does not know who wrote them.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as data for machines: text, or base64 where they are not UTF-8. */
export interface DecodedBytes {
  readonly data: string;
  readonly encoding: 'utf8' | 'base64';
}

/**
 * Decodes bytes without losing any.
 *
 * @param mask - Applied to the text; in base64 only secrets of plain ASCII can be found.
 */
export function decodeExactly(bytes: Uint8Array, mask: (text: string) => string): DecodedBytes {
  try {
    return { data: mask(strict.decode(bytes)), encoding: 'utf8' };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { data: Buffer.from(maskLatin1(bytes, mask)).toString('base64'), encoding: 'base64' };
  }
}

/**
 * The same bytes without secrets.
 *
 * @param mask - In bytes that are not UTF-8 only secrets of plain ASCII can be found.
 */
export function maskBytes(bytes: Uint8Array, mask: (text: string) => string): Uint8Array {
  try {
    const text = strict.decode(bytes);
    const masked = mask(text);
    return masked === text ? bytes : Buffer.from(masked);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return maskLatin1(bytes, mask);
  }
}

function maskLatin1(bytes: Uint8Array, mask: (text: string) => string): Uint8Array {
  return Buffer.from(mask(Buffer.from(bytes).toString('latin1')), 'latin1');
}
