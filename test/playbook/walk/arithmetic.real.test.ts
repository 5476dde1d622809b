// Batches and choices of tags that nobody thought of, beside Ansible's own functions for them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { batchesOf } from '#src/playbook/run/batches';
import { isSelected } from '#src/playbook/tags';
import { needs } from '../../support/real.ts';

// The same ones each time: a test that fails by chance helps nobody.
const SEED = 20_26;

interface Questions {
  readonly batches: readonly { readonly serial: readonly (number | string)[]; readonly hosts: number }[];
  readonly tags: readonly { readonly own: readonly string[]; readonly tags: readonly string[]; readonly skipTags: readonly string[] }[];
}
interface Answers {
  /** The size of each batch. */
  readonly batches: readonly (readonly number[])[];
  readonly tags: readonly boolean[];
}

const ANSWER = `
import json, sys
from types import SimpleNamespace as Thing
from ansible.executor.playbook_executor import PlaybookExecutor
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.task import Task
asked = json.load(sys.stdin)
def batches(one):
    executor = PlaybookExecutor.__new__(PlaybookExecutor)
    executor._inventory = Thing(get_hosts=lambda hosts, order: list(range(one['hosts'])))
    return [len(batch) for batch in executor._get_serialized_batches(Thing(hosts='all', order=None, serial=one['serial']))]
def chosen(one):
    task = Task()
    task._loader = DataLoader()
    task.tags = one['own']
    return task.evaluate_tags(one['tags'], one['skipTags'], {})
print(json.dumps({'batches': [batches(one) for one in asked['batches']], 'tags': [chosen(one) for one in asked['tags']]}))
`;

async function askAnsible(questions: Questions): Promise<Answers> {
  const said = await new Promise<string>((resolve, reject) => {
    const child = execFile('/usr/bin/python3', ['-c', ANSWER], { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(stderr)),
    );
    child.stdin?.end(JSON.stringify(questions));
  });
  return JSON.parse(said) as Answers;
}

const size = fc.oneof(
  fc.integer({ min: -1, max: 12 }),
  fc.integer({ min: 0, max: 12 }).map(String),
  fc.integer({ min: 0, max: 130 }).map((percent) => `${percent}%`),
);
const tag = fc.constantFrom('one', 'two', 'three', 'always', 'never');
const asked = fc.oneof(tag, fc.constantFrom('all', 'tagged', 'untagged'));

describe('beside the functions of Ansible', needs('ansible-playbook'), () => {
  it('batches have the same sizes, and the same tasks are chosen by tags', async () => {
    const questions: Questions = {
      batches: fc.sample(fc.record({ serial: fc.array(size, { maxLength: 4 }), hosts: fc.integer({ min: 1, max: 40 }) }), {
        seed: SEED,
        numRuns: 1_000,
      }),
      tags: fc.sample(
        fc.record({
          own: fc.uniqueArray(tag, { maxLength: 3 }),
          // Without --tags the command line asks for all.
          tags: fc.uniqueArray(asked, { minLength: 1, maxLength: 3 }),
          skipTags: fc.uniqueArray(asked, { maxLength: 2 }),
        }),
        { seed: SEED, numRuns: 2_000 },
      ),
    };

    const answers = await askAnsible(questions);

    for (const [i, { serial, hosts }] of questions.batches.entries()) {
      const names = Array.from({ length: hosts }, (_, host) => `h${host}`);
      const sizes = batchesOf(names, [...serial], undefined).map((batch) => batch.length);
      assert.deepEqual(sizes, answers.batches[i], JSON.stringify({ serial, hosts }));
    }
    for (const [i, { own, ...selection }] of questions.tags.entries())
      assert.equal(isSelected(own, selection), answers.tags[i], JSON.stringify({ own, ...selection }));
  });
});
