// File names for hosts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fileNamesOf } from '#src/report/output/file-names';

describe('the file names of hosts', () => {
  const cases: readonly [host: string, name: string][] = [
    ['web01.example.org', 'web01.example.org'],
    ['fe80::1', 'fe80%3A%3A1'],
    ['../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd'],
    ['..', '%2E%2E'],
    ['.', '%2E'],
    ['', '%'],
    ['100%', '100%25'],
    ['con', '%63on'],
    ['com1.lan', '%63om1.lan'],
    ['ends.', 'ends%2E'],
    ['a\x1b[1m\u202eb', 'a%1B[1m%E2%80%AEb'],
    ['bücher', 'bücher'],
  ];
  for (const [host, name] of cases) {
    it(`are safe everywhere: ${JSON.stringify(host)} -> ${name}`, () => {
      assert.equal(fileNamesOf([host]).get(host), name);
    });
  }

  it('differ where file systems do not tell upper from lower case', () => {
    const names = [...fileNamesOf(['web', 'WEB', 'web~2']).values()];

    assert.deepEqual(names, ['web', 'WEB~2', 'web~2~2']);
  });

  it('are cut where they are too long, and still differ', () => {
    const long = 'x'.repeat(300);

    const names = [...fileNamesOf([`${long}1`, `${long}2`]).values()];

    assert.ok(names.every((name) => name.length === 200));
    assert.notEqual(names[0], names[1]);
  });

  it('never lead out of a directory, nor are two the same, whatever hosts are called', () => {
    const host = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('..', '/', '.', 'a', 'A', 'nul', 'x'.repeat(250)));

    fc.assert(
      fc.property(fc.uniqueArray(host, { maxLength: 12 }), (hosts) => {
        const names = [...fileNamesOf(hosts).values()];

        assert.equal(new Set(names.map((name) => name.toLowerCase())).size, hosts.length);
        for (const name of names) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
          assert.doesNotMatch(name, /^\.|^$|[/\\:\u0000-\u001f\u007f-\u009f]/);
          assert.ok(Buffer.byteLength(name) <= 210);
        }
      }),
    );
  });
});
