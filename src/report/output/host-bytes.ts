// Bytes that hosts sent, for people and in whole lines. It does not know which command wrote them.

const NEWLINE = 0x0a;
const LONGEST_LINE_BYTES = 64 * 1024;
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes bytes for people: what is not UTF-8 becomes `\ufffd`. */
export function decodeForPeople(bytes: Uint8Array): string {
  return lenient.decode(bytes);
}

/**
 * Cuts a stream of chunks at its newlines, so that no character and no secret is split between two pieces.
 *
 * A line beyond 64 KiB is cut where a character ends.
 */
export class LineGatherer {
  #rest: Uint8Array = new Uint8Array();

  /** @returns The whole lines there are now, newlines included; empty when there is none yet. */
  push(chunk: Uint8Array): Uint8Array {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let end = bytes.lastIndexOf(NEWLINE) + 1;
    if (bytes.length - end > LONGEST_LINE_BYTES) end = endOfLastCharacter(bytes);
    // A copy, since the sender may use its buffer again.
    this.#rest = bytes.slice(end);
    return bytes.subarray(0, end);
  }

  /** @returns What is left after the last newline. */
  flush(): Uint8Array {
    const rest = this.#rest;
    this.#rest = new Uint8Array();
    return rest;
  }
}

// A UTF-8 character is at most four bytes, and all but its first match 10xxxxxx.
function endOfLastCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= 4; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
