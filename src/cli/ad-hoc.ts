// One instruction on many hosts, from a pattern to an exit code: what run, put, get and ping share.
import type { Instruction, Outcome } from '../fleet/events.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { reporters } from '../report/registry.ts';
import type { Reporter, RunHeader } from '../report/seam.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode, Verdict } from './exit-code.ts';
import type { Flags } from './flags.ts';
import { fleetOf } from './reach.ts';
import { hostList, readWho, selectHosts } from './who.ts';

export interface AdHoc {
  readonly verb: Exclude<RunHeader['verb'], 'play'>;
  /** What is done, for the report: the command, the path. */
  readonly subject: string;
  readonly pattern: string;
  /**
   * What each host shall do; asked once, when the hosts are known.
   *
   * @param live - Whether somebody wants to see output while it is written.
   */
  readonly instructions: (hosts: readonly string[], live: boolean) => Promise<(host: string) => Instruction>;
}

/** Does it. Everything that is wrong before the first connection is thrown; what happens on hosts is reported. */
export async function performAdHoc(job: AdHoc, flags: Flags, context: Context): Promise<ExitCode> {
  const hosts = selectHosts(await readWho(flags, context, job.pattern), job.pattern, flags);
  if (flags.listHosts) {
    context.stdout.write(hostList(hosts));
    return EXIT.ok;
  }
  const names = hosts.map((host) => host.name);
  const instructionOf = await job.instructions(names, names.length === 1 || flags.verbose > 0);
  await using fleet = await fleetOf(hosts, flags, context);

  // More hosts than are worked on at once: who has been asked about must not wait, half let in, for the long work of others.
  if (flags.hostKey === 'ask' && names.length > flags.forks) await meetAll(fleet, names, context.signal);
  const verdict = new Verdict();
  const { verb, subject } = job;
  for await (const { status } of performReported(
    fleet,
    { verb, subject, hosts: names },
    instructionOf,
    reporterOf(flags, context),
    context,
  ))
    verdict.add(status);
  return verdict.exitCode(context.signal);
}

/** Performs an instruction on the hosts of a header, reports what happens, and yields how each host ended. */
export async function* performReported(
  fleet: Fleet,
  header: RunHeader,
  instructionOf: (host: string) => Instruction,
  reporter: Reporter,
  { signal }: Pick<Context, 'signal'>,
): AsyncGenerator<Outcome, void, undefined> {
  reporter.start(header);
  try {
    const assignments = header.hosts.map((host) => ({ host, instruction: instructionOf(host) }));
    for await (const event of fleet.perform(assignments, { signal })) {
      reporter.fleetEvent(event);
      if (event.kind === 'finished') yield event.outcome;
    }
  } finally {
    reporter.finish();
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

/** The reporter that the flags ask for, on stdout. */
export function reporterOf(flags: Flags, { stdout, secrets, now }: Context): Reporter {
  return reporters[flags.output].create(stdout, { verbosity: flags.verbose, mask: (text) => secrets.mask(text), now });
}
