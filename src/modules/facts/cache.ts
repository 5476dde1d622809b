// What of a host's facts outlives a run, and how long. It keeps nothing itself: whoever has files or a store does, as a FactCache.
import { parseJson } from '../../base/json.ts';
import { type Dict, isDict } from '../../base/value.ts';
import { pythonJson } from '../script/text.ts';

/** A text with the time it was written, by the host's name. Both may be asked for many hosts at once. */
export interface FactCache {
  readonly read: (host: string, signal?: AbortSignal) => Promise<CachedText | undefined>;
  readonly write: (host: string, text: string, signal?: AbortSignal) => Promise<void>;
}
export interface CachedText {
  readonly text: string;
  readonly writtenAtMs: number;
}

/** Ansible's `fact_caching_timeout`, in seconds. */
export const FACT_CACHE_TIMEOUT_SECONDS = 86_400;

/** The text to keep: JSON of `ansible_<name>` and value, which ansible's cache plugin `jsonfile` reads too. */
export function factsToCache(facts: Dict): string {
  return pythonJson(facts);
}

/**
 * Facts that were kept and still count. As ansible 2.14, the time is counted from when they were written, and a timeout of 0
 * keeps them for ever.
 *
 * @returns Undefined when they are too old, or when the text is none that {@link factsToCache} made: then they are gathered anew.
 * @example
 * const facts = factsFromCache(await cache.read('web07'), Date.now());
 * if (facts === undefined || !hasGathered(facts)) gather();
 */
export function factsFromCache(
  cached: CachedText | undefined,
  nowMs: number,
  timeoutSeconds: number = FACT_CACHE_TIMEOUT_SECONDS,
): Dict | undefined {
  if (cached === undefined) return undefined;
  if (timeoutSeconds !== 0 && nowMs - cached.writtenAtMs > timeoutSeconds * 1000) return undefined;
  try {
    const facts = parseJson(cached.text);
    return isDict(facts) ? facts : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether `gathering: smart` is content with these facts: setup has made them, not only set_fact. */
export function hasGathered(facts: Dict): boolean {
  return facts.get('module_setup') === true;
}
