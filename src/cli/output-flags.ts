// The flags about output: what they mean for the report, and which of them mean nothing together. It writes nothing.
import { tmpdir } from 'node:os';
import { didYouMean } from '../base/suggest.ts';
import type { Layout, RunHeader } from '../report/seam.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';

/** What people shall see. */
export function layoutOf(flags: Flags): Layout {
  const { live, diffBase, quiet, stats, drift } = flags;
  return {
    gather: flags.gather ?? (live ? 'none' : 'end'),
    // Of a directory it is about what changes there, not about answers.
    diff: (flags.diff && !flags.recursive) || diffBase !== undefined ? { base: diffBase } : undefined,
    quiet,
    stats,
    drift,
    spoolDirectory: tmpdir(),
  };
}

/** @throws UsageError `BAD_FLAG` on a flag that would have to be ignored, and on a --diff-base that is none of the hosts. */
export function checkOutputFlags(verb: RunHeader['verb'], hosts: readonly string[], flags: Flags): void {
  checkTogether(verb, flags);
  checkDiffBase(flags, hosts);
}

/** For verbs that have nothing to say in JUnit. */
export function noJunit(verb: string): UsageError {
  return meaningless('--output junit', `with sshoal ${verb}`, 'Use --output jsonl');
}

/** The flags that --drift stands for. @throws UsageError `BAD_FLAG` beside what shows less than it, or goes on with another run. */
export function driftFlags(flags: Flags): Flags {
  const beside = flags.quiet ? '--quiet' : flags.resumedRun === undefined ? undefined : '--resume';
  if (beside !== undefined) throw meaningless(beside, 'with --drift', 'Leave one of them out');
  return { ...flags, check: true, diff: true };
}

function checkTogether(verb: RunHeader['verb'], flags: Flags): void {
  const { live, gather, diff, diffBase, quiet, stats, output, verbose, overwrite, outdir, errdir } = flags;
  const differs = (diff && verb === 'run') || diffBase !== undefined;
  const forPeople: Readonly<Record<string, boolean>> = {
    '--quiet': quiet,
    '--stats': stats,
    '--gather': gather !== undefined,
    '--diff': diff && verb === 'run',
    '--diff-base': diffBase !== undefined,
    '--live': live && output !== 'jsonl',
  };
  const first = Object.keys(forPeople).find((name) => forPeople[name] === true);
  if (output !== 'text' && first !== undefined)
    throw meaningless(first, `with --output ${output}`, 'Leave it out: machines are told everything');
  if (quiet && live) throw meaningless('--live', 'with --quiet', 'Leave one of them out');
  if (quiet && verbose > 0) throw meaningless('--verbose', 'with --quiet', 'Leave one of them out');
  if (differs && (live || (gather !== undefined && gather !== 'end'))) {
    throw meaningless(diff ? '--diff' : '--diff-base', live ? 'with --live' : `with --gather ${gather}`, 'All answers must be there first');
  }
  if (overwrite && outdir === undefined && errdir === undefined) {
    throw meaningless('--overwrite', 'without --outdir or --errdir', 'Leave it out, or give a directory');
  }
}

function meaningless(name: string, how: string, fix: string): UsageError {
  return new UsageError('BAD_FLAG', `${name} means nothing ${how}`, { where: name, fix });
}

function checkDiffBase({ diffBase }: Flags, hosts: readonly string[]): void {
  if (diffBase === undefined || hosts.includes(diffBase)) return;
  throw new UsageError('BAD_FLAG', `\`${diffBase}\` is not one of the hosts`, {
    where: '--diff-base',
    fix: didYouMean(diffBase, hosts, 'See who they are: --list-hosts'),
  });
}
