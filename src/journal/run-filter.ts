// Which runs somebody looks for. It does not know where they are looked for.
import type { HostStatus } from './host-status.ts';

/** Which runs are wanted; each field narrows them. */
export interface RunFilter {
  readonly verb?: string | undefined;
  /** It took part. */
  readonly host?: string | undefined;
  /** Some host, or the one of `host`, ended so; or the run itself is so. */
  readonly outcome?: HostStatus | 'running' | 'interrupted' | undefined;
  /** A part of the name of a task, or of an ad-hoc command; small and capital letters are the same. */
  readonly task?: string | undefined;
  /** It began then or later. */
  readonly sinceMs?: number | undefined;
}
