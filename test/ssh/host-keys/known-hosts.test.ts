// known_hosts: what is read, found, changed and written; by itself and beside ssh-keygen.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { rememberHostKey } from '#src/ssh/host-keys/file-edit';
import { HostKeys } from '#src/ssh/host-keys/host-keys';
import { KnownHosts } from '#src/ssh/host-keys/known-hosts';
import { hashName, knownHostsName } from '#src/ssh/host-keys/name-pattern';
import { generateKeyPair } from '#src/testing/key-pair';

const [ours, theirs, rsa] = [
  generateKeyPair('').publicKey,
  generateKeyPair('').publicKey,
  `ssh-rsa ${blobOf('ssh-rsa', 'modulus').toString('base64')}`,
];
const key = blob(ours);

function blob(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64');
}

function blobOf(...fields: string[]): Buffer {
  return Buffer.concat(fields.flatMap((field) => [Buffer.of(0, 0, 0, field.length), Buffer.from(field)]));
}

function verdict(text: string, name = 'web07'): string {
  return KnownHosts.parse([{ file: 'kh', text }]).verdict(name, key).kind;
}

function placesOf(known: KnownHosts): unknown[] {
  return known.entries('web07').map(({ marker, keyType, key: { length }, where }) => [marker, keyType, length, where]);
}

describe('known_hosts', () => {
  const rows: readonly [what: string, line: string, name: string, kind: string][] = [
    ['a name', `web07 ${ours}`, 'web07', 'known'],
    ['another name', `web08 ${ours}`, 'web07', 'unknown'],
    ['capitals in the file', `WEB07 ${ours}`, 'web07', 'known'],
    ['several names', `web06,web07,10.0.0.7 ${ours}`, '10.0.0.7', 'known'],
    ['a wildcard', `web* ${ours}`, 'web07', 'known'],
    ['a question mark', `web0? ${ours}`, 'web07', 'known'],
    ['a question mark for two letters', `web? ${ours}`, 'web07', 'unknown'],
    ['a negation', `web*,!web07 ${ours}`, 'web07', 'unknown'],
    ['a negation of others', `web*,!web08 ${ours}`, 'web07', 'known'],
    ['a port', `[web07]:2222 ${ours}`, '[web07]:2222', 'known'],
    ['another port', `[web07]:2222 ${ours}`, '[web07]:2223', 'unknown'],
    ['a wildcard in brackets', `[web*]:2222 ${ours}`, '[web07]:2222', 'known'],
    ['a hash', `${hashName('web07')} ${ours}`, 'web07', 'known'],
    ['the hash of another', `${hashName('web08')} ${ours}`, 'web07', 'unknown'],
    ['another key', `web07 ${theirs}`, 'web07', 'changed'],
    ['another type of key only', `web07 ${rsa}`, 'web07', 'changed'],
    ['a revoked key', `@revoked * ${ours}`, 'web07', 'revoked'],
    ['a key that is known and revoked', `web07 ${ours}\n@revoked web07 ${ours}`, 'web07', 'revoked'],
    ['a revoked key of another host', `@revoked db* ${ours}\nweb07 ${ours}`, 'web07', 'known'],
    ['an authority, which is no key of the host', `@cert-authority web07 ${ours}`, 'web07', 'unknown'],
    ['a marker nobody knows', `@trusted web07 ${ours}`, 'web07', 'unknown'],
    ['a comment', `# web07 ${ours}`, 'web07', 'unknown'],
    ['a comment behind', `web07 ${ours} root@web07 since 2020`, 'web07', 'known'],
    ['a type that is not the key’s', `web07 ssh-rsa ${ours.split(' ')[1]}`, 'web07', 'unknown'],
    ['half a hash', `|1|abc ${ours}`, 'web07', 'unknown'],
    ['rubbish before and behind', `\u0000\nrubbish\nweb07 ${ours}\nweb07`, 'web07', 'known'],
    ['lines of Windows', `web07 ${ours}\r\n`, 'web07', 'known'],
  ];
  for (const [what, text, name, kind] of rows) it(`${what}: ${kind}`, () => assert.equal(verdict(text, name), kind));

  it('says where it stands', () => {
    const known = KnownHosts.parse([{ file: '~/.ssh/known_hosts', text: `# first\n\nweb07 ${theirs}\n` }]);

    assert.deepEqual(known.verdict('web07', key), { kind: 'changed', where: '~/.ssh/known_hosts:3', keyType: 'ssh-ed25519' });
  });

  it('lists the types of a host in the order of the files', () => {
    const known = KnownHosts.parse([
      { file: 'a', text: `web* ${rsa}\n` },
      { file: 'b', text: `web07 ${ours}\nweb07 ${rsa}\n` },
    ]);

    assert.deepEqual(known.keyTypes('web07'), ['ssh-rsa', 'ssh-ed25519']);
  });

  it('names hosts as ssh does', () => {
    assert.deepEqual([knownHostsName('Web07', 22), knownHostsName('::1', 2222)], ['web07', '[::1]:2222']);
  });
});

describe('known_hosts files', () => {
  let directory: string;
  const at = (name: string): string => path.join(directory, name);
  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-known-'));
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  it('take two hundred new hosts at once, each once, and stay private', async () => {
    const file = path.join(directory, 'new', 'known_hosts');
    const names = Array.from({ length: 200 }, (_, i) => `web${i % 100}`);

    const results = await Promise.all(names.map(async (name) => await rememberHostKey(file, name, key, false)));

    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    assert.equal(lines.length, 100);
    assert.deepEqual([results.filter((one) => one === 'added').length, results.filter((one) => one === 'present').length], [100, 100]);
    assert.deepEqual([(await stat(file)).mode & 0o777, (await stat(path.dirname(file))).mode & 0o777], [0o600, 0o700]);
    assert.deepEqual(await readdir(path.dirname(file)), ['known_hosts']);
  });

  it('do not take another key for a host that somebody else has added meanwhile', async () => {
    await writeFile(at('race'), `web07 ${theirs}`);

    const result = await rememberHostKey(at('race'), 'web07', key, false);

    assert.deepEqual(result, { conflict: `${at('race')}:1` });
    assert.equal(await readFile(at('race'), 'utf8'), `web07 ${theirs}`);
  });

  it('hide names where that is asked for', async () => {
    await rememberHostKey(at('hashed'), 'web07', key, true);

    const text = await readFile(at('hashed'), 'utf8');
    assert.equal(text.includes('web07'), false);
    assert.equal(verdict(text), 'known');
  });

  it('are freed from the lock of a process that died', async () => {
    await writeFile(`${at('stale')}.lock`, '');
    const longAgo = Date.now() / 1_000 - 3_600;
    await utimes(`${at('stale')}.lock`, longAgo, longAgo);

    assert.equal(await rememberHostKey(at('stale'), 'web07', key, false), 'added');

    await assert.rejects(stat(`${at('stale')}.lock`), { code: 'ENOENT' });
  });

  it('as a value keep what nobody understands', async () => {
    const text = `# comment\n\nrubbish here\nweb07 ${theirs}\n@revoked * ${rsa}\n`;
    await writeFile(at('value'), text);
    const keys = new HostKeys();
    await keys.load(at('value'));

    const known = keys.lookup('web07').map(({ type }) => type);
    keys.add('web07', key);
    keys.add(HostKeys.nameOf('db01', 2222), key, true);
    await keys.save(at('saved'));

    const saved = await readFile(at('saved'), 'utf8');
    assert.deepEqual(known, ['ssh-ed25519']);
    assert.deepEqual([keys.check('web07', key), keys.check('web07', blob(theirs)), keys.check('[db01]:2222', key)], [true, false, true]);
    assert.ok(saved.startsWith('# comment\n\nrubbish here\n@revoked') && saved.includes(`web07 ${ours}\n|1|`));
    assert.deepEqual(
      [...keys].map(({ hosts, marker }) => [hosts.slice(0, 3), marker]),
      [
        ['*', '@revoked'],
        ['web', undefined],
        ['|1|', undefined],
      ],
    );
    assert.deepEqual([keys.remove('[db01]:2222'), keys.remove('web07'), keys.lookup('web07').length], [1, 1, 0]);
  });

  it('that grow, shrink and change under our hands are known as if read for the first time, line numbers too', async () => {
    const line = fc.tuple(
      fc.constantFrom('web07', 'web*', 'db01,web07', '!web07,*', hashName('web07'), '#', '@revoked web07'),
      fc.constantFrom(ours, theirs),
    );
    const state = fc.tuple(fc.constantFrom('append', 'replace'), fc.array(line, { maxLength: 4 }), fc.boolean());

    await fc.assert(
      fc.asyncProperty(fc.array(state, { maxLength: 5 }), async (states) => {
        let text = '';
        for (const [how, lines, isWhole] of states) {
          const more = lines.map((words) => words.join(' ')).join('\n') + (isWhole ? '\n' : '');
          text = how === 'append' ? text + more : more;
          await writeFile(at('moving'), text);

          const known = await KnownHosts.load([at('moving')]);

          const fresh = KnownHosts.parse([{ file: at('moving'), text }]);
          assert.deepEqual([placesOf(known), known.verdict('web07', key)], [placesOf(fresh), fresh.verdict('web07', key)]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('take new hosts from several processes at once, each once, after one that died with the lock in its hand', async () => {
    const [file, names] = [at('shared'), Array.from({ length: 30 }, (_, i) => `web${i}`)];
    await writeFile(`${file}.lock`, '');
    await utimes(`${file}.lock`, 0, 0);
    const script = `
      const { rememberHostKey } = await import(${JSON.stringify(import.meta.resolve('#src/ssh/host-keys/file-edit'))});
      const key = Buffer.from(${JSON.stringify(key.toString('base64'))}, 'base64');
      for (const name of ${JSON.stringify(names)}) await rememberHostKey(${JSON.stringify(file)}, name, key, false);`;
    const run = promisify(execFile);

    await Promise.all([1, 2, 3].map(async () => await run(process.execPath, ['--input-type=module', '-e', script])));

    const lines = (await readFile(file, 'utf8')).split('\n');
    assert.deepEqual(lines, [...names.map((name) => `${name} ${ours}`), '']);
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name.startsWith('shared')),
      ['shared'],
    );
  });

  it('of a hundred thousand lines are read once', async () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => `host${i} ${ours}`);
    await writeFile(at('many'), lines.join('\n'));

    const loaded = await Promise.all(Array.from({ length: 50 }, async () => await KnownHosts.load([at('many')])));

    assert.deepEqual(
      loaded.map((known) => known.verdict('host99999', key).kind),
      Array.from({ length: 50 }, () => 'known'),
    );
  });
});
