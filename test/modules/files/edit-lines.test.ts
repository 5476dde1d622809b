// What lineinfile decides, without a file.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ensureLine, type LineEdit, linesOf, removeLines } from '#src/modules/files/edit-lines';

const edit = (part: Partial<LineEdit>): LineEdit => ({
  line: 'x',
  regexp: undefined,
  searchString: undefined,
  insertAfter: undefined,
  insertBefore: undefined,
  backrefs: false,
  firstMatch: false,
  ...part,
});
const ensure = (text: string, part: Partial<LineEdit>): string => ensureLine(linesOf(text), edit(part)).lines.join('');

describe('ensureLine', () => {
  it('adds at the end, after the newline that was missing', () => {
    assert.equal(ensure('a', {}), 'a\nx\n');
    assert.equal(ensure('', {}), 'x\n');
  });

  it('puts a line after the last line of the file on a line of its own', () => {
    assert.equal(ensure('a\nb', { insertAfter: '^b' }), 'a\nb\nx\n');
  });

  it('goes to the end where the place is not found, and before a place with firstmatch', () => {
    assert.equal(ensure('a\nb\n', { insertBefore: '^z' }), 'a\nb\nx\n');
    assert.equal(ensure('a\na\n', { insertBefore: '^a', firstMatch: true }), 'x\na\na\n');
    assert.equal(ensure('a\na\n', { insertBefore: '^a' }), 'a\nx\na\n');
  });

  it('works on bytes, and reads regexp as Python does', () => {
    const bytes = Buffer.from('schlüssel = 1\n').toString('latin1');

    assert.equal(
      Buffer.from(ensure(bytes, { regexp: '^schl(?P<u>.+)ssel', line: 'Schl\\g<u>ssel', backrefs: true }), 'latin1').toString(),
      'Schlüssel\n',
    );
  });

  it('changes nothing the second time', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'x', 'key=1', '\n'), { maxLength: 12 }).map((parts) => parts.join(''));
    const place = fc.record({
      regexp: fc.constantFrom(undefined, '^key=', '^x'),
      insertAfter: fc.constantFrom(undefined, 'EOF', 'BOF', '^a'),
      firstMatch: fc.boolean(),
      line: fc.constantFrom('x', 'key=2'),
    });

    fc.assert(
      fc.property(text, place, (before, part) => {
        // A regexp that does not find the line it puts there is a person's mistake, and adds the line each time; as in Ansible.
        fc.pre(part.regexp === undefined || new RegExp(part.regexp).test(part.line));
        const once = ensure(before, part);
        // With firstmatch nothing is looked for beyond the place.
        fc.pre(!(part.firstMatch && part.insertAfter === '^a'));
        assert.equal(ensure(once, part), once);
      }),
    );
  });
});

describe('removeLines', () => {
  it('removes what matches and counts it', () => {
    assert.deepEqual(removeLines(linesOf('a\nb\na'), edit({ line: 'a' })), { lines: ['b\n'], found: 2, msg: '2 line(s) removed' });
    assert.deepEqual(removeLines(linesOf('a.c\nabc\n'), edit({ searchString: 'a.c' })).lines, ['abc\n']);
    assert.equal(removeLines(linesOf('a\n'), edit({ regexp: '^z' })).msg, '');
  });
});
