// The painted lines, seen through a small terminal that wraps and reflows as real ones do.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Sink } from '#src/report/seam';
import { clip, loadCellWidths } from '#src/report/text/cell-width';
import { LiveRegion } from '#src/report/text/live-region';
import { Page } from '../samples.ts';

/** Knows text, newline, carriage return, cursor up and erase to the end of the screen. */
class Terminal implements Sink {
  readonly isTerminal = true;
  readonly colour = false;
  width: number;
  /** Logical lines; each takes as many rows as it needs at the present width. */
  #lines: string[] = [''];
  #row = 0;

  constructor(width: number) {
    this.width = width;
  }

  readonly columns = (): number => this.width;

  readonly write = (text: string): void => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is about control characters
    for (const [token] of text.matchAll(/\x1b\[(\d*)([AJ])|[\r\n]|[^\r\n\x1b]+/g)) this.#take(token);
  };

  get screen(): string[] {
    return this.#lines;
  }

  #take(token: string): void {
    const line = this.#lines[this.#row] ?? '';
    if (token === '\n') {
      this.#row++;
      this.#lines[this.#row] ??= '';
    } else if (token.startsWith('\x1b') && token.endsWith('A')) {
      // Rows, not lines: a wrapped line is several rows.
      for (let rows = Number(token.slice(2, -1)); rows > 0; ) {
        const wrapped = this.#rowsOf(this.#lines[this.#row] ?? '') - 1;
        rows -= wrapped;
        if (rows > 0) {
          this.#row--;
          rows--;
        }
      }
    } else if (token === '\x1b[J') {
      this.#lines = [...this.#lines.slice(0, this.#row), ''];
    } else if (token !== '\r') {
      this.#lines[this.#row] = line + token;
    }
  }

  #rowsOf(line: string): number {
    return Math.max(1, Math.ceil(line.length / this.width));
  }
}

/** A clock that the test turns. */
function clock(): { now: () => number; pass: (ms: number) => void } {
  let nowMs = 0;
  return {
    now: () => nowMs,
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

describe('a live region', () => {
  before(loadCellWidths);

  it('paints over itself and leaves only what was written for good', () => {
    const terminal = new Terminal(40);
    const { now, pass } = clock();
    const region = new LiveRegion(terminal, now);

    region.show(() => ['0/2 done', 'waiting']);
    pass(100);
    region.write('first\n');
    pass(100);
    region.show(() => ['1/2 done']);
    const during = [...terminal.screen];
    region.erase();

    assert.deepEqual(during, ['first', '1/2 done']);
    assert.deepEqual(terminal.screen, ['first', '']);
  });

  it('is gone without a trace after the window was made narrower', () => {
    const terminal = new Terminal(40);
    const region = new LiveRegion(terminal, clock().now);

    region.write('kept\n');
    region.show(() => ['x'.repeat(39), 'y'.repeat(39)]);
    terminal.width = 15;
    region.erase();

    assert.deepEqual(terminal.screen, ['kept', '']);
  });

  it('paints at most one frame in 50 ms, and asks for the text only then', () => {
    const terminal = new Terminal(40);
    const { now, pass } = clock();
    const region = new LiveRegion(terminal, now);
    let asked = 0;
    const render = (): string[] => [`${++asked}`];

    for (let n = 0; n < 1_000; n++) region.show(render);
    const askedInOneFrame = asked;
    pass(51);
    region.show(render);
    region.erase();

    assert.equal(askedInOneFrame, 1);
    assert.equal(asked, 2);
  });

  it('paints the last state by itself when no event follows', async () => {
    const page = new Page({ terminal: true });
    const region = new LiveRegion(page, () => 0);

    region.show(() => ['first']);
    region.show(() => ['last']);
    while (!page.text.includes('last')) await new Promise((resolve) => setTimeout(resolve, 5));
    region.erase();
  });

  it('writes a frame only when it says something new', () => {
    const page = new Page({ terminal: true });
    const { now, pass } = clock();
    const region = new LiveRegion(page, now);
    const counts = ['one', 'one', 'two'].map((text) => {
      region.show(() => [text]);
      pass(100);
      return page.written.length;
    });

    region.erase();

    assert.deepEqual(counts, [1, 1, 2]);
  });

  it('keeps a line one line, whatever names stand in it, and counts wide characters twice', () => {
    const terminal = new Terminal(20);
    const { now, pass } = clock();
    const region = new LiveRegion(terminal, now);

    region.show(() => ['a\tb\nc', '日本語日本語日本語日本語']);
    const during = [...terminal.screen];
    pass(100);
    region.erase();

    assert.deepEqual(during, ['a b c', '日本語日本語日本語…']);
    assert.deepEqual(terminal.screen, ['']);
  });

  it('fits a terminal of any width, and leaves nothing behind', () => {
    for (const width of [1, 2, 3, 10]) {
      const terminal = new Terminal(width);
      const region = new LiveRegion(terminal, clock().now);

      region.write('k\n');
      region.show(() => ['waiting on web01', 'and on db01']);
      region.erase();

      assert.deepEqual(terminal.screen, ['k', ''], `${width} columns`);
    }
  });

  it('writes nothing but lines for good where nobody watches', () => {
    const page = new Page();
    const region = new LiveRegion(page, () => 0);

    region.show(() => assert.fail('nobody sees this'));
    region.write('line\n');
    region.erase();

    assert.equal(page.text, 'line\n');
  });

  it('clips by cells of the terminal, and never through a character', () => {
    assert.equal(clip('waiting on web01', 16), 'waiting on web01');
    assert.equal(clip('waiting on web01', 10), 'waiting o…');
    assert.equal(clip('日本語日本語', 6), '日本…');
    assert.equal(clip('👩‍👩‍👧x👩‍👩‍👧', 4), '👩‍👩‍👧x…');
  });
});
