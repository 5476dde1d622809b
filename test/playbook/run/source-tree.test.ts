// A directory of the controller as it is read before it is sent.
import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { readTree } from '#src/playbook/run/source-tree';
import { inDirectory } from '../play-local.ts';

async function withSource(use: (directory: string) => Promise<void>): Promise<void> {
  await inDirectory(async (root) => {
    const directory = path.join(root, 's');
    await mkdir(path.join(directory, 'sub'), { recursive: true });
    await writeFile(path.join(directory, 'b'), 'b');
    await writeFile(path.join(directory, 'sub/a'), 'a');
    await symlink('b', path.join(directory, 'l'));
    await symlink('../s', path.join(directory, 'sub/up'));
    await symlink('none', path.join(directory, 'x'));
    await use(directory);
  });
}

const shown = async (directory: string, follow: boolean, whole: boolean) =>
  (await readTree(directory, { follow, whole, vault: undefined })).entries.map((entry) => `${entry.kind} ${entry.path}`);

describe('a directory to be sent', () => {
  it('has its names in order, a directory before what is in it', async () => {
    await withSource(async (directory) => {
      assert.deepEqual(await shown(directory, false, false), ['file b', 'link l', 'directory sub', 'file sub/a', 'link sub/up', 'link x']);
    });
  });

  it('begins with its own name where the whole of it goes', async () => {
    await withSource(async (directory) => {
      assert.deepEqual((await shown(directory, false, true)).slice(0, 2), ['file s/b', 'link s/l']);
    });
  });

  it('has what links lead to, but for those that lead up or nowhere', async () => {
    await withSource(async (directory) => {
      assert.deepEqual(await shown(directory, true, false), ['file b', 'file l', 'directory sub', 'file sub/a', 'link sub/up', 'link x']);
    });
  });

  it('keeps small files in memory, as many as fit', async () => {
    await withSource(async (directory) => {
      const most = 140;
      await Promise.all(
        Array.from({ length: most }, async (_none, index) => await writeFile(path.join(directory, `f${index}`), Buffer.alloc(64 * 1024))),
      );

      const { entries } = await readTree(directory, { follow: false, whole: false, vault: undefined });

      const held = entries.flatMap((entry) =>
        entry.kind === 'file' && entry.source.content !== undefined ? [entry.source.sizeBytes] : [],
      );
      const sum = held.reduce((total, size) => total + size, 0);
      assert.ok(sum > 7 * 1024 * 1024 && sum <= 8 * 1024 * 1024, String(sum));
    });
  });
});
