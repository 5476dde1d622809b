// Which file belongs to which host.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sourceFile, targetFiles } from '#src/cli/local-paths';

describe('the files of get', () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-'));
    await mkdir(path.join(cwd, 'there'));
  });
  after(async () => await rm(cwd, { recursive: true }));

  const GOOD: readonly [local: string, expected: string][] = [
    ['logs/', 'logs/web01/syslog'],
    ['there', 'there/web01/syslog'],
    ['logs/{host}.txt', 'logs/web01.txt'],
    ['logs/{host}/', 'logs/web01/syslog'],
  ];
  for (const [local, expected] of GOOD) {
    it(`go to ${expected} for ${local}`, async () => {
      const files = await targetFiles(['web01', 'web02'], '/var/log/syslog', local, cwd);

      assert.equal(files.get('web01'), path.join(cwd, expected));
    });
  }

  it('may have a plain name where there is one host', async () => {
    const files = await targetFiles(['web01'], '/etc/motd', 'motd', cwd);

    assert.equal(files.get('web01'), path.join(cwd, 'motd'));
  });

  it('are refused where several hosts would write one', async () => {
    await assert.rejects(targetFiles(['web01', 'web02'], '/etc/motd', 'motd', cwd), {
      code: 'BAD_LOCAL_PATH',
      fix: /motd\/ for a directory/,
    });
  });

  it('are refused where the name of a host leads out of the directory', async () => {
    for (const host of ['..', '../../etc/cron.d/x', 'a\0b']) {
      await assert.rejects(targetFiles([host], '/etc/motd', 'logs/', cwd), { code: 'BAD_LOCAL_PATH' });
    }
  });

  it('are refused where the remote path is a directory', async () => {
    for (const remote of ['/', '/var/log/', '..'])
      await assert.rejects(targetFiles(['web01'], remote, 'logs/', cwd), { code: 'BAD_LOCAL_PATH' });
  });

  it('have sources that must be files', async () => {
    await assert.rejects(sourceFile('there', cwd), { code: 'BAD_LOCAL_PATH' });
    await assert.rejects(sourceFile('nothing', cwd), { code: 'BAD_LOCAL_PATH' });
  });
});
