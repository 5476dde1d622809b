// One instruction on many hosts, from a pattern to an exit code: what run, put, get and ping share.
import type { Assignment, FleetEvent, Instruction, Outcome } from '../fleet/events.ts';
import type { PerformOptions } from '../fleet/fleet.ts';
import type { Host } from '../inventory/host.ts';
import type { RunHeader } from '../report/seam.ts';
import { amountOf } from './amount.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode, Verdict } from './exit-code.ts';
import type { Flags } from './flags.ts';
import { Observation } from './observing.ts';
import { Output } from './output.ts';
import { fleetOf } from './reach.ts';
import { describeRun, Recording } from './recording.ts';
import { hostList, readWho, selectHosts } from './who.ts';

export interface AdHoc {
  readonly verb: Exclude<RunHeader['verb'], 'play'>;
  /** What is done, for the report: the command, the path. */
  readonly subject: string;
  readonly pattern: string;
  /**
   * What each host shall do; asked once, when the hosts are known.
   *
   * @param live - Whether output is wanted while it is written.
   */
  readonly instructions: (hosts: readonly Host[], live: boolean) => Promise<(host: string) => Instruction>;
  /** Whether a person is shown what would change, and asked, before anything does. Default false. */
  readonly asksFirst?: boolean | undefined;
  /** What this machine needs before anything is done on a host. */
  readonly prepare?: (() => Promise<void>) | undefined;
}

/** Who is told what happens: a reporter, or all that the flags ask for. A promise holds the run back. */
export interface Listener {
  readonly start: (header: RunHeader) => void;
  readonly fleetEvent: (event: FleetEvent) => void | Promise<void>;
  readonly finish: () => void | Promise<void>;
}

/** What works on hosts: a fleet, be it of this controller or of others. */
interface Crew {
  readonly perform: (assignments: readonly Assignment[], course: PerformOptions) => AsyncIterable<FleetEvent>;
}

/** Does it. Everything that is wrong before the first connection is thrown; what happens on hosts is reported. */
export async function performAdHoc(job: AdHoc, flags: Flags, context: Context): Promise<ExitCode> {
  const retried = flags.retryFailed === undefined ? undefined : await (await import('./retry.ts')).retriedHosts(job.verb, flags, context);
  if (retried?.length === 0) return EXIT.ok;
  const pattern = job.pattern === '' ? retried?.join() : job.pattern;
  const hosts = selectHosts(await readWho(flags, context, pattern), job.pattern, flags, retried);
  if (flags.listHosts) {
    context.stdout.write(hostList(hosts));
    return EXIT.ok;
  }
  await using observation = await Observation.open(job.verb, flags, context);
  const names = hosts.map((host) => host.name);
  const output = await Output.open(job.verb, names, flags, context);
  const given = await job.instructions(hosts, output.wantsChunks);
  const instructionOf = (host: string): Instruction => ({ ...given(host), retries: flags.retries });
  await using fleet = await crewOf(job, hosts, flags, context);

  // More hosts than are worked on at once: who has been asked about must not wait, half let in, for the long work of others.
  if (flags.hostKey === 'ask' && names.length > flags.forks) await meetAll(fleet, names, context.signal);
  const verdict = new Verdict(flags.exitCodes);
  const { verb, subject } = job;
  const perform = async (some: readonly string[], instruction: (host: string) => Instruction, to: Listener): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    const course = { ...courseOf(flags, some.length), signal: context.signal };
    for await (const outcome of performReported(fleet, { verb, subject, hosts: some }, instruction, to, course)) {
      verdict.add(outcome.status);
      if (job.asksFirst === true) outcomes.push(outcome);
    }
    return outcomes;
  };
  const performRecorded = async (some: readonly string[], instruction: (host: string) => Instruction, to: Output): Promise<ExitCode> => {
    await job.prepare?.();
    await using recording = await Recording.begin({ verb, subject, hosts: some }, flags, context);
    await using observed = await observation.begin({ id: recording.id, verb, subject, hosts: some, check: false });
    await perform(some, instruction, recording.before(observed.before(to)));
    if (!to.isComplete) verdict.add('failed');
    const code = verdict.exitCode(context.signal);
    await recording.end(code);
    await observed.end(code);
    return code;
  };
  if (job.asksFirst !== true) return await performRecorded(names, instructionOf, output);
  const { applyingOf, confirmed, lookingOf } = await import('./review.ts');
  const looked = await perform(names, (host) => lookingOf(instructionOf(host)), output);
  if (!output.isComplete) verdict.add('failed');
  const chosen = context.signal.aborted ? [] : await confirmed(looked, context.prompts);
  if (chosen.length === 0) return verdict.exitCode(context.signal);
  const applied = await Output.open(verb, chosen, flags, context);
  return await performRecorded(chosen, (host) => applyingOf(instructionOf(host)), applied);
}

/** With --engine others do it; loaded here, since few runs need them. */
async function crewOf({ verb, subject }: AdHoc, hosts: readonly Host[], flags: Flags, context: Context): Promise<Crew & AsyncDisposable> {
  if (flags.engine === undefined) return await fleetOf(hosts, flags, context);
  const { RemoteFleet } = await import('./engine/remote-fleet.ts');
  return await RemoteFleet.open(hosts, (some) => describeRun({ verb, subject, hosts: some }, flags, context), flags, context);
}

/** Performs an instruction on the hosts of a header, reports what happens, and yields how each host ended. */
export async function* performReported(
  fleet: Crew,
  header: RunHeader,
  instructionOf: (host: string) => Instruction,
  listener: Listener,
  course: PerformOptions,
): AsyncGenerator<Outcome, void, undefined> {
  listener.start(header);
  try {
    const assignments = header.hosts.map((host) => ({ host, instruction: instructionOf(host) }));
    for await (const event of fleet.perform(assignments, course)) {
      await listener.fleetEvent(event);
      if (event.kind === 'finished') yield event.outcome;
    }
  } finally {
    await listener.finish();
  }
}

/** How far the flags let it go, on so many hosts. */
function courseOf({ deadline, batch, failFast, maxFail }: Flags, hosts: number): PerformOptions {
  return {
    deadlineMs: deadline,
    batchSize: batch === undefined ? undefined : Math.max(1, amountOf(batch, hosts)),
    maxFailures: failFast ? 0 : maxFail && amountOf(maxFail, hosts),
  };
}

/** Logs in to all hosts; who cannot be reached is tried again, and reported, when there is work. */
async function meetAll(fleet: Crew, hosts: readonly string[], signal: AbortSignal): Promise<void> {
  const assignments = hosts.map((host) => ({ host, instruction: { kind: 'ping' } as const }));
  for await (const _event of fleet.perform(assignments, { signal }));
}
