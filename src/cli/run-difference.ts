// What changed between two runs, as blocks for people and as data. It does not know how runs are compared.
import { foldNames } from '../base/node-set/fold-names.ts';
import { neutralise } from '../base/terminal.ts';
import type { Outcome } from '../fleet/events.ts';
import type { Comparison, RunDifference } from '../journal/compare-runs.ts';
import { decodeForPeople } from '../report/output/host-bytes.ts';
import { paintHunk, type Style } from '../report/style.ts';
import { unifiedDiff } from '../report/text/unified-diff.ts';

/** A block for each change, and who is as before. */
export function differenceLines(
  { differences, same }: Comparison,
  { from, to }: { readonly from: string; readonly to: string },
  style: Style,
): string[] {
  const blocks = differences.flatMap((difference) => block(difference, { from, to }, style));
  const changed = differences.reduce((sum, { hosts }) => sum + hosts.length, 0);
  return [...blocks, style.bold(`${count(changed)} changed, ${count(same)} as before`)];
}

/** What `-o json` and `-o jsonl` say of a change. */
export function differenceData({ hosts, before, after, answers, tasks }: RunDifference): Readonly<Record<string, unknown>> {
  return { hosts, before, after, tasks, stdout: answers && hunks(answers, 'stdout'), stderr: answers && hunks(answers, 'stderr') };
}

function block(
  { hosts, before, after, answers, tasks }: RunDifference,
  names: { readonly from: string; readonly to: string },
  style: Style,
): string[] {
  const who = `${neutralise(foldNames(hosts))}${hosts.length > 1 ? ` (${hosts.length})` : ''}`;
  const lines = [
    `${style.dim('──')} ${style.bold(who)} · ${before === after ? before : `${before ?? 'not there'} -> ${after ?? 'not there'}`}`,
  ];
  for (const task of tasks) lines.push(`${neutralise(task.task)}: ${task.before ?? 'not run'} -> ${task.after ?? 'not run'}`);
  if (answers === undefined) return lines;
  const [was, is] = [exitText(answers.before), exitText(answers.after)];
  if (was !== is) lines.push(`${was} -> ${is}`);
  for (const stream of ['stdout', 'stderr'] as const) {
    const found = hunks(answers, stream);
    if (found.length === 0) continue;
    const marked = stream === 'stdout' ? '' : ' (stderr)';
    lines.push(
      style.bold(`--- ${names.from}${marked}`),
      style.bold(`+++ ${names.to}${marked}`),
      ...found.map((line) => paintHunk(line, style)),
    );
  }
  return lines;
}

function hunks({ before, after }: { readonly before: Outcome; readonly after: Outcome }, stream: 'stdout' | 'stderr'): string[] {
  const text = (outcome: Outcome): string => neutralise(decodeForPeople(outcome[stream] ?? new Uint8Array()));
  return unifiedDiff(text(before), text(after));
}

function exitText({ exit, error }: Outcome): string {
  if (error !== undefined) return error.code;
  if (exit === undefined) return 'no exit code';
  return exit.kind === 'code' ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}

function count(hosts: number): string {
  return `${hosts} ${hosts === 1 ? 'host' : 'hosts'}`;
}
