// What --resume goes on with: the play of an earlier run, as it was called then. It does not know how a play goes on.
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { neutralise } from '../base/terminal.ts';
import type { JournalHeader, PlanRecord } from '../journal/entry.ts';
import { RunNameError } from '../journal/errors.ts';
import { type Repeated, type ResumePoint, resumePointOf } from '../journal/resume.ts';
import type { Playbook } from '../playbook/playbook.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';
import { endedRun } from './retry.ts';

/** So many tasks that are done again are named one by one. */
const MOST_NAMED = 20;

/** A call that goes on with another one. */
export interface Resumption {
  readonly point: ResumePoint;
  /** The playbooks, and the flags as they were then where that is part of the plan. */
  readonly words: readonly string[];
  readonly flags: Flags;
}

/**
 * The run that --resume names.
 *
 * @throws RunNameError `RUN_NOT_FOUND`, `RUN_AMBIGUOUS`, `RUN_STILL_GOING`, `RUN_ENDED`, `RUN_HAS_NO_PLAN`, `RUN_PLAN_CHANGED`;
 * UsageError `BAD_FLAG` beside --retry-failed; and as `readJournal`.
 */
export async function resumption(name: string, words: readonly string[], flags: Flags, context: Context): Promise<Resumption> {
  if (flags.retryFailed !== undefined) {
    throw new UsageError('BAD_FLAG', '--resume and --retry-failed exclude each other', {
      where: '--retry-failed',
      fix: 'Go on where each host stood with --resume, or begin anew on those that did not end well with --retry-failed',
    });
  }
  const run = await endedRun('play', name, '--resume', context);
  const point = await resumePointOf(run.file);
  const { header } = point;
  const { plan } = header;
  if (plan === undefined) {
    throw new RunNameError(
      'RUN_HAS_NO_PLAN',
      `The run ${run.id} cannot be resumed: ${header.verb === 'play' ? 'its journal has no plan' : 'it is no play'}`,
      {
        where: run.file,
        fix: 'See which plays there are: sshoal runs',
      },
    );
  }
  if (point.isEnded && !point.repeated.some(({ why }) => why === 'unreachable')) {
    throw new RunNameError('RUN_ENDED', `The run ${run.id} came to its end on every host`, {
      where: run.file,
      fix: 'Play it again; where tasks failed, with --retry-failed',
    });
  }
  refuse(header.id, [
    ...(context.cwd === header.cwd ? [] : [`it was begun in ${header.cwd}`]),
    ...changedFlags(plan, words, flags, context),
  ]);
  const { limit, tags, skipTags, startAtTask, check, library } = plan;
  const asThen = { limit, tags, skipTags, check, library, ...(startAtTask === undefined ? {} : { startAtTask }) };
  return {
    point,
    words: plan.playbooks,
    flags: { ...flags, ...asThen, inventory: flags.inventory.length > 0 ? flags.inventory : header.inventory },
  };
}

/** What a play is to do, for its journal. */
export function planRecord(playbook: Playbook, extraVars: readonly string[], flags: Flags): PlanRecord {
  const { limit, tags, skipTags, startAtTask, check, library } = flags;
  const inOrder = (digests: ReadonlyMap<string, string>): Record<string, string> =>
    Object.fromEntries([...digests].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return {
    playbooks: playbook.files,
    digests: inOrder(playbook.digests),
    reads: inOrder(playbook.reads),
    ...{ limit, tags, skipTags, startAtTask, check, library, extraVars },
  };
}

/** Refuses another plan than that of the run, and hosts that are others. @throws RunNameError `RUN_PLAN_CHANGED`, with all that changed. */
export function checkSamePlan({ id, plan, hosts }: JournalHeader, now: PlanRecord, hostsNow: readonly string[]): void {
  const then = plan?.digests ?? {};
  const files = Object.keys({ ...then, ...now.digests }).filter((file) => then[file] !== now.digests[file]);
  const missing = (plan?.extraVars ?? []).filter((name) => !now.extraVars.includes(name));
  const come = hostsNow.filter((host) => !hosts.includes(host));
  const gone = hosts.filter((host) => !hostsNow.includes(host));
  refuse(id, [
    ...files.map((file) => `${file} ${then[file] === undefined ? 'is new' : now.digests[file] === undefined ? 'is gone' : 'was changed'}`),
    ...missing.map((name) => `-e ${name}=... is missing: values of variables are in no journal`),
    ...now.extraVars.filter((name) => !(plan?.extraVars ?? []).includes(name)).map((name) => `-e ${name}=... is new`),
    ...(come.length > 0 ? [`hosts have come: ${come.join(', ')}`] : []),
    ...(gone.length > 0 ? [`hosts are gone: ${gone.join(', ')}`] : []),
    ...(come.length + gone.length === 0 && !isDeepStrictEqual(hosts, hostsNow) ? ['the hosts are in another order'] : []),
  ]);
}

/**
 * Says which tasks are done again, since that may show on the hosts; and which files that tasks read are others than then: what was done
 * with them stays as it was.
 */
export function tellRepeated({ header, repeated }: ResumePoint, now: PlanRecord, { stderr, secrets }: Context): void {
  const then = header.plan?.reads ?? {};
  const changed = Object.keys(then).filter((file) => then[file] !== now.reads?.[file]);
  if (changed.length > 0)
    stderr.write(`note: changed since ${header.id}, and read anew from here on: ${neutralise(secrets.mask(changed.join(', ')))}\n`);
  const lines = repeated.slice(0, MOST_NAMED).map(lineOf);
  if (repeated.length > MOST_NAMED) lines.push(`and ${repeated.length - MOST_NAMED} more`);
  stderr.write(`note: going on with ${header.id}${lines.length === 0 ? '' : '; done again:'}\n`);
  for (const line of lines) stderr.write(`  ${secrets.mask(neutralise(line))}\n`);
}

const REASONS = {
  'under way': 'it was under way',
  unreachable: 'the host was lost',
  'not kept': 'what it left behind is in no journal: it is secret, or too large',
} as const satisfies Readonly<Record<Repeated['why'], string>>;

function lineOf({ host, task, why, items = 0 }: Repeated): string {
  const kept = items === 0 ? '' : `; of its loop ${items === 1 ? 'one item is' : `${items} items are`} kept`;
  return `${host}: ${task.name} (${task.position.file}:${task.position.line}): ${REASONS[why]}${kept}`;
}

/** What was given on the command line or by a configuration, and is not as then. */
function changedFlags(plan: PlanRecord, words: readonly string[], flags: Flags, { cwd }: Context): string[] {
  const full = (files: readonly string[]): string[] => files.map((file) => path.resolve(cwd, file));
  const given = {
    '--limit': [flags.limit, plan.limit],
    '--tags': [flags.tags, plan.tags],
    '--skip-tags': [flags.skipTags, plan.skipTags],
    '--library': [flags.library, plan.library],
    '--start-at-task': [flags.startAtTask ?? [], plan.startAtTask],
  };
  return [
    ...(words.length === 0 || isDeepStrictEqual(full(words), full(plan.playbooks)) ? [] : [`it played ${plan.playbooks.join(' ')}`]),
    ...Object.entries(given).flatMap(([flag, [now = [], then]]) =>
      now.length === 0 || isDeepStrictEqual(now, then) ? [] : [`${flag} was another one`],
    ),
    ...(flags.check && !plan.check ? ['it was played without --check'] : []),
  ];
}

function refuse(id: string, changes: readonly string[]): void {
  if (changes.length === 0) return;
  throw new RunNameError('RUN_PLAN_CHANGED', `This is not what the run ${id} was to do: ${changes.join('; ')}`, {
    where: '--resume',
    fix: 'Undo that to go on with it, or play it from the beginning: leave --resume out',
  });
}
