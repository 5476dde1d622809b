// Private keys that cannot be used here.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPrivateKey } from '#src/ssh/auth/key-file';

describe('the key of a security key', () => {
  it('is refused with the ways there are to use it', async () => {
    const body = Buffer.from(
      'openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01\0\0\0\x1ask-ssh-ed25519@openssh.com',
      'latin1',
    );
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;

    const reading = readPrivateKey(text, '~/.ssh/id_ed25519_sk', undefined, {});

    await assert.rejects(reading, { code: 'KEY_UNREADABLE', fix: /ssh-add.*-c openssh/ });
  });
});
