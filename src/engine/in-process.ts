// The engine that is this process: a fleet, or a player, from where a coordinator before has left it. It does not know who else there is.
import { CancelledError } from '../connection/errors.ts';
import type { Outcome } from '../fleet/events.ts';
import { Fleet, type PerformOptions } from '../fleet/fleet.ts';
import { PlaySoFar } from './play-so-far.ts';
import type { AdHocOrder, CarryOutOptions, Engine, Player, PlayOrder, RunEvent, RunRecord, Surroundings } from './seam.ts';

export interface GoOnOptions extends CarryOutOptions {
  readonly elsewhere?: Surroundings['elsewhere'];
  /** What has happened already: it is not done, nor told, again. */
  readonly before?: readonly RunEvent[] | undefined;
}

export class InProcess implements Engine {
  readonly #player: Player;

  /** @param player - Who plays playbooks. */
  constructor(player: Player) {
    this.#player = player;
  }

  async *carryOut(run: RunRecord, options: GoOnOptions): AsyncGenerator<readonly RunEvent[], void, undefined> {
    const { order, atMs } = run;
    if (order.kind === 'ad-hoc') yield* adHoc(order, atMs, options);
    else yield* this.#play(order, atMs, options);
  }

  async *#play(
    order: PlayOrder,
    atMs: number,
    { signal, elsewhere, before = [] }: GoOnOptions,
  ): AsyncGenerator<readonly RunEvent[], void, undefined> {
    const soFar = new PlaySoFar(before, atMs);
    const learned: RunEvent[] = [];
    const known = new Set(before.flatMap((event) => (event.kind === 'secret' ? [event.text] : [])));
    const learn = (text: string): void => {
      if (!known.has(text)) learned.push({ kind: 'secret', text });
      known.add(text);
    };
    yield soFar.notes;
    for await (const events of this.#player(order, { signal, elsewhere, resume: soFar.done, resumeItems: soFar.items, learn })) {
      const news = events.flatMap((event) => soFar.news(event)).map((event) => ({ kind: 'play', event }) as const);
      // What must be masked is known before it could be shown.
      yield [...learned.splice(0), ...news];
    }
  }
}

async function* adHoc(
  order: AdHocOrder,
  atMs: number,
  { signal, elsewhere, before = [] }: GoOnOptions,
): AsyncGenerator<readonly RunEvent[], void, undefined> {
  const { targets, instructions, hosts, course, limits } = order;
  const ended = new Map<string, Outcome>();
  const begun = new Set<string>();
  for (const event of before) {
    if (event.kind !== 'fleet') continue;
    if (event.event.kind === 'finished') ended.set(event.event.host, event.event.outcome);
    if (event.event.kind === 'started') begun.add(event.event.host);
  }
  const left = hosts.filter(([host]) => !ended.has(host));
  yield left
    .filter(([host]) => begun.has(host))
    .map(([host]) => ({ kind: 'note', text: `${host}: done again, since its coordinator was lost` }));
  await using fleet = new Fleet(targets, { ...limits, elsewhere });
  const assignments = left.map(([host, index]) => ({ host, instruction: instructions[index] as (typeof instructions)[number] }));
  for await (const event of fleet.perform(assignments, leftOf(course, ended, atMs, signal)))
    if (event.kind !== 'started' || !begun.has(event.host)) yield [{ kind: 'fleet', event }];
}

/** How far it may still go. */
function leftOf(course: AdHocOrder['course'], ended: ReadonlyMap<string, Outcome>, atMs: number, signal: AbortSignal): PerformOptions {
  if (ended.size === 0) return { ...course, signal };
  const failures = [...ended.values()].filter(({ status }) => status !== 'ok').length;
  const { deadlineMs, maxFailures = Number.POSITIVE_INFINITY } = course;
  const leftMs = deadlineMs === undefined ? undefined : Math.max(0, atMs + deadlineMs - Date.now());
  const tooMany = AbortSignal.abort(new CancelledError(`Not started: more than ${maxFailures} hosts failed`));
  return {
    ...course,
    deadlineMs: leftMs,
    maxFailures: Math.max(0, maxFailures - failures),
    signal: failures > maxFailures ? AbortSignal.any([signal, tooMany]) : signal,
  };
}
