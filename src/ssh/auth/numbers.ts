// Numbers of keys, as DER and SSH write them. It does not know which keys they belong to.

/** The INTEGERs of a DER SEQUENCE. */
export function derIntegers(der: Buffer): Buffer[] {
  const integers: Buffer[] = [];
  let at = 1;
  const length = (): number => {
    const first = der[at++] ?? 0;
    if (first < 0x80) return first;
    let value = 0;
    for (let left = first & 0x7f; left > 0; left--) value = value * 256 + (der[at++] ?? 0);
    return value;
  };
  length();
  while (at < der.length) {
    at++;
    const bytes = length();
    integers.push(der.subarray(at, at + bytes));
    at += bytes;
  }
  return integers;
}

/** A number of SSH from its bytes. */
export function mpint(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const plain = bytes.subarray(start);
  return ((plain[0] ?? 0) & 0x80) === 0 ? plain : Buffer.concat([Buffer.of(0), plain]);
}

/** A DER SEQUENCE of INTEGERs, given as SSH's numbers. */
export function derSequence(numbers: readonly Buffer[]): Buffer {
  const body = Buffer.concat(numbers.flatMap((number) => [Buffer.of(2), derLength(number.length), number]));
  return Buffer.concat([Buffer.of(0x30), derLength(body.length), body]);
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}
