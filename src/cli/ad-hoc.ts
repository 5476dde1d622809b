// One instruction on many hosts, from a pattern to an exit code: what run, put, get and ping share.
import type { Instruction } from '../fleet/events.ts';
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

  const reporter = reporterOf(flags, context);
  const verdict = new Verdict();
  reporter.start({ verb: job.verb, subject: job.subject, hosts: names });
  try {
    const assignments = names.map((host) => ({ host, instruction: instructionOf(host) }));
    for await (const event of fleet.perform(assignments, { signal: context.signal })) {
      reporter.fleetEvent(event);
      if (event.kind === 'finished') verdict.add(event.outcome.status);
    }
  } finally {
    reporter.finish();
  }
  return verdict.exitCode(context.signal);
}

/** The reporter that the flags ask for, on stdout. */
export function reporterOf(flags: Flags, { stdout, secrets, now }: Context): Reporter {
  return reporters[flags.output].create(stdout, { verbosity: flags.verbose, mask: (text) => secrets.mask(text), now });
}
