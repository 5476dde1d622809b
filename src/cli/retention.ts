// How long journals stay, as flags and configuration say. It does not know when old ones are removed.
import { DEFAULT_RETENTION, type Retention } from '../journal/retention.ts';
import { readConfiguration } from './config/configuration.ts';
import type { Context } from './context.ts';
import type { Flags } from './flags.ts';

/** For the end of a run: what the configuration says is in its flags. */
export function retentionOf({ journalKeep, journalMaxSize }: Pick<Flags, 'journalKeep' | 'journalMaxSize'>): Retention {
  return { keepMs: journalKeep ?? DEFAULT_RETENTION.keepMs, maxBytes: journalMaxSize ?? DEFAULT_RETENTION.maxBytes };
}

/** For `sshoal runs --prune`, which has flags of its own for it. @throws as {@link readConfiguration}. */
export async function retentionForNow({ config, keep, maxSize }: Flags, context: Context): Promise<Retention> {
  const { resolved } = await readConfiguration(config, context);
  const configured = Object.fromEntries([...resolved].map(([name, { value }]) => [name, value])) as Partial<Flags>;
  const { keepMs, maxBytes } = retentionOf(configured);
  return { keepMs: keep ?? keepMs, maxBytes: maxSize ?? maxBytes };
}
