// Text into shell and bytes out of it again, without a shell.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ask, readReport } from '#src/modules/script/answer';
import { pathWord, word, writeBytes } from '#src/modules/script/script';
import { decodeText, encodeText } from '#src/modules/script/text';

describe('decodeText', () => {
  it('gives any bytes back through encodeText', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: 'binary' }).map((text) => new Uint8Array(Buffer.from(text))),
    );

    fc.assert(
      fc.property(bytes, (one) => {
        assert.deepEqual(Buffer.from(encodeText(decodeText(one))), Buffer.from(one));
      }),
    );
  });

  it('escapes single bytes as CPython does', () => {
    assert.equal(decodeText(Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0xe2, 0x82])), 'a\udcffé\udce2\udc82');
    assert.equal(decodeText(Buffer.from([0xed, 0xa0, 0x80])), '\udced\udca0\udc80');
  });
});

describe('words', () => {
  it('hold what is no UTF-8 by its octal number', () => {
    assert.equal(word('a\udcff\n'), `"$(printf 'a\\377')"'\n'`);
    assert.equal(word("it's"), `'it'\\''s'`);
    assert.throws(() => word('a\0'), RangeError);
  });

  it('of paths leave ~ and variables to the host', () => {
    assert.equal(pathWord('~/a b'), "~/'a b'");
    assert.equal(pathWord('~root/x'), '~root/x');
    assert.equal(pathWord('a~/$HOME/x'), `a~/"\${HOME-\\$HOME}"/x`.replace('a~/', "'a~/'"));
    assert.equal(pathWord('-rf'), './-rf');
    assert.equal(pathWord('$1'), "'$1'");
  });
});

describe('writeBytes', () => {
  it('leaves text readable and spells the rest out', () => {
    assert.equal(writeBytes(Buffer.from("it's\n")), `printf %s 'it'\\''s\n'`);
    assert.equal(writeBytes(Buffer.from('-n\0%')), "printf '\\055n\\000\\045'");
    assert.equal(writeBytes(Buffer.alloc(0)), ':');
  });

  it('never makes an argument longer than a program could take', () => {
    const lines = writeBytes(Buffer.alloc(64 * 1024, 0xff)).split('\n');

    assert.ok(lines.every((line) => line.length < 128 * 1024));
    assert.equal(lines.join('').split('\\377').length - 1, 64 * 1024);
  });
});

describe('readReport', () => {
  const answer = (text: string) => Buffer.from(text, 'latin1');

  it('reads records between the marks, whatever stands around them', () => {
    const report = readReport(answer('motd\nsshoal:t\0a=1=2\0b=x\ny\0body=3\0\0\xff\n\0changed=true\0end=\0noise'), 't');

    assert.deepEqual(Object.fromEntries(report?.values ?? []), { a: '1=2', b: 'x\ny', changed: 'true' });
    assert.deepEqual([...(report?.body ?? [])], [0, 255, 10]);
  });

  it('is undefined for whatever was cut off, and for another run', () => {
    const whole = 'sshoal:t\0a=1\0body=2\0xy\0end=\0';

    for (let length = 0; length < whole.length; length++) assert.equal(readReport(answer(whole.slice(0, length)), 't'), undefined);
    assert.equal(readReport(answer(whole), 'u'), undefined);
    assert.ok(readReport(answer(whole), 't'));
  });
});

describe('ask', () => {
  it('ends a script that failed with its records as values', () => {
    const step = ask('', { checkMode: false, diff: false, token: 't' }, () => assert.fail('not reached'));
    const stdout = Buffer.from('sshoal:t\0rc=256\0failed=no\0end=\0');

    const end = step.read({ code: 1, stdout, stderr: Buffer.alloc(0), startedAtMs: 0, endedAtMs: 0 });

    assert.ok(end.kind === 'finished');
    assert.deepEqual([end.result.failed, end.result.msg, end.result.values.get('rc')], [true, 'no', 256]);
  });
});
