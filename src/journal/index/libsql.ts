// libSQL, an optional package, for a Node that has no SQLite of its own. A file that it has closed stays open, unlocked, until its
// statements are garbage. It does not know what is kept in it.
import type { IndexStore, SqlDatabase } from './seam.ts';

const CANNOT_OPEN = 14;
/** The package is left out, has nothing for this machine, or that does not load here. */
const ABSENT = /^(?:ERR_)?MODULE_NOT_FOUND$|^ERR_DLOPEN_FAILED$/;

export const libsql: IndexStore = {
  name: 'libsql',
  load: async () => {
    try {
      const { default: Database } = (await import('libsql')) as unknown as { readonly default: new (file: string) => SqlDatabase };
      return { open: (file) => new Database(file), resultCode };
    } catch (error) {
      if (ABSENT.test((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  },
};

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, rawCode = 1 } = error as { readonly rawCode?: number } & Error;
  if (name === 'SqliteError') return rawCode & 0xff;
  // What it says of a file that cannot be opened has no code.
  return error.message.startsWith('ConnectionFailed') ? CANNOT_OPEN : undefined;
}
