// Which entries of a tree are wanted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { treeFilter } from '#src/ssh/sftp/tree/filter';

const TABLE: readonly [exclude: string, path: string, isDirectory: boolean, wanted: boolean][] = [
  ['*.log', 'a.log', false, false],
  ['*.log', 'deep/down/a.log', false, false],
  ['*.log', 'a.log/inside', false, true],
  ['/build', 'build', true, false],
  ['/build', 'src/build', true, true],
  ['build/', 'src/build', true, false],
  ['build/', 'src/build', false, true],
  ['css/*.css', 'css/site.css', false, false],
  ['css/*.css', 'web/css/site.css', false, false],
  ['css/*.css', 'css/more/site.css', false, true],
  ['/src/**/*.test.ts', 'src/a.test.ts', false, false],
  ['/src/**/*.test.ts', 'src/a/b/c.test.ts', false, false],
  ['cache/**', 'cache/a/b', false, false],
  ['*', '.hidden', false, false],
  ['.git/', '.git', true, false],
];

describe('the filter of a tree', () => {
  for (const [exclude, path, isDirectory, wanted] of TABLE) {
    it(`${wanted ? 'keeps' : 'leaves out'} ${path}${isDirectory ? '/' : ''} for ${exclude}`, () => {
      assert.equal(treeFilter({ exclude: [exclude] })(path, isDirectory), wanted);
    });
  }

  it('lets the first pattern decide, those to include before those to exclude', () => {
    const filter = treeFilter({ include: ['keep.log', 'logs/'], exclude: ['*.log', '*'] });

    const kept = ['keep.log', 'other.log', 'x'].filter((path) => filter(path, false));

    assert.deepEqual([kept, filter('logs', true)], [['keep.log'], true]);
  });
});
