// Directories that copy sends, by Ansible and by this floor.
import { after, before, describe, it } from 'node:test';
import { needs } from '../support/real.js';
import { TREE_CASES } from './ansible-tree-cases.js';
import { CaseDirectories } from './case-directories.js';
import { playCases, runCase } from './play-cases.js';

describe('directories beside Ansible', needs('ansible-playbook'), () => {
  const directories = new CaseDirectories();
  let theirs: Awaited<ReturnType<typeof playCases>> | undefined;

  before(async () => {
    theirs = await playCases(TREE_CASES, directories);
  });
  after(() => directories.remove());

  TREE_CASES.forEach((one, index) => {
    it(one.name, async () => {
      const { result, second } = await runCase(one, directories.ours(index));

      const expected = { result: theirs?.results[index] ?? {}, secondChanged: theirs?.again[index] };
      directories.assertAlike(one, index, { result, second }, expected);
    });
  });
});
