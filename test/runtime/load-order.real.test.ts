// Shared memory means the same in every isolate, whatever modules were loaded first.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

const runtime = (file: string): string => new URL(`../../../dist/runtime/${file}.js`, import.meta.url).href;
const actors = new URL('contract/actors.js', import.meta.url).href;

/** A program that loads one module first, then has two workers lock each other out. */
const program = (first: string): string => `
  await import('${runtime(first)}');
  const shared = await import('${runtime('shared')}');
  const { WorkerThread } = await import('${runtime('threads/worker-thread')}');
  const { ref } = await import('${runtime('wire/function-ref')}');
  const [a, b, both, reports] = [new shared.Lock(), new shared.Lock(), new shared.Barrier(2), new shared.Queue()];
  const start = (...args) => new WorkerThread({ target: ref('${actors}', 'twoLocks'), args }).start();
  const workers = [start(a, b, both, reports), start(b, a, both, reports)];
  const outcomes = [await reports.get({ timeoutMs: 10_000 }), await reports.get({ timeoutMs: 10_000 })];
  for (const worker of workers) await worker.join();
  console.log(outcomes.filter((outcome) => outcome === 'DeadlockError').length);
`;

describe('shared memory', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-load-order-'));
  after(() => rmSync(directory, { recursive: true }));

  for (const first of ['shared/semaphore', 'shared/queue', 'shared/value', 'shared/event']) {
    it(`sees a deadlock of two workers when ${first} was loaded first`, () => {
      const file = path.join(directory, `${path.basename(first)}.mjs`);
      writeFileSync(file, program(first));

      const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });

      assert.deepEqual([stdout, stderr], ['1\n', '']);
    });
  }
});
