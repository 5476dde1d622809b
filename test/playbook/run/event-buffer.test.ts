// Events between a maker and a reader.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventBuffer } from '#src/playbook/run/event-buffer';

describe('a buffer of events', () => {
  it('lets its maker wait until the reader is through with what there was', async () => {
    const events = new EventBuffer<number>();
    const course: string[] = [];
    const make = async (): Promise<void> => {
      for (const n of [1, 2]) {
        events.push(n);
        await events.caughtUp();
        course.push(`done ${n}`);
      }
      events.end();
    };

    const making = make();
    for await (const n of events) {
      await Promise.resolve();
      course.push(`read ${n}`);
    }
    await making;

    assert.deepEqual(course, ['read 1', 'done 1', 'read 2', 'done 2']);
  });

  it('lets nobody wait for a reader who has left', async () => {
    const events = new EventBuffer<number>();
    events.push(1);
    events.push(2);
    const waiting = events.caughtUp();

    for await (const n of events) if (n === 1) break;
    await waiting;
    events.push(3);

    await events.caughtUp();
  });
});
