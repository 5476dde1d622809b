// One instruction on many hosts, from a pattern to an exit code: what run, put, get and ping share.
import type { Instruction, Outcome } from '../fleet/events.ts';
import type { Host } from '../inventory/host.ts';
import { reporters } from '../report/registry.ts';
import type { Reporter, RunHeader } from '../report/seam.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode, Verdict } from './exit-code.ts';
import type { Flags } from './flags.ts';
import { fleetOf } from './reach.ts';
import { applyingOf, confirmed, lookingOf } from './review.ts';
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
  readonly instructions: (hosts: readonly Host[], live: boolean) => Promise<(host: string) => Instruction>;
  /** Whether a person is shown what would change, and asked, before anything does. Default false. */
  readonly asksFirst?: boolean | undefined;
  /** What this machine needs before anything is done on a host. */
  readonly prepare?: (() => Promise<void>) | undefined;
}

/** Does it. Everything that is wrong before the first connection is thrown; what happens on hosts is reported. */
export async function performAdHoc(job: AdHoc, flags: Flags, context: Context): Promise<ExitCode> {
  const hosts = selectHosts(await readWho(flags, context, job.pattern), job.pattern, flags);
  if (flags.listHosts) {
    context.stdout.write(hostList(hosts));
    return EXIT.ok;
  }
  const names = hosts.map((host) => host.name);
  const instructionOf = await job.instructions(hosts, names.length === 1 || flags.verbose > 0);
  await using fleet = await fleetOf(hosts, flags, context);
  const verdict = new Verdict();
  const perform = async (some: readonly string[], instruction: (host: string) => Instruction): Promise<Outcome[]> => {
    const reporter = reporterOf(flags, context);
    const outcomes: Outcome[] = [];
    reporter.start({ verb: job.verb, subject: job.subject, hosts: some });
    try {
      const assignments = some.map((host) => ({ host, instruction: instruction(host) }));
      for await (const event of fleet.perform(assignments, { signal: context.signal })) {
        reporter.fleetEvent(event);
        if (event.kind !== 'finished') continue;
        verdict.add(event.outcome.status);
        outcomes.push(event.outcome);
      }
    } finally {
      reporter.finish();
    }
    return outcomes;
  };
  if (job.asksFirst !== true) {
    await job.prepare?.();
    await perform(names, instructionOf);
    return verdict.exitCode(context.signal);
  }
  const chosen = await confirmed(await perform(names, (host) => lookingOf(instructionOf(host))), context.prompts);
  if (chosen.size > 0) {
    await job.prepare?.();
    await perform([...chosen], (host) => applyingOf(instructionOf(host)));
  }
  return verdict.exitCode(context.signal);
}

/** The reporter that the flags ask for, on stdout. */
export function reporterOf(flags: Flags, { stdout, secrets, now }: Context): Reporter {
  return reporters[flags.output].create(stdout, { verbosity: flags.verbose, mask: (text) => secrets.mask(text), now });
}
