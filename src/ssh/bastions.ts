// Connections to jump hosts, each shared by all hosts behind it. They do not know how one is made, nor what it leads to.
import type { Duplex } from 'node:stream';
import pLimit from 'p-limit';
import { unlessAborted } from '../base/abort.ts';
import { SshSettingsError } from './errors.ts';
import type { Peer } from './forward/seam.ts';

/** Hosts that one connection carries; more get another, for its cipher runs on a single core of the jump host. */
const MOST_HOSTS = 200;
/** Hosts that are being connected through one jump host at once; sshd asks the resolver for each, one after another. */
const MOST_CONNECTS = 32;

/** What is needed of a connection to a jump host. */
export interface BastionLink {
  /** Resolves when it is gone. */
  readonly closed: Promise<void>;
  openDirect(target: Peer): Promise<Duplex>;
  close(): Promise<void>;
}

/** The way through a jump host, for one host. Closing it leaves it to the others. */
export interface Passage {
  openDirect(target: Peer): Promise<Duplex>;
  close(): Promise<void>;
}

/** Where an opening belongs: the jump hosts that wait for it, nearest last. */
export type Waiting = readonly string[];

export interface BorrowOptions {
  /** Names the connection: who asks with the same gets the same. */
  readonly key: string;
  /** The jump host, for the error. */
  readonly host: string;
  readonly waiting: Waiting;
  /** @param signal - Aborts when nobody waits any more. */
  readonly open: (signal: AbortSignal, waiting: Waiting) => Promise<BastionLink>;
  /** The caller waits no more; others may. */
  readonly signal: AbortSignal;
}

interface Shared {
  readonly link: Promise<BastionLink>;
  readonly stop: AbortController;
  readonly connects: ReturnType<typeof pLimit>;
  users: number;
  state: 'opening' | 'open' | 'gone';
}

export class Bastions {
  readonly #names = new WeakMap<object, string>();
  #named = 0;
  readonly #shared = new Map<string, Shared[]>();
  /** Which jump host a jump host that is being opened waits for: a circle would wait for ever. */
  readonly #waitsFor = new Map<string, string>();

  /**
   * A way through a jump host: over the connection that is open or being opened, else over a new one.
   *
   * @throws SshSettingsError SSH_CONFIG where jump hosts lead through each other; what `open` throws; `signal.reason`.
   */
  async borrow({ key, host, waiting, open, signal }: BorrowOptions): Promise<Passage> {
    this.#checkCircle(key, host, waiting);
    const shared = this.#find(key) ?? this.#open(key, async (stop) => await open(stop, [...waiting, key]));
    shared.users += 1;
    const opener = waiting.at(-1);
    if (opener !== undefined) this.#waitsFor.set(opener, key);
    try {
      const link = await unlessAborted(shared.link, signal);
      return {
        openDirect: async (target) => await shared.connects(async () => await link.openDirect(target)),
        close: this.#leaver(key, shared),
      };
    } catch (error) {
      await this.#leave(key, shared);
      throw error;
    } finally {
      if (opener !== undefined) this.#waitsFor.delete(opener);
    }
  }

  /** A name for something that only is what it is: a key in memory, a policy. */
  nameOf(thing: object): string {
    const name = this.#names.get(thing) ?? `#${++this.#named}`;
    this.#names.set(thing, name);
    return name;
  }

  #checkCircle(key: string, host: string, waiting: Waiting): void {
    const seen = new Set(waiting);
    for (let next: string | undefined = key; next !== undefined; next = this.#waitsFor.get(next)) {
      if (!seen.has(next)) continue;
      throw new SshSettingsError('SSH_CONFIG', `The ProxyJump of ${host} leads through itself`, {
        where: host,
        fix: `Give the jump host a block of its own, above, with ProxyJump none: Host ${host}`,
      });
    }
  }

  #find(key: string): Shared | undefined {
    return this.#shared.get(key)?.find(({ users, state }) => state !== 'gone' && users < MOST_HOSTS);
  }

  #open(key: string, open: (signal: AbortSignal) => Promise<BastionLink>): Shared {
    const stop = new AbortController();
    const link = open(stop.signal);
    const shared: Shared = { link, stop, connects: pLimit(MOST_CONNECTS), users: 0, state: 'opening' };
    this.#shared.set(key, [...(this.#shared.get(key) ?? []), shared]);
    link.then(
      (opened) => this.#opened(key, shared, opened),
      () => this.#forget(key, shared),
    );
    return shared;
  }

  #opened(key: string, shared: Shared, link: BastionLink): void {
    shared.state = 'open';
    // One that broke takes nobody in any more; those behind it learn of it from their own streams.
    void link.closed.then(() => this.#forget(key, shared));
  }

  #forget(key: string, shared: Shared): void {
    shared.state = 'gone';
    const others = (this.#shared.get(key) ?? []).filter((one) => one !== shared);
    if (others.length > 0) this.#shared.set(key, others);
    else this.#shared.delete(key);
  }

  #leaver(key: string, shared: Shared): () => Promise<void> {
    let left: Promise<void> | undefined;
    return async () => {
      left ??= this.#leave(key, shared);
      await left;
    };
  }

  /** The last one out closes the door. */
  async #leave(key: string, shared: Shared): Promise<void> {
    shared.users -= 1;
    if (shared.users > 0) return;
    const wasOpening = shared.state === 'opening';
    this.#forget(key, shared);
    if (wasOpening) shared.stop.abort(new DOMException('Nobody waits for it any more', 'AbortError'));
    const link = await shared.link.catch(() => undefined);
    await link?.close();
  }
}
