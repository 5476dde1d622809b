// Host key checks that fail on the way: each failure is a no, never a yes and never silence.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { HostKeyCheck, type HostKeySettings } from '#src/ssh/host-keys/check';
import type { MissingHostKeyPolicy } from '#src/ssh/host-keys/policies';
import { generateKeyPair } from '#src/testing/key-pair';

const [ours, theirs] = [generateKeyPair('').publicKey, generateKeyPair('').publicKey];
const key = blob(ours);

function blob(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64');
}

function field(bytes: Buffer | string): Buffer {
  return Buffer.concat([Buffer.of(0, 0, 0, bytes.length), Buffer.from(bytes)]);
}

describe('the check of a host key', () => {
  let directory: string;
  const at = (name: string): string => path.join(directory, name);
  const settings = (more: Partial<HostKeySettings> = {}): HostKeySettings => ({
    host: 'Web07',
    isAlias: false,
    port: 2222,
    policy: 'strict',
    knownHostsFiles: [at('known')],
    hashKnownHosts: false,
    revokedHostKeysFiles: [],
    updateHostKeys: false,
    questions: {},
    ...more,
  });
  const ask = async (check: HostKeyCheck, shown: Buffer): Promise<boolean> =>
    await new Promise((resolve) => check.verifier(shown, resolve));
  const outcome = async (given: HostKeySettings, shown = key): Promise<string> => {
    const check = await HostKeyCheck.prepare(given);
    const accepted = await ask(check, shown);
    return accepted ? 'accepted' : (check.refusal?.code ?? 'refused without a reason');
  };
  const knowing = async (text: string): Promise<{ knownHostsFiles: string[] }> => {
    await writeFile(at('known'), text);
    return { knownHostsFiles: [at('known')] };
  };

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-check-'));
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  const broken: readonly [what: string, answer: () => unknown][] = [
    ['throws', () => raise(new Error('broken'))],
    ['throws what is no error', () => raise('broken')],
    ['rejects', async () => await Promise.reject(new Error('broken'))],
    ['rejects with nothing', async () => await Promise.reject(undefined)],
    ['answers true', () => true],
    ['answers a promise of true', async () => await Promise.resolve(true)],
    ['answers a word nobody knows', () => 'yes'],
    ['answers an object', () => ({ kind: 'keep' })],
    ['answers nothing', () => undefined],
  ];
  for (const [what, answer] of broken) {
    it(`refuses when the policy ${what}`, async () => {
      const policy = { name: 'own', missingHostKey: answer } as MissingHostKeyPolicy;

      const end = await outcome(settings({ ...(await knowing('')), policy }));

      assert.equal(end, 'HOST_KEY_UNKNOWN');
      assert.equal(await readFile(at('known'), 'utf8'), '');
    });
  }

  for (const answer of ['true', 1, {}, undefined, null]) {
    it(`refuses when a person answers ${JSON.stringify(answer)}`, async () => {
      const hostKey = async (): Promise<boolean> => await Promise.resolve(answer as boolean);

      assert.equal(await outcome(settings({ ...(await knowing('')), policy: 'ask', questions: { hostKey } })), 'HOST_KEY_UNKNOWN');
    });
  }

  it('refuses with the cause when what was accepted cannot be written down', async () => {
    await writeFile(at('no-directory'), '');
    const check = await HostKeyCheck.prepare(settings({ policy: 'accept-new', knownHostsFiles: [at('no-directory/known')] }));

    assert.equal(await ask(check, key), false);

    assert.equal(check.refusal?.code, 'HOST_KEY_UNKNOWN');
    assert.ok(check.refusal.cause instanceof Error);
  });

  const certificate = 'ssh-ed25519-cert-v01@openssh.com';
  const blobs: readonly [what: string, shown: Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['a length without a type', Buffer.of(0, 0, 0, 200)],
    ['a certificate that ends early', Buffer.concat([field(certificate), field('nonce')])],
    ['a certificate of a field longer than it', Buffer.concat([field(certificate), Buffer.of(255, 255, 255, 255)])],
    ['a certificate of no type', field('ssh-x-cert-v01@openssh.com')],
    ['a certificate whose type is a word of JavaScript', field('constructor-cert-v01@openssh.com')],
  ];
  for (const [what, shown] of blobs) {
    it(`refuses ${what}, whoever is trusted`, async () => {
      const known = await knowing(`@cert-authority * ${ours}\n[web07]:2222 ${ours}\n`);

      assert.match(await outcome(settings(known), shown), /^HOST_KEY_(UNKNOWN|CHANGED)$/);
    });
  }

  it('answers at once after the first time, and then accepts that key only', async () => {
    const check = await HostKeyCheck.prepare(settings(await knowing(`[web07]:2222 ${ours}\n[web07]:2222 ${theirs}\n`)));
    const later: boolean[] = [];

    const first = await ask(check, key);
    check.verifier(Buffer.from(key), (accepted) => later.push(accepted));
    check.verifier(blob(theirs), (accepted) => later.push(accepted));

    assert.deepEqual([first, later, check.refusal?.code], [true, [true, false], 'HOST_KEY_CHANGED']);
  });

  const rows: readonly [what: string, text: string, more: Partial<HostKeySettings>, end: string][] = [
    ['is known by its name and port', `[web07]:2222 ${ours}`, {}, 'accepted'],
    ['is known by its name alone', `web07 ${ours}`, {}, 'accepted'],
    ['differs from the one of its name alone', `web07 ${theirs}`, {}, 'HOST_KEY_UNKNOWN'],
    ['differs from the one of its port, but is that of its name', `[web07]:2222 ${theirs}\nweb07 ${ours}`, {}, 'HOST_KEY_CHANGED'],
    ['is revoked for its name alone', `[web07]:2222 ${ours}\n@revoked web07 ${ours}`, {}, 'HOST_KEY_REVOKED'],
    ['is known by the alias', `web ${ours}`, { host: 'Web', isAlias: true }, 'accepted'],
    [
      'is known by the alias with a port, which ssh does not look for',
      `[web]:2222 ${ours}`,
      { host: 'web', isAlias: true },
      'HOST_KEY_UNKNOWN',
    ],
  ];
  for (const [what, text, more, end] of rows) {
    it(`of a key that ${what}: ${end}`, async () => assert.equal(await outcome(settings({ ...(await knowing(text)), ...more })), end));
  }

  it('writes an alias down without the port, as ssh does', async () => {
    const known = await knowing('');

    await outcome(settings({ ...known, host: 'Alias', isAlias: true, policy: 'accept-new' }));

    assert.equal(await readFile(at('known'), 'utf8'), `alias ${ours}\n`);
  });

  it('takes over whole files only: neither an unreadable list of known nor of revoked keys is passed over', async () => {
    const revoked = settings({ ...(await knowing(`web07 ${ours}`)), revokedHostKeysFiles: [at('missing')] });

    await assert.rejects(HostKeyCheck.prepare(settings({ knownHostsFiles: [directory] })), { code: 'KNOWN_HOSTS_UNREADABLE' });
    await assert.rejects(HostKeyCheck.prepare(revoked), { code: 'KNOWN_HOSTS_UNREADABLE' });
  });

  it('lets two hundred new hosts in at once, each of which is then known once', async () => {
    const known = await knowing('# mine\n');
    const hosts = Array.from({ length: 200 }, (_, i) => `host${i}`);

    const ends = await Promise.all(hosts.map(async (host) => await outcome(settings({ ...known, host, policy: 'accept-new', port: 22 }))));

    const [first, ...names] = (await readFile(at('known'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    assert.deepEqual([new Set(ends), first], [new Set(['accepted']), '#']);
    assert.deepEqual([names.length, new Set(names)], [200, new Set(hosts)]);
  });
});

function raise(what: unknown): never {
  throw what;
}
