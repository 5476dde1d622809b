// Instructions that take their files along.
import assert from 'node:assert/strict';
import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packed, unpacked } from '#src/engine/bodies';
import type { Instruction } from '#src/fleet/events';
import { newDirectory } from './contract.ts';

describe('an instruction for another controller', () => {
  let directory: string;
  let file: string;

  before(async () => {
    directory = await newDirectory();
    file = path.join(directory, 'file');
    await writeFile(file, 'content', { mode: 0o640 });
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  it('has what a script reads in it', async () => {
    const instruction = await packed({ kind: 'script', script: 'cat', input: { kind: 'file', path: file } });

    assert.ok(instruction.kind === 'script' && instruction.input?.kind === 'bytes');
    assert.equal(Buffer.from(instruction.input.bytes).toString(), 'content');
  });

  it('has the file to send in it, which is a file again where it is done, and gone afterwards', async () => {
    const given: Instruction = { kind: 'put', localPath: file, remotePath: '/tmp/there' };

    const sent = await packed(given);
    let place = '';
    {
      await using carried = await unpacked(sent);
      const { instruction } = carried;
      assert.ok(instruction.kind === 'put');
      place = instruction.localPath;
      assert.notEqual(place, file);
      assert.equal(await readFile(place, 'utf8'), 'content');
      assert.deepEqual([instruction.mode, instruction.remotePath], [0o640, '/tmp/there']);
    }

    await assert.rejects(stat(place), { code: 'ENOENT' });
  });

  it('is as it was where it needs no file', async () => {
    const given: Instruction = { kind: 'script', script: 'id' };

    assert.equal(await packed(given), given);
    assert.equal((await unpacked(given)).instruction, given);
  });

  it('is refused where files would end up elsewhere, or are too many or too large', async () => {
    const large = path.join(directory, 'large');
    await writeFile(large, '');
    await truncate(large, 17 * 1024 * 1024);

    for (const instruction of [
      { kind: 'get', localPath: file, remotePath: '/tmp/there' },
      { kind: 'get-tree', localPath: directory, remotePath: '/tmp/there' },
      { kind: 'put-tree', localPath: directory, remotePath: '/tmp/there' },
      { kind: 'put', localPath: large, remotePath: '/tmp/there' },
      { kind: 'script', script: 'cat', input: { kind: 'file', path: large } },
    ] satisfies Instruction[])
      await assert.rejects(packed(instruction), { code: 'ENGINE_UNSUPPORTED', fix: /without --engine/ }, instruction.kind);
  });
});
