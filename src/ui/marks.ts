// How a task stands on a host, as one character, with the sign and word people see. It does not know which task or host.
import type { HostStatus } from '../journal/host-status.ts';

interface Meaning {
  /** What stands in a cell: a shape or letter, so that nobody needs the colour. */
  readonly sign: string;
  readonly word: string;
}

/** The worst first. Colours are called as the words. */
export const MARKS = {
  u: { sign: 'U', word: 'unreachable' },
  f: { sign: '✗', word: 'failed' },
  t: { sign: 'T', word: 'timed-out' },
  x: { sign: 'C', word: 'cancelled' },
  n: { sign: '?', word: 'unfinished' },
  r: { sign: '…', word: 'running' },
  i: { sign: '!', word: 'ignored' },
  c: { sign: '±', word: 'changed' },
  s: { sign: '–', word: 'skipped' },
  o: { sign: '✓', word: 'ok' },
  '.': { sign: '', word: 'waiting' },
} as const satisfies Readonly<Record<string, Meaning>>;

export type Mark = keyof typeof MARKS;
/** As the worst first. */
export const MARK_ORDER = Object.keys(MARKS) as readonly Mark[];
const RANKS = new Map(MARK_ORDER.map((mark, rank) => [mark, rank]));
const BY_WORD = new Map(MARK_ORDER.map((mark) => [MARKS[mark].word as string, mark]));

/** The place in the order of badness: 0 is the worst. */
export function rankOf(mark: Mark): number {
  return RANKS.get(mark) ?? MARK_ORDER.length;
}

/** The mark of a status of the journal. */
export function markOf(status: HostStatus | 'skipped' | 'running'): Mark {
  return BY_WORD.get(status) ?? 'n';
}
