// A play that other controllers carry out, reported as if it happened here. It does not know what is in the playbook.
import type { RunEvent, RunRecord } from '../../engine/seam.ts';
import type { VaultKeys } from '../../inventory/vault/vault-keys.ts';
import type { PlayEvent } from '../../playbook/events.ts';
import type { Playbook } from '../../playbook/playbook.ts';
import { hostsOf } from '../commands/play.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Flags } from '../flags.ts';
import { Observation } from '../observing.ts';
import { Output } from '../output.ts';
import { describeRun, Recording } from '../recording.ts';
import { reportPlay } from '../report-play.ts';
import { planRecord } from '../resume.ts';
import type { Who } from '../who.ts';
import { openEngine, recordOf, refuseQuestions, tellName, withoutAsides } from './open.ts';
import { asCalled, type PlayCall, playOrder } from './play-call.ts';

export interface ElsewhereOptions {
  readonly who: Who;
  readonly vault: VaultKeys;
  readonly flags: Flags;
  readonly context: Context;
  /** Of a program that plays more than once; else one is opened for this run. */
  readonly observation?: Observation | undefined;
}

/**
 * Hands a play over, and reports it.
 *
 * @returns What the program exits with.
 * @throws UsageError `BAD_FLAG`; EngineError `ENGINE_*`, also where the workers may not play it or have other files.
 */
export async function playElsewhere(
  playbook: Playbook,
  subject: string,
  { who, vault, flags, context, observation }: ElsewhereOptions,
): Promise<ExitCode> {
  refuseQuestions(flags);
  await using engine = await openEngine(flags, context);
  await engine.checkWorkers();
  const order = await playOrder(playbook, who, vault, { flags, context });
  const plan = planRecord(playbook, [...who.extraVars.keys()].map(String), flags);
  const hosts = hostsOf(playbook, who, flags);
  const description = describeRun({ verb: 'play', subject, hosts, plan }, flags, context);
  await using own = observation === undefined ? await Observation.open(subject, flags, context) : undefined;
  const output = await Output.open('play', [], flags, context);
  const record = recordOf(description, order, context);
  await using recording = await Recording.of(description, flags, context);
  await using observed = await (observation ?? own)?.begin({ id: recording.id, verb: 'play', subject, hosts, check: flags.check });
  tellName(record, context);
  const { signal } = context;
  return await reportPlay(playEvents(engine.carryOut(record, { signal }), record, context), subject, {
    output,
    recording,
    observed,
    drift: flags.drift,
    exitCodes: flags.exitCodes,
    signal,
  });
}

/** What a run tells of its play, with files named as its starter has named them. */
export async function* playEvents(
  bundles: AsyncIterable<readonly RunEvent[]>,
  { order }: RunRecord,
  context: Context,
): AsyncGenerator<readonly PlayEvent[], void, undefined> {
  if (order.kind !== 'play') return;
  for await (const events of bundles)
    yield withoutAsides(events, context).flatMap(({ kind, event }) => (kind === 'play' ? [asCalled(event, order.call as PlayCall)] : []));
}
