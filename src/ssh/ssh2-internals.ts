// What we use of npm ssh2 beyond its public interface, all in one place: package.json pins the exact version for its sake.
//
// ssh2's own channels cannot be bounded, cancelled or timed; its public-key login knows neither certificates nor security keys. Its
// transport below them is sound, and dispatches to any object of the right shape.
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { SshChannelError } from './errors.ts';

/** What ssh2 keeps of a channel's two directions. */
export interface ChannelEnd {
  readonly id: number;
  window: number;
  readonly packetSize: number;
  state: 'open' | 'eof' | 'closing' | 'closed';
}

/** A channel as ssh2 makes it when the server has opened one for us. */
export interface RawChannel {
  readonly type: string;
  readonly incoming: ChannelEnd;
  readonly outgoing: ChannelEnd;
}

/** Writes one message each; `wantReply` messages are answered in order. */
export interface Protocol {
  session(id: number, windowBytes: number, packetBytes: number): void;
  directTcpip(id: number, windowBytes: number, packetBytes: number, ends: DirectTcpip): void;
  openssh_directStreamLocal(id: number, windowBytes: number, packetBytes: number, end: { readonly socketPath: string }): void;
  exec(id: number, command: string, wantReply: boolean): void;
  shell(id: number, wantReply: boolean): void;
  subsystem(id: number, name: string, wantReply: boolean): void;
  env(id: number, name: string, value: string, wantReply: boolean): void;
  pty(id: number, rows: number, columns: number, heightPx: number, widthPx: number, term: string, modes: null, wantReply: boolean): void;
  windowChange(id: number, rows: number, columns: number, heightPx: number, widthPx: number): void;
  signal(id: number, name: string): void;
  openssh_agentForward(id: number, wantReply: boolean): void;
  channelData(id: number, data: Buffer): void;
  channelEOF(id: number): void;
  channelClose(id: number): void;
  channelWindowAdjust(id: number, bytes: number): void;
  authPK: (
    user: string,
    key: unknown,
    algorithm: string | undefined,
    sign?: (data: Buffer, done: (signature: Buffer) => void) => void,
  ) => void;
  readonly _kex: { readonly sessionID: Buffer };
  readonly _authsQueue: string[];
  readonly _strictMode: boolean | undefined;
  readonly _packetRW: {
    readonly write: { readonly allocStart: number; alloc(bytes: number): Buffer; finalize(packet: Buffer): Buffer };
  };
  readonly _handlers: Record<string, ((...args: unknown[]) => void) | undefined>;
  /** Gone once the protocol has come to its end. */
  readonly _destruct: unknown;
}

interface DirectTcpip {
  readonly srcIP: string;
  readonly srcPort: number;
  readonly dstIP: string;
  readonly dstPort: number;
}

type OpenDone = (error: (Error & { readonly reason?: number }) | undefined, channel: RawChannel) => void;

interface ChannelTable {
  add(done: OpenDone & { type: string }): number;
  update(id: number, channel: object): void;
}

interface Internals {
  readonly _protocol: Protocol;
  readonly _chanMgr: ChannelTable;
  readonly _sock: Duplex;
  readonly _remoteVer: string | undefined;
  _agentFwdEnabled: boolean;
  _agent: unknown;
}

/** A channel to ask for. */
export type ChannelRequest =
  | { readonly kind: 'session' }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly originHost: string; readonly originPort: number }
  | { readonly kind: 'unix'; readonly path: string };

/** Bytes a packet of ours may carry at most; ssh2 takes no transport packet above 35 000 bytes. */
export const PACKET_BYTES = 32 * 1024;

export function internalsOf(client: Client): Internals {
  return client as unknown as Internals;
}

export function protocolOf(client: Client): Protocol {
  return internalsOf(client)._protocol;
}

/**
 * Asks the server for a channel.
 *
 * @param windowBytes - How much it may send before we grant more.
 * @param done - Called in the very moment the answer is handled: a channel handed to {@link adopt} there misses nothing.
 */
export function requestChannel(client: Client, request: ChannelRequest, windowBytes: number, done: OpenDone): void {
  const { _protocol: protocol, _chanMgr: table } = internalsOf(client);
  const types = { session: 'session', tcp: 'direct-tcpip', unix: 'direct-streamlocal@openssh.com' };
  const id = table.add(Object.assign((...answer: Parameters<OpenDone>) => done(...answer), { type: types[request.kind] }));
  if (id === -1) throw new SshChannelError('CHANNEL_REFUSED', 'This connection has no free channel numbers left', { fix: 'Open another' });
  if (request.kind === 'session') protocol.session(id, windowBytes, PACKET_BYTES);
  else if (request.kind === 'unix') protocol.openssh_directStreamLocal(id, windowBytes, PACKET_BYTES, { socketPath: request.path });
  else {
    const ends = { srcIP: request.originHost, srcPort: request.originPort, dstIP: request.host, dstPort: request.port };
    protocol.directTcpip(id, windowBytes, PACKET_BYTES, ends);
  }
}

/** Whether there is still a line under it. */
export function isAlive(client: Client): boolean {
  const socket = internalsOf(client)._sock;
  return socket.writable && !socket.destroyed;
}

/** Whether ssh2 still listens: what comes too late for it, it throws at. */
export function isListening(client: Client): boolean {
  return protocolOf(client)._destruct !== undefined;
}

/** From now on what the server says on a channel goes to `channel`, which has the members that ssh2 calls. */
export function adopt(client: Client, id: number, channel: object): void {
  internalsOf(client)._chanMgr.update(id, channel);
}

/**
 * Leaves the other host keys that OpenSSH offers after the login where they are: asking for a proof of each, as ssh2 does for every
 * connection, costs the server a signature and us a verification.
 */
export function ignoreHostKeyOffers(client: Client): void {
  const { _handlers: handlers } = protocolOf(client);
  const handle = handlers.GLOBAL_REQUEST;
  handlers.GLOBAL_REQUEST = (...args) => {
    if (args[1] !== 'hostkeys-00@openssh.com') handle?.(...args);
  };
}

/**
 * Listens for the one message in which OpenSSH tells all its host keys after the login; ssh2 asks for a proof of each by itself.
 *
 * @param onOffer - Once it has answered: the keys it has, and those it could prove to hold. Keys that ssh2 cannot read are in neither.
 */
export function watchHostKeyOffer(client: Client, onOffer: (offered: readonly Buffer[], proven: readonly Buffer[]) => void): void {
  interface PublicKey {
    getPublicSSH(): Buffer;
  }
  const blobs = (keys: unknown): Buffer[] => (keys as readonly PublicKey[]).map((key) => Buffer.from(key.getPublicSSH()));
  const { _handlers: handlers } = protocolOf(client);
  const handle = handlers.GLOBAL_REQUEST;
  let offered: readonly Buffer[] | undefined;
  handlers.GLOBAL_REQUEST = (...args) => {
    const isOffer = args[1] === 'hostkeys-00@openssh.com';
    // A second one would cost as much as the first, and a hundred more: nobody has asked for them.
    if (isOffer && offered !== undefined) return;
    if (isOffer) offered = blobs(args[3]);
    handle?.(...args);
  };
  client.once('hostkeys', (keys: unknown) => onOffer(offered ?? [], blobs(keys)));
}

const { sendPacket } = createRequire(import.meta.url)('ssh2/lib/protocol/utils.js') as {
  readonly sendPacket: (protocol: Protocol, packet: Buffer) => boolean;
};

/** Sends a message that ssh2 has no words for. */
export function sendMessage(protocol: Protocol, message: Buffer): void {
  const { write } = protocol._packetRW;
  const packet = write.alloc(message.length);
  packet.set(message, write.allocStart);
  sendPacket(protocol, write.finalize(packet));
}
