// ssh's flags as words: what they come to, and which are refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseSshArgs } from '#src/ssh/config/ssh-args';
import { SshSettingsError } from '#src/ssh/errors';

const read = (...words: string[]): [string, ...string[]][] =>
  parseSshArgs(words, 'flags').lines.map(({ keyword, words: values }): [string, ...string[]] => [keyword, ...values]);

describe('flags of ssh', () => {
  const table: readonly [words: readonly string[], lines: readonly (readonly string[])[]][] = [
    [[], []],
    [['-p', '2222'], [['port', '2222']]],
    [['-p2222'], [['port', '2222']]],
    [
      ['-l', 'me', '-J', 'a,b'],
      [
        ['user', 'me'],
        ['proxyjump', 'a,b'],
      ],
    ],
    [['-i', '/a b/"key"'], [['identityfile', '/a b/"key"']]],
    [['-i', 'C:\\keys\\#1'], [['identityfile', 'C:\\keys\\#1']]],
    [['-b', '127.0.0.2'], [['bindaddress', '127.0.0.2']]],
    [['-o', 'Port=7'], [['port', '7']]],
    [['-oPort=7'], [['port', '7']]],
    [['-o', ' Port 7'], [['port', '7']]],
    [['-o', 'ProxyCommand=nc "%h" %p'], [['proxycommand', 'nc "%h" %p']]],
    [['-o', 'SetEnv=A=1 B="2 3"'], [['setenv', 'A=1', 'B=2 3']]],
    [
      ['-A', '-4'],
      [
        ['forwardagent', 'yes'],
        ['addressfamily', 'inet'],
      ],
    ],
    [
      ['-a', '-6'],
      [
        ['forwardagent', 'no'],
        ['addressfamily', 'inet6'],
      ],
    ],
    [['-C', '-q', '-vvv', '-T', '-x'], []],
    [
      ['-p', '1', '-oPort=2'],
      [
        ['port', '1'],
        ['port', '2'],
      ],
    ],
  ];
  for (const [words, lines] of table) {
    it(`${JSON.stringify(words)} are ${JSON.stringify(lines)}`, () => {
      assert.deepEqual(read(...words), lines);
    });
  }

  it('name another file with -F, of which the first counts', () => {
    assert.equal(parseSshArgs(['-F', 'one', '-Ftwo'], 'flags').configFile, 'one');
    assert.equal(parseSshArgs(['-Fnone'], 'flags').configFile, 'none');
    assert.equal(parseSshArgs([], 'flags').configFile, undefined);
  });

  const refused: readonly [words: readonly string[], code: string, message: RegExp][] = [
    [['-Z'], 'SSH_ARGS', /flag `-Z` is not supported/],
    [['web'], 'SSH_ARGS', /flag `web` is not supported/],
    [['-D', '1080'], 'SSH_ARGS', /`-D` is not supported/],
    [['constructor'], 'SSH_ARGS', /`constructor` is not supported/],
    [['__proto__'], 'SSH_ARGS', /`__proto__` is not supported/],
    [['-p'], 'SSH_ARGS', /`-p` needs a value/],
    [['-o'], 'SSH_ARGS', /`-o` needs a value/],
    [['-F'], 'SSH_ARGS', /`-F` needs a value/],
    [['-o', 'Port'], 'SSH_ARGS', /no Key=Value/],
    [['-o', 'Prot=7'], 'SSH_CONFIG', /no keyword Prot/],
    [['-o', 'User="a'], 'SSH_CONFIG', /quote/],
    [['-l', ''], 'SSH_CONFIG', /needs a value/],
  ];
  for (const [words, code, message] of refused) {
    it(`${JSON.stringify(words)} are refused`, () => {
      assert.throws(() => parseSshArgs(words, 'flags'), { code, message });
    });
  }

  it('never become more than one line by what is in a value', () => {
    fc.assert(
      fc.property(fc.constantFrom('-i', '-l', '-J', '-b'), fc.string(), (flag, value) => {
        try {
          const lines = read(flag, `x${value}`);
          assert.equal(lines.length, 1);
          assert.deepEqual(lines[0]?.slice(1), [`x${value}`]);
        } catch (error) {
          // A line break within is refused.
          assert.ok(error instanceof SshSettingsError && /[\n\r]/.test(value), String(error));
        }
      }),
    );
  });
});
