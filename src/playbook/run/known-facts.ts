// When facts are gathered, and what of them outlives the run. It gathers none itself.
import { type FactCache, factsFromCache, factsToCache, hasGathered } from '../../modules/facts/cache.ts';
import type { Play } from '../ast.ts';
import type { HostState } from './host-state.ts';

/** Ansible's `gathering`: unless a play says no; only where it says yes; unless it says no, from hosts whose facts are not known. */
export type Gathering = 'implicit' | 'explicit' | 'smart';

/** How facts are gathered and kept. */
export interface FactOptions {
  /** Default `implicit`. */
  readonly gathering?: Gathering | undefined;
  /** Where facts are kept from run to run. Default nowhere. */
  readonly cache?: FactCache | undefined;
  /** How long kept facts count; 0 for ever. Default a day, as ansible 2.14. */
  readonly timeoutSeconds?: number | undefined;
}

export class KnownFacts {
  readonly #options: FactOptions;

  constructor(options: FactOptions = {}) {
    this.#options = options;
  }

  /** The hosts of a play whose facts are to be gathered before its first task. */
  toGather({ gatherFacts, factsAsked }: Play, hosts: readonly HostState[]): readonly HostState[] {
    const { gathering = 'implicit' } = this.#options;
    if (gatherFacts === undefined || (gathering === 'explicit' && !factsAsked)) return [];
    return gathering === 'smart' ? hosts.filter(({ facts }) => !hasGathered(facts)) : hosts;
  }

  /** Gives hosts the facts that were kept of them. @throws what the cache throws. */
  async recall(hosts: readonly HostState[], nowMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { cache, timeoutSeconds } = this.#options;
    if (cache === undefined) return;
    const recallOne = async ({ name, facts }: HostState): Promise<void> => {
      for (const [key, value] of factsFromCache(await cache.read(name, signal), nowMs, timeoutSeconds) ?? []) facts.set(key, value);
    };
    await Promise.all(hosts.map(recallOne));
  }

  /** Keeps what changed since. @throws what the cache throws. */
  async keep(hosts: readonly HostState[], signal: AbortSignal | undefined): Promise<void> {
    const { cache } = this.#options;
    if (cache === undefined) return;
    const changed = hosts.filter(({ factsChanged }) => factsChanged);
    await Promise.all(
      changed.map(async (host) => {
        host.factsChanged = false;
        await cache.write(host.name, factsToCache(host.facts), signal);
      }),
    );
  }
}
