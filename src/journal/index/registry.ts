// The stores that can keep an index, the best one first. Without any of them every search reads the summaries of all runs.
import { libsql } from './libsql.ts';
import { nodeSqlite } from './node-sqlite.ts';
import type { IndexStore } from './seam.ts';

export const INDEX_STORES: readonly IndexStore[] = [nodeSqlite, libsql];
