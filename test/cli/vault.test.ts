// The verb vault, called as on a command line.
import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import type { Prompts } from '#src/cli/prompts';
import { VaultKeys } from '#src/inventory/vault/vault-keys';
import { sealVault } from '#src/inventory/vault/vault-text';
import { withFiles } from '../inventory/temporary.ts';
import { inlineVault, PASSWORD, PROD_VAULT, VALUE_VAULT, VARS_VAULT } from '../inventory/vaults.ts';
import { call } from './fake-context.ts';

const VARS = 'db_password: hunter22\nport: 5432\n';
const FILES = { password: PASSWORD, other: 'another one', 'plain.yml': VARS, 'vars.yml': VARS_VAULT, 'prod.yml': PROD_VAULT } as const;
const WITH = ['--vault-password-file', 'password'] as const;

const opened = (text: string, password: string = PASSWORD): string =>
  new VaultKeys([{ id: 'x', password: Buffer.from(password) }]).open(text.trim(), 'x').plain.toString();

/** A directory with the files, and a way to call `sshoal vault` in it. */
async function inside(
  use: (
    vault: (words: readonly string[], more?: Parameters<typeof call>[1]) => ReturnType<typeof call>,
    text: (name: string) => Promise<string>,
    directory: string,
  ) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await withFiles({ ...FILES, ...more }, async (directory) => {
    await use(
      async (words, context) => await call(['vault', ...words], { cwd: directory, ...context }),
      async (name) => await readFile(path.join(directory, name), 'utf8'),
      directory,
    );
  });
}

function answering(...answers: string[]): Prompts & { readonly asked: string[] } {
  const asked: string[] = [];
  const answer = async ({ message }: { message: string }): Promise<string> => {
    asked.push(message);
    return await Promise.resolve(answers.shift() ?? assert.fail(`nobody answers ${message}`));
  };
  const refuse = async (): Promise<never> => await Promise.reject(new Error('only a password is asked for'));
  return {
    asked,
    isAnybodyThere: true,
    password: answer,
    text: answer,
    choose: refuse,
    chooseMany: refuse,
    search: refuse,
    confirm: refuse,
  };
}

describe('vault encrypt and decrypt', () => {
  it('replace files, keeping their permissions, and leave nothing else behind', async () => {
    await inside(async (vault, text, directory) => {
      const file = path.join(directory, 'plain.yml');
      await chmod(file, 0o640);
      const before = (await readdir(directory)).sort();

      assert.deepEqual(await vault(['encrypt', 'plain.yml', '--vault-id', 'prod@password']), { code: 0, stdout: '', stderr: '' });
      const sealed = await text('plain.yml');
      assert.equal((await vault(['decrypt', 'plain.yml', ...WITH])).code, 0);

      assert.match(sealed, /^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/);
      assert.equal(await text('plain.yml'), VARS);
      if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o640);
      assert.deepEqual((await readdir(directory)).sort(), before);
    });
  });

  it('replace what a link leads to, not the link', async () => {
    await inside(async (vault, text, directory) => {
      await symlink('vars.yml', path.join(directory, 'link.yml'));

      assert.equal((await vault(['decrypt', 'link.yml', ...WITH])).code, 0);

      assert.equal(await text('vars.yml'), VARS);
      assert.equal(await text('link.yml'), VARS);
    });
  });

  it('write elsewhere with --output, for the owner only, and to stdout with -', async () => {
    await inside(async (vault, text, directory) => {
      const shown = await vault(['decrypt', 'vars.yml', '--output', '-', ...WITH]);
      const kept = await vault(['decrypt', 'vars.yml', '--output', 'new.yml', ...WITH]);

      assert.equal(shown.stdout, VARS);
      assert.equal(kept.code, 0);
      assert.equal(await text('new.yml'), VARS);
      if (process.platform !== 'win32') assert.equal((await stat(path.join(directory, 'new.yml'))).mode & 0o777, 0o600);
      assert.equal(await text('vars.yml'), VARS_VAULT);
    });
  });

  it('read stdin when no file is named', async () => {
    await inside(async (vault) => {
      const sealed = await vault(['encrypt', ...WITH], { stdin: Readable.from([Buffer.from('abc')]) });
      const plain = await vault(['decrypt', '-', ...WITH], { stdin: Readable.from([Buffer.from(sealed.stdout)]) });

      assert.equal(plain.stdout, 'abc');
    });
  });

  it('change nothing unless all files can be opened', async () => {
    await inside(async (vault, text) => {
      const { code, stderr } = await vault(['decrypt', 'vars.yml', 'plain.yml', ...WITH]);

      assert.equal(code, 1);
      assert.match(stderr, /\[VAULT_NOT_ENCRYPTED\]\nwhere {2}plain\.yml\n/);
      assert.equal(await text('vars.yml'), VARS_VAULT);
    });
  });

  it('ask for a password where none is given, twice for a new one', async () => {
    await inside(async (vault, text) => {
      const prompts = answering('one', 'one');
      assert.equal((await vault(['encrypt', 'plain.yml'], { prompts })).code, 0);
      assert.equal(opened(await text('plain.yml'), 'one'), VARS);
      assert.equal(prompts.asked.length, 2);

      const differing = await vault(['encrypt', 'password', '--vault-id', 'prod@prompt'], { prompts: answering('one', 'two') });
      assert.equal(differing.code, 1);
      assert.match(differing.stderr, /differ/);
      assert.equal(await text('password'), PASSWORD);

      assert.equal((await vault(['view', 'plain.yml'], { prompts: answering('one') })).stdout, VARS);
      assert.match((await vault(['view', 'plain.yml'])).stderr, /\[NO_TERMINAL\]/);
    });
  });

  it('say which passwords were tried', async () => {
    await inside(async (vault) => {
      const { code, stderr } = await vault(['decrypt', 'prod.yml', '--vault-id', 'dev@other']);

      assert.equal(code, 1);
      assert.match(stderr, /tried: dev +\[VAULT_WRONG_PASSWORD\]\nwhere {2}prod\.yml\nfix .*prod/);
    });
  });

  it('take passwords and ids from the environment', async () => {
    await inside(async (vault, text) => {
      const env = { ANSIBLE_VAULT_IDENTITY_LIST: 'dev@other, prod@password', ANSIBLE_VAULT_ENCRYPT_IDENTITY: 'prod' };
      assert.equal((await vault(['encrypt', 'plain.yml'], { env })).code, 0);

      assert.match(await text('plain.yml'), /;prod\n/);
      assert.equal((await vault(['view', 'plain.yml'], { env: { ANSIBLE_VAULT_PASSWORD_FILE: 'password' } })).stdout, VARS);
    });
  });

  it('take password files from sshoal.yml and from ansible.cfg, relative to those', async () => {
    await inside(
      async (vault, _text, directory) => {
        const [ours, theirs] = [path.join(directory, 'ours'), path.join(directory, 'theirs')];
        const file = path.join(directory, 'vars.yml');

        assert.equal((await vault(['view', file], { cwd: ours })).stdout, VARS);
        assert.equal((await vault(['view', file], { cwd: theirs })).stdout, VARS);
      },
      {
        'ours/sshoal.yml': 'vault_password_file: ../password\n',
        'theirs/ansible.cfg': '[defaults]\nvault_identity_list = dev@../other\nvault_password_file = ../password\n',
      },
    );
  });

  it('refuse flags that mean nothing to them, and words they do not know', async () => {
    await inside(async (vault) => {
      assert.match((await vault(['view', 'vars.yml', '--output', 'x', ...WITH])).stderr, /--output means nothing to vault view/);
      assert.match((await vault(['decrypt', 'a', 'b', '--output', 'x', ...WITH])).stderr, /\[BAD_FLAG\]/);
      assert.match((await vault(['decript', 'vars.yml', ...WITH])).stderr, /\[UNKNOWN_VERB\][^]*decrypt/);
      assert.match((await vault(['encrypt', 'plain.yml', '--vault-id', 'a@other', '--vault-id', 'b@password'])).stderr, /\[VAULT_ID\]/);
      assert.match((await vault(['encrypt', 'vars.yml', ...WITH])).stderr, /\[VAULT_ENCRYPTED\]/);
      assert.match((await vault(['view', 'nowhere', ...WITH])).stderr, /\[BAD_LOCAL_PATH\]/);
    });
  });
});

describe('vault view', () => {
  it('shows text, and refuses what is none', async () => {
    const binary = sealVault(Buffer.from([0xff, 0xfe, 0]), { id: 'default', password: Buffer.from(PASSWORD) });
    await inside(
      async (vault) => {
        assert.equal((await vault(['view', 'vars.yml', 'prod.yml', ...WITH])).stdout, VARS + VARS);
        assert.match((await vault(['view', 'binary', ...WITH])).stderr, /no text/);
      },
      { binary },
    );
  });
});

describe('vault rekey', () => {
  it('gives a file another password and id', async () => {
    await inside(async (vault, text) => {
      assert.equal((await vault(['rekey', 'vars.yml', ...WITH, '--new-vault-id', 'prod@other'])).code, 0);
      assert.match(await text('vars.yml'), /;1\.2;AES256;prod\n/);
      assert.equal(opened(await text('vars.yml'), 'another one'), VARS);

      assert.equal((await vault(['rekey', 'vars.yml', '--vault-id', 'prod@other', '--new-vault-password-file', 'password'])).code, 0);
      assert.match(await text('vars.yml'), /;1\.1;AES256\n/);
      assert.equal(opened(await text('vars.yml')), VARS);
    });
  });

  it('takes the new password from those it has, or asks for it', async () => {
    await inside(async (vault, text) => {
      const ids = ['--vault-id', 'old@password', '--vault-id', 'new@other'];
      assert.equal((await vault(['rekey', 'vars.yml', ...ids, '--encrypt-vault-id', 'new'])).code, 0);
      assert.equal(opened(await text('vars.yml'), 'another one'), VARS);

      assert.equal((await vault(['rekey', 'prod.yml', ...WITH], { prompts: answering('third', 'third') })).code, 0);
      assert.equal(opened(await text('prod.yml'), 'third'), VARS);
    });
  });
});

describe('vault edit', { skip: process.platform === 'win32' ? 'the editors are shell scripts' : false }, () => {
  const EDITORS = {
    // Tells where it was, with what permissions, and leaves a copy behind as editors do.
    'change.sh': '#!/bin/sh\nls -ld "$(dirname "$1")" "$1" | cut -c1-10 > seen\necho "$1" >> seen\ncp "$1" "$1~"\necho "more: 1" >> "$1"\n',
    'keep.sh': '#!/bin/sh\n:\n',
    'fail.sh': '#!/bin/sh\necho "$1" > seen\necho oops > "$1"\nexit 3\n',
  };
  // The editor runs where the program runs, which for a test is not the directory: it is told.
  const editor = (directory: string, name: string): Readonly<Record<string, string | undefined>> => ({
    PATH: process.env.PATH,
    EDITOR: `sh -c 'cd ${directory} && exec ./${name} "$1"' editor`,
  });

  it('opens a private copy, encrypts what was made of it with the same id, and wipes the copy', async () => {
    await inside(async (vault, text, directory) => {
      assert.equal((await vault(['edit', 'prod.yml', ...WITH], { env: editor(directory, 'change.sh') })).code, 0);

      assert.match(await text('prod.yml'), /;1\.2;AES256;prod\n/);
      assert.equal(opened(await text('prod.yml')), `${VARS}more: 1\n`);
      const [place, file, name = ''] = (await text('seen')).trim().split('\n');
      assert.deepEqual([place, file, path.basename(name)], ['drwx------', '-rw-------', 'prod.yml']);
      await assert.rejects(stat(path.dirname(name)), { code: 'ENOENT' });
    }, EDITORS);
  });

  it('leaves a file alone that nobody changed', async () => {
    await inside(async (vault, text, directory) => {
      assert.equal((await vault(['edit', 'vars.yml', ...WITH], { env: editor(directory, 'keep.sh') })).code, 0);

      assert.equal(await text('vars.yml'), VARS_VAULT);
    }, EDITORS);
  });

  it('changes nothing when the editor fails, and wipes the copy then too', async () => {
    await inside(async (vault, text, directory) => {
      const { code, stderr } = await vault(['edit', 'vars.yml', ...WITH], { env: editor(directory, 'fail.sh') });

      assert.equal(code, 1);
      assert.match(stderr, /\[EDITOR_FAILED\]/);
      assert.equal(await text('vars.yml'), VARS_VAULT);
      await assert.rejects(stat(path.dirname((await text('seen')).trim())), { code: 'ENOENT' });
      assert.match((await vault(['edit', 'vars.yml', ...WITH], { env: { EDITOR: '/no/such/editor' } })).stderr, /\[EDITOR_FAILED\]/);
    }, EDITORS);
  });

  it('makes a new file, and not over one that is there', async () => {
    await inside(async (vault, text, directory) => {
      const env = editor(directory, 'change.sh');
      assert.equal((await vault(['create', 'new.yml', ...WITH], { env })).code, 0);
      const again = await vault(['create', 'new.yml', ...WITH], { env });

      assert.equal(opened(await text('new.yml')), 'more: 1\n');
      assert.equal(again.code, 1);
      assert.match(again.stderr, /\[BAD_LOCAL_PATH\]/);
    }, EDITORS);
  });
});

describe('vault encrypt-string', () => {
  it('prints values for YAML files, of words, stdin and a question', async () => {
    await inside(async (vault) => {
      const words = await vault(['encrypt-string', 'one', 'two', '-n', 'first', ...WITH]);
      const stdin = await vault(['encrypt-string', '--stdin-name', 'token', ...WITH], {
        stdin: Readable.from([Buffer.from('three\n')]),
      });
      const asked = await vault(['encrypt_string', '--prompt', '-n', 'pin', ...WITH], { prompts: answering('four') });

      const [, first = '', second = ''] = /^first: !vault \|\n([^]*?)!vault \|\n([^]*)$/.exec(words.stdout) ?? [];
      assert.deepEqual([opened(first.replace(/^ {10}/gm, '')), opened(second.replace(/^ {10}/gm, ''))], ['one', 'two']);
      assert.match(stdin.stdout, /^token: !vault \|\n {10}\$ANSIBLE_VAULT;1\.1;AES256\n/);
      assert.equal(opened(stdin.stdout.replace(/^.*\n/, '').replace(/^ +/gm, '')), 'three\n');
      assert.match(asked.stdout, /^pin: !vault/);
    });
  });

  it('refuses nothing, and names without strings', async () => {
    await inside(async (vault) => {
      assert.match((await vault(['encrypt-string', '-', ...WITH])).stderr, /\[MISSING_ARGUMENT\]/);
      assert.match((await vault(['encrypt-string', '-n', 'a', '-n', 'b', 'one', ...WITH])).stderr, /\[BAD_FLAG\]/);
    });
  });
});

describe('encrypted inventories', () => {
  const files = {
    hosts: '[web]\nw1\n',
    'group_vars/all.yml': VARS_VAULT,
    'host_vars/w1.yml': `token: ${inlineVault(VALUE_VAULT, 2)}`,
  };

  it('are opened for every verb, and what was secret is masked', async () => {
    await inside(async (_vault, _text, directory) => {
      const where = ['-i', 'hosts', ...WITH];
      const list = await call(['inventory', '--host', 'w1', ...where], { cwd: directory });
      const run = await call(['run', 'w1', '-e', 'ansible_connection=local', ...where, '--', 'echo', 'hunter22'], { cwd: directory });
      const none = await call(['run', 'w1', '-i', 'hosts', '--', 'true'], { cwd: directory });

      assert.deepEqual(JSON.parse(list.stdout), { db_password: 'hunter22', port: 5432, token: { __ansible_vault: VALUE_VAULT } });
      assert.equal(run.code, 0, run.stderr);
      assert.ok(!run.stdout.includes('hunter22'), run.stdout);
      assert.match(none.stderr, /\[VAULT_NO_PASSWORD\]/);
    }, files);
  });

  it('go with playbooks, files of variables and -e that are encrypted too', async () => {
    const play = [
      '- hosts: w1',
      '  connection: local',
      '  gather_facts: false',
      '  vars_files: [vars.yml]',
      `  vars: {inline: x}`,
      '  tasks:',
      '    - command: printf %s {{ port }}-{{ token | length }}-{{ extra | length }}-{{ own | length }}',
      '      vars:',
      `        own: ${inlineVault(VALUE_VAULT, 10)}`,
      '      register: said',
      '    - assert: {that: said.stdout == "5432-8-8-8"}',
      '',
    ].join('\n');
    const more = {
      ...files,
      'site.yml': sealVault(Buffer.from(play), { id: 'default', password: Buffer.from(PASSWORD) }),
      'extra.yml': `extra: ${inlineVault(VALUE_VAULT, 2)}`,
    };
    await inside(async (_vault, _text, directory) => {
      const { code, stdout, stderr } = await call(
        ['play', 'site.yml', '-i', 'hosts', '-e', '@extra.yml', '-e', 'ansible_connection=local', ...WITH],
        { cwd: directory },
      );

      assert.equal(code, 0, stdout + stderr);
    }, more);
  });

  it('that are plain need no password, and ask nobody', async () => {
    await inside(async (_vault, _text, directory) => {
      await writeFile(path.join(directory, 'other.ini'), 'w2\n');

      assert.equal((await call(['inventory', '-i', 'other.ini'], { cwd: directory })).code, 0);
    });
  });
});
