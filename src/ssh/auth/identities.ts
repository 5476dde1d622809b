// Which keys, certificates and agent keys are tried, in which order. It sends nothing.
import { existsSync } from 'node:fs';
import { SshConnectError } from '../errors.ts';
import { FileCache, readIfThere } from '../file-cache.ts';
import { keyTypeOf } from '../host-keys/blob.ts';
import { globPattern } from '../host-keys/name-pattern.ts';
import type { Settings } from '../settings.ts';
import { Agent, type AgentKey } from './agent.ts';
import { algorithmsOf, type Identity } from './identity.ts';
import { loadPrivateKey } from './key-file.ts';
import type { PKey } from './pkey.ts';

/** The identities of one connection, and what could not be used, for the message when none is taken. */
export interface Identities {
  readonly list: readonly Identity[];
  readonly passedOver: readonly string[];
}

/**
 * Reads the keys that were named, then those of the agent, then ssh's usual ones; each with its certificate before it, as ssh does.
 *
 * @throws SshConnectError KEY_* for a key that somebody named; one of ssh's usual names that cannot be read is only mentioned when
 * nothing else works, and so is an agent that does not answer.
 */
export async function findIdentities(settings: Settings): Promise<Identities> {
  return await new Search(settings).all();
}

class Search {
  readonly #settings: Settings;
  readonly #found: Identity[] = [];
  readonly #passedOver: string[] = [];
  #agentKeys: readonly AgentKey[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async all(): Promise<Identities> {
    const { pkey, identityFiles, identitiesOnly, defaultIdentityFiles } = this.#settings;
    if (pkey !== undefined) this.#add(pkey);
    await this.#listAgent();
    for (const file of identityFiles) await this.#addFile(file, true);
    if (!identitiesOnly) for (const key of this.#agentKeys) this.#add(key);
    for (const file of defaultIdentityFiles.filter((candidate) => existsSync(candidate))) await this.#addFile(file, false);
    return { list: this.#found, passedOver: this.#passedOver };
  }

  async #listAgent(): Promise<void> {
    const { agentSocket, lookAtAgent } = this.#settings;
    if (agentSocket === undefined || !lookAtAgent) return;
    try {
      this.#agentKeys = await new Agent(agentSocket).getKeys();
    } catch (error) {
      if (!(error instanceof SshConnectError)) throw error;
      this.#passedOver.push(error.message);
    }
  }

  async #addFile(file: string, named: boolean): Promise<void> {
    const holder = (await this.#inAgent(file)) ?? (await this.#load(file, named));
    if (holder === undefined) return;
    await this.#addCertificates(file, holder);
    this.#add(holder);
  }

  /** The same key in the agent, by its public half: then nobody needs a passphrase. */
  async #inAgent(file: string): Promise<Identity | undefined> {
    if (this.#agentKeys.length === 0) return undefined;
    const blob = await readPublic(file.endsWith('.pub') ? file : `${file}.pub`);
    return blob && this.#agentKeys.find((key) => key.blob.equals(blob));
  }

  async #load(file: string, named: boolean): Promise<PKey | undefined> {
    const { passphrase, questions } = this.#settings;
    // A passphrase is asked for only when somebody named the key.
    if (named) return await loadPrivateKey(file, passphrase, questions);
    try {
      return await loadPrivateKey(file, passphrase, {});
    } catch (error) {
      if (!(error instanceof SshConnectError)) throw error;
      this.#passedOver.push(error.message);
      return undefined;
    }
  }

  async #addCertificates(file: string, holder: Identity): Promise<void> {
    const beside = `${file.replace(/\.pub$/, '')}-cert.pub`;
    for (const candidate of new Set([...this.#settings.certificateFiles, beside])) {
      const blob = await readPublic(candidate);
      if (blob !== undefined && certifies(blob, holder.blob)) this.#add(certified(candidate, blob, holder));
    }
  }

  #add(identity: Identity): void {
    if (this.#found.some(({ blob }) => blob.equals(identity.blob))) return;
    const algorithms = identity.algorithms.filter((name) => isAccepted(name, this.#settings.pubkeyAcceptedAlgorithms));
    if (algorithms.length === 0) this.#passedOver.push(`${identity.name}: PubkeyAcceptedAlgorithms leaves it no signature algorithm`);
    else this.#found.push({ ...named(identity), algorithms });
  }
}

/** Only a class would lose its methods on the way into another object. */
function named(identity: Identity): Identity {
  return {
    name: identity.name,
    blob: identity.blob,
    algorithms: identity.algorithms,
    sign: async (...args) => await identity.sign(...args),
  };
}

/** ssh_config's lists: `a,b` names all, `-a` leaves out, `+a` and `^a` only add and reorder. */
function isAccepted(name: string, list: string | undefined): boolean {
  if (list === undefined || /^[+^]/.test(list)) return true;
  const matches = list
    .replace(/^-/, '')
    .split(',')
    .some((pattern) => globPattern(pattern).test(name));
  return list.startsWith('-') ? !matches : matches;
}

const publicKeys = new FileCache<Buffer | undefined>(async (file) => {
  const text = (await readIfThere(file)).toString('utf8').trim();
  const blob = Buffer.from(text.split(/\s+/)[1] ?? '', 'base64');
  return keyTypeOf(blob) !== '' && text.startsWith(keyTypeOf(blob)) ? blob : undefined;
});

/** The blob of a .pub file; undefined when there is none to read. */
async function readPublic(file: string): Promise<Buffer | undefined> {
  return await publicKeys.load(file).catch(() => undefined);
}

/** A certificate holds the fields of its key, after its own type and a nonce. */
function certifies(certificate: Buffer, key: Buffer): boolean {
  const type = keyTypeOf(certificate);
  if (!type.includes('-cert-v01@openssh.com')) return false;
  const nonceAt = 4 + type.length;
  const after = nonceAt + 4 + certificate.readUInt32BE(nonceAt);
  const fields = key.subarray(4 + keyTypeOf(key).length);
  return certificate.subarray(after, after + fields.length).equals(fields);
}

function certified(file: string, blob: Buffer, holder: Identity): Identity {
  return {
    name: `certificate ${file}`,
    blob,
    algorithms: algorithmsOf(keyTypeOf(blob)),
    sign: async (data, algorithm) => await holder.sign(data, algorithm),
  };
}
