// ClusterShell's own library, asked many questions in one process. It does not know what sshoal would answer.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

const PYTHON = '/usr/bin/python3';
const PROGRAM = `
import json, sys
from ClusterShell.NodeSet import NodeSet, RESOLVER_NOGROUP
def read(text, **more): return NodeSet(text, resolver=RESOLVER_NOGROUP, **more)
def answer(question):
    try:
        nodes = read(question['text'])
    except Exception as error:
        return {'error': str(error)}
    def steps(count): return str(read(question['text'], autostep=count))
    def axis(*axes): return str(read(question['text'], fold_axis=axes))
    return {
        'folded': str(nodes), 'names': list(nodes), 'size': len(nodes),
        'autostep': [steps(3), steps(4)], 'axes': [axis(0), axis(-1)],
        'split': [str(part) for part in nodes.split(3)],
        'contiguous': [str(part) for part in nodes.contiguous()],
        'slice': str(nodes[1:5]),
        'again': str(NodeSet._fromlist1(list(nodes), resolver=RESOLVER_NOGROUP)),
    }
print(json.dumps([answer(question) for question in json.load(sys.stdin)]))
`;

export interface Answer {
  readonly error?: string;
  readonly folded: string;
  readonly names: readonly string[];
  readonly size: number;
  /** With autostep 3 and 4. */
  readonly autostep: readonly string[];
  /** Folded along the first axis only, and along the last only. */
  readonly axes: readonly string[];
  /** In three. */
  readonly split: readonly string[];
  readonly contiguous: readonly string[];
  /** Positions 1 to 4. */
  readonly slice: string;
  /** Folded from the names. */
  readonly again: string;
}

/** What ClusterShell makes of each text. */
export function askClusterShell(texts: readonly string[]): ReadonlyMap<string, Answer> {
  const run = spawnSync(PYTHON, ['-c', PROGRAM], {
    input: JSON.stringify(texts.map((text) => ({ text }))),
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 256e6,
  });
  assert.equal(run.status, 0, run.stderr);
  const answers = JSON.parse(run.stdout) as Answer[];
  return new Map(texts.map((text, i) => [text, answers[i] as Answer]));
}
