// Every combination of parameters and of what is there before, carried out by Ansible's own modules and by ours.
import { after, before, describe, it } from 'node:test';
import { needs } from '../support/real.js';
import type { Case } from './ansible-cases.js';
import { CaseDirectories, lay, placed } from './case-directories.js';
import { GRID_CASES } from './grid-cases.js';
import { runPythonModules } from './python-modules.js';
import { runModule } from './run-steps.js';

// In check mode a second run has nothing to say.
const again = (one: Case): boolean => one.checkMode !== true;

describe('a grid of parameters beside Ansible', needs('ansible'), () => {
  const directories = new CaseDirectories();
  let answers: Record<string, unknown>[][] = [];

  before(() => {
    GRID_CASES.forEach((one, index) => {
      lay(directories.theirs(index), one);
      lay(directories.ours(index), one);
    });
    const calls = GRID_CASES.map((one, index) => ({
      module: one.module,
      args: placed(one.args, directories.theirs(index)),
      checkMode: one.checkMode ?? false,
      times: again(one) ? 2 : 1,
    }));
    answers = runPythonModules(calls, directories.root);
  });
  after(() => directories.remove());

  GRID_CASES.forEach((one, index) => {
    it(one.name, async () => {
      const args = placed(one.args, directories.ours(index));
      const options = { checkMode: one.checkMode ?? false, diff: true };

      const result = await runModule(one.module, args, options);
      const second = again(one) ? await runModule(one.module, args, options) : undefined;

      const [first = {}, more] = answers[index] ?? [];
      directories.assertAlike(one, index, { result, second }, { result: first, secondChanged: more?.changed });
    });
  });
});
