// What a transfer changes, as people and machines read it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PlannedEntry } from '#src/fleet/events';
import { styleOf } from '#src/report/style';
import { changeData, changeLines } from '#src/report/text/transfer-changes';

const lines = (...changes: readonly PlannedEntry[]): string[] =>
  changeLines(changes, (text) => text.replaceAll('\x1b', '?'), styleOf(false));

describe('the changes of a transfer', () => {
  const TABLE: readonly [PlannedEntry, string][] = [
    [{ action: 'make directory', path: 'css' }, 'new directory css'],
    [{ action: 'copy file', path: 'a', bytes: 2_048 }, 'new a (2.0 KiB)'],
    [{ action: 'copy file', path: 'a', bytes: 1, replaces: true }, 'changed a (1 B)'],
    [{ action: 'copy file', path: 'a', bytes: 1, replaces: true, mode: { before: 0o644, after: 0o4755 } }, 'changed a (1 B, 0644 to 4755)'],
    [{ action: 'make link', path: 'l' }, 'new link l'],
    [{ action: 'make link', path: 'l', replaces: true }, 'changed link l'],
    [{ action: 'change mode', path: 'm', mode: { before: 0o600, after: 0o644 } }, 'mode m (0600 to 0644)'],
    [{ action: 'remove', path: 'r' }, 'removed r'],
    [{ action: 'remove', path: 'two\nlines\x1b[2J' }, 'removed two\\nlines?[2J'],
  ];
  for (const [change, expected] of TABLE) {
    it(`say ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(lines(change), [expected]);
    });
  }

  it('show what differs in a text, and nothing of a new one, all of which is new', () => {
    const text = { before: 'one\n', after: 'two\n' };

    assert.deepEqual(lines({ action: 'copy file', path: 'a', replaces: true, text }), ['changed a', '@@ -1 +1 @@', '-one', '+two']);
    assert.deepEqual(lines({ action: 'copy file', path: 'a', text: { before: '', after: 'new\n' } }), ['new a']);
  });

  it('are data for machines, with modes as people write them', () => {
    const [data] = changeData([
      { action: 'copy file', path: 'a', replaces: true, mode: { before: 0o644, after: 0o600 }, text: { before: 'one\n', after: 'two\n' } },
    ]);

    assert.deepEqual(JSON.parse(JSON.stringify(data)), {
      action: 'copy file',
      path: 'a',
      replaces: true,
      mode: { before: '0644', after: '0600' },
      diff: '@@ -1 +1 @@\n-one\n+two\n',
    });
  });
});
