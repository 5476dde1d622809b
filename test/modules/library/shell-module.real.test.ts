// Modules in sh under every shell: parameters arrive as they were given, and what is reported arrives back.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { findProgram, needs } from '../../support/real.js';
import { plain, SHELLS } from '../run-steps.js';
import { moduleWith, runOwn } from './shell-file.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-own-'));
after(() => rmSync(root, { recursive: true }));

const ECHO = moduleWith(
  `params:
  text: {description: any}
  items: {type: list}
  map: {type: dict}
  enabled: {type: bool, default: false}
  mode: {type: mode}
  place: {type: path}
  places: {type: list, elements: path}
returns:
  enabled: {type: bool}
  count: {type: int}
  items: {type: list}
  map: {type: dict}`,
  `count=0
add() { count=$((count + 1)); result "item_$count" "<$1>"; }
each items add
pair() { result "key_$1" "$2"; }
each map pair
spot() { result place_of_each "$1"; }
each places spot
result text "$text"; result items "$items"; result map "$map"; result enabled "$enabled"; result mode "$mode"; result count "$count"
result place "$place"; result places "$places"
for name in text items map mode place; do if given "$name"; then result "given_$name" yes; fi; done`,
);
const KEEPS = moduleWith(
  `check: true
params:
  file: {type: path, required: true}`,
  `echo noise; printf 'x=y\\0'; echo trouble >&2
if [ -e "$file" ]; then finish; fi
difference '' 'made
' "$file"
write() { printf 'made\\n' >"$file"; }
change 'Could not make it' write
if [ "$check" ]; then result would yes; fi
fact made_by sshoal`,
);

for (const shell of SHELLS) {
  describe(`under ${shell}`, needs(shell.split(' ')[0] ?? ''), () => {
    it('any text is a variable, an item of a list and a value of a map as it was given', async () => {
      const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((one) => !one.includes('\0') && !/\p{Surrogate}/u.test(one));
      const hard = fc.oneof(fc.constantFrom('', "'", '$HOME', '`id`', '\\', '-n', 'a\nb\n', '"', '*', '~', '\t', 'é'), text);

      await fc.assert(
        fc.asyncProperty(hard, fc.array(hard, { maxLength: 3 }), hard, async (one, items, value) => {
          const result = plain(await runOwn(ECHO, { text: one, items, map: { a: value } }, { shell }));

          // What a shell prints back through $(...) is not at stake here: variables are reported directly.
          assert.deepEqual([result.text, result.count, result.key_a], [one, items.length, value]);
          for (const [index, item] of items.entries()) assert.equal(result[`item_${index + 1}`], `<${item}>`);
        }),
        { numRuns: 25, seed: 7 },
      );
    });

    it('numbers, truths, modes and paths are what a shell would have of them, and what was not given is empty', async () => {
      const args = { enabled: true, mode: 0o644, place: '~/a b', items: 'one,two', map: { a: [1, true] }, places: ['~/x', '$HOME/y'] };

      const full = plain(await runOwn(ECHO, args, { shell, env: { HOME: '/home/ada' } }));
      const empty = plain(await runOwn(ECHO, {}, { shell }));

      assert.deepEqual(
        [full.enabled, full.mode, full.place, full.items, JSON.stringify(full.map)],
        [true, '0644', '/home/ada/a b', ['one', 'two'], '{"a":[1,true]}'],
      );
      assert.deepEqual([full.places, full.place_of_each], ['/home/ada/x\n/home/ada/y', '/home/ada/y']);
      assert.deepEqual([full.given_text, full.given_mode, empty.given_mode], [undefined, 'yes', undefined]);
      assert.deepEqual([empty.enabled, empty.text, empty.items, empty.map, empty.count], [false, '', [], '', 0]);
    });

    it('it changes once, shows the difference, becomes facts, and check mode only says so, whatever it prints', async () => {
      const file = path.join(root, `kept by ${shell}`);

      const would = await runOwn(KEEPS, { file }, { shell, checkMode: true, diff: true });
      const first = await runOwn(KEEPS, { file }, { shell, diff: false });
      const second = await runOwn(KEEPS, { file }, { shell, diff: true });

      assert.deepEqual([would.changed, first.changed, second.changed], [true, true, false]);
      assert.deepEqual([plain(would).would, plain(first).would], ['yes', undefined]);
      assert.deepEqual([would.diff, first.diff], [[{ beforeHeader: file, afterHeader: file, before: '', after: 'made\n' }], []]);
      assert.equal(JSON.stringify(plain(first).ansible_facts), '{"made_by":"sshoal"}');
      assert.equal(readFileSync(file, 'utf8'), 'made\n');
    });

    it('it fails with its own words, with those of a command, by its exit code, and by a name that makes no sense', async () => {
      const run = async (body: string) => await runOwn(moduleWith('returns: {n: {type: int}}', body), {}, { shell });

      const own = await run('result n 3; echo why >&2; failed "It is" "so"; result n 4');
      const command = await run("no() { echo 'no way' >&2; return 3; }; change 'Could not do it' no");
      const left = await run('echo lost >&2; exit 3');
      const unset = await run('echo "$nothing_of_that_name"');
      const name = await run('result "a b" c');

      assert.deepEqual([own.failed, own.msg, plain(own).n, plain(own).stderr], [true, 'It is so', 3, 'why']);
      assert.deepEqual([command.failed, command.msg], [true, 'Could not do it: no way']);
      assert.deepEqual([left.failed, plain(left).rc, plain(left).stderr], [true, 3, 'lost']);
      assert.match(left.msg ?? '', /^mine did not come to its end on the host: exit code 3$/);
      assert.equal(unset.failed, true);
      assert.equal(name.msg, "result: 'a b' cannot be the name of a value");
    });
  });
}

describe('shellcheck', needs('shellcheck'), () => {
  it('has nothing to say about what sshoal puts before a module, nor about the example', async () => {
    const example = path.resolve(import.meta.dirname, '../../../../examples/library/library/motd.sh');
    const before = path.join(root, 'before.sh');
    const sent = ECHO.compile(
      { items: ["it's", '-n'], map: new Map([['a', '~']]), places: ['~/x'], text: '$x' },
      { checkMode: true, diff: true, token: 't' },
    );
    assert.ok(sent.kind === 'script');
    writeFileSync(before, `#!/bin/sh\n${sent.script}`);

    const check = (...words: readonly string[]) =>
      spawnSync(findProgram('shellcheck') ?? '', ['-s', 'sh', ...words], { encoding: 'utf8', timeout: 30_000 }).stdout;

    assert.equal(check('-e', '2016,2030,2031,2034,2088,2317', before), '');
    assert.equal(check(example), '');
  });
});
