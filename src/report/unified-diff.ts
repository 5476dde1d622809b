// The difference of two texts, as diff -u writes it. It does not know whose texts they are.

const CONTEXT_LINES = 3;
/** Beyond so many edits the texts have little in common, and finding the shortest way costs more than it tells. */
const MOST_EDITS = 1_000;

/** One line of a difference: kept, removed or added. */
export interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

/**
 * The hunks of a difference, without the two header lines.
 *
 * @returns Lines starting with `@@`, blank, `-` or `+`; none where the texts are the same.
 */
export function unifiedDiff(before: string, after: string): string[] {
  const edits = lineEdits(toLines(before), toLines(after));
  const lines: string[] = [];
  for (const [start, end] of hunks(edits)) {
    const removedBefore = edits.slice(0, start).filter((edit) => edit.kind !== '+').length;
    const addedBefore = edits.slice(0, start).filter((edit) => edit.kind !== '-').length;
    const hunk = edits.slice(start, end);
    const range = (skipped: number, without: '+' | '-'): string => {
      const length = hunk.filter((edit) => edit.kind !== without).length;
      // An empty side is named by the line before it, as diff -u does.
      return `${length === 0 ? skipped : skipped + 1}${length === 1 ? '' : `,${length}`}`;
    };
    lines.push(`@@ -${range(removedBefore, '+')} +${range(addedBefore, '-')} @@`);
    for (const { kind, line } of hunk) lines.push(...markMissingNewline(`${kind}${line}`));
  }
  return lines;
}

/** The shortest list of edits from one list of lines to another (Myers' algorithm), or all removed and all added beyond a bound. */
export function lineEdits(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < before.length - start && tail < after.length - start && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const kept = (lines: readonly string[]): Edit[] => lines.map((line) => ({ kind: ' ', line }));
  const middle = shortestEdits(before.slice(start, before.length - tail), after.slice(start, after.length - tail));
  return [...kept(before.slice(0, start)), ...middle, ...kept(before.slice(before.length - tail))];
}

function shortestEdits(before: readonly string[], after: readonly string[]): Edit[] {
  const everything = (): Edit[] => [
    ...before.map((line): Edit => ({ kind: '-', line })),
    ...after.map((line): Edit => ({ kind: '+', line })),
  ];
  if (before.length === 0 || after.length === 0) return everything();
  // furthest.get(k) is how far into `before` the best path on diagonal k = x - y has come.
  let furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(before.length + after.length, MOST_EDITS); edits++) {
    trace.push(furthest);
    const next = new Map<number, number>();
    for (let k = -edits; k <= edits; k += 2) {
      const [left, right] = [furthest.get(k - 1) ?? -1, furthest.get(k + 1) ?? -1];
      let x = k === -edits || (k !== edits && left < right) ? right : left + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      next.set(k, x);
      if (x >= before.length && x - k >= after.length) return walkBack(before, after, trace);
    }
    furthest = next;
  }
  return everything();
}

function walkBack(before: readonly string[], after: readonly string[], trace: readonly Map<number, number>[]): Edit[] {
  const reversed: Edit[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -edits || (k !== edits && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
    const fromX = furthest.get(down ? k + 1 : k - 1) ?? 0;
    const fromY = fromX - (down ? k + 1 : k - 1);
    for (; x > fromX && y > fromY; x--, y--) reversed.push({ kind: ' ', line: before[x - 1] ?? '' });
    if (edits === 0) break;
    reversed.push(down ? { kind: '+', line: after[y - 1] ?? '' } : { kind: '-', line: before[x - 1] ?? '' });
    [x, y] = [fromX, fromY];
  }
  return reversed.reverse();
}

/** Where the hunks begin and end in the list of edits; hunks whose contexts touch are one. */
function hunks(edits: readonly Edit[]): [start: number, end: number][] {
  const found: [number, number][] = [];
  for (const [index, edit] of edits.entries()) {
    if (edit.kind === ' ') continue;
    const last = found.at(-1);
    if (last !== undefined && index - CONTEXT_LINES <= last[1]) last[1] = Math.min(index + 1 + CONTEXT_LINES, edits.length);
    else found.push([Math.max(index - CONTEXT_LINES, 0), Math.min(index + 1 + CONTEXT_LINES, edits.length)]);
  }
  return found;
}

/** Lines with their newlines, so that a missing last newline is a difference. */
function toLines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

function markMissingNewline(line: string): string[] {
  return line.endsWith('\n') ? [line.slice(0, -1)] : [line, '\\ No newline at end of file'];
}
