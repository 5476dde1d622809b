// Measures node sets of a hundred thousand names, beside ClusterShell where it is there: `node build/bench/fleet/nodes.js [ROUNDS]`.
//
// The best of some rounds (default 3) of each, in milliseconds. Both start with the names or the text in memory.
import { spawnSync } from 'node:child_process';
import { NodeSet, parseNodeSet } from 'sshoal';

const ROUNDS = Number(process.argv[2] ?? 3);
const LINE = 'node[1-100000]';
const GRID = 'rack[1-100]node[1-1000]';

const PROGRAM = `
import json, sys, time
from ClusterShell.NodeSet import NodeSet, RESOLVER_NOGROUP
def fold(names): return str(NodeSet._fromlist1(names, resolver=RESOLVER_NOGROUP))
def expand(text): return list(NodeSet(text, resolver=RESOLVER_NOGROUP))
line, grid = (expand(text) for text in json.loads(sys.argv[1]))
work = [lambda: expand(json.loads(sys.argv[1])[0]), lambda: fold(line), lambda: fold(line[::7]), lambda: fold(grid[::97]), lambda: NodeSet(','.join(line)), lambda: fold(grid)]
def best(one):
    times = []
    for _ in range(int(sys.argv[2])):
        start = time.perf_counter(); one(); times.append((time.perf_counter() - start) * 1000)
    return min(times)
print(json.dumps([best(one) for one in work]))
`;

function best(work: () => unknown): number {
  return Math.min(
    ...Array.from({ length: ROUNDS }, () => {
      const started = performance.now();
      work();
      return performance.now() - started;
    }),
  );
}

const line = parseNodeSet(LINE).expand();
const grid = parseNodeSet(GRID).expand();
const some = (names: readonly string[], step: number): string[] => names.filter((_, i) => i % step === 0);
const fold = (names: readonly string[]): string => NodeSet.ofNames(names).toString();

const work: readonly (readonly [string, () => unknown])[] = [
  ['expand 100,000 names', () => parseNodeSet(LINE).expand()],
  ['fold 100,000 names into one range', () => fold(line)],
  ['fold every 7th of them', () => fold(some(line, 7))],
  ['fold every 97th of 100 x 1,000', () => fold(some(grid, 97))],
  ['read a text of 100,000 names', () => parseNodeSet(line.join())],
  ['fold 100 x 1,000 names', () => fold(grid)],
];
const theirs = spawnSync('/usr/bin/python3', ['-c', PROGRAM, JSON.stringify([LINE, GRID]), String(ROUNDS)], { encoding: 'utf8' });
const beside = theirs.status === 0 ? (JSON.parse(theirs.stdout) as number[]) : [];
for (const [i, [name, one]] of work.entries()) {
  const [ours, other] = [best(one), beside[i]];
  const ratio = other === undefined ? '' : `   ClusterShell ${other.toFixed(0).padStart(6)} ms   ${(other / ours).toFixed(1)}x`;
  console.log(`${name.padEnd(48)} ${ours.toFixed(0).padStart(6)} ms${ratio}`);
}
