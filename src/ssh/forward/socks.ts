// The server's half of SOCKS 4, 4a and 5 (RFC 1928), without passwords: CONNECT only. It connects to nothing.
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { SshChannelError, SshForwardError } from '../errors.ts';
import { isHostName } from './endpoint.ts';
import { letGo } from './relay.ts';
import type { TcpEndpoint } from './seam.ts';

// Long enough for every name there is; nobody needs a longer user id.
const TEXT_BYTES = 255;

/** What a client wants, and how to tell it what came of it. */
export interface SocksRequest {
  readonly target: TcpEndpoint;
  /** The answer for "connected"; the client's bytes follow. */
  readonly granted: Buffer;
  /** The answer for an error, with the protocol's own number for it where it has one. */
  readonly refused: (error: unknown) => Buffer;
}

/**
 * Reads what a client of a SOCKS proxy wants. A client that asks for what there is not gets the protocol's own answer before this
 * rejects; one that speaks something else gets none, as no answer would mean anything to it.
 *
 * It waits for as long as the stream lives: cut it to end the wait.
 *
 * @throws SshForwardError SOCKS_REFUSED.
 */
export async function readSocksRequest(stream: Duplex): Promise<SocksRequest> {
  const read = async (bytes: number): Promise<Buffer> => await readExactly(stream, bytes);
  const [version] = await read(1);
  if (version === 5) return await readVersion5(stream, read);
  if (version === 4) return await readVersion4(stream, read);
  throw refusal(`A client of the SOCKS proxy speaks something else (its first byte is ${version})`);
}

type Read = (bytes: number) => Promise<Buffer>;

async function readVersion4(stream: Duplex, read: Read): Promise<SocksRequest> {
  const head = await read(7);
  await readText(stream, read, answer4(91));
  const address = head.subarray(3);
  // 4a: an address that cannot be says that a name follows.
  const named = address.readUInt32BE() > 0 && address.readUInt32BE() < 256;
  const host = named ? await readText(stream, read, answer4(91)) : address.join('.');
  if (head[0] !== 1) throw refuse(stream, answer4(91), `A client of the SOCKS proxy wants command ${head[0]}; there is only CONNECT`);
  const target = targetOf(stream, host, head.readUInt16BE(1), answer4(91));
  return { target, granted: answer4(90), refused: () => answer4(91) };
}

async function readVersion5(stream: Duplex, read: Read): Promise<SocksRequest> {
  const methods = await read((await read(1))[0] ?? 0);
  if (!methods.includes(0)) throw refuse(stream, Buffer.from([5, 0xff]), 'A client of the SOCKS proxy wants to log in; there is no login');
  stream.write(Buffer.from([5, 0]));
  const [version, command, , kind] = await read(4);
  if (version !== 5) throw refuse(stream, answer5(1), 'A client of the SOCKS proxy changes its version half way');
  const host = await readHost5(stream, read, kind);
  const port = (await read(2)).readUInt16BE();
  if (command !== 1) throw refuse(stream, answer5(7), `A client of the SOCKS proxy wants command ${command}; there is only CONNECT`);
  return { target: targetOf(stream, host, port, answer5(1)), granted: answer5(0), refused: (error) => answer5(reply5(error)) };
}

async function readHost5(stream: Duplex, read: Read, kind: number | undefined): Promise<string> {
  if (kind === 1) return (await read(4)).join('.');
  if (kind === 3) return (await read((await read(1))[0] ?? 0)).toString('latin1');
  if (kind !== 4) throw refuse(stream, answer5(8), `A client of the SOCKS proxy names its target in an unknown way (${kind})`);
  const bytes = await read(16);
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':');
}

/** Text up to a NUL. */
async function readText(stream: Duplex, read: Read, tooLong: Buffer): Promise<string> {
  let text = '';
  for (;;) {
    const byte = await read(1);
    if (byte[0] === 0) return text;
    text += byte.toString('latin1');
    if (text.length > TEXT_BYTES) throw refuse(stream, tooLong, 'A client of the SOCKS proxy sends a name without an end');
  }
}

function targetOf(stream: Duplex, host: string, port: number, otherwise: Buffer): TcpEndpoint {
  // Names come from whoever reaches the proxy.
  if (port > 0 && (isIPv6(host) || isHostName(host))) return { kind: 'tcp', host, port };
  throw refuse(stream, otherwise, 'A client of the SOCKS proxy names a target that cannot be');
}

async function readExactly(stream: Duplex, bytes: number): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  for (;;) {
    const chunk = stream.read(bytes) as Buffer | null;
    if (chunk?.length === bytes) return chunk;
    // Fewer than asked for come only at the end.
    if (chunk !== null || stream.readableEnded || stream.destroyed)
      throw refusal('A client of the SOCKS proxy left in the middle of its request');
    await moreOf(stream);
  }
}

/** Waits until there is something new to know about a stream: bytes, its end, that it broke. */
async function moreOf(stream: Duplex): Promise<void> {
  const events = ['readable', 'end', 'close', 'error'];
  let wake = (): void => {};
  await new Promise<void>((resolve) => {
    wake = resolve;
    for (const event of events) stream.on(event, wake);
  });
  for (const event of events) stream.off(event, wake);
}

function answer4(code: number): Buffer {
  return Buffer.from([0, code, 0, 0, 0, 0, 0, 0]);
}

function answer5(code: number): Buffer {
  return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}

/** RFC 1928, section 6: 1 failed, 2 not allowed, 3 network unreachable, 4 host unreachable, 5 connection refused. */
function reply5(error: unknown): number {
  if (error instanceof SshChannelError && error.code === 'CHANNEL_TIMEOUT') return 4;
  const cause = error instanceof Error ? (error.cause as (Error & { readonly reason?: number }) | undefined) : undefined;
  // RFC 4254, section 5.1: administratively prohibited.
  if (error instanceof SshChannelError && cause?.reason === 1) return 2;
  // Servers send the words of strerror(3) and gai_strerror(3), Node its codes.
  const said = cause?.message ?? '';
  if (/refused/i.test(said)) return 5;
  if (/network is unreachable|ENETUNREACH/i.test(said)) return 3;
  return /no route|timed out|not known|resol|ENOTFOUND|EHOSTUNREACH|no answer|EAI_/i.test(said) ? 4 : 1;
}

function refuse(stream: Duplex, answer: Buffer, message: string): SshForwardError {
  stream.write(answer);
  letGo(stream);
  return refusal(message);
}

function refusal(message: string): SshForwardError {
  return new SshForwardError('SOCKS_REFUSED', message, { fix: 'Give the program a SOCKS 5 proxy without a login' });
}
