// %-tokens and ${variables} of ssh_config: what each becomes, and what is refused.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import os from 'node:os';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { expandTokens, type TokenValues } from '#src/ssh/config/tokens';
import { SshSettingsError } from '#src/ssh/errors';

const VALUES: TokenValues = {
  originalHost: 'web',
  host: '10.0.0.7',
  port: 2222,
  user: 'deploy',
  localUser: 'me',
  homeDirectory: '/home/me',
  hostKeyAlias: 'web07',
  jump: 'bastion',
  environment: { NAME: 'value', EMPTY: '', TRICKY: '%h' },
};
const ALL = 'CdhijkLlnprTu';
const expand = (text: string, allowed = ALL): string => expandTokens(text, VALUES, allowed, 'IdentityFile');

describe('tokens', () => {
  const machine = os.hostname();
  const table: readonly [text: string, result: string][] = [
    ['plain', 'plain'],
    ['%%', '%'],
    ['%%h', '%h'],
    ['%h:%p', '10.0.0.7:2222'],
    ['%n', 'web'],
    ['%r@%k', 'deploy@web07'],
    ['%u in %d', 'me in /home/me'],
    ['%i', String(process.getuid?.() ?? 0)],
    ['%j', 'bastion'],
    ['%l', machine],
    ['%L', machine.split('.')[0] ?? machine],
    ['%T', 'NONE'],
    ['%C', createHash('sha1').update(`${machine}10.0.0.72222deploybastion`).digest('hex')],
    ['a${NAME}b${EMPTY}c', 'avaluebc'],
    ['$NAME', '$NAME'],
    ['${TRICKY}', '%h'],
  ];
  for (const [text, result] of table) {
    it(`make ${result} of ${text}`, () => {
      assert.equal(expand(text), result);
    });
  }

  const refused: readonly [text: string, allowed: string, message: RegExp, fix: RegExp][] = [
    ['%z', ALL, /IdentityFile knows no token %z/, /%%/],
    ['100%', ALL, /knows no token %$/, /%%/],
    ['%d', 'hnpr', /knows no token %d/, /%%/],
    ['${NOT_SET}', ALL, /names the variable NOT_SET, which is not set/, /Set NOT_SET/],
  ];
  for (const [text, allowed, message, fix] of refused) {
    it(`refuse ${text} where ${allowed} may stand`, () => {
      assert.throws(
        () => expand(text, allowed),
        (error) => {
          assert.ok(error instanceof SshSettingsError);
          assert.deepEqual([error.code, error.where], ['SSH_CONFIG', 'web']);
          assert.match(error.message, message);
          assert.match(error.fix ?? '', fix);
          return true;
        },
      );
    });
  }

  it('give back any text whose percent signs are doubled', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('${'));

        assert.equal(expand(text.replaceAll('%', '%%')), text);
      }),
    );
  });
});
