// What the hosts of one job share while they move files: what is sent, looked at once. It does not know the hosts.
import { type LocalManifest, readManifest } from '../../connection/manifest.ts';
import type { Pace, TreeSettings } from '../../connection/seam.ts';
import { RateLimit } from './rate-limit.ts';

/** One for each job, and each thread that works on it; nothing of it outlives the job. */
export class SharedTransfers {
  readonly #manifests = new Map<string, Promise<LocalManifest>>();
  readonly #hashes = new Map<string, Promise<string>>();

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
}

/**
 * How one host keeps to the rates.
 *
 * @param all - That of all hosts together.
 * @returns Undefined where there is none.
 */
export function paceOf(all: RateLimit | undefined, hostBytesPerSecond: number | undefined): Pace | undefined {
  if (all === undefined && hostBytesPerSecond === undefined) return undefined;
  const own = hostBytesPerSecond === undefined ? undefined : new RateLimit(hostBytesPerSecond);
  return async (bytes, signal) => {
    // First what holds back this host alone: it must not take from the others what it cannot use yet.
    await own?.pass(bytes, signal);
    await all?.pass(bytes, signal);
  };
}
