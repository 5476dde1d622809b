// Which files of a tree are the same on both sides, and what is to be said of those that are not. It changes nothing.
import { isUtf8 } from 'node:buffer';
import { type FileAttributes, kindOf } from '../attributes.ts';
import { inLanes } from '../lanes.ts';
import type { Arrangement } from './arrange.ts';
import type { Content } from './content.ts';
import type { PlannedEntry, TreeOptions } from './options.ts';
import type { TreeEntry } from './plan.ts';

/** Both sides of a copy as they can be looked into. */
export interface Sides {
  readonly from: string;
  readonly to: string;
  readonly source: Content;
  readonly target: Content;
}

type Mode = NonNullable<PlannedEntry['mode']>;

/** In an unfinished copy of the very same files, the size of one tells whether it is finished. */
export interface Comparison extends Pick<TreeOptions, 'diff' | 'preserve' | 'signal'> {
  readonly update?: TreeOptions['update'] | 'same size';
}

const MODE_BITS = 0o7777;
const LONGEST_TEXT_BYTES = 256 * 1024;
// Of one tree: a report for people ends somewhere, and the same of many hosts may be in memory at once.
const ALL_TEXTS_BYTES = 2 * 1024 * 1024;
const TEXTS_AT_ONCE = 8;

/** Takes away from an arrangement the files that `update` leaves alone; their modes are compared where they are kept. */
export async function withoutSame(arrangement: Arrangement, sides: Sides, options: Comparison): Promise<Arrangement> {
  const same = await sameFiles(arrangement, sides, options);
  if (same.size === 0) return arrangement;
  const files = arrangement.files.filter(({ path }) => !same.has(path));
  const modes = options.preserve === true ? [...same.values()].filter((entry) => modeChange(entry, arrangement) !== undefined) : [];
  return { ...arrangement, files, modes, unchanged: arrangement.unchanged + same.size - modes.length };
}

async function sameFiles(arrangement: Arrangement, sides: Sides, options: Comparison): Promise<Map<string, TreeEntry>> {
  const { existing, files } = arrangement;
  const update = comparisonOf(options);
  if (update === 'always') return new Map();
  const sized = files.filter(({ path, attributes }) => isSameSize(attributes, existing.get(path)));
  if (update === 'same size') return new Map(sized.map((entry) => [entry.path, entry]));
  if (update === 'changed') {
    const same = sized.filter(({ path, attributes }) => attributes.mtimeSeconds === existing.get(path)?.mtimeSeconds);
    return new Map(same.map((entry) => [entry.path, entry]));
  }
  options.signal?.throwIfAborted();
  const [here, there] = await Promise.all([sides.source.hashes(sides.from, sized), sides.target.hashes(sides.to, sized)]);
  return new Map(sized.filter(({ path }) => here.get(path) === there.get(path)).map((entry) => [entry.path, entry]));
}

/** A difference shown is one of content, unless size and time are said to be enough. */
function comparisonOf({ update = 'always', diff }: Comparison): NonNullable<Comparison['update']> {
  return diff === true && update === 'always' ? 'checksum' : update;
}

function isSameSize(source: FileAttributes, target: FileAttributes | undefined): boolean {
  return target !== undefined && kindOf(target) === 'file' && source.sizeBytes === target.sizeBytes;
}

/** The permission bits of something that is there, where they are not those of the tree. */
function modeChange({ path, attributes }: TreeEntry, { existing }: Arrangement): Mode | undefined {
  const there = existing.get(path);
  if (there?.mode === undefined || attributes.mode === undefined || kindOf(there) !== kindOf(attributes)) return undefined;
  const [before, after] = [there.mode & MODE_BITS, attributes.mode & MODE_BITS];
  return before === after ? undefined : { before, after };
}

/** The arrangement as a dry run shows it, in the order of the paths. */
export function plannedEntries(arrangement: Arrangement, { preserve }: TreeOptions): PlannedEntry[] {
  const { directories, files, links, modes, present, removals, existing } = arrangement;
  const kept = preserve === true;
  const modeOf = (entry: TreeEntry): Pick<PlannedEntry, 'mode'> => {
    const mode = kept ? modeChange(entry, arrangement) : undefined;
    return mode === undefined ? {} : { mode };
  };
  const replaces = (path: string): Pick<PlannedEntry, 'replaces'> => (existing.has(path) ? { replaces: true } : {});
  const entries: PlannedEntry[] = [
    ...directories.flat().map(({ path }) => ({ action: 'make directory', path }) as const),
    ...files.map((entry) => {
      const { path, attributes } = entry;
      return { action: 'copy file', path, bytes: attributes.sizeBytes ?? 0, ...replaces(path), ...modeOf(entry) } as const;
    }),
    ...links.map(({ path }) => ({ action: 'make link', path, ...replaces(path) }) as const),
    ...[...modes, ...(kept ? present : [])].flatMap((entry) => {
      const { mode } = modeOf(entry);
      return mode === undefined ? [] : [{ action: 'change mode', path: entry.path, mode } as const];
    }),
    ...removals.map(({ path }) => ({ action: 'remove', path }) as const),
  ];
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The same with the texts of files, as far as they are texts and there is room for them. */
export async function withTexts(
  entries: readonly PlannedEntry[],
  { files, existing }: Arrangement,
  sides: Sides,
  signal: AbortSignal | undefined,
): Promise<PlannedEntry[]> {
  const byPath = new Map(files.map((entry) => [entry.path, entry]));
  const texts = new Map<string, NonNullable<PlannedEntry['text']>>();
  let room = ALL_TEXTS_BYTES;
  const fits = (bytes = 0): boolean => bytes <= LONGEST_TEXT_BYTES;
  await inLanes(entries, TEXTS_AT_ONCE, async ({ action, path }) => {
    signal?.throwIfAborted();
    const entry = byPath.get(path);
    if (action !== 'copy file' || entry === undefined) return;
    const there = existing.get(path);
    const old = there !== undefined && kindOf(there) === 'file' ? { path, attributes: there } : undefined;
    const bytes = (entry.attributes.sizeBytes ?? 0) + (old?.attributes.sizeBytes ?? 0);
    if (!fits(entry.attributes.sizeBytes) || !fits(old?.attributes.sizeBytes) || bytes > room) return;
    room -= bytes;
    const before = old === undefined ? '' : asText(await sides.target.read(sides.to, old));
    const after = before === undefined ? undefined : asText(await sides.source.read(sides.from, entry));
    if (before !== undefined && after !== undefined) texts.set(path, { before, after });
  });
  return entries.map((entry) => {
    const text = texts.get(entry.path);
    return text === undefined ? entry : { ...entry, text };
  });
}

function asText(bytes: Buffer | undefined): string | undefined {
  return bytes === undefined || !isUtf8(bytes) || bytes.includes(0) ? undefined : bytes.toString('utf8');
}
