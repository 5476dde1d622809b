// The difference of two texts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lineEdits, unifiedDiff } from '#src/report/text/unified-diff';

const numbered = (count: number, change: (n: number) => string = String): string =>
  Array.from({ length: count }, (_, n) => `${change(n + 1)}\n`).join('');

/** The length of the longest common subsequence, by the plain table. */
function commonLines(before: readonly string[], after: readonly string[]): number {
  let row = new Array<number>(after.length + 1).fill(0);
  for (const line of before) {
    const next = [0];
    for (const [at, other] of after.entries()) {
      next.push(line === other ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

describe('a unified diff', () => {
  it('is empty for equal texts', () => {
    assert.deepEqual(unifiedDiff('a\nb\n', 'a\nb\n'), []);
  });

  it('starts an empty side at line 0, as diff -u does', () => {
    assert.deepEqual(unifiedDiff('', 'a\n'), ['@@ -0,0 +1 @@', '+a']);
    assert.deepEqual(unifiedDiff('a\nb\n', ''), ['@@ -1,2 +0,0 @@', '-a', '-b']);
  });

  it('keeps three lines around a change, and parts changes that are far from each other', () => {
    const lines = unifiedDiff(
      numbered(20),
      numbered(20, (n) => (n === 5 || n === 16 ? `${n}!` : String(n))),
    );

    assert.deepEqual(
      lines.filter((line) => /^[@+-]/.test(line)),
      ['@@ -2,7 +2,7 @@', '-5', '+5!', '@@ -13,7 +13,7 @@', '-16', '+16!'],
    );
    assert.equal(lines.length, 2 + 2 * 8);
  });

  it('says where the last newline is missing', () => {
    assert.deepEqual(unifiedDiff('a\n', 'a'), ['@@ -1 +1 @@', '-a', '+a', '\\ No newline at end of file']);
  });

  it('gives up the shortest way on texts with nothing in common', () => {
    const lines = unifiedDiff(
      numbered(3_000),
      numbered(3_000, (n) => `x${n}`),
    );

    assert.equal(lines.length, 6_001);
  });

  it('is the shortest there is', () => {
    const line = fc.constantFrom('a', 'b', 'c');

    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.array(line, { maxLength: 20 }), (before, after) => {
        const changed = lineEdits(before, after).filter(({ kind }) => kind !== ' ').length;

        assert.equal(changed, before.length + after.length - 2 * commonLines(before, after));
      }),
    );
  });

  it('holds both texts, whatever they are', () => {
    const line = fc.constantFrom('a', 'b', 'c', '');

    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.array(line, { maxLength: 30 }), (before, after) => {
        const edits = lineEdits(before, after);

        assert.deepEqual(
          edits.filter(({ kind }) => kind !== '+').map((edit) => edit.line),
          before,
        );
        assert.deepEqual(
          edits.filter(({ kind }) => kind !== '-').map((edit) => edit.line),
          after,
        );
      }),
    );
  });
});
