// Keys in, entries out, without a terminal: what the line editor does with Ctrl-C and keys that come early.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { History } from '#src/cli/shell/history';
import { nextWhole } from '#src/cli/shell/lines';
import { TerminalLines } from '#src/cli/shell/terminal-lines';
import { fakeContext } from '../fake-context.ts';
import { plainText } from '../terminal.ts';

const CTRL_C = '\x03';
const HOME = '\x1b[H';
const END = '\x1b[F';
const CTRL_D = '\x04';

async function keyboard(signal = new AbortController().signal) {
  const stdin = new PassThrough();
  const context = fakeContext({ stdin, signal });
  const history = await History.open(undefined);
  const lines = new TerminalLines(context, { history, complete: async () => await Promise.resolve([[], '']) });
  const type = async (keys: string): Promise<void> => {
    stdin.write(keys);
    // An escape sequence may go on: the editor waits for it a moment.
    await setTimeout(20);
  };
  return { lines, type, screen: () => plainText(context.err()) };
}

describe('lines typed at a terminal', () => {
  it('come one by one, each after its prompt', async () => {
    const { lines, type, screen } = await keyboard();

    const first = lines.next('a> ');
    await type('one\r');
    const second = lines.next('b> ');
    await type('two\r');

    assert.deepEqual(await Promise.all([first, second]), [
      { kind: 'line', text: 'one' },
      { kind: 'line', text: 'two' },
    ]);
    assert.equal(screen(), 'a> one\nb> two\n');
    lines.close();
  });

  it('can be edited', async () => {
    const { lines, type } = await keyboard();

    const entry = lines.next('> ');
    for (const keys of ['lx\x7fs', HOME, 'e', END, '!\r']) await type(keys);

    assert.deepEqual(await entry, { kind: 'line', text: 'els!' });
    lines.close();
  });

  it('that come while hosts work are shown and given afterwards', async () => {
    const { lines, type, screen } = await keyboard();

    await lines.during(async () => await type('early\rand ha'));
    const during = screen();
    const first = await lines.next('> ');
    const second = lines.next('> ');
    await type('lf\r');

    assert.equal(during, '');
    assert.deepEqual(
      [first, await second],
      [
        { kind: 'line', text: 'early' },
        { kind: 'line', text: 'and half' },
      ],
    );
    assert.equal(screen(), '> early\n> and half\n');
    lines.close();
  });

  it('are thrown away on Ctrl-C, with what went before on other lines', async () => {
    const { lines, type } = await keyboard();

    const entry = nextWhole(lines, '$ ');
    await type('one \\\r');
    await type(`two${CTRL_C}`);
    const empty = lines.next('$ ');
    await type(CTRL_C);

    assert.deepEqual(await entry, { kind: 'interrupted', text: 'one two' });
    assert.deepEqual(await empty, { kind: 'interrupted', text: '' });
    lines.close();
  });

  it('give way to a signal: Ctrl-C aborts the work, and a second one leaves the third to the program', async () => {
    const { lines, type, screen } = await keyboard();

    const [early, aborted] = await lines.during(async (signal) => {
      await type('typed too early\r');
      await type(CTRL_C);
      const afterOne = screen();
      await type(CTRL_C);
      return [afterOne, signal.aborted] as const;
    });
    const last = screen();
    const next = lines.next('> ');
    await type('on\r');

    assert.equal(aborted, true);
    assert.equal(early, '\nEnding what runs on the hosts\n');
    assert.match(last, /press Ctrl-C again to end sshoal\n$/);
    assert.deepEqual(await next, { kind: 'line', text: 'on' });
    lines.close();
  });

  it('end on Ctrl-D, and when the program ends', async () => {
    const stop = new AbortController();
    const one = await keyboard();
    const other = await keyboard(stop.signal);

    const left = one.lines.next('> ');
    await one.type(CTRL_D);
    const ended = other.lines.next('> ');
    stop.abort();

    assert.deepEqual(await left, { kind: 'end' });
    assert.deepEqual(await ended, { kind: 'end' });
  });

  it('leave the terminal to a question, and take it back with what was typed', async () => {
    const { lines, type } = await keyboard();
    const entry = lines.next('> ');
    await type('one\r');
    await entry;

    const answered = await lines.aside(async () => await setImmediate('answer'));
    const next = lines.next('> ');
    await type('two\r');

    assert.equal(answered, 'answer');
    assert.deepEqual(await next, { kind: 'line', text: 'two' });
    lines.close();
  });
});
