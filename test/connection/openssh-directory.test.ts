// The directory of one connection of the system's ssh.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { makeDirectory } from '#src/connection/openssh-directory';

it('is private, and short enough for a socket wherever temporary files belong', async () => {
  const base = await mkdtemp(path.join(os.tmpdir(), 'sshoal-'));
  const deep = path.join(base, 'x'.repeat(90));

  const [near, far] = [await makeDirectory(base), await makeDirectory(deep)];
  const { mode } = await stat(near);

  await Promise.all([base, far].map(async (directory) => await rm(directory, { recursive: true })));
  assert.equal(mode & 0o777, 0o700);
  assert.equal(path.dirname(near), base);
  assert.equal(path.dirname(far), '/tmp');
});
