// Lists of revoked host keys: what they hold, and that a list in doubt lets nobody in.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RevokedKeys } from '#src/ssh/host-keys/revoked-keys';
import { generateKeyPair } from '#src/testing/key-pair';

const [line, other] = [generateKeyPair('').publicKey, generateKeyPair('').publicKey];
const blob = (text: string): Buffer => Buffer.from(text.split(' ')[1] ?? '', 'base64');

describe('a list of revoked keys', () => {
  let directory: string;
  const at = (name: string): string => path.join(directory, name);
  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-revoked-'));
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  it('holds the keys of its lines, with comments and empty lines between them', async () => {
    await writeFile(at('first'), `# since 2024 AAAA\n\n  \n\t${line} root@web07\r\n`);
    await writeFile(at('second'), `${other}`);

    const revoked = await RevokedKeys.load([at('first'), at('second')]);

    assert.deepEqual([revoked.revocation(blob(line)), revoked.revocation(blob(other))], [at('first'), at('second')]);
    assert.equal(revoked.revocation(Buffer.from('none')), undefined);
  });

  it('is read again once it has changed', async () => {
    await writeFile(at('growing'), `${line}\n`);
    const before = await RevokedKeys.load([at('growing')]);
    await writeFile(at('growing'), `${line}\n${other}\n`);

    const after = await RevokedKeys.load([at('growing')]);

    assert.deepEqual([before.revocation(blob(other)), after.revocation(blob(other))], [undefined, at('growing')]);
  });

  const doubtful: readonly [what: string, text: string][] = [
    ['a line that is no key', `${line}\nrubbish line\n`],
    ['a key under the type of another', `ssh-rsa ${line.split(' ')[1]}\n`],
    ['options before a key', `x="y" ${line}\n`],
    ['half a line', 'ssh-ed25519\n'],
    ['half a certificate', `ssh-ed25519-cert-v01@openssh.com ${certificateHead().toString('base64')}\n`],
    ['a binary KRL', 'SSHKRL\n\0'],
  ];
  for (const [what, text] of doubtful) {
    it(`with ${what} cannot be used`, async () => {
      await writeFile(at('doubtful'), text);

      await assert.rejects(RevokedKeys.load([at('doubtful')]));
    });
  }

  it('that is missing, or cannot be read, cannot be used', async () => {
    await assert.rejects(RevokedKeys.load([at('missing')]), { code: 'ENOENT' });
    await assert.rejects(RevokedKeys.load([directory]), { code: 'EISDIR' });
  });
});

function certificateHead(): Buffer {
  const type = Buffer.from('ssh-ed25519-cert-v01@openssh.com');
  return Buffer.concat([Buffer.of(0, 0, 0, type.length), type, Buffer.of(0, 0, 0, 32)]);
}
