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
});
