// Versions of Python packages, as PEP 440 and pip order them; and the ways packages are written in a task.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareVersions, isSatisfied, readRequirement } from '#src/modules/packages/python-version';
import { packagesOf } from '#src/modules/pip';

// The order of PEP 440's own example, lowest first.
const ORDER = [
  '1.dev0',
  '1.0.dev456',
  '1.0a1',
  '1.0a2.dev456',
  '1.0a12',
  '1.0b1.dev456',
  '1.0b2',
  '1.0rc1',
  '1.0',
  '1.0+abc',
  '1.0.post456',
  '1.1.dev1',
  '1.1',
  '1.10',
  '1!0.1',
];

describe('compareVersions', () => {
  it('orders as PEP 440 says', () => {
    // Releases in development sort before those before a release, but for `a2.dev`, which sorts before `a2`.
    const shuffled = [...ORDER].sort((a, b) => (a < b ? 1 : -1));

    const sorted = shuffled.sort(compareVersions);

    assert.deepEqual(sorted, ORDER);
    assert.equal(compareVersions('1.0', '1.0.0'), 0);
    assert.equal(compareVersions('v1.0-RC_1', '1.0rc1'), 0);
  });
});

describe('isSatisfied', () => {
  const CASES: readonly (readonly [requirement: string, version: string, isSo: boolean])[] = [
    ['a', '0', true],
    ['a==1.0', '1', true],
    ['a==1.0', '1.0+local', true],
    ['a==1.*', '1.7', true],
    ['a!=1.*', '1.7', false],
    ['a>=1,<2', '1.9rc1', true],
    ['a<2', '2.0rc1', false],
    ['a>1', '1.post1', false],
    ['a~=1.4.2', '1.4.9', true],
    ['a~=1.4.2', '1.5', false],
    ['a~=1.4', '1.9', true],
    ['a ~= 1.4 , != 1.9', '1.9', false],
    ['a===1.0', '1', false],
    ['a[x,y] (>=1.2)', '1.10', true],
    ['a>=1; python_version > "3"', '0.9', false],
  ];
  for (const [text, version, isSo] of CASES) {
    it(`${text} is ${isSo ? '' : 'not '}${version}`, () => {
      const requirement = readRequirement(text);
      assert.ok(requirement);

      assert.equal(isSatisfied(requirement, version), isSo);
    });
  }

  it('knows no requirement in a path', () => {
    assert.equal(readRequirement('git+https://x/y.git@v1#egg=z'), undefined);
    assert.equal(readRequirement('/srv/x.whl'), undefined);
  });
});

describe('packagesOf', () => {
  it('puts together what was split at commas', () => {
    assert.deepEqual(packagesOf(['django>1.11.1', '<1.11.3', 'ipaddress', 'simple>1.1.0,<2.0.0']), [
      'django>1.11.1,<1.11.3',
      'ipaddress',
      'simple>1.1.0,<2.0.0',
    ]);
    assert.deepEqual(packagesOf(['a[x', 'y]>1', 'b']), ['a[x,y]>1', 'b']);
  });
});
