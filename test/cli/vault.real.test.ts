// The verb vault as a real program: on a terminal, in a pipe, and in the company of Ansible.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { withFiles } from '../inventory/temporary.ts';
import { PASSWORD, VARS_VAULT } from '../inventory/vaults.ts';
import { needs } from '../support/real.ts';
import { sshoalOnTerminal } from './terminal.ts';

const MAIN = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');
const ENVIRONMENT = { PATH: process.env.PATH, HOME: '/nonexistent', LANG: 'C.UTF-8', NO_COLOR: '1', ANSIBLE_NOCOLOR: '1' };

function run(program: string, args: readonly string[], cwd: string, input = ''): string {
  const done = spawnSync(program, args, { cwd, input, env: ENVIRONMENT, encoding: 'utf8', timeout: 60_000 });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  return done.stdout;
}
const vault = (args: readonly string[], cwd: string, input?: string): string => run(process.execPath, [MAIN, 'vault', ...args], cwd, input);

describe('vault on a terminal', needs('python3'), () => {
  it('asks for the password without showing it', async () => {
    await withFiles({ 'vars.yml': VARS_VAULT }, async (directory) => {
      const { code, screen } = await sshoalOnTerminal(
        ['vault', 'view', path.join(directory, 'vars.yml')],
        [['Vault password:', `${PASSWORD}\r`]],
      );

      assert.equal(code, 0, screen);
      assert.match(screen, /port: 5432/);
      assert.ok(!screen.includes(PASSWORD), screen);
    });
  });
});

describe('vault in a pipe', () => {
  it('seals stdin to stdout, and opens it again', async () => {
    await withFiles({ password: PASSWORD }, (directory) => {
      const sealed = vault(['encrypt', '--vault-id', 'prod@password'], directory, 'in the pipe\n');

      assert.match(sealed, /^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/);
      assert.equal(vault(['decrypt', '--vault-password-file', 'password'], directory, sealed), 'in the pipe\n');
    });
  });
});

describe('vault with Ansible', needs('ansible', 'ansible-vault'), () => {
  it('makes strings that a play of theirs reads, and files that ansible-vault changes', async () => {
    await withFiles({ password: PASSWORD, other: 'another', 'file.yml': 'a: 1\n' }, async (directory) => {
      const value = vault(['encrypt-string', 'sesame street', '-n', 'token', '--vault-password-file', 'password'], directory);
      await withFiles({ 'vars.yml': value }, (place) => {
        const vars = `@${path.join(place, 'vars.yml')}`;
        const said = run(
          'ansible',
          ['localhost', '-m', 'debug', '-a', 'var=token', '-e', vars, '--vault-password-file', 'password'],
          directory,
        );
        assert.match(said, /"token": "sesame street"/);
      });

      vault(['encrypt', 'file.yml', '--vault-id', 'prod@password'], directory);
      run('ansible-vault', ['rekey', 'file.yml', '--vault-id', 'prod@password', '--new-vault-id', 'next@other'], directory);

      assert.equal(vault(['view', 'file.yml', '--vault-id', 'next@other'], directory), 'a: 1\n');
    });
  });
});
