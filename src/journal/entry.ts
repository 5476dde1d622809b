// What a journal holds: who ran what, then everything that happened, in order. It does not know how it stands in the file.
import type { FleetEvent } from '../fleet/events.ts';
import type { PlayEvent } from '../playbook/events.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** The version of the format. A reader takes what is not newer; what it does not know of an equal version it passes over. */
export const FORMAT = 1;

/** What can be done on hosts, and is written down. */
export const RUN_VERBS = ['run', 'put', 'get', 'ping', 'play'] as const;

/** What is known of a run before it begins. */
export interface RunDescription {
  readonly verb: (typeof RUN_VERBS)[number];
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
  /** Of a play: what it was to do, so that another one cannot be taken for its end. */
  readonly plan?: PlanRecord | undefined;
  /** The run of the same plan that this one goes on with. */
  readonly resumes?: string | undefined;
}

/** What a play was made of. */
export interface PlanRecord {
  /** As they were named. */
  readonly playbooks: readonly string[];
  /** The SHA-256 of each file with tasks, by its absolute path. */
  readonly digests: Readonly<Record<string, string>>;
  /** The same of files that are read while it is played, as far as their names are known before. */
  readonly reads?: Readonly<Record<string, string>> | undefined;
  readonly limit: readonly string[];
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly startAtTask?: string | undefined;
  readonly check: boolean;
  /** Directories with modules, as they were given. */
  readonly library: readonly string[];
  /** The names of extra variables: any value may be a secret. */
  readonly extraVars: readonly string[];
}

/** The first line of a journal. */
export interface JournalHeader extends RunDescription {
  readonly id: string;
  readonly process: ProcessIdentity;
  readonly atMs: number;
}

export type JournalEntry = { readonly atMs: number } & (
  | { readonly kind: 'fleet'; readonly event: FleetEvent }
  | { readonly kind: 'play'; readonly event: PlayEvent }
  | { readonly kind: 'end'; readonly exitCode: number }
);
