// What the hosts of one job share while they move files: the tree that is sent, the rate, the turns. It does not know the hosts.
import { type LocalManifest, readManifest } from '../../connection/manifest.ts';
import type { Pace, TreeSettings } from '../../connection/seam.ts';
import { Semaphore } from '../../runtime/local/semaphore.ts';
import type { TransferLimits } from '../events.ts';
import { RateLimit } from './rate-limit.ts';

/** One for each job; nothing of it outlives the job. */
export class SharedTransfers {
  readonly #manifests = new Map<string, Promise<LocalManifest>>();
  readonly #hashes = new Map<string, Promise<string>>();
  readonly #rates = new Map<number, RateLimit>();
  readonly #turns = new Map<number, Semaphore>();

  /** The tree that is sent, looked at once. @throws TransferError. */
  async manifest(localPath: string, { links, include, exclude }: TreeSettings, signal: AbortSignal): Promise<LocalManifest> {
    const key = JSON.stringify([localPath, links, include, exclude]);
    const known = this.#manifests.get(key) ?? readManifest(localPath, { links, include, exclude, signal, isShared: true });
    this.#manifests.set(key, known);
    return await known;
  }

  /** The hash of a file that is sent, computed once for each version of it. */
  readonly hashes = async (version: string, compute: () => Promise<string>): Promise<string> => {
    const known = this.#hashes.get(version) ?? compute();
    this.#hashes.set(version, known);
    try {
      return await known;
    } catch (error) {
      // Whoever computed it may have been cancelled: that is no answer for the others.
      this.#hashes.delete(version);
      throw error;
    }
  };

  /** Waits until a host may move data. @throws `signal.reason` on abort. */
  async turn({ hosts }: TransferLimits, signal: AbortSignal): Promise<Disposable | undefined> {
    if (hosts === undefined) return undefined;
    const turns = this.#turns.get(hosts) ?? new Semaphore(hosts);
    this.#turns.set(hosts, turns);
    return await turns.acquire({ signal });
  }

  /** How one host keeps to the rates; undefined where there is none. */
  paceOf({ bytesPerSecond, hostBytesPerSecond }: TransferLimits): Pace | undefined {
    if (bytesPerSecond === undefined && hostBytesPerSecond === undefined) return undefined;
    const own = hostBytesPerSecond === undefined ? undefined : new RateLimit(hostBytesPerSecond);
    const all = bytesPerSecond === undefined ? undefined : this.#rate(bytesPerSecond);
    return async (bytes, signal) => {
      // First what holds back this host alone: it must not take from the others what it cannot use yet.
      await own?.pass(bytes, signal);
      await all?.pass(bytes, signal);
    };
  }

  #rate(bytesPerSecond: number): RateLimit {
    const rate = this.#rates.get(bytesPerSecond) ?? new RateLimit(bytesPerSecond);
    this.#rates.set(bytesPerSecond, rate);
    return rate;
  }
}
