// Waiting that an abort cuts short. It does not know what for.
import { setTimeout } from 'node:timers/promises';

/** Waits so long, or until the signal is aborted; throws neither way. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
