// Items of a loop that share trips to the host: what they come to is what they would have come to one by one.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Instruction, Outcome } from '#src/fleet/events';
import type { Task } from '#src/playbook/ast';
import { type ReadyItem, runTogether } from '#src/playbook/run/loop-together';
import type { TaskRun } from '#src/playbook/run/task-run';
import type { TaskScope } from '#src/playbook/variables/variables';
import { compileModule, runScript } from '../../modules/run-steps.ts';
import { inDirectory, type Played, playLocal } from '../play-local.ts';

/** Each item with a trip of its own: a pause is only for one. */
const APART = 'loop_control: {pause: 0.001}';

/** The same task both ways, each in a directory of its own that is called DIR. */
async function bothWays(
  task: string,
  before = '',
): Promise<{ readonly together: Played; readonly apart: Played; readonly files: unknown[] }> {
  return await inDirectory(async (root) => {
    const played: Played[] = [];
    const files: unknown[] = [];
    for (const [index, extra] of ['', APART].entries()) {
      const directory = path.join(root, String(index));
      const text = `- hosts: all\n  gather_facts: false\n  tasks:\n    - file: {path: DIR, state: directory}\n${before}${task}${extra === '' ? '' : `      ${extra}\n`}`;
      const one = await playLocal(root, text.replaceAll('DIR', directory), 'a\n');
      played.push({ ...one, results: JSON.parse(JSON.stringify(one.results).replaceAll(directory, 'DIR')) as Played['results'] });
      const names = (await readdir(directory)).sort();
      files.push(await Promise.all(names.map(async (name) => [name, await readFile(path.join(directory, name), 'utf8')])));
    }
    const [together, apart] = played;
    if (together === undefined || apart === undefined) throw new TypeError('Both were played');
    return { together, apart, files };
  });
}

const TASKS: Readonly<Record<string, string>> = {
  'copies of texts, some of them skipped': `    - name: it
      copy: {content: "{{ item }}\\n", dest: "DIR/f{{ item % 7 }}", mode: "{{ '0600' if item is odd else '0644' }}"}
      loop: "{{ range(20) | list }}"
      when: item != 3
      register: r
      changed_when: r.changed and item != 4
`,
  'states of files, one of which cannot be': `    - name: it
      file: {path: "DIR/{{ item.path }}", state: "{{ item.state }}", src: "{{ item.src | default(omit) }}"}
      loop: [{path: a, state: touch}, {path: l, state: link, src: a}, {path: a/b, state: directory}, {path: a, state: absent}, {path: l, state: absent}]
      ignore_errors: true
`,
  'lines of one file, and of another': `    - name: it
      lineinfile: {path: "DIR/f{{ item % 2 }}", line: "line {{ item % 9 }}", create: true, insertbefore: BOF, mode: "0600"}
      loop: "{{ range(24) | list }}"
`,
  'a line that its file does not take': `    - name: it
      lineinfile: {path: DIR/f, line: "{{ item }}", create: true, validate: "sh -c '! grep -q bad %s'"}
      loop: [one, bad, two, worse bad, three]
      ignore_errors: true
`,
  'blocks and replacements that build on one another': `    - name: it
      replace: {path: DIR/f, regexp: "x{{ item }}", replace: "x{{ item + 1 }}"}
      loop: [1, 2, 3, 9]
`,
  'options of a section': `    - name: it
      ini_file: {path: DIR/f.ini, section: s, option: "o{{ item % 3 }}", value: "{{ item }}"}
      loop: [1, 2, 3, 4, 5]
`,
  'arguments that are wrong': `    - name: it
      file: {path: "DIR/f{{ item }}", state: "{{ 'none' if item == 1 else 'touch' }}"}
      loop: [0, 1, 2]
      ignore_errors: true
`,
  'an environment of each': `    - name: it
      copy: {content: "x", dest: "$HERE/{{ item }}"}
      environment: {HERE: "DIR"}
      loop: [a, b]
`,
  'a user that nobody can become': `    - name: it
      file: {path: "DIR/f{{ item }}", state: touch}
      loop: [0, 1, 2]
      become: true
      become_method: doas
      become_user: nobodys
      ignore_errors: true
`,
};
const BEFORE = '    - copy: {content: "x1 y\\n", dest: DIR/f}\n';

describe('items of a loop that go together', () => {
  for (const [name, task] of Object.entries(TASKS))
    it(`come to the same as one by one: ${name}`, async () => {
      const { together, apart, files } = await bothWays(task, name.startsWith('blocks') ? BEFORE : '');

      assert.deepEqual(together.results.it, apart.results.it);
      assert.deepEqual(together.statuses, apart.statuses);
      assert.deepEqual(files[0], files[1]);
      const items = (played: Played) =>
        played.events.flatMap((event) => (event.kind === 'item-finished' ? [`${event.item}: ${event.status}`] : []));
      assert.deepEqual(items(together), items(apart));
    });
});

/** Carries out scripts here, and counts them. */
function counting(): { readonly host: TaskRun; readonly trips: () => number } {
  let trips = 0;
  const perform = async (_line: string, { script }: Extract<Instruction, { kind: 'script' }>): Promise<Outcome> => {
    trips++;
    const { code = 0, ...answer } = await runScript(script);
    return { host: 'h', status: 'ok', exit: { kind: 'code', code }, ...answer };
  };
  return { host: { hands: { perform } } as unknown as TaskRun, trips: () => trips };
}

const readyItems = (module: string, all: readonly object[]): ReadyItem[] =>
  all.map((args) => ({
    scope: {} as TaskScope,
    prepared: {
      step: compileModule(module, { ...args }),
      surroundings: '',
      reach: { line: 'h', host: 'h', scope: {} as TaskScope },
      become: undefined,
      delegate: undefined,
      checkMode: false,
    },
  }));

describe('a hundred items', () => {
  const numbers = Array.from({ length: 100 }, (_none, index) => index);
  const rounds: readonly (readonly [name: string, module: string, args: (directory: string, index: number) => object, trips: number])[] = [
    ['files', 'file', (directory, index) => ({ path: `${directory}/${index}`, state: 'touch' }), 1],
    ['texts', 'copy', (directory, index) => ({ dest: `${directory}/${index}`, content: 'x' }), 1],
    ['lines of one file', 'lineinfile', (directory, index) => ({ path: `${directory}/f`, line: `${index}`, create: true }), 2],
    ['lines of a file each', 'lineinfile', (directory, index) => ({ path: `${directory}/${index}`, line: 'x', create: true }), 2],
  ];
  for (const [name, module, args, trips] of rounds)
    it(`that are ${name} are ${trips === 1 ? 'one trip' : 'two trips'} to the host`, async () => {
      await inDirectory(async (directory) => {
        const counted = counting();

        const ends = await runTogether(
          {} as Task,
          readyItems(
            module,
            numbers.map((index) => args(directory, index)),
          ),
          counted.host,
        );

        assert.deepEqual([counted.trips(), ends.filter(({ result }) => result.get('changed') === true).length], [trips, 100]);
      });
    });
});
