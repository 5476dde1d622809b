// Streams as sinks, and when they take colours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StreamSink, wantsColour } from '#src/cli/context';

describe('colours', () => {
  const CASES: readonly [env: Record<string, string>, isTerminal: boolean, colour: boolean][] = [
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ];
  for (const [env, isTerminal, colour] of CASES) {
    it(`are ${colour ? 'on' : 'off'} ${isTerminal ? 'on a terminal' : 'in a pipe'} with ${JSON.stringify(env)}`, () => {
      assert.equal(wantsColour(env, isTerminal), colour);
    });
  }
});

describe('a stream as a sink', () => {
  it('keeps back what is written while a question stands on the terminal', async () => {
    const written: string[] = [];
    const sink = new StreamSink({ isTTY: true, write: (text) => written.push(text) }, {});

    const answer = await sink.hold(async () => {
      sink.write('later');
      written.push('question');
      return await Promise.resolve('yes');
    });
    sink.write('last');

    assert.equal(answer, 'yes');
    assert.deepEqual(written, ['question', 'later', 'last']);
  });

  it('is no terminal where TERM says it cannot move the cursor', () => {
    const sink = new StreamSink({ isTTY: true, write: () => true }, { TERM: 'dumb' });

    assert.equal(sink.isTerminal, false);
    assert.equal(sink.columns(), 80);
  });
});
