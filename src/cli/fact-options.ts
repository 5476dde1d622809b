// What the flags say about facts: when they are gathered, where they are kept. It gathers none.
import type { FactOptions } from '../playbook/run/known-facts.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';

/** @throws UsageError BAD_FLAG when facts shall be kept nowhere; PlaybookError FACT_CACHE_FAILED when the directory cannot be made. */
export async function factOptions({
  gathering,
  factCaching,
  factCachingConnection: directory,
  factCachingTimeout,
}: Pick<Flags, 'gathering' | 'factCaching' | 'factCachingConnection' | 'factCachingTimeout'>): Promise<FactOptions> {
  if (factCaching === 'memory') return { gathering };
  if (directory === undefined)
    throw new UsageError('BAD_FLAG', 'Facts shall be kept in files, and nobody says where', {
      where: '--fact-caching',
      fix: 'Name a directory: --fact-caching-connection ~/.cache/facts',
    });
  const { FactFiles } = await import('../playbook/run/fact-files.ts');
  const timeoutSeconds = factCachingTimeout === undefined ? undefined : factCachingTimeout / 1_000;
  return { gathering, cache: new FactFiles(directory), timeoutSeconds };
}
