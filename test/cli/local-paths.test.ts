// Which file belongs to which host.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

  const hostOf = (name: string, address?: string) => ({ name, vars: new Map(address === undefined ? [] : [['ansible_host', address]]) });
  const names = (...all: string[]) => all.map((name) => hostOf(name));
  const now = Date.UTC(2026, 6, 31, 12);

  const GOOD: readonly [local: string, expected: string][] = [
    ['logs/', 'logs/web01/syslog'],
    ['logs', 'logs/web01/syslog'],
    ['there', 'there/web01/syslog'],
    ['logs/{host}.txt', 'logs/web01.txt'],
    ['logs/{host}/', 'logs/web01/syslog'],
    ['{date}/{host}', '2026-07-31/web01'],
    ['{date}/', '2026-07-31/web01/syslog'],
  ];
  for (const [local, expected] of GOOD) {
    it(`go to ${expected} for ${local}`, async () => {
      const files = await targetFiles(names('web01', 'web02'), '/var/log/syslog', local, { cwd, now });

      assert.equal(files.get('web01'), path.join(cwd, expected));
    });
  }

  it('may be named by the addresses of the hosts', async () => {
    const files = await targetFiles([hostOf('web01', '10.0.0.1'), hostOf('web02')], '/etc/motd', '{address}', { cwd, now });

    assert.deepEqual([...files.values()], [path.join(cwd, '10.0.0.1'), path.join(cwd, 'web02')]);
  });

  it('may have a plain name where there is one host', async () => {
    const files = await targetFiles(names('web01'), '/etc/motd', 'motd', { cwd, now });

    assert.equal(files.get('web01'), path.join(cwd, 'motd'));
  });

  it('are refused where several hosts would write one', async () => {
    const twins = [hostOf('web01', '10.0.0.1'), hostOf('web02', '10.0.0.1')];

    await assert.rejects(targetFiles(twins, '/etc/motd', '{address}', { cwd, now }), {
      code: 'BAD_LOCAL_PATH',
      message: /^web01 and web02 would both write/,
    });
  });

  it('are refused where a file is already, and several hosts come', async () => {
    await writeFile(path.join(cwd, 'taken'), '');

    await assert.rejects(targetFiles(names('web01', 'web02'), '/etc/motd', 'taken', { cwd, now }), { code: 'BAD_LOCAL_PATH' });
  });

  it('stay in their directory, each in its own, whatever the hosts are called', async () => {
    const hostile = ['..', '.', '../../etc/cron.d/x', '..%2F..%2Fetc%2Fcron.d%2Fx', 'a\0b', 'a\\b', 'a\nb', '{host}'];

    const files = await targetFiles(names(...hostile), '/etc/motd', 'logs/', { cwd, now });

    assert.equal(new Set(files.values()).size, hostile.length);
    for (const file of files.values()) assert.equal(path.dirname(path.dirname(file)), path.join(cwd, 'logs'));
  });

  it('are refused where the remote path is a directory', async () => {
    for (const remote of ['/', '/var/log/', '..'])
      await assert.rejects(targetFiles(names('web01'), remote, 'logs/', { cwd, now }), { code: 'BAD_LOCAL_PATH' });
  });

  it('have sources that must be files', async () => {
    await assert.rejects(sourceFile('there', cwd), { code: 'BAD_LOCAL_PATH' });
    await assert.rejects(sourceFile('nothing', cwd), { code: 'BAD_LOCAL_PATH' });
  });
});
