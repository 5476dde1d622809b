// Ctrl-C once, and twice.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { interruptionOf } from '#src/cli/interrupt';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

describe('an interruption', () => {
  it('stops the run in order the first time, and leaves at once the second', () => {
    const process = new FakeProcess();
    const said: string[] = [];
    const { signal } = interruptionOf(process, (text) => said.push(text));

    process.emit('SIGTERM');
    const afterFirst = { aborted: signal.aborted, exits: [...process.exits], said: said.length };
    process.emit('SIGINT');

    assert.deepEqual(afterFirst, { aborted: true, exits: [], said: 1 });
    assert.deepEqual(process.exits, [130]);
    assert.equal(said.length, 1);
  });

  it('lets what repeats itself end by itself on SIGTERM, and stops it on the next', () => {
    const process = new FakeProcess();
    const root = interruptionOf(process, () => undefined);
    let stopped = 0;
    root.onTermination(() => stopped++);

    process.emit('SIGTERM');
    const gently = { stopped, aborted: root.signal.aborted };
    process.emit('SIGTERM');

    assert.deepEqual(gently, { stopped: 1, aborted: false });
    assert.deepEqual([stopped, root.signal.aborted, process.exits], [1, true, []]);
  });

  it('asks nobody on Ctrl-C, nor who has been forgotten', () => {
    const [atOnce, forgotten] = [new FakeProcess(), new FakeProcess()];
    const roots = [interruptionOf(atOnce, () => undefined), interruptionOf(forgotten, () => undefined)];
    let stopped = 0;
    const [, forget] = roots.map((root) => root.onTermination(() => stopped++));

    forget?.();
    atOnce.emit('SIGINT');
    forgotten.emit('SIGTERM');

    assert.deepEqual(
      roots.map((root) => root.signal.aborted),
      [true, true],
    );
    assert.equal(stopped, 0);
  });
});
