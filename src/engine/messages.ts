// What a coordinator and its workers say to each other, as plain data. It does not know how it travels.
import type { FleetEvent, Instruction } from '../fleet/events.ts';
import type { LimitNumbers } from '../fleet/limits.ts';
import type { Target } from '../fleet/target.ts';
import type { Circumstances } from './seal.ts';

/** What a worker is to do. */
export type Order =
  | {
      readonly kind: 'do';
      /** Counted over the term: who did it names it. */
      readonly order: number;
      /** Who is worked on: whatever way leads there, one worker has it. */
      readonly host: string;
      readonly fence: number;
      readonly target: Target;
      readonly what: What;
    }
  | { readonly kind: 'stop'; readonly order: number; readonly reason: unknown }
  /** A term begins: nothing of what another coordinator of the run wanted may go on. */
  | { readonly kind: 'begin' }
  /** The term is over. */
  | { readonly kind: 'close' };

/** An instruction; a large one for many hosts is kept in Redis once. */
export type What = { readonly kind: 'instruction'; readonly instruction: Instruction } | { readonly kind: 'kept'; readonly body: number };

/** Orders that go to a worker together. */
export interface Orders {
  readonly limits: LimitNumbers;
  readonly orders: readonly Order[];
}

/** What a worker says about an order. */
export interface Answer {
  readonly order: number;
  readonly event: FleetEvent;
}

/** What the starter says to the coordinator. */
export type Control = { readonly kind: 'cancel' };

/** The circumstances of everything that is sealed for a run; each names all that could be exchanged. */
export const circumstances = {
  record: (run: string): Circumstances => ['record', run],
  event: (run: string, number: number): Circumstances => ['event', run, number],
  control: (run: string, number: number): Circumstances => ['control', run, number],
  body: (run: string, term: number, body: number): Circumstances => ['body', run, term, body],
  orders: (run: string, term: number, worker: string, number: number): Circumstances => ['orders', run, term, worker, number],
  answer: (run: string, term: number, worker: string, host: string, fence: number, number: number): Circumstances => [
    'answer',
    run,
    term,
    worker,
    host,
    fence,
    number,
  ],
} as const;
