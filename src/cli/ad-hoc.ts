// One instruction on many hosts, from a pattern to an exit code: what run, put, get and ping share.
import type { Instruction } from '../fleet/events.ts';
import type { RunHeader } from '../report/seam.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode, Verdict } from './exit-code.ts';
import type { Flags } from './flags.ts';
import { Output } from './output.ts';
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
   * @param live - Whether output is wanted while it is written.
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
  const output = await Output.open(job.verb, names, flags, context);
  const instructionOf = await job.instructions(names, output.wantsChunks);
  await using fleet = await fleetOf(hosts, flags, context);

  const verdict = new Verdict();
  output.start(job.subject);
  try {
    const assignments = names.map((host) => ({ host, instruction: instructionOf(host) }));
    for await (const event of fleet.perform(assignments, { signal: context.signal })) {
      await output.fleetEvent(event);
      if (event.kind === 'finished') verdict.add(event.outcome.status);
    }
  } finally {
    if (!(await output.finish())) verdict.add('failed');
  }
  return verdict.exitCode(context.signal);
}
