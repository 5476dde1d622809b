// Vaults and their passwords, without Ansible.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dict, isDict, Sealed } from '#src/base/value';
import { parseYaml } from '#src/base/yaml';
import { Inventory } from '#src/inventory/inventory';
import { inventoryYaml } from '#src/inventory/listing';
import { encrypt, keepValuesSealed, VaultKeys } from '#src/inventory/vault/vault-keys';
import { parseVaultId, readVaultSecrets, type VaultSecretsOptions } from '#src/inventory/vault/vault-secrets';
import { isVault, openVault, parseVault, sealVault } from '#src/inventory/vault/vault-text';
import { withFiles } from './temporary.js';
import { inlineVault, PASSWORD, PROD_VAULT, VALUE_VAULT, VARS_VAULT } from './vaults.js';

const secret = (id: string, password = PASSWORD) => ({ id, password: Buffer.from(password) });
const VARS = 'db_password: hunter22\nport: 5432\n';

describe('a vault', () => {
  it('of ansible-vault opens with its password, in both formats', () => {
    const keys = new VaultKeys([secret('default')]);

    assert.equal(keys.open(VARS_VAULT, 'x').plain.toString(), VARS);
    assert.deepEqual(keys.open(PROD_VAULT, 'x').id, 'prod');
    assert.equal(keys.open(VALUE_VAULT, 'x').plain.toString(), 'hunter22');
  });

  it('gives back whatever was put in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.constantFrom('default', 'prod'), (plain, id) => {
        const text = sealVault(plain, secret(id));

        assert.ok(text.split('\n').every((line) => line.length <= 80));
        assert.equal(text.startsWith(id === 'prod' ? '$ANSIBLE_VAULT;1.2;AES256;prod\n' : '$ANSIBLE_VAULT;1.1;AES256\n'), true);
        assert.deepEqual(openVault(parseVault(text, 'x'), Buffer.from(PASSWORD)), Buffer.from(plain));
      }),
      { numRuns: 20 },
    );
  });

  it('is the same for the same salt, and never without one', () => {
    const salt = Buffer.alloc(32, 7);

    assert.equal(sealVault(Buffer.from('a'), secret('default'), salt), sealVault(Buffer.from('a'), secret('default'), salt));
    assert.notEqual(sealVault(Buffer.from('a'), secret('default')), sealVault(Buffer.from('a'), secret('default')));
  });

  it('that was changed, cut or is of another kind is refused as such', () => {
    const [header = '', first = '', ...rest] = VARS_VAULT.split('\n');
    const changes: readonly (readonly [text: string, code: string])[] = [
      ['hello', 'VAULT_NOT_ENCRYPTED'],
      ['', 'VAULT_NOT_ENCRYPTED'],
      ['$ANSIBLE_VAULT', 'VAULT_FORMAT'],
      ['$ANSIBLE_VAULT;1.0;AES\n6161', 'VAULT_FORMAT'],
      ['$ANSIBLE_VAULT;1.1;ROT13\n6161', 'VAULT_FORMAT'],
      [header, 'VAULT_FORMAT'],
      [[header, `${first.slice(0, -1)}x`, ...rest].join('\n'), 'VAULT_FORMAT'],
      [[header, first].join('\n'), 'VAULT_FORMAT'],
      [[header, first, ...rest.slice(0, -2)].join('\n'), 'VAULT_FORMAT'],
      // The last digits are of the body, which its digest protects.
      [VARS_VAULT.replace(/66\n$/, '65\n'), 'VAULT_WRONG_PASSWORD'],
    ];
    for (const [text, code] of changes) {
      assert.throws(() => new VaultKeys([secret('default')]).open(text, 'x'), { code, where: 'x' }, text);
    }
  });

  it('may be indented, end in CRLF and have blanks around', () => {
    const keys = new VaultKeys([secret('default')]);

    assert.equal(keys.open(VALUE_VAULT.replaceAll('\n', '\r\n'), 'x').plain.toString(), 'hunter22');
    assert.equal(keys.open(VALUE_VAULT.replaceAll('\n', ' \n  '), 'x').plain.toString(), 'hunter22');
  });

  it('is not encrypted twice', () => {
    assert.equal(isVault(Buffer.from(VARS_VAULT)), true);
    assert.throws(() => encrypt(Buffer.from(VARS_VAULT), secret('default'), 'f.yml'), { code: 'VAULT_ENCRYPTED', where: 'f.yml' });
  });
});

describe('vault keys', () => {
  it('are tried by the id of the vault first, then all others', () => {
    const keys = new VaultKeys([secret('dev', 'wrong'), secret('prod'), secret('spare')]);

    assert.equal(keys.open(PROD_VAULT, 'x').secret.id, 'prod');
    assert.equal(keys.open(VARS_VAULT, 'x').secret.id, 'prod');
  });

  it('that do not fit say which were tried and which is wanted', () => {
    const keys = new VaultKeys([secret('dev', 'wrong'), secret('test', 'wrong too')]);

    assert.throws(() => keys.open(PROD_VAULT, 'f.yml'), {
      code: 'VAULT_WRONG_PASSWORD',
      message: /dev, test/,
      fix: /prod/,
      where: 'f.yml',
    });
    assert.throws(() => new VaultKeys([]).open(PROD_VAULT, 'f.yml'), { code: 'VAULT_NO_PASSWORD', message: /prod/ });
  });

  it('encrypt with the only one, or the one asked for', () => {
    const two = new VaultKeys([secret('dev'), secret('prod')]);

    assert.equal(new VaultKeys([secret('dev')]).secretFor(undefined).id, 'dev');
    assert.equal(two.secretFor('prod').id, 'prod');
    assert.throws(() => two.secretFor(undefined), { code: 'VAULT_ID', message: /several.*dev, prod/ });
    assert.throws(() => two.secretFor('test'), { code: 'VAULT_ID', message: /test/ });
    assert.throws(() => new VaultKeys([]).secretFor(undefined), { code: 'VAULT_NO_PASSWORD' });
  });

  it('open files of variables and values in them, and tell what was secret', async () => {
    const files = { hosts: '[web]\nw1\n', 'group_vars/all.yml': VARS_VAULT, 'host_vars/w1.yml': `token: ${inlineVault(VALUE_VAULT, 2)}` };
    await withFiles(files, async (directory) => {
      const opened: string[] = [];
      const vault = new VaultKeys([secret('default')], { onOpened: (text) => opened.push(text) });

      const inventory = await Inventory.load(['hosts'], { cwd: directory, vault });

      const { token, ...others } = Object.fromEntries(inventory.varsOf('w1'));
      assert.deepEqual(others, { db_password: 'hunter22', port: 5432 });
      assert.deepEqual(opened, ['hunter22', '5432']);
      assert.ok(token instanceof Sealed);
      assert.deepEqual([token.open(), token.open()], ['hunter22', 'hunter22']);
      assert.deepEqual(opened, ['hunter22', '5432', 'hunter22']);
    });
  });

  it('do not make secrets of everyday words', () => {
    const opened: string[] = [];
    const text = sealVault(
      Buffer.from('# all\nenabled: true\ntoken: "t0p s3cret"\nlist:\n  - first one\n  - name: False\nkey=value7\n'),
      secret('x'),
    );

    new VaultKeys([secret('x')], { onOpened: (one) => opened.push(one) }).file(Buffer.from(text), 'f');

    assert.deepEqual(opened, ['t0p s3cret', 'first one', 'value7']);
  });

  it('are not needed for values that stay as they are', async () => {
    await withFiles({ hosts: 'w1\n', 'host_vars/w1.yml': `token: ${inlineVault(VALUE_VAULT, 2)}` }, async (directory) => {
      const inventory = await Inventory.load(['hosts'], { cwd: directory, vault: keepValuesSealed(new VaultKeys([])) });

      const token = inventory.varsOf('w1').get('token');

      assert.ok(isDict(token));
      assert.equal(token.get('__ansible_vault'), VALUE_VAULT);
      const [tree] = parseYaml(inventoryYaml(dict({ token })), 'x');
      assert.ok(tree?.kind === 'map');
      assert.equal(tree.entries[0]?.node.kind === 'scalar' && tree.entries[0].node.tag, '!vault');
    });
  });

  it('say where an encrypted value stands that they cannot open', async () => {
    await withFiles({ hosts: 'w1\n', 'host_vars/w1.yml': `a: 1\ntoken: ${inlineVault(VALUE_VAULT, 2)}` }, async (directory) => {
      const inventory = await Inventory.load(['hosts'], { cwd: directory });

      const token = inventory.varsOf('w1').get('token');

      assert.ok(token instanceof Sealed);
      assert.throws(
        () => token.open(),
        (error) => {
          const { code, where } = error as { code: string; where: { line: number } };
          return code === 'VAULT_NO_PASSWORD' && where.line === 2;
        },
      );
    });
  });
});

describe('vault passwords', () => {
  const options = (
    cwd: string,
    ask = async (id: string): Promise<string> => await Promise.resolve(`${id} typed`),
  ): VaultSecretsOptions => ({
    cwd,
    home: cwd,
    ask,
  });
  const read = async (texts: readonly string[], cwd: string): Promise<string[]> => {
    const secrets = await readVaultSecrets(
      texts.map((text) => parseVaultId(text)),
      options(cwd),
    );
    return secrets.map(({ id, password }) => `${id}=${Buffer.from(password).toString()}`);
  };

  it('come from files, scripts that may be asked for an id, and questions', async () => {
    const files = {
      plain: '  open sesame\n\n',
      accent: 'voil\u00e0\n',
      'ask.sh': '#!/bin/sh\nprintf " from $# words \\n"\n',
      'ask-client.sh': '#!/bin/sh\necho "$1 $2"\n',
    };
    await withFiles(files, async (directory) => {
      const secrets = await read(['plain', 'a@~/accent', 'b@ask.sh', 'c@ask-client.sh', 'd@prompt', '@prompt'], directory);

      assert.deepEqual(secrets, [
        'default=open sesame',
        'a=voil\u00e0',
        'b= from 0 words ',
        'c=--vault-id c',
        'd=d typed',
        'default=default typed',
      ]);
    });
  });

  it('may be encrypted under one that came before', async () => {
    const inner = sealVault(Buffer.from('the inner one\n'), secret('default'));
    await withFiles({ first: PASSWORD, second: inner }, async (directory) => {
      assert.deepEqual(await read(['first', 'b@second'], directory), [`default=${PASSWORD}`, 'b=the inner one']);
      await assert.rejects(read(['b@second'], directory), { code: 'VAULT_NO_PASSWORD' });
    });
  });

  it('that cannot be had are an error, with what to do', async () => {
    const files = {
      empty: '\n',
      'fail.sh': '#!/bin/sh\nexit 3\n',
      'unknown-client': '#!/bin/sh\nexit 2\n',
      'silent.sh': '#!/bin/sh\n',
      'text.sh': '#!/no/such/program\n',
    };
    await withFiles(files, async (directory) => {
      const failing = [
        ['missing', /cannot be read/],
        ['empty', /empty/],
        ['x@fail.sh', /exited with 3/],
        ['x@unknown-client', /knows no password for x/],
        ['silent.sh', /empty/],
        ['text.sh', /failed/],
      ] as const;
      for (const [text, message] of failing) {
        await assert.rejects(read([text], directory), { code: 'VAULT_PASSWORD_SOURCE', message }, text);
      }
      for (const text of ['a;b@prompt', 'a b@prompt', 'a@', ''])
        assert.throws(() => parseVaultId(text), { code: 'VAULT_PASSWORD_SOURCE' }, text);
    });
  });
});
