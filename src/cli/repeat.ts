// The same play again and again, by the clock: one run at a time, and one that takes too long costs the next its turn. It plays nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from './context.ts';
import { LockedError, UsageError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { FlagName, Flags } from './flags.ts';
import type { Observation } from './observing.ts';
import { printError } from './print-error.ts';
import { localTime } from './run-table.ts';

/** Timers count no further than 24 days, and not while a machine sleeps: the clock is looked at each hour. */
const LONGEST_SLEEP_MS = 3_600_000;

/** What makes no sense twice, or would have somebody sit there. */
const ALONE: readonly (readonly [flag: FlagName, name: string, fix: string])[] = [
  ['resumedRun', '--resume', 'Resume it once, and then repeat'],
  ['retryFailed', '--retry-failed', 'Retry once, and then repeat'],
  ['step', '--step', 'Leave it out'],
  ['listHosts', '--list-hosts', 'Leave one of them out'],
  ['listTasks', '--list-tasks', 'Leave one of them out'],
  ['listTags', '--list-tags', 'Leave one of them out'],
  ['syntaxCheck', '--syntax-check', 'Leave one of them out'],
  ['askPass', '--ask-pass', 'Set SSHOAL_PASSWORD instead'],
  ['askBecomePass', '--ask-become-pass', 'Set SSHOAL_BECOME_PASSWORD instead'],
  ['askVaultPass', '--ask-vault-pass', 'Give --vault-password-file instead'],
];

/** @throws UsageError `BAD_FLAG` on flags that mean nothing with, or without, --every. */
export function checkSchedule(flags: Flags): void {
  const { every, splay } = flags;
  if (every === undefined) {
    if (splay === undefined) return;
    throw new UsageError('BAD_FLAG', '--splay means nothing without --every', { where: '--splay', fix: 'Give --every, or leave it out' });
  }
  if (splay !== undefined && splay > every)
    throw new UsageError('BAD_FLAG', '--splay is longer than --every', { where: '--splay', fix: 'Give a part of the period' });
  for (const [flag, name, fix] of ALONE) {
    if (flags[flag] !== undefined && flags[flag] !== false)
      throw new UsageError('BAD_FLAG', `${name} means nothing with --every`, { where: name, fix });
  }
}

/**
 * Plays until SIGTERM: a run that is going on comes to its end first. Ctrl-C ends it too.
 *
 * The first run begins at once, or within the splay, and its faults end everything: whoever has mistyped something is still there to be told. Faults of
 * later ones are printed, and the next run is tried all the same: inventories and playbooks are read anew for each.
 *
 * @param play - One run.
 * @returns What the last run that came to its end would have exited with; 130 after Ctrl-C.
 */
export async function repeat(
  play: () => Promise<ExitCode>,
  { every = 0, splay = 0 }: Pick<Flags, 'every' | 'splay'>,
  observation: Observation,
  context: Context,
): Promise<ExitCode> {
  const stopping = new AbortController();
  const forget = context.onTermination?.(() => stopping.abort());
  const ending = AbortSignal.any([context.signal, stopping.signal]);
  let code: ExitCode = EXIT.ok;
  let beatMs = context.now();
  try {
    for (let isFirst = true; ; isFirst = false) {
      const startMs = beatMs + Math.random() * splay;
      if (!isFirst || splay > 0) context.stderr.write(`note: next start ${localTime(startMs)}\n`);
      await until(startMs, context.now, ending);
      if (ending.aborted) break;
      code = (await playOne(play, isFirst, observation, context)) ?? code;
      if (ending.aborted) break;
      const next = nextBeat(beatMs, every, context.now());
      if (next.missed > 0) {
        const missed = next.missed === 1 ? '1 start is' : `${next.missed} starts are`;
        context.stderr.write(`note: ${missed} left out: the run took longer than the period\n`);
        for (let i = 0; i < next.missed; i++) observation.skipped('overrun');
      }
      beatMs = next.atMs;
    }
  } finally {
    forget?.();
  }
  return context.signal.aborted ? EXIT.interrupted : code;
}

/** The first beat of the clock that is still to come, and how many before it are lost. A clock that was set back begins anew. */
export function nextBeat(lastMs: number, everyMs: number, nowMs: number): { readonly atMs: number; readonly missed: number } {
  if (nowMs < lastMs) return { atMs: nowMs + everyMs, missed: 0 };
  const missed = Math.max(0, Math.ceil((nowMs - lastMs) / everyMs) - 1);
  return { atMs: lastMs + (missed + 1) * everyMs, missed };
}

/** @returns Undefined where it did not begin. */
async function playOne(
  play: () => Promise<ExitCode>,
  isFirst: boolean,
  observation: Observation,
  context: Context,
): Promise<ExitCode | undefined> {
  try {
    return await play();
  } catch (error) {
    if (context.signal.aborted) return EXIT.interrupted;
    if (error instanceof LockedError) {
      context.stderr.write(`note: left out: ${error.message}\n`);
      observation.skipped('locked');
      return undefined;
    }
    if (isFirst) throw error;
    printError(error, context);
    await observation.refused(error);
    return EXIT.usage;
  }
}

/** By the clock, which goes on while a machine sleeps; but no longer than it looked at first, where the clock is set back. */
async function until(timeMs: number, now: () => number, ending: AbortSignal): Promise<void> {
  let leftMs = timeMs - now();
  while (leftMs > 0 && !ending.aborted) {
    const restMs = Math.min(leftMs, LONGEST_SLEEP_MS);
    // Ended by a signal it returns like one that is over: who waits looks at the signal.
    await sleep(restMs, undefined, { signal: ending }).catch((error: Error) => {
      if (error.name !== 'AbortError') throw error;
    });
    leftMs = Math.min(timeMs - now(), leftMs - restMs);
  }
}
