// The keys of an ssh-agent, over its socket (draft-miller-ssh-agent). It does not know which of them are tried.
import net from 'node:net';
import { neutralise } from '../../base/terminal.ts';
import { SshConnectError } from '../errors.ts';
import { fingerprint, keyTypeOf } from '../host-keys/blob.ts';
import { FieldReader, string, uint32 } from '../sftp/wire.ts';
import { algorithmsOf, type Identity, signatureAlgorithm } from './identity.ts';

const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_KEYS = 2_048;
const LIST_TIMEOUT_MS = 5_000;
// A person may have to touch a security key, or to confirm.
const SIGN_TIMEOUT_MS = 60_000;
const SIGN_FLAGS: Readonly<Record<string, number>> = { 'rsa-sha2-256': 2, 'rsa-sha2-512': 4 };

/**
 * A running ssh-agent, as paramiko's Agent. Keys of every type are listed, security keys and certificates among them.
 *
 * @example
 * ```ts
 * for (const key of await new Agent(process.env.SSH_AUTH_SOCK ?? '').getKeys()) console.log(key.name);
 * ```
 */
export class Agent {
  readonly #socket: string;

  /** @param socket - As in SSH_AUTH_SOCK: a path, or a named pipe on Windows. */
  constructor(socket: string) {
    this.#socket = socket;
  }

  /** @throws SshConnectError AGENT_FAILED when nobody answers there. */
  async getKeys(): Promise<AgentKey[]> {
    const answer = await this.#ask(Buffer.of(REQUEST_IDENTITIES), IDENTITIES_ANSWER, LIST_TIMEOUT_MS);
    const count = answer.uint32();
    if (count > MAX_KEYS) throw failed(this.#socket, `it claims to hold ${count} keys`);
    return Array.from({ length: count }, () => new AgentKey(this, Buffer.from(answer.bytes()), neutralise(answer.name())));
  }

  /** @returns The signature in SSH's encoding. @throws SshConnectError AGENT_FAILED when the agent or its owner says no. */
  async sign(blob: Buffer, data: Buffer, algorithm: string): Promise<Buffer> {
    const flags = SIGN_FLAGS[signatureAlgorithm(algorithm)] ?? 0;
    const request = Buffer.concat([Buffer.of(SIGN_REQUEST), string(blob), string(data), uint32(flags)]);
    const answer = await this.#ask(request, SIGN_RESPONSE, SIGN_TIMEOUT_MS);
    return Buffer.from(answer.bytes());
  }

  async #ask(request: Buffer, expected: number, timeoutMs: number): Promise<FieldReader> {
    const answer = new FieldReader(await exchange(this.#socket, request, timeoutMs));
    if (answer.uint8() === expected) return answer;
    throw failed(this.#socket, expected === SIGN_RESPONSE ? 'it refused to sign' : 'it refused to list its keys');
  }
}

/** A key that an agent holds: it signs, and never shows itself. */
export class AgentKey implements Identity {
  readonly name: string;
  readonly blob: Buffer;
  readonly comment: string;
  readonly algorithms: readonly string[];
  readonly #agent: Agent;

  constructor(agent: Agent, blob: Buffer, comment: string) {
    this.#agent = agent;
    this.blob = blob;
    this.comment = comment;
    this.name = `agent key ${fingerprint(blob)}${comment === '' ? '' : ` (${comment})`}`;
    this.algorithms = algorithmsOf(keyTypeOf(blob));
  }

  async sign(data: Buffer, algorithm: string): Promise<Buffer> {
    return await this.#agent.sign(this.blob, data, algorithm);
  }
}

/** One request, one answer, one connection: an agent that hangs holds up nobody else. */
async function exchange(path: string, request: Buffer, timeoutMs: number): Promise<Buffer> {
  return await new Promise<Buffer>((resolve, reject) => {
    const socket = net.connect(path);
    let received = Buffer.alloc(0);
    const fail = (reason: string, cause?: Error): void => {
      socket.destroy();
      reject(failed(path, reason, cause));
    };
    socket.setTimeout(timeoutMs, () => fail(`it does not answer within ${timeoutMs / 1_000} s`));
    socket.once('connect', () => socket.write(Buffer.concat([uint32(request.length), request])));
    socket.once('error', (error) => fail(error.message, error));
    socket.once('close', () => fail('it hung up'));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4) return;
      const length = received.readUInt32BE();
      if (length === 0 || length > MAX_ANSWER_BYTES) return fail(`it answers with ${length} bytes`);
      if (received.length < 4 + length) return;
      socket.destroy();
      resolve(received.subarray(4, 4 + length));
    });
  });
}

function failed(socket: string, reason: string, cause?: Error): SshConnectError {
  return new SshConnectError('AGENT_FAILED', `The ssh-agent is of no use: ${reason}`, {
    where: socket,
    fix: 'Check it with: ssh-add -l; or leave it out: unset SSH_AUTH_SOCK',
    cause,
  });
}
