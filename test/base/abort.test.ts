// Several signals as one: it aborts with the first, for its reason, and lets go of all of them in the end.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { FirstAbort } from '#src/base/abort';

describe('the first abort of several', () => {
  it('is told with its reason, and only once', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    using first = new FirstAbort(one.signal, undefined, other.signal);
    let told = 0;
    first.signal.addEventListener('abort', () => told++);

    other.abort('enough');
    one.abort('too late');

    assert.deepEqual([first.signal.aborted, first.signal.reason, told], [true, 'enough', 1]);
  });

  it('may have been before', () => {
    const over = AbortSignal.abort('long ago');

    using first = new FirstAbort(new AbortController().signal, over);

    assert.deepEqual([first.signal.aborted, first.signal.reason], [true, 'long ago']);
  });

  it('is not listened for any more in the end', () => {
    const { signal } = new AbortController();

    {
      using _first = new FirstAbort(signal);
      assert.equal(getEventListeners(signal, 'abort').length, 1);
    }

    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});
