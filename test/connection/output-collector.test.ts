// What is kept of the output of a script, in memory and beyond it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OutputCollector } from '#src/connection/output-collector';
import { OutputMemory } from '#src/connection/output-memory';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('the output of a script', () => {
  it('is the same whether it stayed in memory or went to disk, however it came', async () => {
    const chunk = fc.record({ stream: fc.constantFrom('stdout' as const, 'stderr' as const), bytes: fc.uint8Array({ maxLength: 60 }) });

    await fc.assert(
      fc.asyncProperty(fc.array(chunk), fc.nat(200), fc.nat(400), async (chunks, memoryBytes, keepBytes) => {
        const memory = new OutputMemory(memoryBytes);
        const collector = new OutputCollector({ keepBytes }, { memory });

        for (const { stream, bytes: given } of chunks) await collector.add(stream, given);
        const { stdout, stderr, truncated } = await collector.result();

        const whole = (name: string): Buffer => Buffer.concat(chunks.filter(({ stream }) => stream === name).map((one) => one.bytes));
        assert.deepEqual(
          [Buffer.from(stdout), Buffer.from(stderr)],
          [whole('stdout').subarray(0, keepBytes), whole('stderr').subarray(0, keepBytes)],
        );
        assert.equal(truncated, whole('stdout').length > keepBytes || whole('stderr').length > keepBytes);
        assert.equal(memory.heldBytes, 0);
      }),
      { numRuns: 50 },
    );
  });

  it('of all scripts together holds no more memory than there is', async () => {
    const memory = new OutputMemory(1_000);
    const collectors = Array.from({ length: 5 }, () => new OutputCollector({}, { memory }));

    for (const collector of collectors) for (let i = 0; i < 10; i++) await collector.add('stdout', Buffer.alloc(90, i));

    assert.ok(memory.heldBytes <= 1_000);
    const results = await Promise.all(collectors.map(async (collector) => await collector.result()));
    assert.ok(results.every(({ stdout, truncated }) => stdout.byteLength === 900 && !truncated));
  });

  it('comes back from disk only when there is room for it', async () => {
    const asked: number[] = [];
    let letIn = (): void => undefined;
    const room = async (wanted: number): Promise<void> => {
      asked.push(wanted);
      await new Promise<void>((resolve) => {
        letIn = resolve;
      });
    };
    const collector = new OutputCollector({ room }, { memory: new OutputMemory(3) });
    await collector.add('stdout', bytes('one'));
    await collector.add('stderr', bytes('three'));

    const result = collector.result();
    const early = await Promise.race([result, new Promise((resolve) => setImmediate(resolve, 'waits'))]);
    letIn();

    assert.deepEqual([early, asked], ['waits', [8]]);
    assert.equal(Buffer.from((await result).stderr).toString(), 'three');
  });

  it('asks for no room when all of it is in memory', async () => {
    const collector = new OutputCollector(
      { room: async () => await Promise.reject(new Error('asked')) },
      { memory: new OutputMemory(100) },
    );
    await collector.add('stdout', bytes('one'));

    assert.equal(Buffer.from((await collector.result()).stdout).toString(), 'one');
  });
});
