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
  const parts = [...names].map(splitName);
  // A padded set also takes the unpadded numbers of its own width (09 and 10), whichever comes first.
  const padded = new Set(parts.filter((part) => /^0\d/.test(part.digits)).map(widthKey));
  const sets = new Map<string, NumberSet>();
  for (const part of parts) {
    const width = padded.has(widthKey(part)) ? part.digits.length : 0;
    const key = `${part.prefix}\0${part.suffix}\0${width}\0${part.digits === ''}`;
    const set = sets.get(key) ?? { prefix: part.prefix, suffix: part.suffix, width, numbers: new Set<number>() };
    if (part.digits !== '') set.numbers.add(Number(part.digits));
    sets.set(key, set);
  }
  return [...sets.values()].map(foldOne).join(',');
}

interface NameParts {
  readonly prefix: string;
  readonly digits: string;
  readonly suffix: string;
}
interface NumberSet {
  readonly prefix: string;
  readonly suffix: string;
  /** Digits of every number; 0 for as many as it needs. */
  readonly width: number;
  readonly numbers: Set<number>;
}

function splitName(name: string): NameParts {
  const [, prefix = '', digits = '', suffix = ''] = /^(.*?)(\d+)(\D*)$/s.exec(name) ?? [];
  // Beyond 15 digits a number is no longer exact: such a name stands for itself.
  return digits === '' || digits.length > 15 ? { prefix: name, digits: '', suffix: '' } : { prefix, digits, suffix };
}

function widthKey(part: NameParts): string {
  return `${part.prefix}\0${part.suffix}\0${part.digits.length}`;
}

function foldOne(set: NumberSet): string {
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
