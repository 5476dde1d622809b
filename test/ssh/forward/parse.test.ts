// The words behind -L, -R and -D.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SshSettingsError } from '#src/ssh/errors';
import { type ForwardLetter, forwardText, parseForward } from '#src/ssh/forward/parse';
import type { Endpoint, Forward } from '#src/ssh/forward/seam';

const tcp = (host: string, port: number): Endpoint => ({ kind: 'tcp', host, port });
const unix = (path: string): Endpoint => ({ kind: 'unix', path });
const socks = { kind: 'socks' } as const;

describe('the words behind -L, -R and -D', () => {
  const readings: readonly [ForwardLetter, string, Forward][] = [
    ['L', '8080:db:5432', { side: 'local', listen: tcp('localhost', 8080), target: tcp('db', 5432) }],
    ['L', '10.0.0.1:0:db:5432', { side: 'local', listen: tcp('10.0.0.1', 0), target: tcp('db', 5432) }],
    ['L', '[::1]:80:[fe80::1%eth0]:81', { side: 'local', listen: tcp('::1', 80), target: tcp('fe80::1%eth0', 81) }],
    ['L', ':80:db:81', { side: 'local', listen: tcp('*', 80), target: tcp('db', 81) }],
    ['L', '*:80:db:81', { side: 'local', listen: tcp('*', 80), target: tcp('db', 81) }],
    ['L', '80:/run/db.sock', { side: 'local', listen: tcp('localhost', 80), target: unix('/run/db.sock') }],
    ['L', ':1:/run/db.sock', { side: 'local', listen: tcp('*', 1), target: unix('/run/db.sock') }],
    ['L', '/tmp/a.sock:db:81', { side: 'local', listen: unix('/tmp/a.sock'), target: tcp('db', 81) }],
    ['L', '/tmp/a\\:b:/run/c', { side: 'local', listen: unix('/tmp/a:b'), target: unix('/run/c') }],
    ['R', '80:localhost:3000', { side: 'remote', listen: tcp('localhost', 80), target: tcp('localhost', 3000) }],
    ['R', '/run/a.sock:./b.sock', { side: 'remote', listen: unix('/run/a.sock'), target: unix('./b.sock') }],
    ['R', '1080', { side: 'remote', listen: tcp('localhost', 1080), target: socks }],
    ['R', '*:1080', { side: 'remote', listen: tcp('*', 1080), target: socks }],
    ['D', '1080', { side: 'local', listen: tcp('localhost', 1080), target: socks }],
    ['D', '[::]:1080', { side: 'local', listen: tcp('::', 1080), target: socks }],
  ];
  for (const [letter, word, forward] of readings) {
    it(`are read as ssh reads them: -${letter} ${word}`, () => {
      const read = parseForward(letter, word);

      assert.deepEqual(read, forward);
    });
  }

  const nonsense: readonly [ForwardLetter, string][] = [
    ...(['', '8080', 'a:8080', '8080:db', '8080:db:0', '8080:db:65536', '8080:db:http', '8x:db:1', '::1:80:db:81'] as const).map(
      (word) => ['L', word] as [ForwardLetter, string],
    ),
    ...(['1:2:3:4:5', '[::1:80:db:81', '[::1]x:80:db:81', '80:d b:81', '80::81', '/a/b:80', '[8080]:db:1'] as const).map(
      (word) => ['L', word] as [ForwardLetter, string],
    ),
    ['R', '/a.sock:80'],
    ['D', ''],
    ['D', 'a:b:c'],
    ['D', '99999'],
  ];
  for (const [letter, word] of nonsense) {
    it(`are refused with the form they have: -${letter} ${word}`, () => {
      assert.throws(
        () => parseForward(letter, word),
        (error) => error instanceof SshSettingsError && error.code === 'FORWARD_SYNTAX' && error.where === `-${letter} ${word}`,
      );
    });
  }

  const host = fc.oneof(fc.stringMatching(/^[!-Z\\^-~]{1,20}$/), fc.ipV6(), fc.constant('*'));
  const path = fc.stringMatching(/^\/[^\0]{1,30}$/);
  const endpoint = (lowest: number): fc.Arbitrary<Endpoint> =>
    fc.oneof(
      fc.record({ host, port: fc.integer({ min: lowest, max: 65_535 }) }).map((it) => tcp(it.host, it.port)),
      path.map(unix),
    );
  const forward: fc.Arbitrary<Forward> = fc
    .tuple(fc.constantFrom('local', 'remote'), endpoint(0), fc.oneof(endpoint(1), fc.constant(socks)))
    .map(([side, listen, target]) => ({ side, listen, target }));

  it('say the same when they are written and read again', () => {
    fc.assert(
      fc.property(forward, (one) => {
        const [, letter, word] = /^-(.) (.*)$/s.exec(forwardText(one)) ?? [];

        assert.deepEqual(parseForward(letter as ForwardLetter, word ?? ''), one);
      }),
    );
  });

  it('are read or refused, whatever they are', () => {
    fc.assert(
      fc.property(fc.constantFrom('L', 'R', 'D'), fc.string({ unit: fc.constantFrom(...'0189:[]/\\*a. \n') }), (letter, word) => {
        try {
          assert.equal(parseForward(letter as ForwardLetter, word).side, letter === 'R' ? 'remote' : 'local');
        } catch (error) {
          assert.ok(error instanceof SshSettingsError);
        }
      }),
    );
  });
});
