// Who carries a run out: this controller, or several. It does not know which verb asked for it.
import type { FleetEvent, Instruction } from '../fleet/events.ts';
import type { PerformOptions } from '../fleet/fleet.ts';
import type { LimitNumbers } from '../fleet/limits.ts';
import type { Shard } from '../fleet/shard/seam.ts';
import type { Target } from '../fleet/target.ts';
import type { RunDescription } from '../journal/entry.ts';
import type { ItemFinished, PlayEvent, TaskRecord } from '../playbook/events.ts';

/** One instruction on each of many hosts. */
export interface AdHocOrder {
  readonly kind: 'ad-hoc';
  readonly targets: readonly Target[];
  /** Each once: most hosts are given the same. */
  readonly instructions: readonly Instruction[];
  readonly hosts: readonly (readonly [host: string, instruction: number])[];
  readonly course: Omit<PerformOptions, 'signal'>;
  readonly limits: LimitNumbers;
}

/** Playbooks on the hosts of an inventory. */
export interface PlayOrder {
  readonly kind: 'play';
  /** Absolute paths that whoever plays reads: playbooks, inventories, directories of modules and roles. */
  readonly paths: readonly string[];
  /** What a {@link Player} needs to know; data that travels. */
  readonly call: unknown;
  readonly limits: LimitNumbers;
}

/** A run that is handed over: plain data. */
export interface RunRecord {
  readonly id: string;
  readonly atMs: number;
  /** What its starter speaks, and which sshoal it is. */
  readonly protocol: number;
  readonly version: string;
  /** For the journal of whoever follows it. */
  readonly description: RunDescription;
  readonly order: AdHocOrder | PlayOrder;
  /** What must be masked wherever the run is shown. */
  readonly secrets: readonly string[];
}

/** What comes of a run. */
export type RunEvent =
  | { readonly kind: 'fleet'; readonly event: FleetEvent }
  | { readonly kind: 'play'; readonly event: PlayEvent }
  /** For the person who follows the run: that something is done again. */
  | { readonly kind: 'note'; readonly text: string }
  /** A text that must be masked from now on. */
  | { readonly kind: 'secret'; readonly text: string };

export interface CarryOutOptions {
  /** Ends what runs; every host ends `cancelled`. */
  readonly signal: AbortSignal;
}

export interface Engine {
  /**
   * Carries a run out.
   *
   * @returns What happens, in order, what happened at once in one bundle.
   * @throws what is wrong with the run itself, and EngineError.
   */
  carryOut(run: RunRecord, options: CarryOutOptions): AsyncIterable<readonly RunEvent[]>;
}

/** What a player is given besides the order. */
export interface Surroundings {
  readonly signal: AbortSignal;
  /** As `elsewhere` of a fleet. */
  readonly elsewhere: ((target: Target) => Shard | undefined) | undefined;
  /** What was done before, as in PlayOptions. */
  readonly resume: ReadonlyMap<string, readonly TaskRecord[]>;
  /** Of loops that were under way, as `resumeItems` in PlayOptions. */
  readonly resumeItems: ReadonlyMap<string, readonly ItemFinished[]>;
  /** Is told what must be masked. */
  readonly learn: (secret: string) => void;
}

/** Plays what a {@link PlayOrder} says. */
export type Player = (order: PlayOrder, surroundings: Surroundings) => AsyncIterable<readonly PlayEvent[]>;
