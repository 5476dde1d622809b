// Host certificates in ssh2, which knows none: what has to be changed in it, and nothing about whom to believe.
//
// Private fields of ssh2 1.17.0 it leans on: SUPPORTED_SERVER_HOST_KEY of lib/protocol/constants.js; `_kex` of the protocol, set anew for
// each key exchange; `negotiated.serverHostKey` of that, compared with the type of the key that is shown, then with that of the signature;
// and `_hostKey`, read first to hash what was shown, then to verify the signature. A test fails loudly should any of it ever change.
// Were it to fail silently, the signature would not fit: the connection breaks, and nobody is let through.
import { createRequire } from 'node:module';
import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import { keyTypeOf } from './host-keys/blob.ts';
import { protocolOf } from './ssh2-internals.ts';

interface KeyExchange {
  _hostKey: Buffer;
  readonly negotiated: { serverHostKey: string };
}

const CERTIFICATE = '-cert-v01@openssh.com';
const ALGORITHMS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256'].map(
  (name) => `${name}${CERTIFICATE}`,
);

const { SUPPORTED_SERVER_HOST_KEY: supported } = createRequire(import.meta.url)('ssh2/lib/protocol/constants.js') as {
  readonly SUPPORTED_SERVER_HOST_KEY: string[];
};

// An RSA certificate does not say which signature was agreed on.
const rsaSignatures = new WeakMap<KeyExchange, string>();

/** The algorithms of host certificates, once ssh2 lets them be offered. */
export function certificateAlgorithms(): ServerHostKeyAlgorithm[] {
  supported.push(...ALGORITHMS.filter((name) => !supported.includes(name)));
  return ALGORITHMS as ServerHostKeyAlgorithm[];
}

/** Between `connect` and the first packet: lets RSA certificates through, which are shown by another name than they are agreed on by. */
export function allowRsaCertificates(client: Client): void {
  const protocol = protocolOf(client);
  let current = protocol._kex;
  Object.defineProperty(protocol, '_kex', {
    configurable: true,
    enumerable: true,
    get: () => current,
    set: (next: typeof current) => {
      current = next;
      if (next !== undefined) renameRsa(next as unknown as KeyExchange);
    },
  });
}

function renameRsa(exchange: KeyExchange): void {
  const { negotiated } = exchange;
  const [, signature] = /^(rsa-sha2-\d+)-cert-/.exec(negotiated.serverHostKey) ?? [];
  if (signature === undefined) return;
  rsaSignatures.set(exchange, signature);
  negotiated.serverHostKey = `ssh-rsa${CERTIFICATE}`;
}

/** In `hostVerifier`, at once and at every rekey: the exchange goes on with the key in the certificate. */
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
  exchange.negotiated.serverHostKey = rsaSignatures.get(exchange) ?? keyTypeOf(publicKey);
}
