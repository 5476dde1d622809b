// Vaults that go back and forth between sshoal and Ansible.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { VaultKeys } from '#src/inventory/vault/vault-keys';
import { sealVault } from '#src/inventory/vault/vault-text';
import { needs } from '../support/real.js';
import { withFiles } from './temporary.js';
import { PASSWORD } from './vaults.js';

interface Exchange {
  readonly id: string;
  readonly password: string;
  /** Base64. */
  readonly plain: string;
  readonly ours: string;
}
interface Answer {
  /** Base64. */
  readonly opened: string;
  readonly sealed: string;
}

const ASK = `
import base64, json, sys
from ansible.parsing.vault import VaultLib, VaultSecret
def answer(one):
    secret = VaultSecret(one['password'].encode())
    vault = VaultLib([(one['id'], secret)])
    sealed = vault.encrypt(base64.b64decode(one['plain']), secret, vault_id=one['id'])
    return {'opened': base64.b64encode(vault.decrypt(one['ours'])).decode(), 'sealed': sealed.decode()}
print(json.dumps([answer(one) for one in json.load(sys.stdin)]))
`;

function run(program: string, args: readonly string[], input = ''): string {
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', LANG: 'C.UTF-8', EDITOR: 'false' };
  const done = spawnSync(program, args, { input, env, cwd: '/', encoding: 'utf8', timeout: 60_000 });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

describe('vaults, beside Ansible', needs('python3', 'ansible-vault'), () => {
  it('whatever one seals, the other opens', () => {
    const samples = fc.sample(
      fc.record({
        id: fc.constantFrom('default', 'prod', 'p-1'),
        password: fc.constantFrom(PASSWORD, 'p\u00e4ssw\u00f6rd', 'x', '0'.repeat(100)),
        plain: fc.uint8Array({ maxLength: 200 }),
      }),
      { seed: 7, numRuns: 30 },
    );
    const exchanges = samples.map(({ id, password, plain }): Exchange => {
      const ours = sealVault(plain, { id, password: Buffer.from(password) });
      return { id, password, plain: Buffer.from(plain).toString('base64'), ours };
    });

    const answers = JSON.parse(run('/usr/bin/python3', ['-c', ASK], JSON.stringify(exchanges))) as readonly Answer[];

    for (const [i, { id, password, plain, ours }] of exchanges.entries()) {
      const answer = answers[i];
      assert.ok(answer !== undefined);
      assert.equal(answer.opened, plain);
      const keys = new VaultKeys([{ id, password: Buffer.from(password) }]);
      assert.equal(keys.open(answer.sealed, 'x').plain.toString('base64'), plain);
      const [header, ...lines] = ours.split('\n');
      assert.equal(header, answer.sealed.split('\n')[0]);
      assert.deepEqual(
        lines.map((line) => line.length),
        answer.sealed
          .split('\n')
          .slice(1)
          .map((line) => line.length),
      );
    }
  });

  it('ansible-vault opens a file of ours with the password file it came from, and the other way', async () => {
    await withFiles({ password: `${PASSWORD}\n`, theirs: 'a: 1\n' }, async (directory) => {
      const [password, theirs] = [path.join(directory, 'password'), path.join(directory, 'theirs')];
      const ours = sealVault(Buffer.from('a: \u00e9\n'), { id: 'prod', password: Buffer.from(PASSWORD) });
      const file = path.join(directory, 'ours');
      await withFiles({ ours }, async (other) => {
        assert.equal(
          run('ansible-vault', ['decrypt', path.join(other, 'ours'), '--output', '-', '--vault-id', `prod@${password}`]),
          'a: \u00e9\n',
        );
      });
      run('ansible-vault', ['encrypt', theirs, '--output', file, '--vault-id', `prod@${password}`]);

      const opened = new VaultKeys([{ id: 'default', password: Buffer.from(PASSWORD) }]).open(await readFile(file, 'utf8'), file);

      assert.equal(opened.plain.toString(), 'a: 1\n');
      assert.equal(opened.id, 'prod');
    });
  });
});
