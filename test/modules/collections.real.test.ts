// Modules of other collections beside what Ansible's own came to, kept as a table: ansible-core brings none of them.
//
// With COLLECTIONS_PATH, a directory that holds `ansible_collections`, they are asked anew: `UPDATE_GOLDEN=1` keeps what they say.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { needs } from '../support/real.js';
import { CaseDirectories, lay, placed, tree } from './case-directories.js';
import { COLLECTION_CASES, COLLECTION_OF } from './collection-cases.js';
import { runPythonModules } from './python-modules.js';
import { runModule } from './run-steps.js';

interface Came {
  readonly failed: boolean;
  readonly changed: boolean;
  /** Whether a second run changes something; not said in check mode. */
  readonly again?: boolean;
  readonly files: Readonly<Record<string, string>>;
}

const GOLDEN = path.resolve(import.meta.dirname, '../../../test/modules/collections.golden.json');
const collections = process.env.COLLECTIONS_PATH;

/** Users who run the tests are not always root: only modes and contents are alike everywhere. */
function filesOf(directory: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree(directory)).map(([name, text]) => [name, text.replace(/^(\d+) \d+:\d+/, '$1').replaceAll(directory, '@')]),
  );
}

describe('modules of other collections', needs('sh'), () => {
  const directories = new CaseDirectories();
  let golden: Readonly<Record<string, Came>> = {};

  before(() => {
    COLLECTION_CASES.forEach((one, index) => {
      lay(directories.theirs(index), one);
      lay(directories.ours(index), one);
    });
    golden = collections === undefined ? (JSON.parse(readFileSync(GOLDEN, 'utf8')) as typeof golden) : askAnsible(collections, directories);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, `${JSON.stringify(golden, undefined, 1)}\n`);
  });
  after(() => directories.remove());

  COLLECTION_CASES.forEach((one, index) => {
    it(one.name, async () => {
      const args = placed(one.args, directories.ours(index));
      const checkMode = one.checkMode ?? false;

      const first = await runModule(one.module, args, { checkMode });
      const second = checkMode ? undefined : await runModule(one.module, args, { checkMode });

      const { failed, changed } = first;
      const again = second === undefined ? {} : { again: second.changed && !second.failed };
      assert.deepEqual(
        { failed, changed: changed && !failed, ...again, files: filesOf(directories.ours(index)) },
        golden[one.name],
        first.msg,
      );
    });
  });
});

function askAnsible(where: string, directories: CaseDirectories): Record<string, Came> {
  const calls = COLLECTION_CASES.map((one, index) => ({
    module: `ansible_collections.${COLLECTION_OF[one.module]}.plugins.modules.${one.module}`,
    args: placed(one.args, directories.theirs(index)),
    checkMode: one.checkMode ?? false,
    times: one.checkMode === true ? 1 : 2,
  }));
  const answers = runPythonModules(calls, directories.root, where);
  return Object.fromEntries(
    COLLECTION_CASES.map((one, index) => {
      const [first = {}, second] = answers[index] ?? [];
      const failed = first.failed === true;
      const changed = first.changed === true && !failed;
      const again = second === undefined ? {} : { again: second.changed === true && second.failed !== true };
      return [one.name, { failed, changed, ...again, files: filesOf(directories.theirs(index)) }];
    }),
  );
}
