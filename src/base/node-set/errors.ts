// What node sets throw, and how far one may be expanded.
import { InputError } from '../errors.ts';

/**
 * A node set that cannot be read, or whose groups cannot be found. Codes NODE_SET_SYNTAX, NODE_SET_TOO_LARGE, NODE_SET_GROUP,
 * NODE_SET_SOURCE, NODE_SET_CONFIG.
 */
export class NodeSetError extends InputError {}

/** How many names may be written out: `n[0-999999999]` is a slip of the finger, and would fill the memory. */
export const MOST_NAMES = 1_000_000;

/** @throws NodeSetError NODE_SET_TOO_LARGE when so many names may not be written out. */
export function checkSize(count: number, most = MOST_NAMES): void {
  if (count <= most) return;
  throw new NodeSetError('NODE_SET_TOO_LARGE', `The node set has ${count} names, and at most ${most} are written out`, {
    fix: 'Check its ranges; counting and folding one range has no such limit',
  });
}
