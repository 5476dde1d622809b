// Where everything is in the arena: words with a meaning of their own, then tables of records. It does not know who reads them.

export const GUARD = 0;
export const CONTENDED = 1;
export const TICKETS = 2;
export const UNDO_COUNT = 3;
export const MADE = 4;
export const THREADS_MADE = 5;
/** Who is about to register, so that a death even then is seen: pairs of tid and number of the system's thread. */
export const ARRIVING = 16;
export const ARRIVING_ENTRIES = 64;
export const UNDO = ARRIVING + 2 * ARRIVING_ENTRIES;
export const UNDO_ENTRIES = 8_192;

/** A table of records: the first word of a free one is 0. */
export interface Table {
  readonly start: number;
  readonly words: number;
  readonly records: number;
}

const table = (start: number, words: number, records: number): Table => ({ start, words, records });
export const THREADS = table(UNDO + 2 * UNDO_ENTRIES, 4, 1_024);
export const OBJECTS = table(THREADS.start + THREADS.words * THREADS.records, 12, 4_096);
export const WAITERS = table(OBJECTS.start + OBJECTS.words * OBJECTS.records, 8, 4_096);
export const HOLDINGS = table(WAITERS.start + WAITERS.words * WAITERS.records, 4, 4_096);
export const WORDS = HOLDINGS.start + HOLDINGS.words * HOLDINGS.records;
/** How far each table was ever filled: nobody looks further. */
export const FILLED = new Map([THREADS, OBJECTS, WAITERS, HOLDINGS].map((each, index) => [each, 8 + index]));

// Fields of a thread's record.
export const THREAD_OS = 1;
export const THREAD_NODE = 2;
// Fields of a waiter's record.
export const WAITER_LINE = 1;
export const WAITER_TICKET = 2;
export const WAITER_TID = 3;
export const WAITER_FIBER = 4;
export const WAITER_WAKE = 5;
export const WAITER_OUTCOME = 6;
export const WAITER_CERTAIN = 7;
// Fields of a holding's record.
export const HOLDING_TID = 1;
export const HOLDING_COUNT = 2;
