// The SQLite of Node itself, where it has one. It does not know what is kept in it.
import process from 'node:process';
import type { IndexStore, SqlDatabase } from './seam.ts';

/** A variable, since the types are those of a later Node than the oldest that is supported. */
const MODULE: string = 'node:sqlite';

/** Whether this Node has SQLite, and does not warn of it on stderr at each start, as before 24.15 and 25.7. */
export function hasSqlite(version = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 25 || (major === 25 && minor >= 7) || (major === 24 && minor >= 15);
}

export const nodeSqlite: IndexStore = {
  name: 'node:sqlite',
  load: async () => {
    if (!hasSqlite()) return undefined;
    const { DatabaseSync } = (await import(MODULE)) as { readonly DatabaseSync: new (file: string) => SqlDatabase };
    return {
      open: (file) => new DatabaseSync(file),
      resultCode: (error) => {
        const { code, errcode = 1 } = error as { readonly code?: string; readonly errcode?: number };
        return code === 'ERR_SQLITE_ERROR' ? errcode & 0xff : undefined;
      },
    };
  },
};
