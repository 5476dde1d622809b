// The head of a shell module: what it says, and where it is wrong.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FaultsError, type SshoalError } from '#src/base/errors';
import type { Position } from '#src/base/position';
import { readHead } from '#src/modules/library/head';

const FULL = `#!/bin/sh
# Keeps a file
# as it is.
#
# It does so
# always.
#
# sshoal:
#   check: true
#   params:
#     mode: {type: mode, default: 0644, description: bits}
#     sort: {choices: [yes, 'no', 1], default: "no"}
#     many: {type: list, elements: int, aliases: [all], default: [1]}
#
#   returns: {size: {type: int, description: bytes}, who: the owner}
#   examples: |
#     - keep: {mode: '0600'}
#
#     - keep:
#
# Thanks to nobody.
set -e # sshoal: not here
`;

function faultsOf(text: string): string[] {
  try {
    readHead(text, 'x.sh');
    return [];
  } catch (error) {
    const faults = error instanceof FaultsError ? error.faults : [error as SshoalError];
    return faults.map(({ where, message }) => {
      const { line, column } = typeof where === 'object' ? where : ({ line: 0, column: 0 } satisfies Partial<Position>);
      return `${line}:${column} ${message}`;
    });
  }
}

describe('the head of a shell module', () => {
  it('says what the module is, takes and gives', () => {
    const head = readHead(FULL.replace('[yes,', "['yes',"), 'x.sh');

    assert.deepEqual([head.summary, head.checkMode], ['Keeps a file as it is', 'inspects']);
    assert.deepEqual(head.params, {
      mode: { type: 'mode', default: '0644', description: 'bits' },
      sort: { type: 'str', description: '', choices: ['yes', 'no', '1'], default: 'no' },
      many: { type: 'list', elements: 'int', aliases: ['all'], default: [1], description: '' },
    });
    assert.deepEqual(head.docs, {
      notes: ['It does so always.', 'Thanks to nobody.'],
      diff: false,
      returns: { size: { type: 'int', description: 'bytes' }, who: { description: 'the owner' } },
      examples: "- keep: {mode: '0600'}\n\n- keep:",
    });
  });

  it('may be one line', () => {
    const head = readHead('# Does it.\n# sshoal: {params: {path: {type: path, required: true}}}\necho', 'x.sh');

    assert.deepEqual(head.params, { path: { type: 'path', required: true, description: '' } });
    assert.equal(head.checkMode, 'skips');
  });

  it('is missing where the first comments do not have it', () => {
    assert.deepEqual(faultsOf('#!/bin/sh\n# Does it.\n\n# sshoal: {}\n'), ['0:0 This module does not say which parameters it takes']);
  });

  const bad = (params: string): string => `# Does it.\n# sshoal:\n#   params:\n${params}\n`;
  for (const [what, text, ...faults] of [
    ['a key that it does not know', '# Does it.\n# sshoal: {parms: {}}\n', '2:12 `sshoal` has no `parms`'],
    ['YAML that is none', '# Does it.\n# sshoal: {a\n', '2:11 This { is never closed'],
    ['a list where a map must be', '# Does it.\n# sshoal: {params: [a]}\n', '2:20 `params` must be a map'],
    ['a type there is not', bad('#     a: {type: pth}'), '4:7 `a` has no type `pth`'],
    ['a file of the controller', bad('#     a: {type: source}'), '4:7 `a` has no type `source`'],
    ['a name that scripts have', bad('#     check: {}'), '4:7 `check` is a variable that every script has'],
    ['a name of the environment', bad('#     PATH: {}'), '4:7 `PATH` cannot be the name of a parameter'],
    [
      'a default of another type',
      bad('#     n: {type: int, default: many}'),
      '4:7 `n` must be a whole number, and is `many`, which is its default',
    ],
    ['a default that is no choice', bad('#     n: {choices: [a], default: b}'), '4:7 `n` cannot be `b`, which is its default'],
    ['a truth among the choices', bad('#     n: {choices: [yes]}'), '4:21 A bool stands where a word must be'],
    ['required and a default', bad('#     n: {required: true, default: x}'), '4:7 `n` is required and has a default'],
    ['elements of what is no list', bad('#     n: {elements: str}'), '4:7 `n` has `elements` that no list can have'],
    ['a name that YAML reads as something else', bad('#     on: {}'), '4:7 YAML reads this name as the bool true'],
    ['no sentence', '# sshoal: {}\n', '1:1 This module does not say what it does'],
    [
      'all of it at once',
      bad('#     a: {type: pth}\n#     B: {}'),
      '4:7 `a` has no type `pth`',
      '5:7 `B` cannot be the name of a parameter',
    ],
  ] as const) {
    it(`is refused with its place: ${what}`, () => {
      const found = faultsOf(text);

      assert.equal(found.length, faults.length, found.join('\n'));
      for (const [index, fault] of faults.entries()) assert.ok(found[index]?.startsWith(fault), found[index]);
    });
  }

  it('says the same of whatever parameters are written into it', () => {
    const name = fc.stringMatching(/^p_[a-z0-9_]{0,6}$/);
    const words = fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 3 });
    const spec = fc.oneof(
      fc.record({ type: fc.constant('str' as const), description: fc.string(), choices: words }, { noNullPrototype: true }),
      fc.record(
        { type: fc.constant('list' as const), description: fc.string(), elements: fc.constantFrom('str', 'int', 'path') },
        { noNullPrototype: true },
      ),
      fc.record(
        { type: fc.constantFrom('int', 'bool', 'dict', 'path', 'raw'), description: fc.string(), required: fc.boolean() },
        { noNullPrototype: true },
      ),
    );

    fc.assert(
      fc.property(fc.dictionary(name, spec, { noNullPrototype: true }), (params) => {
        const written = JSON.stringify({ params }).replace(
          /[\x7f-\uffff]/g,
          (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );

        assert.deepEqual(readHead(`# Does it.\n# sshoal: ${written}\ntrue\n`, 'x.sh').params, params);
      }),
    );
  });
});
