// Certificates as ssh-keygen writes them: every type of key, signed by every type of authority.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type Certificate, parseCertificate } from '#src/ssh/host-keys/certificate';
import { needs } from '../../support/real.ts';

const TYPES = ['ed25519', 'ecdsa-256', 'ecdsa-384', 'ecdsa-521', 'rsa-2048'] as const;

describe('certificates of ssh-keygen', needs('ssh-keygen'), () => {
  let directory: string;
  const at = (name: string): string => path.join(directory, name);
  const keygen = (...args: string[]): void => {
    const done = spawnSync('ssh-keygen', ['-q', ...args], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
  };
  const blobOf = async (name: string): Promise<Buffer> => Buffer.from((await readFile(at(name), 'utf8')).split(' ')[1] ?? '', 'base64');
  const certify = async (key: string, ca: string, ...more: string[]): Promise<Buffer> => {
    keygen('-s', at(ca), '-I', `${key} by ${ca}`, ...more, `${at(key)}.pub`);
    return await blobOf(`${key}-cert.pub`);
  };

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-certificates-'));
    for (const type of TYPES) {
      const [name = '', bits] = type.split('-');
      keygen('-t', name, ...(bits === undefined ? [] : ['-b', bits]), '-N', '', '-C', '', '-f', at(type));
    }
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  it('are understood and found well signed, whatever key by whatever authority', async () => {
    const wrong: string[] = [];
    for (const key of TYPES) {
      for (const ca of TYPES) {
        const certificate = parseCertificate(await certify(key, ca, '-h', '-n', 'web07,*.example.com', '-z', '18446744073709551615'));
        const expected: Partial<Certificate> = {
          type: 'host',
          publicKey: await blobOf(`${key}.pub`),
          caKey: await blobOf(`${ca}.pub`),
          keyId: `${key} by ${ca}`,
          principals: ['web07', '*.example.com'],
          serial: 0xffff_ffff_ffff_ffffn,
          criticalOptions: [],
          isSigned: true,
        };
        const found = Object.fromEntries(Object.keys(expected).map((name) => [name, certificate[name as keyof Certificate]]));
        if (!isDeepStrictEqual(found, expected)) wrong.push(`${key} by ${ca}`);
      }
    }

    assert.deepEqual(wrong, []);
  });

  it('tell for whom, for how long and with which options', async () => {
    const options = ['-n', 'deploy', '-V', '20240101000000Z:20250101000000Z', '-O', 'force-command=uptime'];

    const certificate = parseCertificate(await certify('ed25519', 'rsa-2048', ...options));

    assert.deepEqual(
      [certificate.type, certificate.principals, certificate.validAfterS, certificate.validBeforeS, certificate.criticalOptions],
      ['user', ['deploy'], 1_704_067_200n, 1_735_689_600n, ['force-command']],
    );
  });

  it('of an RSA authority that signs with SHA-1 count as not signed', async () => {
    const certificate = parseCertificate(await certify('ed25519', 'rsa-2048', '-h', '-t', 'ssh-rsa'));

    assert.equal(certificate.isSigned, false);
  });

  it('are not signed any more when any byte of them is another, or some are missing or too many', async () => {
    const good = await certify('ed25519', 'ed25519', '-h', '-n', 'web07');
    const isSigned = (blob: Buffer): boolean => {
      try {
        return parseCertificate(blob).isSigned;
      } catch (error) {
        // What cannot be read is not signed either.
        assert.ok(error instanceof Error);
        return false;
      }
    };
    const flipped = Array.from(good, (byte, i) => Buffer.concat([good.subarray(0, i), Buffer.of(byte ^ 1), good.subarray(i + 1)]));
    const cut = Array.from(good, (_, i) => good.subarray(0, i));

    const accepted = [...flipped, ...cut, Buffer.concat([good, Buffer.of(0)])].filter(isSigned);

    assert.deepEqual([isSigned(good), accepted.length], [true, 0]);
  });
});
