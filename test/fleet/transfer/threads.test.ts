// Transfers of a fleet that is divided between threads: one rate, outcomes and errors as from one thread.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Instruction } from '#src/fleet/events';
import { Fleet } from '#src/fleet/fleet';
import { snapshot, writeTree } from '../../ssh/sftp/tree/trees.ts';

describe('transfers over several threads', () => {
  const names = Array.from({ length: 70 }, (_, n) => `h${n}`);
  let directory = '';
  let fleet: Fleet;
  const at = (name: string): string => path.join(directory, name);
  before(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-threads-'));
    writeTree(at('from'), { a: 'a\n', dir: { b: 'b\n' } });
    const targets = names.map((name) => ({ name, spec: { kind: 'local', name } }));
    fleet = new Fleet(targets, { shards: 2, bytesPerSecond: 100_000, transfers: 8 });
  });
  after(async () => {
    await fleet.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const perform = async (make: (host: string) => Instruction) =>
    await fleet.perform(names.map((host) => ({ host, instruction: make(host) }))).outcomes();

  it('arrive everywhere, and tell what changed', async () => {
    const settings = { diff: true };
    const send = (host: string): Instruction => ({ kind: 'put-tree', localPath: at('from'), remotePath: at(host), settings });

    const outcomes = await perform(send);

    assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(['ok']));
    assert.deepEqual(
      outcomes[0]?.changes?.map(({ action, path: name }) => `${action} ${name}`),
      ['copy file a', 'make directory dir', 'copy file dir/b'],
    );
    assert.deepEqual(outcomes[69]?.changes?.[0]?.text, { before: '', after: 'a\n' });
    for (const host of names) assert.deepEqual(snapshot(at(host)), snapshot(at('from')));
  });

  it('fail alike on every host where there is nothing to send', async () => {
    const outcomes = await perform((host) => ({ kind: 'put-tree', localPath: at('nothing'), remotePath: at(`no-${host}`) }));

    assert.deepEqual(
      new Set(outcomes.map(({ status, error }) => `${status} ${error?.code} ${error?.name}`)),
      new Set(['failed ENOENT TransferError']),
    );
  });
});
