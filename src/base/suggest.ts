// "Did you mean": the nearest known word to a mistyped one. It does not know what the words mean.

/**
 * Finds the known word a person most likely meant.
 *
 * @param word - What was typed.
 * @param known - The words there are.
 * @returns The nearest one by edit distance (a swap of neighbours is one edit), or undefined when none is near enough to be
 * worth saying: more than a third of the letters differ.
 */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * The remedy for an unknown word: `Did you mean \`when\`?`, or the list of words when it is short, or where to look.
 *
 * @param word - What was typed.
 * @param known - The words there are.
 * @param otherwise - What to say when nothing is near: `See sshoal play --help`.
 */
export function didYouMean(word: string, known: Iterable<string>, otherwise?: string): string {
  const words = [...known];
  const near = suggest(word, words);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  return otherwise ?? `Known: ${words.toSorted().join(', ')}`;
}

// Optimal string alignment; gives up (returns `limit`) as soon as every path costs that much.
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, (beforeLast[j - 2] ?? 0) + 1);
      row.push(value);
    }
    if (Math.min(...row) >= limit) return limit;
    beforeLast = last;
    last = row;
  }
  return Math.min(last[b.length] ?? limit, limit);
}
