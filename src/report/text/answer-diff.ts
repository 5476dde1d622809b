// Answers as differences from one of them. It does not know how a block looks, nor how lines are compared.
import type { Outcome } from '../../fleet/events.ts';
import type { Group } from '../fold.ts';
import type { Answer } from '../gather.ts';
import { decodeForPeople } from '../output/host-bytes.ts';
import { paintHunk } from '../style.ts';
import type { Page } from './page.ts';
import { unifiedDiff } from './unified-diff.ts';

/** Whether there is an answer to compare: a command came to its end. */
export function hasAnswered(outcome: Outcome): boolean {
  return outcome.exit !== undefined;
}

/**
 * The group that the others are compared with.
 *
 * @param groups - In the order they are shown; of two equally large ones the first is taken.
 * @param base - A host whose group it shall be, instead of the largest.
 * @returns Undefined where nobody, or not the base, has answered.
 */
export function referenceOf(groups: readonly Group<Answer>[], base?: string): Group<Answer> | undefined {
  const answered = groups.filter(({ sample }) => hasAnswered(sample.outcome));
  if (base !== undefined) return answered.find(({ hosts }) => hosts.includes(base));
  const most = Math.max(0, ...answered.map(({ hosts }) => hosts.length));
  return answered.find(({ hosts }) => hosts.length === most);
}

/** What one group wrote, as `diff -u` from what the reference wrote; each stream that differs by itself. */
export function differenceLines(reference: Group<Answer>, other: Group<Answer>, page: Page): string[] {
  const { style } = page;
  const [before, after] = [page.names(reference.hosts), page.names(other.hosts)];
  const lines: string[] = [];
  let sameBytes = true;
  for (const stream of ['stdout', 'stderr'] as const) {
    const [from, to] = [reference.sample[stream].read(), other.sample[stream].read()];
    if (Buffer.compare(from, to) === 0) continue;
    sameBytes = false;
    const hunks = unifiedDiff(page.foreign(decodeForPeople(from)), page.foreign(decodeForPeople(to)));
    if (hunks.length === 0) continue;
    const name = stream === 'stdout' ? '' : ' (stderr)';
    lines.push(style.bold(`--- ${before}${name}`), style.bold(`+++ ${after}${name}`));
    for (const hunk of hunks) lines.push(paintHunk(hunk, style));
  }
  if (lines.length > 0) return lines;
  return [style.dim(sameBytes ? '(the same output)' : '(the output differs only in what cannot be shown)')];
}
