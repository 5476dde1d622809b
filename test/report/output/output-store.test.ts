// Output put away and given back.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, it } from 'node:test';
import { OutputStore } from '#src/report/output/output-store';

const MODULE = new URL('../../../../dist/report/output/output-store.js', import.meta.url).href;

describe('an output store', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sshoal-'));
  });
  after(async () => await rm(directory, { recursive: true }));

  it('keeps within its budget in memory, and the rest in a file that has no name', async () => {
    const store = new OutputStore({ budgetBytes: 4, directory });

    const kept = ['abc', 'defg', 'h', ''].map((text) => store.keep(Buffer.from(text)));

    const files = await readdir(directory);
    const texts = kept.map(({ read }) => Buffer.from(read()).toString());
    assert.equal(store.spooledBytes, 4);
    assert.deepEqual(texts, ['abc', 'defg', 'h', '']);
    assert.deepEqual(
      kept.map(({ sizeBytes }) => sizeBytes),
      [3, 4, 1, 0],
    );
    assert.deepEqual(files, []);
    store.close();
  });

  it('gives the same bytes back again and again', () => {
    const store = new OutputStore({ budgetBytes: 0, directory });
    const bytes = Buffer.from([0, 255, 10, 13]);

    const kept = store.keep(bytes);
    store.keep(Buffer.from('other'));

    assert.deepEqual([kept.read(), kept.read()], [new Uint8Array(bytes), new Uint8Array(bytes)]);
    store.close();
  });

  it('loses nothing where the file cannot be written: it stays in memory', () => {
    const store = new OutputStore({ budgetBytes: 0, directory: path.join(directory, 'gone') });

    const kept = [store.keep(Buffer.from('one')), store.keep(Buffer.from('two'))];

    assert.equal(store.spooledBytes, 0);
    assert.deepEqual(
      kept.map(({ read }) => Buffer.from(read()).toString()),
      ['one', 'two'],
    );
    store.close();
  });

  it('holds nothing of what is in the file', () => {
    const script = `
      const { OutputStore } = await import(${JSON.stringify(MODULE)});
      const store = new OutputStore({ budgetBytes: 0, directory: ${JSON.stringify(directory)} });
      const kept = Array.from({ length: 64 }, (_, n) => store.keep(new Uint8Array(1024 * 1024).fill(n)));
      for (let round = 0; round < 5; round++) { gc(); await new Promise((resolve) => setTimeout(resolve, 20)); }
      console.log(JSON.stringify({ heldBytes: process.memoryUsage().external, last: kept[63].read()[0] }));
      store.close();`;

    const text = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 30_000,
    });

    const { heldBytes, last } = JSON.parse(text) as { heldBytes: number; last: number };
    assert.equal(last, 63);
    assert.ok(heldBytes < 32 * 1024 * 1024, `${heldBytes} bytes`);
  });
});
