// What may be the address of a host: a name, IPv4 or IPv6, perhaps with ranges, perhaps with a port. It expands nothing.

const NUMBERS = String.raw`\[\d+:\d+(?::\d+)?\]`;
const HEX_NUMBERS = String.raw`\[[\da-f]+:[\da-f]+(?::\d+)?\]`;
const LETTERS_OR_NUMBERS = String.raw`\[(?:[a-z]:[a-z]|\d+:\d+)(?::\d+)?\]`;

const BYTE = String.raw`(?:[01]?\d{1,2}|2[0-4]\d|25[0-5]|${NUMBERS})`;
const WORD = `(?:[\\da-f]{1,4}|${HEX_NUMBERS})`;
const WORD_CHAR = String.raw`[\p{L}\p{N}_]`;
const LABEL = `(?:${WORD_CHAR}|${LETTERS_OR_NUMBERS})(?:${WORD_CHAR}|-|${LETTERS_OR_NUMBERS})*(?<![_-])`;

const IPV6_FORMS = [
  `(?:${WORD}:){7}${WORD}`,
  `(?:${WORD}:){1,6}:`,
  ...[1, 2, 3, 4, 5, 6].map((before) => `(?:${WORD}:){${before}}(?::${WORD}){1,${7 - before}}`),
  `:(?::${WORD}){1,6}`,
  `${WORD}?::`,
  `(?:0:){6}(?:${WORD}\\.){3}${WORD}`,
  `::(?:ffff:)?(?:${WORD}\\.){3}${WORD}`,
  `(?:0:){5}ffff:(?:${WORD}\\.){3}${WORD}`,
];

const HOSTS = [`(?:${BYTE}\\.){3}${BYTE}`, IPV6_FORMS.join('|'), `${LABEL}(?:\\.${LABEL})*`].map(
  (form) => new RegExp(`^(?:${form})$`, 'iu'),
);
/** What most names are. To compile the forms of all others takes longer than to read most inventories. */
const PLAIN_LABEL = String.raw`[a-z\d](?:[a-z\d-]*[a-z\d])?`;
const PLAIN_NAME = new RegExp(`^${PLAIN_LABEL}(?:\\.${PLAIN_LABEL})*$`, 'i');
const BRACKETED_WITH_PORT = /^\[(.+)\]:(\d+)$/;
const WITH_PORT = /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/;

/** An address that is well formed, ranges not yet expanded. */
export interface Address {
  readonly host: string;
  readonly port: number | undefined;
}

/**
 * Takes an address apart, as ansible 2.14: `web[01:10]:2222`, `[2001:db8::1]:22`, `10.0.0.1`.
 *
 * @returns undefined for what is no address; that may still be a name which somebody gave to a host.
 */
export function parseAddress(text: string): Address | undefined {
  let host = text;
  let port: number | undefined;
  for (const form of [BRACKETED_WITH_PORT, WITH_PORT]) {
    const match = form.exec(host);
    if (match === null) continue;
    host = match[1] ?? '';
    port = Number(match[2]);
  }
  return PLAIN_NAME.test(host) || HOSTS.some((form) => form.test(host)) ? { host, port } : undefined;
}
