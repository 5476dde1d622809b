// What a journal holds: who ran what, then everything that happened, in order. It does not know how it stands in the file.
import type { Dict, Value } from '../base/value.ts';
import type { FleetEvent } from '../fleet/events.ts';
import type { PlayEvent } from '../playbook/events.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** The version of the format. A reader takes what is not newer; what it does not know of an equal version it passes over. */
export const FORMAT = 1;

/** What is known of a run before it begins. */
export interface RunDescription {
  readonly verb: 'run' | 'put' | 'get' | 'ping' | 'play';
  /** The command, path or playbook, as it was given. */
  readonly subject: string;
  /** The words of the call, without values of secrets. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The sources of the inventory, as they were given. */
  readonly inventory: readonly string[];
  readonly hosts: readonly string[];
  /** That of sshoal. */
  readonly version: string;
  /** What tells whether a playbook still has the same plan; only who made it knows how. */
  readonly plan?: string | undefined;
}

/** The first line of a journal. */
export interface JournalHeader extends RunDescription {
  readonly id: string;
  readonly process: ProcessIdentity;
  readonly atMs: number;
}

/** What a play must know of a host to go on with it, told as it changes. */
export type StateChange =
  | { readonly kind: 'registered'; readonly host: string; readonly name: string; readonly value: Value }
  | { readonly kind: 'facts'; readonly host: string; readonly facts: Dict }
  | { readonly kind: 'notified'; readonly host: string; readonly handlers: readonly string[] }
  | { readonly kind: 'handler-done'; readonly host: string; readonly handler: string };

export type JournalEntry = { readonly atMs: number } & (
  | { readonly kind: 'fleet'; readonly event: FleetEvent }
  | { readonly kind: 'play'; readonly event: PlayEvent }
  /** `lost` where the journal has not the true value: it held a secret, or was too large. */
  | { readonly kind: 'state'; readonly change: StateChange; readonly lost: boolean }
  | { readonly kind: 'end'; readonly exitCode: number }
);
