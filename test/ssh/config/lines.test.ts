// The lines of ssh_config: words, faults with their places, and files that patterns name.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Position } from '#src/base/position';
import { expandGlob, parseLines, readLines, splitWords } from '#src/ssh/config/lines';
import { SshSettingsError } from '#src/ssh/errors';

function fault(text: string): { readonly message: string; readonly fix: string | undefined; readonly where: Position } {
  try {
    parseLines(text, 'config');
  } catch (error) {
    assert.ok(error instanceof SshSettingsError, String(error));
    return { message: error.message, fix: error.fix, where: error.where as Position };
  }
  return assert.fail('it was read');
}

describe('words of a line', () => {
  const table: readonly [text: string, words: readonly string[] | undefined][] = [
    ['', []],
    [' \t ', []],
    ['a b\tc', ['a', 'b', 'c']],
    ['  a  ', ['a']],
    ['"a b" c', ['a b', 'c']],
    ["'a b' c", ['a b', 'c']],
    ['a"b c"d', ['ab cd']],
    ['"it\'s"', ["it's"]],
    ['\'say "no"\'', ['say "no"']],
    ['""', ['']],
    ['a "" b', ['a', '', 'b']],
    ['"a', undefined],
    ["a 'b", undefined],
    ['"a\\', undefined],
    ['\\"a', ['"a']],
    ["\\'a", ["'a"]],
    ['a\\ b', ['a b']],
    ['"a\\ b"', ['a\\ b']],
    ['a\\\\b', ['a\\b']],
    ['C:\\dir', ['C:\\dir']],
    ['a\\', ['a\\']],
    ['"a\\"b"', ['a"b']],
    ['a # b', ['a']],
    ['# a', []],
    ['a#b', ['a#b']],
    ['"#a" b', ['#a', 'b']],
  ];
  for (const [text, words] of table) {
    it(`of \`${text}\` are ${JSON.stringify(words) ?? 'none, since a quote is open'}`, () => {
      assert.deepEqual(splitWords(text), words);
    });
  }

  it('come back from quotes as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        const quoted = words.map((word) => `"${word.replaceAll(/["'\\]/g, '\\$&')}"`).join(' ');

        assert.deepEqual(splitWords(quoted), words);
      }),
    );
  });
});

describe('lines of ssh_config', () => {
  it('are keywords in lower case, by their newer names, with their words', () => {
    const lines = parseLines('Host web "two words"\n\n # a comment\n\tChallengeResponseAuthentication=no\r\n', 'config');

    assert.deepEqual(
      lines.map(({ keyword, words, number }) => [keyword, words, number]),
      [
        ['host', ['web', 'two words'], 1],
        ['kbdinteractiveauthentication', ['no'], 4],
      ],
    );
  });

  it('that hold a command are left as they stand', () => {
    const [line] = parseLines('ProxyCommand sh -c "nc \'%h\' %p" # not a comment', 'config');

    assert.deepEqual(line?.words, ['sh -c "nc \'%h\' %p" # not a comment']);
  });

  const faults: readonly [what: string, text: string, line: number, column: number, message: RegExp, fix: RegExp][] = [
    ['no keyword', 'User a\n  = b', 2, 3, /no `Keyword value` line/, /comment/],
    ['an unknown keyword', 'User a\n\n\tHostNam x', 3, 2, /no keyword HostNam$/, /`hostname`/],
    ['no value', 'Host web\n  User', 2, 3, /User needs a value/, /remove/],
    ['an empty value', 'User ""', 1, 1, /User needs a value/, /remove/],
    ['an open quote', 'Port 1\nUser "a', 2, 1, /quote/, /Close/],
    ['forgiveness that comes too late', 'Uzer a\nIgnoreUnknown Uzer', 1, 1, /Uzer/, /`user`/],
    ['a name that every object has', 'constructor a', 1, 1, /no keyword constructor/, /IgnoreUnknown/],
  ];
  for (const [what, text, line, column, message, fix] of faults) {
    it(`with ${what} are refused, with their place`, () => {
      const found = fault(text);

      assert.match(found.message, message);
      assert.match(found.fix ?? '', fix);
      assert.deepEqual([found.where.file, found.where.line, found.where.column], ['config', line, column]);
      assert.equal(found.where.lineText, text.split('\n')[line - 1]);
    });
  }

  it('throw nothing but faults, which point into the text', () => {
    const word = fc.oneof(
      fc.constantFrom('Host', 'User', 'user', 'Match', 'Include', 'Uzer', '__proto__', 'IgnoreUnknown', '#'),
      fc.string(),
    );
    const piece = fc.oneof(
      word,
      fc.constantFrom(' ', '\t', '=', '"', "'", '\\', '\r', '\f', '\ufeff', '\u00a0'),
      fc.string({ unit: 'binary' }),
    );
    const text = fc
      .array(fc.array(piece, { maxLength: 5 }), { maxLength: 6 })
      .map((lines) => lines.map((pieces) => pieces.join('')).join('\n'));

    fc.assert(
      fc.property(text, (given) => {
        try {
          parseLines(given, 'config');
        } catch (error) {
          assert.ok(error instanceof SshSettingsError, String(error));
          const { line, column } = error.where as Position;
          const raw = given.split('\n')[line - 1];
          assert.ok(raw !== undefined && column >= 1 && column <= raw.length, `${line}:${column} of ${JSON.stringify(given)}`);
          assert.match(raw[column - 1] ?? '', /\S/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('files of ssh_config', () => {
  let directory: string;
  const at = (name: string): string => path.join(directory, name);
  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-lines-'));
    for (const name of ['b', 'a', '.hidden', 'a1', 'a2', 'x[y', 'a-b', 'a^']) await writeFile(at(name), 'User one\n');
    await mkdir(at('sub'));
    await writeFile(at('sub/c'), '');
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  const patterns: readonly [pattern: string, names: readonly string[]][] = [
    ['a', ['a']],
    ['nowhere', ['nowhere']],
    ['?', ['a', 'b']],
    ['a*', ['a', 'a-b', 'a1', 'a2', 'a^']],
    ['.h*', ['.hidden']],
    ['[ab]', ['a', 'b']],
    ['a[0-9]', ['a1', 'a2']],
    ['a[!1]', ['a2', 'a^']],
    ['a[^1]', ['a2', 'a^']],
    ['a[1^]', ['a1', 'a^']],
    ['*[*', ['x[y']],
    ['x[y', ['x[y']],
    ['s*/?', ['sub/c']],
    ['*/nowhere-*', []],
    ['(', ['(']],
    ['(*', []],
  ];
  for (const [pattern, names] of patterns) {
    it(`named by ${pattern} are ${names.join(' ') || 'none'}`, async () => {
      // Only what has a pattern in it is looked up.
      assert.deepEqual(await expandGlob(at(pattern)), names.map(at));
    });
  }

  it('are read again when they have changed', async () => {
    await writeFile(at('changing'), 'User before');
    const first = await readLines(at('changing'));

    await writeFile(at('changing'), 'User afterwards');

    assert.deepEqual([first[0]?.words, (await readLines(at('changing')))[0]?.words], [['before'], ['afterwards']]);
  });

  it('that are missing have no lines', async () => {
    assert.deepEqual([await readLines(at('missing')), await readLines(at('a/below'))], [[], []]);
  });

  it('that are no files are faults', async () => {
    await assert.rejects(readLines(directory), { code: 'SSH_CONFIG', where: directory });
  });
});
