// Patterns for names and paths, against a table, a slow oracle, and Python's own fnmatch.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { matchesPath, namePattern, pathPattern } from '#src/ssh/sftp/wildcard';
import { needs } from '../../support/real.js';

const names = fc.string({ unit: fc.constantFrom('a', 'b', '-', ']', '!', '.', '☃', '\udcff'), maxLength: 8 });
const patterns = fc
  .array(fc.constantFrom('*', '?', 'a', 'b', '[ab]', '[!a]', '[a-b]', '[]a]', '[!]]', '[', ']', '-', '.', '☃', '[☃]'), { maxLength: 8 })
  .map((parts) => parts.join(''));

/** The same question answered by trying everything. */
function slowly(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === '**') return slowly(rest, path) || (path.length > 0 && slowly(pattern, path.slice(1)));
  return path.length > 0 && namePattern(first).matches(path[0] ?? '') && slowly(rest, path.slice(1));
}

describe('a pattern for names', () => {
  const TABLE: readonly [pattern: string, name: string, matches: boolean][] = [
    ['*.log', 'a.log', true],
    ['*.log', '.log', true],
    ['*.log', 'a.log.gz', false],
    ['a?c', 'abc', true],
    ['a?c', 'a☃c', true],
    ['a?c', 'a💥c', true],
    ['a?c', 'a\udcffc', true],
    ['a?c', 'ac', false],
    ['[a-c]', 'b', true],
    ['[!a-c]', 'b', false],
    ['[^a-c]', 'd', true],
    ['[]x]', ']', true],
    ['[x', '[x', true],
    ['[a-]', '-', true],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['a\\', 'a\\', true],
    ['{a,b}', 'a', false],
    ['', '', true],
    ['*', '', true],
  ];
  for (const [pattern, name, matches] of TABLE) {
    it(`${JSON.stringify(pattern)} ${matches ? 'means' : 'does not mean'} ${JSON.stringify(name)}`, () => {
      assert.equal(namePattern(pattern).matches(name), matches);
    });
  }

  it('takes no longer than name and pattern are long, however many stars there are', () => {
    const name = 'a'.repeat(20_000);

    assert.equal(namePattern(`${'*a'.repeat(50)}*b`).matches(name), false);
  });

  it("means what Python's fnmatch means by it", needs('python3'), () => {
    const cases = fc.sample(fc.tuple(patterns, names), { numRuns: 2_000, seed: 7 });
    const script = 'import fnmatch,json,sys\nprint(json.dumps([fnmatch.fnmatchcase(n, p) for p, n in json.load(sys.stdin)]))';
    const python = spawnSync('python3', ['-c', script], { input: JSON.stringify(cases), encoding: 'utf8' });

    const expected = JSON.parse(python.stdout) as boolean[];

    for (const [at, [pattern, name]] of cases.entries()) {
      assert.equal(namePattern(pattern).matches(name), expected[at], JSON.stringify([pattern, name]));
    }
  });
});

describe('a pattern for paths', () => {
  it('answers as trying everything does', () => {
    const part = fc.constantFrom('**', '*', 'a', 'b', 'a*');
    const name = fc.constantFrom('a', 'b', 'ab');

    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.array(name, { maxLength: 6 }), (parts, path) => {
        assert.equal(matchesPath(pathPattern(parts.join('/')), path), slowly(parts, path));
      }),
    );
  });
});
