// Host certificates: which are accepted, which are not, and which stop everything.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Certificate } from '#src/ssh/host-keys/certificate';
import { judgeCertificate } from '#src/ssh/host-keys/certificate-check';

const [authority, stranger, hostKey] = [Buffer.from('authority'), Buffer.from('stranger'), Buffer.from('host key')];
const NOW_S = 1_700_000_000n;
const good: Certificate = {
  type: 'host',
  algorithm: 'ssh-ed25519-cert-v01@openssh.com',
  publicKey: hostKey,
  serial: 0n,
  keyId: 'web07',
  principals: ['web07.example.com'],
  validAfterS: NOW_S - 10n,
  validBeforeS: NOW_S + 10n,
  criticalOptions: [],
  caKey: authority,
  isSigned: true,
};

function judge(more: Partial<Certificate>, revoked: readonly Buffer[] = []): string {
  const verdict = judgeCertificate(
    { ...good, ...more },
    {
      host: 'web07.example.com',
      authorities: [authority],
      revocation: (key) => (revoked.includes(key) ? 'the list' : undefined),
      nowMs: Number(NOW_S) * 1_000,
    },
  );
  return verdict.kind === 'unacceptable' ? verdict.why : verdict.kind;
}

describe('a host certificate', () => {
  const rows: readonly [what: string, more: Partial<Certificate>, outcome: RegExp][] = [
    ['in order', {}, /^accepted$/],
    ['for a name by pattern', { principals: ['db*', '*.example.com'] }, /^accepted$/],
    ['for no name, so for all', { principals: [] }, /^accepted$/],
    ['valid from this second', { validAfterS: NOW_S }, /^accepted$/],
    ['valid for ever', { validAfterS: 0n, validBeforeS: 0xffff_ffff_ffff_ffffn }, /^accepted$/],
    ['for a user', { type: 'user' }, /not for a host/],
    ['of a type from the future', { type: 'other' }, /not for a host/],
    ['of an authority nobody trusts', { caKey: stranger }, /nobody trusts/],
    ['with a wrong signature', { isSigned: false }, /signature is wrong/],
    ['of tomorrow', { validAfterS: NOW_S + 1n }, /not valid yet/],
    ['valid until this second', { validBeforeS: NOW_S }, /expired/],
    ['with an option', { criticalOptions: ['verify-required'] }, /options nobody knows: verify-required/],
    ['for another host', { principals: ['web08.example.com'] }, /it is for web08/],
    ['for the same name in capitals, which ssh takes for another', { principals: ['Web07.example.com'] }, /it is for Web07/],
    ['for a part of the name', { principals: ['web07', 'example.com', 'web07.example.com.evil.org'] }, /it is for/],
    ['for names of which a comma makes one', { principals: ['web07.example.com,db01'] }, /it is for/],
  ];
  for (const [what, more, outcome] of rows) it(`${what}: ${outcome.source}`, () => assert.match(judge(more), outcome));

  it('stops everything when its key or its authority is revoked, whatever else is wrong with it', () => {
    const ends = [
      judge({}, [hostKey]),
      judge({}, [authority]),
      judge({ caKey: stranger, isSigned: false, type: 'user', validBeforeS: 0n }, [stranger]),
    ];

    assert.deepEqual(ends, ['revoked', 'revoked', 'revoked']);
  });
});
