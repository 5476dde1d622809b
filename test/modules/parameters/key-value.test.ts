// Arguments on one line.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { splitWords } from '#src/base/shlex';
import { parseKeyValue, splitArguments } from '#src/modules/parameters/key-value';

const read = (text: string, freeForm = false) => Object.fromEntries(parseKeyValue(text, freeForm));

describe('parseKeyValue', () => {
  it('reads keys and takes the quotes off values', () => {
    assert.deepEqual(read('src=a.conf dest="/etc/my app.conf" mode=0644'), { src: 'a.conf', dest: '/etc/my app.conf', mode: '0644' });
    assert.deepEqual(read("line='a=b c'"), { line: 'a=b c' });
    assert.deepEqual(read('line="tab\\there"'), { line: 'tab\there' });
  });

  it('keeps templates whole', () => {
    assert.deepEqual(read('path={{ base + "/x y" }} state={{ s | default("a b") }}'), {
      path: '{{ base + "/x y" }}',
      state: '{{ s | default("a b") }}',
    });
  });

  it('leaves a command as it was written, but for its own keys', () => {
    assert.deepEqual(read('echo  "a  b" x=1 creates=/tmp/x chdir="/a b"', true), {
      _raw_params: 'echo  "a  b" x=1',
      creates: '/tmp/x',
      chdir: '/a b',
    });
    assert.deepEqual(read('a\n  b\\=c'), { _raw_params: 'a\n  b=c' });
  });

  it('refuses what is never closed', () => {
    assert.throws(() => read('a="b'), { code: 'BAD_ARGUMENTS' });
    assert.throws(() => read('a={{ b'), { code: 'BAD_ARGUMENTS' });
  });
});

describe('splitArguments', () => {
  it('loses no visible character', () => {
    const text = fc
      .array(fc.constantFrom('a', '=', ' ', '\n', "'x y'", '"p\nq"', '{{ v }}', '{% if %}'), { maxLength: 12 })
      .map((parts) => parts.join(''));

    fc.assert(
      fc.property(text, (line) => {
        assert.equal(splitArguments(line).join('').replace(/\s/g, ''), line.replace(/\s/g, ''));
      }),
    );
  });
});

describe('splitWords', () => {
  it('splits as a shell does, without expanding', () => {
    assert.deepEqual(splitWords('a "b c"\'d\' e\\ f "" $X "\\"\\n"'), ['a', 'b cd', 'e f', '', '$X', '"\\n']);
    assert.throws(() => splitWords('a "b'), { code: 'BAD_QUOTING' });
    assert.throws(() => splitWords('a \\'), { code: 'BAD_QUOTING' });
  });
});
