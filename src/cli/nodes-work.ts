// What the verb nodes can do with node sets: from its words to answers. It prints nothing.
import { type FoldOptions, NodeSet } from '../base/node-set/node-set.ts';
import { parseNodeSet } from '../base/node-set/read.ts';
import { didYouMean } from '../base/suggest.ts';
import type { NodeGroups } from '../inventory/node-set/node-groups.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';
import { readNodeSets, readPipedSets } from './node-sets.ts';

/** One line for people, or the same for programs. */
export interface Answer {
  readonly text: string;
  readonly data: unknown;
}

interface Work {
  /** In the order of the words. */
  readonly sets: readonly NodeSet[];
  /** What --exclude-nodes says. */
  readonly excluded: NodeSet;
  /** The word in front of the sets; empty where the work takes none. */
  readonly first: string;
  readonly groups: NodeGroups;
  readonly flags: Flags;
}

interface Task {
  /** The word it needs in front of the sets: what it is, and an example. */
  readonly first?: readonly [string, string];
  /** Whether it can do without sets, so that nothing is read from what is piped in. */
  readonly sets?: 'optional' | 'none';
  readonly perform: (work: Work) => Promise<Answer[]> | Answer[];
}

const TASKS: Readonly<Record<string, Task>> = {
  fold: { perform: (work) => [folded(unionOf(work), work.flags)] },
  expand: { perform: (work) => [expanded(unionOf(work), work.flags)] },
  count: { perform: (work) => [counted(unionOf(work), work.flags)] },
  intersect: {
    perform: (work) => [
      folded(
        reduced(work, (a, b) => a.intersection(b)),
        work.flags,
      ),
    ],
  },
  diff: {
    perform: (work) => [
      folded(
        reduced(work, (a, b) => a.difference(b)),
        work.flags,
      ),
    ],
  },
  xor: {
    perform: (work) => [
      folded(
        reduced(work, (a, b) => a.symmetricDifference(b)),
        work.flags,
      ),
    ],
  },
  split: {
    first: ['a number of parts', '3'],
    perform: (work) => [...unionOf(work).split(numberOf(work.first, 'split'))].map((part) => folded(part, work.flags)),
  },
  pick: {
    first: ['a number of nodes', '3'],
    perform: (work) => [folded(unionOf(work).pick(numberOf(work.first, 'pick')), work.flags)],
  },
  slice: { first: ['positions from 0', '0-4'], perform: (work) => [folded(sliced(unionOf(work), work.first), work.flags)] },
  contiguous: { perform: (work) => [...unionOf(work).contiguous()].map((part) => folded(part, work.flags)) },
  regroup: {
    perform: async (work) => {
      const nodes = unionOf(work);
      const text = await work.groups.regroup(nodes, work.flags.groupsource, foldOptions(nodes, work.flags));
      return [{ text: formatted(text, work.flags), data: { set: text, count: nodes.size } }];
    },
  },
  'list-groups': { sets: 'optional', perform: async (work) => await groupsOf(work) },
  'list-sources': {
    sets: 'none',
    perform: async ({ groups }) =>
      (await groups.sourceNames()).map((name, i) => ({
        text: i === 0 ? `${name} (default)` : name,
        data: { source: name, default: i === 0 },
      })),
  },
};

/**
 * Does what `sshoal nodes` is asked for.
 *
 * @param what - `fold`, `expand`, and so on.
 * @param words - What follows it.
 * @throws UsageError BAD_FLAG, MISSING_ARGUMENT; NodeSetError.
 */
export async function performNodes(
  what: string,
  words: readonly string[],
  groups: NodeGroups,
  flags: Flags,
  context: Context,
): Promise<Answer[]> {
  const task = Object.hasOwn(TASKS, what) ? TASKS[what] : undefined;
  if (task === undefined)
    throw new UsageError('BAD_FLAG', `There is nothing called \`${what}\` to do with node sets`, {
      where: 'sshoal nodes',
      fix: didYouMean(what, Object.keys(TASKS)),
    });
  const [first, texts] = task.first === undefined ? ['', words] : [words[0], words.slice(1)];
  if (first === undefined)
    throw new UsageError('MISSING_ARGUMENT', `\`${what}\` needs ${task.first?.[0]}`, {
      where: `sshoal nodes ${what}`,
      fix: `Write sshoal nodes ${what} ${task.first?.[1]} 'n[1-10]'`,
    });
  if (task.sets === 'none' && texts.length > 0)
    throw new UsageError('EXTRA_ARGUMENT', `\`${what}\` takes no node sets`, {
      where: `sshoal nodes ${what}`,
      fix: `Write sshoal nodes ${what}`,
    });
  if (task.sets === undefined && texts.length === 0 && context.stdin.isTTY === true)
    throw new UsageError('MISSING_ARGUMENT', 'There is no node set', {
      where: `sshoal nodes ${what}`,
      fix: "Write one, or pipe some in: sshoal nodes fold 'n[1-3],n5'",
    });
  const wanted = texts.length === 0 && task.sets === undefined ? ['-'] : texts;
  const sets: NodeSet[] = [];
  for (const text of wanted) sets.push(await readWord(text, groups, context));
  const excluded = (await readNodeSets(flags.excludeNodes, groups, '--exclude-nodes')) ?? NodeSet.ofNames([]);
  return await task.perform({ sets, excluded, first, groups, flags });
}

async function readWord(word: string, groups: NodeGroups, context: Context): Promise<NodeSet> {
  const found = word === '-' ? await readPipedSets(context, groups) : await readNodeSets([word], groups, 'node set');
  return found ?? NodeSet.ofNames([]);
}

function unionOf({ sets, excluded }: Work): NodeSet {
  return NodeSet.union(sets).difference(excluded);
}

function reduced({ sets, excluded }: Work, apply: (a: NodeSet, b: NodeSet) => NodeSet): NodeSet {
  const [first = NodeSet.ofNames([]), ...others] = sets;
  return others.reduce(apply, first).difference(excluded);
}

/** @param positions - `0-4,7`, from 0; those beyond the end are nobody's. */
function sliced(nodes: NodeSet, positions: string): NodeSet {
  const ranges = [...parseNodeSet(`[${positions}]`, 'positions').contiguous()];
  return NodeSet.union(ranges.map((range) => nodes.slice(Number(range.at(0)), Number(range.at(-1)) + 1)));
}

async function groupsOf(work: Work): Promise<Answer[]> {
  const { flags, sets, groups } = work;
  const nodes = sets.length === 0 ? undefined : unionOf(work);
  return (await groups.groupsOf(nodes, flags.groupsource)).map(({ group, whole, part }) => {
    const set = part.toString(foldOptions(part, flags));
    const share = nodes === undefined ? `${whole.size}` : `${part.size}/${whole.size}`;
    return {
      text: [group, set, share].slice(0, flags.verbose + 1).join(' '),
      data: { group, set, count: part.size, of: whole.size },
    };
  });
}

/** With a format every name is written so before they are folded, as `nodeset -f -O`. */
function folded(nodes: NodeSet, flags: Flags): Answer {
  const written = flags.outputFormat === '%s' ? nodes : NodeSet.ofNames(nodes.expand().map((name) => formatted(name, flags)));
  const text = written.toString(foldOptions(written, flags));
  return { text, data: { set: text, count: nodes.size } };
}

function expanded(nodes: NodeSet, flags: Flags): Answer {
  const names = nodes.expand().map((name) => formatted(name, flags));
  return { text: names.join(separatorOf(flags)), data: { nodes: names, count: names.length } };
}

function counted(nodes: NodeSet, flags: Flags): Answer {
  return { text: formatted(String(nodes.size), flags), data: { count: nodes.size } };
}

function formatted(text: string, { outputFormat }: Flags): string {
  const unknown = /%(?![s%])/.exec(outputFormat.replaceAll('%%', ''));
  if (unknown !== null)
    throw new UsageError('BAD_FLAG', `--output-format cannot be \`${outputFormat}\``, {
      where: '--output-format',
      fix: 'Write %s for the name, and %% for %',
    });
  return outputFormat.replace(/%([s%])/g, (_, letter: string) => (letter === 's' ? text : '%'));
}

function separatorOf({ separator }: Flags): string {
  const meanings: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\' };
  return separator.replace(/\\(.)/gs, (whole, letter: string) => meanings[letter] ?? whole);
}

function foldOptions(nodes: NodeSet, { autostep, axis }: Flags): FoldOptions {
  return {
    autostep: autostep === undefined ? undefined : autostepOf(autostep, nodes.size),
    axes: axis === undefined ? undefined : axesOf(axis),
  };
}

/** As nodeset: a number of nodes, a share of all of them, or all of them. */
function autostepOf(text: string, size: number): number {
  if (text === 'auto') return Math.max(3, size);
  const [, number, percent] = /^(\d{1,9})(%?)$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0)
    throw new UsageError('BAD_FLAG', `--autostep cannot be \`${text}\``, {
      where: '--autostep',
      fix: 'Give a number of nodes from 1, a share such as 50%, or auto',
    });
  return percent === '%' ? Math.ceil((size * Number(number)) / 100) : Number(number);
}

/** Counted from 1, or from the last with -1. */
function axesOf(text: string): number[] {
  if (/^-\d{1,3}$/.test(text)) return [Number(text)];
  return parseNodeSet(`[${text}]`, '--axis')
    .expand()
    .map((axis) => Number(axis) - 1);
}

function numberOf(text: string, what: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError('BAD_FLAG', `\`${text}\` is no number`, {
    where: `sshoal nodes ${what}`,
    fix: `Write a whole number from 1: sshoal nodes ${what} 3 'n[1-10]'`,
  });
}
