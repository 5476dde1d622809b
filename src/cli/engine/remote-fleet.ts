// A fleet whose hosts are worked on by other controllers: it is asked as any fleet is. It does not know what is done.

import { packed } from '../../engine/bodies.ts';
import type { BullmqEngine } from '../../engine/bullmq.ts';
import type { AdHocOrder } from '../../engine/seam.ts';
import type { Assignment, FleetEvent, Instruction } from '../../fleet/events.ts';
import type { PerformOptions } from '../../fleet/fleet.ts';
import { DEFAULT_LIMITS } from '../../fleet/limits.ts';
import type { Target } from '../../fleet/target.ts';
import type { Host } from '../../inventory/host.ts';
import type { RunDescription } from '../../journal/entry.ts';
import type { Context } from '../context.ts';
import type { Flags } from '../flags.ts';
import { fleetLimits, targetsWith } from '../reach.ts';
import { openEngine, recordOf, refuseQuestions, tellName, withoutAsides } from './open.ts';
import { portableDefaults } from './portable-defaults.ts';

export class RemoteFleet implements AsyncDisposable {
  readonly #engine: BullmqEngine;
  readonly #targets: readonly Target[];
  readonly #flags: Flags;
  readonly #context: Context;
  readonly #describe: (hosts: readonly string[]) => RunDescription;

  private constructor(
    engine: BullmqEngine,
    targets: readonly Target[],
    surroundings: { readonly flags: Flags; readonly context: Context; readonly describe: (hosts: readonly string[]) => RunDescription },
  ) {
    this.#engine = engine;
    this.#targets = targets;
    this.#flags = surroundings.flags;
    this.#context = surroundings.context;
    this.#describe = surroundings.describe;
  }

  /**
   * Asks for passwords first: nobody can be asked later.
   *
   * @throws UsageError `BAD_FLAG`; TargetError; EngineError `ENGINE_*` where nobody is there who could do it.
   */
  static async open(
    hosts: readonly Host[],
    describe: (hosts: readonly string[]) => RunDescription,
    flags: Flags,
    context: Context,
  ): Promise<RemoteFleet> {
    refuseQuestions(flags);
    const targets = targetsWith(hosts, await portableDefaults(flags, context), context);
    const engine = await openEngine(flags, context);
    try {
      await engine.checkWorkers();
      return new RemoteFleet(engine, targets, { flags, context, describe });
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** As `perform` of a fleet. */
  async *perform(assignments: readonly Assignment[], { signal, ...course }: PerformOptions): AsyncGenerator<FleetEvent, void, undefined> {
    const order: AdHocOrder = {
      kind: 'ad-hoc',
      targets: this.#targets,
      ...(await shared(assignments)),
      course,
      limits: { ...DEFAULT_LIMITS, ...given(fleetLimits(this.#flags)) },
    };
    const record = recordOf(this.#describe(assignments.map(({ host }) => host)), order, this.#context);
    tellName(record, this.#context);
    for await (const events of this.#engine.carryOut(record, { signal: signal ?? this.#context.signal }))
      for (const { kind, event } of withoutAsides(events, this.#context)) if (kind === 'fleet') yield event;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
  }
}

/** Instructions that are the same become one, with the files of this machine in it. */
async function shared(assignments: readonly Assignment[]): Promise<Pick<AdHocOrder, 'instructions' | 'hosts'>> {
  const known: Instruction[] = [];
  const instructions: Instruction[] = [];
  const hosts: [string, number][] = [];
  for (const { host, instruction } of assignments) {
    let number = known.findIndex((one) => isSame(one, instruction));
    if (number === -1) {
      number = known.push(instruction) - 1;
      instructions.push(await packed(instruction));
    }
    hosts.push([host, number]);
  }
  return { instructions, hosts };
}

/** Looks no deeper than the fields: megabytes that two hosts share are not compared, and what differs only within is sent twice. */
function isSame(one: Instruction, other: Instruction): boolean {
  const names = Object.keys(one) as (keyof Instruction)[];
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** Without what is undefined, so that it hides no default. */
export function given<T extends object>(options: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
