// What the verb tunnel refuses before anything is opened.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { call } from './fake-context.ts';

const TWO = ['-i', 'web01,web02,'] as const;

describe('tunnel', () => {
  it('wants something to forward', async () => {
    const { code, stderr } = await call(['tunnel', 'web01', ...TWO]);

    assert.equal(code, 1);
    assert.match(stderr, /There is nothing to forward {3}\[MISSING_ARGUMENT\]/);
  });

  it('tells of every forward that makes no sense, at once', async () => {
    const { code, stderr } = await call(['tunnel', 'web01', ...TWO, '-L', '8080', '-R', '1:2:3:4:5', '-D', 'x']);

    assert.equal(code, 1);
    assert.equal(stderr.match(/\[FORWARD_SYNTAX\]/g)?.length, 3);
    assert.match(stderr, /where {2}-L 8080\n/);
  });

  for (const words of [
    ['-L', '8080:localhost:80'],
    ['-D', '1080'],
    ['-L', '/tmp/x.sock:localhost:80'],
  ]) {
    it(`gives no place of this machine to several hosts: ${words.join(' ')}`, async () => {
      const { code, stderr } = await call(['tunnel', 'all', ...TWO, ...words]);

      assert.equal(code, 1);
      assert.match(stderr, /of this machine cannot lead to 2 hosts at once {3}\[BAD_FLAG\]/);
    });
  }

  it('says of hosts that no ssh reaches that they carry no tunnels, and exits with 2', async () => {
    const { code, stdout } = await call(['tunnel', 'all', ...TWO, '-e', 'ansible_connection=local', '-R', '8080:localhost:80']);

    assert.equal(code, 2);
    assert.equal(stdout.match(/\[FORWARDING_UNSUPPORTED\]/g)?.length, 2);
  });

  it('names the hosts and does nothing with --list-hosts', async () => {
    const { code, stdout } = await call(['tunnel', 'all', ...TWO, '-L', '0:localhost:80', '--list-hosts']);

    assert.equal(code, 0);
    assert.equal(stdout, '  hosts (2):\n    web01\n    web02\n');
  });
});
