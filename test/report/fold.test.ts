// Hosts gathered under what they say.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fold, withoutHost } from '#src/report/fold';

describe('a fold', () => {
  it('orders hosts and groups by a list, whatever order they came in', () => {
    const fold = new Fold<string>();
    for (const [key, host] of [
      ['b', 'h4'],
      ['a', 'h3'],
      ['b', 'h1'],
      ['a', 'h2'],
    ] as const)
      fold.add(key, host, key);

    const groups = fold.inOrderOf(['h1', 'h2', 'h3', 'h4']);

    assert.deepEqual(groups, [
      { hosts: ['h1', 'h4'], sample: 'b' },
      { hosts: ['h2', 'h3'], sample: 'a' },
    ]);
  });
});

describe('text without its host', () => {
  const cases: readonly [text: string, host: string, address: string | undefined, expected: string][] = [
    ['web1 is down', 'web1', undefined, '{host} is down'],
    ['web10 and my-web1 stay, web1: goes', 'web1', undefined, 'web10 and my-web1 stay, {host}: goes'],
    ["ssh-keygen -R '[10.0.0.1]:2222'", 'web1', '10.0.0.1:2222', "ssh-keygen -R '{host}'"],
    ['10.0.0.1:22 refused; 10.0.0.10 did not', 'web1', '10.0.0.1:22', '{host} refused; 10.0.0.10 did not'],
    ['a.b is not axb', 'a.b', undefined, '{host} is not axb'],
  ];
  for (const [text, host, address, expected] of cases) {
    it(`reads "${expected}"`, () => {
      assert.equal(withoutHost(text, host, address), expected);
    });
  }
});
