// put and get as a person calls them, over a real sshd: interrupted, and called again.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { snapshot } from '../ssh/sftp/tree/trees.ts';
import { OpenSshServer } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';
import { type Finished, sshoal } from './program-run.ts';

describe('put over OpenSSH', needs('sshd'), () => {
  let server: OpenSshServer;
  let cwd = '';
  const at = (name: string): string => path.join(cwd, name);
  before(async () => {
    server = await OpenSshServer.start();
    cwd = mkdtempSync(path.join(os.tmpdir(), 'sshoal-put-'));
    mkdirSync(at('site'));
    writeFileSync(at('site/large'), randomBytes(40 * 1024 * 1024));
    writeFileSync(at('site/small'), 'small');
    writeFileSync(
      at('hosts'),
      `web01 ansible_host=127.0.0.1 ansible_port=${server.port} ansible_user=${server.user} ansible_ssh_private_key_file=${server.clientKeyFile}\n`,
    );
  });
  after(async () => {
    await server.stop();
    rmSync(cwd, { recursive: true, force: true });
  });
  const put = async (flags: readonly string[], interruptAt?: RegExp): Promise<Finished> => {
    const words = [
      'put',
      'web01',
      'site',
      at('there'),
      '-r',
      '-i',
      'hosts',
      '--known-hosts',
      server.knownHostsFile,
      '-o',
      'jsonl',
      ...flags,
    ];
    let isInterrupted = false;
    return await sshoal(words, {
      cwd,
      onStdout: (text, kill) => {
        if (interruptAt === undefined || isInterrupted || !interruptAt.test(text)) return;
        isInterrupted = true;
        kill('SIGINT');
      },
    });
  };
  const names = (): string[] => readdirSync(cwd).sort();

  it('leaves nothing when it is interrupted', async () => {
    const { code } = await put(['--limit-rate', '20M'], /"event":"progress"/);

    assert.equal(code, 130);
    assert.deepEqual(names(), ['hosts', 'site']);
  });

  it('leaves what has come with --resume, and goes on from there when called again', async () => {
    const first = await put(['--resume', '--limit-rate', '20M'], /"event":"progress"/);
    const between = names();

    const second = await put(['--resume', '--verify']);

    assert.equal(first.code, 130);
    assert.deepEqual(
      between.map((name) => name.replace(/[0-9a-f]{24}/, 'MARK')),
      ['.there.MARK.part', 'hosts', 'site'],
    );
    assert.equal(second.code, 0, second.stdout + second.stderr);
    assert.deepEqual(names(), ['hosts', 'site', 'there']);
    assert.deepEqual(snapshot(at('there')), snapshot(at('site')));
  });
});
