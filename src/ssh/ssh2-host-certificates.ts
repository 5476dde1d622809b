// Host certificates in ssh2, which knows none: what has to be changed in it, and nothing about whom to believe.
//
// It leans on the order in which ssh2 1.17.0 reads `_hostKey` at the end of a key exchange: once to hash what the server has shown,
// then to verify the signature. A test fails loudly should that ever change.
import { createRequire } from 'node:module';
import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import { keyTypeOf } from './host-keys/blob.ts';
import { protocolOf } from './ssh2-internals.ts';

interface KeyExchange {
  _hostKey: Buffer;
  readonly negotiated: { serverHostKey: string };
}

// RSA certificates are shown under another name than they are negotiated by, which ssh2 takes for an attack.
const ALGORITHMS = [
  'ssh-ed25519-cert-v01@openssh.com',
  'ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'ecdsa-sha2-nistp384-cert-v01@openssh.com',
  'ecdsa-sha2-nistp521-cert-v01@openssh.com',
];

const { SUPPORTED_SERVER_HOST_KEY: supported } = createRequire(import.meta.url)('ssh2/lib/protocol/constants.js') as {
  readonly SUPPORTED_SERVER_HOST_KEY: string[];
};

/** The algorithms of host certificates, once ssh2 lets them be offered. */
export function certificateAlgorithms(): ServerHostKeyAlgorithm[] {
  supported.push(...ALGORITHMS.filter((name) => !supported.includes(name)));
  return ALGORITHMS as ServerHostKeyAlgorithm[];
}

/** In `hostVerifier`, when a certificate was accepted: the exchange goes on with the key in it. */
export function useCertifiedKey(client: Client, publicKey: Buffer): void {
  const exchange = protocolOf(client)._kex as unknown as KeyExchange;
  const certificate = exchange._hostKey;
  let reads = 0;
  Object.defineProperty(exchange, '_hostKey', {
    configurable: true,
    get: () => (reads++ === 0 ? certificate : publicKey),
    set: (value: Buffer) => {
      Object.defineProperty(exchange, '_hostKey', { configurable: true, writable: true, value });
    },
  });
  exchange.negotiated.serverHostKey = keyTypeOf(publicKey);
}
