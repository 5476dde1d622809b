// Modules of one's own in a playbook: found beside it, checked before anything is touched, played like any other.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { FaultsError, type SshoalError } from '#src/base/errors';
import { libraryDirectories, ModuleSpace } from '#src/modules/library/module-space';
import { Playbook } from '#src/playbook/playbook';
import { inDirectory, playLocal } from './play-local.js';

const GREET = `#!/bin/sh
# Greets somebody.
# sshoal:
#   check: true
#   params:
#     who: {required: true, aliases: [name]}
#     state: {choices: [loud, quiet], default: quiet}
#   returns: {length: {type: int}}
case $state in loud) result greeting "HELLO $who" ;; *) result greeting "hello $who" ;; esac
result length "\${#who}"
if [ "$check" ]; then result checked yes; fi
`;
const SKIPPED = '# Is skipped in check mode.\n# sshoal: {}\nchanged\n';

const play = (tasks: string): string => `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`;

async function withLibrary<T>(
  files: Readonly<Record<string, string>>,
  use: (directory: string, modules: ModuleSpace) => Promise<T>,
): Promise<T> {
  return await inDirectory(async (directory) => {
    await mkdir(path.join(directory, 'library'));
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, 'library', name), text);
    return await use(directory, await ModuleSpace.load(await libraryDirectories([directory])));
  });
}

async function faultsOf(files: Readonly<Record<string, string>>, text: string): Promise<SshoalError[]> {
  return await withLibrary(files, async (directory, modules) => {
    const file = path.join(directory, 'site.yml');
    await writeFile(file, text);
    try {
      Playbook.load([file], { modules });
      return [];
    } catch (error) {
      return error instanceof FaultsError ? [...error.faults] : [error as SshoalError];
    }
  });
}

describe("a playbook's own modules", () => {
  it('are played with templates, registered values, check mode and k=v arguments', async () => {
    const tasks = `    - name: greet
      greet: {who: "{{ inventory_hostname }}", state: loud}
      register: said
    - name: again
      greet: name="{{ said.length + 1 }}"
    - name: changes
      skipped:
`;

    const [played, checked] = await withLibrary({ 'greet.sh': GREET, 'skipped.sh': SKIPPED }, async (directory, modules) => [
      await playLocal(directory, play(tasks), 'web', {}, modules),
      await playLocal(directory, play(tasks), 'web', { checkMode: true }, modules),
    ]);

    assert.equal(played?.results.greet?.web?.greeting, 'HELLO web');
    assert.equal(played.results.again?.web?.greeting, 'hello 4');
    assert.deepEqual([played.statuses.greet?.web, played.statuses.changes?.web], ['ok', 'changed']);
    assert.deepEqual([checked?.results.greet?.web?.checked, checked?.statuses.changes?.web], ['yes', 'skipped']);
  });

  it('come with roles, take module_defaults, and are found in what is included while playing', async () => {
    const files = {
      'roles/web/tasks/main.yml': '- {name: of the role, greet: {name: role}}\n- include_tasks: "{{ more }}.yml"\n',
      'roles/web/tasks/later.yml': '- {name: included, greet: }\n',
      'roles/web/library/greet.sh': GREET,
    };
    const text = `- hosts: all
  gather_facts: false
  vars: {more: later}
  module_defaults: {greet: {name: default}}
  roles: [web]
`;

    const { results } = await inDirectory(async (directory) => {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
        await writeFile(path.join(directory, name), content);
      }
      return await playLocal(directory, text, 'web', {}, await ModuleSpace.load(await libraryDirectories([directory])));
    });

    const greetings = Object.values(results).map(({ web }) => web?.greeting);
    assert.deepEqual(
      greetings.filter((one) => one !== undefined),
      ['hello role', 'hello default'],
    );
  });

  it('are checked as those that are built in, before a host is touched', async () => {
    const faults = await faultsOf({ 'greet.sh': GREET }, play('    - greet: {state: lout}\n    - gret: {who: x}\n'));

    assert.deepEqual(
      faults.map(({ code, fix }) => [code, fix]),
      [
        ['BAD_PARAMETER', 'Give who: '],
        ['BAD_PARAMETER', 'Did you mean `loud`?'],
        ['UNKNOWN_MODULE', 'Did you mean `greet`?'],
      ],
    );
  });

  it('that are no modules are faults of the tasks that name them, with what is wrong and where', async () => {
    const files = {
      'snake.py': 'pass\n',
      'headless.sh': 'echo\n',
      'wrong.sh': '# Does it.\n# sshoal: {params: {a: {type: x}}}\n',
      'unused.py': '',
    };
    const faults = await faultsOf(files, play('    - snake:\n    - headless: {a: 1}\n    - action: wrong\n'));

    assert.deepEqual(
      faults.map(({ code, where }) => [code, typeof where === 'object' && where.line]),
      [
        ['LIBRARY_PYTHON', 4],
        ['LIBRARY_HEAD', 5],
        ['LIBRARY_HEAD', 6],
      ],
    );
    assert.match(faults[0]?.fix ?? '', /Write snake\.sh or snake\.mjs/);
    assert.match(faults[2]?.message ?? '', /^`wrong` cannot be used: `a` has no type `x` \(.*wrong\.sh:2:21\)$/);
  });

  it('stand before those that are built in, unless a task says ansible.builtin', async () => {
    const own = '# Answers otherwise.\n# sshoal: {}\nresult ping own\n';
    const tasks =
      '    - {name: mine, ping: }\n    - {name: legacy, ansible.legacy.ping: }\n    - {name: builtin, ansible.builtin.ping: }\n';

    const { results } = await withLibrary(
      { 'ping.sh': own },
      async (directory, modules) => await playLocal(directory, play(tasks), 'web', {}, modules),
    );

    assert.deepEqual([results.mine?.web?.ping, results.legacy?.web?.ping, results.builtin?.web?.ping], ['own', 'own', 'pong']);
  });

  it('fail their task when their code throws, and the play goes on to its end', async () => {
    const broken = "export const module = { summary: 'Throws', params: {}, compile() { throw new Error('not today'); } };\n";

    const { recap, results } = await withLibrary(
      { 'broken.mjs': broken },
      async (directory, modules) => await playLocal(directory, play('    - {name: it, broken: }\n'), 'web', {}, modules),
    );

    assert.equal(results.it?.web?.msg, 'The module broken has a fault: not today');
    assert.equal(recap.web?.failed, 1);
  });
});
