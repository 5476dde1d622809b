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
  let [removedBefore, addedBefore, at] = [0, 0, 0];
  const skipTo = (end: number): void => {
    for (; at < end; at++) {
      if (edits[at]?.kind !== '+') removedBefore++;
      if (edits[at]?.kind !== '-') addedBefore++;
    }
  };
  for (const [start, end] of hunks(edits)) {
    skipTo(start);
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
  const trace = shortestWay(...numbered(before, after));
  return trace === undefined ? everything() : walkBack(before, after, trace);
}

/** The lines as numbers, equal ones the same, since lines are compared again and again. */
function numbered(before: readonly string[], after: readonly string[]): [Int32Array, Int32Array] {
  const numbers = new Map<string, number>();
  const numberOf = (line: string): number => {
    const number = numbers.get(line) ?? numbers.size;
    numbers.set(line, number);
    return number;
  };
  return [Int32Array.from(before, numberOf), Int32Array.from(after, numberOf)];
}

/**
 * For each number of edits, how far the best path on every diagonal `k = x - y` has come in `before`: that of `k` stands at
 * `(k + edits) / 2`, since only every other diagonal can be reached.
 *
 * @returns Undefined where the way is longer than the bound.
 */
function shortestWay(before: Int32Array, after: Int32Array): Int32Array[] | undefined {
  const trace: Int32Array[] = [];
  const most = Math.min(before.length + after.length, MOST_EDITS);
  for (let edits = 0; edits <= most; edits++) {
    const last = trace.at(-1);
    const furthest = new Int32Array(edits + 1);
    trace.push(furthest);
    for (let at = 0; at <= edits; at++) {
      const k = 2 * at - edits;
      let x = last === undefined ? 0 : goesDown(last, at) ? (last[at] ?? 0) : (last[at - 1] ?? 0) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      furthest[at] = x;
      if (x >= before.length && x - k >= after.length) return trace;
    }
  }
  return undefined;
}

/** Whether the way to a diagonal comes from the one above it: by a line added, not removed. */
function goesDown(last: Int32Array, at: number): boolean {
  return at === 0 || (at < last.length && (last[at - 1] ?? 0) < (last[at] ?? 0));
}

function walkBack(before: readonly string[], after: readonly string[], trace: readonly Int32Array[]): Edit[] {
  const reversed: Edit[] = [];
  let [x, y] = [before.length, after.length];
  const keepUntil = (untilX: number): void => {
    for (; x > untilX; x--, y--) reversed.push({ kind: ' ', line: before[x - 1] ?? '' });
  };
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const last = trace[edits - 1] ?? new Int32Array();
    const at = (x - y + edits) / 2;
    const down = goesDown(last, at);
    const fromX = last[down ? at : at - 1] ?? 0;
    keepUntil(down ? fromX : fromX + 1);
    reversed.push(down ? { kind: '+', line: after[y - 1] ?? '' } : { kind: '-', line: before[x - 1] ?? '' });
    if (down) y--;
    else x--;
  }
  keepUntil(0);
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
