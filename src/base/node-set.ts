// Folding of many host names into one short name: web[01-03,07]. Pure text; it does not know what a host is.

/**
 * Folds host names as ClusterShell does: `web01 web02 web03 web07` -> `web[01-03,07]`.
 *
 * Only the last number of a name varies within one bracket; its width is kept, so `web1` and `web01` stay apart.
 *
 * @param names - Host names; duplicates count once.
 * @returns The sets joined with commas, prefixes in order of first appearance; empty for no names.
 */
export function foldNames(names: Iterable<string>): string {
  const sets = new Map<string, { prefix: string; suffix: string; width: number; numbers: Set<number> }>();
  for (const name of names) {
    const match = /^(.*?)(\d+)(\D*)$/s.exec(name);
    const digits = match?.[2] ?? '';
    // Beyond 15 digits a number is no longer exact: such a name stands for itself.
    if (match === null || digits.length > 15) {
      sets.set(`=${name}`, { prefix: name, suffix: '', width: 0, numbers: new Set() });
      continue;
    }
    const width = digits.startsWith('0') && digits.length > 1 ? digits.length : 0;
    const [prefix = '', suffix = ''] = [match[1], match[3]];
    // A padded set also takes the unpadded numbers of its own width: 09, 10.
    const padded = `${prefix}\0${suffix}\0${digits.length}`;
    const key = width > 0 || sets.has(padded) ? padded : `${prefix}\0${suffix}\0`;
    const set = sets.get(key) ?? { prefix, suffix, width: key === padded ? digits.length : 0, numbers: new Set<number>() };
    set.numbers.add(Number(digits));
    sets.set(key, set);
  }
  return [...sets.values()].map(foldOne).join(',');
}

function foldOne(set: { prefix: string; suffix: string; width: number; numbers: Set<number> }): string {
  if (set.numbers.size === 0) return set.prefix;
  const sorted = [...set.numbers].sort((a, b) => a - b);
  const text = (n: number): string => String(n).padStart(set.width, '0');
  const ranges: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (end + 1 < sorted.length && sorted[end + 1] === (sorted[end] ?? 0) + 1) end++;
    const [from = 0, to = 0] = [sorted[i], sorted[end]];
    ranges.push(from === to ? text(from) : `${text(from)}-${text(to)}`);
    i = end + 1;
  }
  const single = ranges.length === 1 && sorted.length === 1;
  return set.prefix + (single ? ranges[0] : `[${ranges.join(',')}]`) + set.suffix;
}
