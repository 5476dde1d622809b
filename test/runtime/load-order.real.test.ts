// Shared memory means the same in every isolate, whatever modules were loaded first.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

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
  for (const first of ['shared/semaphore', 'shared/queue', 'shared/value', 'shared/event']) {
    it(`sees a deadlock of two workers when ${first} was loaded first`, () => {
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program(first)], { encoding: 'utf8' });

      assert.deepEqual([stdout, stderr], ['1\n', '']);
    });
  }
});
