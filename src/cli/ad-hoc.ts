// One instruction on many hosts, from a pattern to an exit code: what run, put, get and ping share.
import type { FleetEvent, Instruction, Outcome } from '../fleet/events.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { RunHeader } from '../report/seam.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode, Verdict } from './exit-code.ts';
import type { Flags } from './flags.ts';
import { Output } from './output.ts';
import { fleetOf } from './reach.ts';
import { Recording } from './recording.ts';
import { retriedHosts } from './retry.ts';
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
  readonly instructions: (hosts: readonly string[], live: boolean) => Promise<(host: string) => Instruction>;
}

/** Who is told what happens: a reporter, or all that the flags ask for. A promise holds the run back. */
export interface Listener {
  readonly start: (header: RunHeader) => void;
  readonly fleetEvent: (event: FleetEvent) => void | Promise<void>;
  readonly finish: () => void | Promise<void>;
}

/** Does it. Everything that is wrong before the first connection is thrown; what happens on hosts is reported. */
export async function performAdHoc(job: AdHoc, flags: Flags, context: Context): Promise<ExitCode> {
  const retried = await retriedHosts(job.verb, flags, context);
  if (retried?.length === 0) return EXIT.ok;
  const pattern = job.pattern === '' ? retried?.join() : job.pattern;
  const hosts = selectHosts(await readWho(flags, context, pattern), job.pattern, flags, retried);
  if (flags.listHosts) {
    context.stdout.write(hostList(hosts));
    return EXIT.ok;
  }
  const names = hosts.map((host) => host.name);
  const output = await Output.open(job.verb, names, flags, context);
  const instructionOf = await job.instructions(names, output.wantsChunks);
  await using fleet = await fleetOf(hosts, flags, context);

  // More hosts than are worked on at once: who has been asked about must not wait, half let in, for the long work of others.
  if (flags.hostKey === 'ask' && names.length > flags.forks) await meetAll(fleet, names, context.signal);
  const verdict = new Verdict();
  const { verb, subject } = job;
  const header = { verb, subject, hosts: names };
  await using recording = await Recording.begin(header, flags, context);
  for await (const { status } of performReported(fleet, header, instructionOf, recording.before(output), context)) verdict.add(status);
  if (!output.isComplete) verdict.add('failed');
  const code = verdict.exitCode(context.signal);
  await recording.end(code);
  return code;
}

/** Performs an instruction on the hosts of a header, reports what happens, and yields how each host ended. */
export async function* performReported(
  fleet: Fleet,
  header: RunHeader,
  instructionOf: (host: string) => Instruction,
  listener: Listener,
  { signal }: Pick<Context, 'signal'>,
): AsyncGenerator<Outcome, void, undefined> {
  listener.start(header);
  try {
    const assignments = header.hosts.map((host) => ({ host, instruction: instructionOf(host) }));
    for await (const event of fleet.perform(assignments, { signal })) {
      await listener.fleetEvent(event);
      if (event.kind === 'finished') yield event.outcome;
    }
  } finally {
    await listener.finish();
  }
}

/** Logs in to all hosts; who cannot be reached is tried again, and reported, when there is work. */
async function meetAll(fleet: Fleet, hosts: readonly string[], signal: AbortSignal): Promise<void> {
  await fleet
    .perform(
      hosts.map((host) => ({ host, instruction: { kind: 'ping' } })),
      { signal },
    )
    .outcomes();
}
