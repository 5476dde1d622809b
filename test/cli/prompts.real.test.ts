// Questions and live lines on a real pseudo-terminal.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { sshoalOnTerminal } from './terminal.ts';

const TWO = ['-i', 'web01,web02,', '-e', 'ansible_connection=local'] as const;

describe('on a terminal', needs('python3'), () => {
  it('a password is asked for, not shown, and masked in what hosts say', async () => {
    const { code, screen } = await sshoalOnTerminal(
      ['run', 'all', ...TWO, '-k', '--', 'echo', 'hunter2'],
      [['Login password:', 'hunter2\r']],
    );

    assert.equal(code, 0, screen);
    assert.match(screen, /\(2\) · .*ok.*\r\n\*{8}\r\n/);
    assert.ok(!screen.includes('hunter2'));
  });

  it('Ctrl-C at a question leaves with 130 and no error', async () => {
    const { code, screen } = await sshoalOnTerminal(['run', 'all', ...TWO, '-k', '--', 'true'], [['Login password:', '\x03']]);

    assert.equal(code, 130, screen);
    assert.ok(!screen.includes('error'), screen);
  });

  it('Ctrl-C during a run tells how each host ended', async () => {
    const { code, screen } = await sshoalOnTerminal(['run', 'all', ...TWO, '--', 'sleep', '30'], [['waiting on web[01-02]', '\x03']]);

    assert.equal(code, 130, screen);
    assert.match(screen, /press Ctrl-C again/);
    assert.match(screen, /web\[01-02\].* \(2\) · .*cancelled/);
  });
});
