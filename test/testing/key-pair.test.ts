// Generated keys: every one of them must be readable, whatever its bytes happen to be.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { generateKeyPair } from '#src/testing/key-pair';

describe('a generated key pair', () => {
  it('is read by ssh2 with its comment, and its two halves fit, a thousand times', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z@.-]{0,20}$/), (comment) => {
        const pair = generateKeyPair(comment);

        const [secret, open] = [ssh2.utils.parseKey(pair.privateKey), ssh2.utils.parseKey(pair.publicKey)];

        assert.ok(!(secret instanceof Error) && !(open instanceof Error));
        assert.equal(secret.comment, comment);
        assert.ok(secret.getPublicSSH().equals(open.getPublicSSH()));
      }),
      { numRuns: 1_000 },
    );
  });

  it('signs what its public half verifies', () => {
    const pair = generateKeyPair('');
    const [secret, open] = [ssh2.utils.parseKey(pair.privateKey), ssh2.utils.parseKey(pair.publicKey)];
    assert.ok(!(secret instanceof Error) && !(open instanceof Error));

    const signature = secret.sign('message');

    assert.equal(open.verify('message', signature), true);
    assert.equal(open.verify('another', signature), false);
  });
});
