// What journals tell of, by the names the page uses. It does not know the floors where it happened.
import type { JournalEntry } from '../journal/entry.ts';

export type FleetEvent = Extract<JournalEntry, { readonly kind: 'fleet' }>['event'];
export type Outcome = Extract<FleetEvent, { readonly kind: 'finished' }>['outcome'];
export type PlayEvent = Extract<JournalEntry, { readonly kind: 'play' }>['event'];
export type TaskLabel = Extract<PlayEvent, { readonly kind: 'task-started' }>['task'];
