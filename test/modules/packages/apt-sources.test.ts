// Lists of repositories, without an apt.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addSource, fileNameOf, removeSource, sourceOfText } from '#src/modules/packages/apt-sources';

describe('lists of repositories', () => {
  it('compare with one blank between words, and know what is none', () => {
    assert.equal(sourceOfText(' deb  http://x   y z # why'), 'deb http://x y z');
    assert.deepEqual([sourceOfText('# deb http://x y z'), sourceOfText('http://x'), sourceOfText('')], [undefined, undefined, undefined]);
  });

  it('get names that hold no password', () => {
    const table: readonly (readonly [string, string])[] = [
      ['deb http://archive.example/ubuntu/ trusty main', 'archive_example_ubuntu.list'],
      ['deb [arch=amd64 signed-by=/x] https://me:word@a.example/b c', 'a_example_b.list'],
      ['deb-src file:/pool ./', 'file_pool.list'],
    ];

    for (const [source, name] of table) assert.equal(fileNameOf(source), name);
  });

  it('enable what is off, where it is', () => {
    const files = new Map([['/a', '# deb http://x y\n#note\n']]);

    assert.deepEqual(addSource(files, 'deb http://x y', '/new'), new Map([['/a', 'deb http://x y\n# note\n']]));
  });

  it('hold a repository once after it was added, and not after it was removed', () => {
    const line = fc.constantFrom('deb http://x y', 'deb http://x  y # why', '# deb http://x y', 'deb http://z y', '# note', '');
    const text = fc.array(line, { maxLength: 5 }).map((lines) => lines.map((one) => `${one}\n`).join(''));

    fc.assert(
      fc.property(text, text, (a, b) => {
        const files = new Map([
          ['/a', a],
          ['/b', b],
        ]);
        const added = new Map([...files, ...addSource(files, 'deb http://x y', '/new')]);
        const removed = new Map([...added, ...removeSource(added, 'deb http://x y')]);

        assert.equal(addSource(added, 'deb http://x y', '/new').size, 0);
        assert.equal(
          [...removed.values()].some((one) => one.split('\n').some((part) => sourceOfText(part) === 'deb http://x y')),
          false,
        );
      }),
    );
  });
});
