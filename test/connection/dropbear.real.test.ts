// Input over dropbear, the SSH server of small machines.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sshKind } from '#src/connection/ssh';
import { DropbearServer } from '../support/dropbear-server.ts';
import { onlyRoot } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';

describe('a connection to dropbear', { skip: onlyRoot.skip || needs('dropbear', 'dropbearkey', 'unshare').skip }, () => {
  it('gives a script its input and the end of it, and goes on when it is not read', async (t) => {
    await using server = await DropbearServer.start();
    const connection = await sshKind.open(server.spec, {});
    t.after(async () => await connection.close());
    const input = Buffer.alloc(1_000_000, 'any bytes \0\x1e\xff\n', 'latin1');

    const read = await connection.run('cat; exit 3', { input, timeoutMs: 20_000 });
    const unread = await connection.run('echo fine', { input, timeoutMs: 20_000 });
    const next = await connection.run('cat; echo next', { timeoutMs: 20_000 });

    assert.ok(Buffer.from(read.stdout).equals(input), `${read.stdout.byteLength} bytes`);
    assert.deepEqual(read.exit, { kind: 'code', code: 3 });
    assert.deepEqual(
      [unread, next].map(({ stdout }) => Buffer.from(stdout).toString()),
      ['fine\n', 'next\n'],
    );
  });
});
