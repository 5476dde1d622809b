// Lines at the bottom of a terminal that are painted over while a run lasts. It does not know what they say.

import type { Sink } from '../seam.ts';
import { cellWidth, clip } from './cell-width.ts';

const FRAME_MS = 50;

/**
 * The part of a report that is not final yet.
 *
 * What is painted is asked for only when a frame is due, at most 20 times a second, so ten thousand events a second cost ten
 * thousand calls of {@link show} and twenty paintings. Where nobody watches, nothing is painted and no timer runs.
 */
export class LiveRegion {
  readonly #sink: Sink;
  readonly #now: () => number;
  #render: (() => readonly string[]) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastFrameMs = Number.NEGATIVE_INFINITY;
  /** The widths of the lines on the screen; the cursor stands at the end of the last. */
  #shownWidths: readonly number[] = [];
  #shown = '';

  constructor(sink: Sink, now: () => number) {
    this.#sink = sink;
    this.#now = now;
  }

  /** Replaces what is painted, now or with the next frame. */
  show(render: () => readonly string[]): void {
    if (!this.#sink.isTerminal) return;
    this.#render = render;
    const waitMs = this.#lastFrameMs + FRAME_MS - this.#now();
    if (waitMs <= 0) this.#paint();
    else this.#timer ??= setTimeout(() => this.#paint(), waitMs);
  }

  /** Writes whole lines above the region, for good. */
  write(text: string): void {
    this.#sink.write(this.#erasure() + text);
    if (this.#render !== undefined) this.show(this.#render);
  }

  /** Takes the region off the screen, and stops painting until the next {@link show}. */
  erase(): void {
    this.#render = undefined;
    this.#stopTimer();
    const erasure = this.#erasure();
    if (erasure !== '') this.#sink.write(erasure);
  }

  #paint(): void {
    this.#stopTimer();
    if (this.#render === undefined) return;
    // One column stays free: a line that fills the last one wraps on some terminals and not on others.
    const columns = Math.max(this.#sink.columns() - 1, 1);
    // A line of the region is one line, whatever names stand in it.
    const lines = this.#render().map((line) => clip(line.replace(/[\t\n]/g, ' '), columns));
    this.#lastFrameMs = this.#now();
    const shown = lines.join('\n');
    const widths = lines.map(cellWidth);
    if (this.#shownWidths.length > 0 && shown === this.#shown && widths.every((width) => width < this.#sink.columns())) return;
    const erasure = this.#erasure();
    this.#shownWidths = widths;
    this.#shown = shown;
    this.#sink.write(erasure + shown);
  }

  // A window made narrower since the last frame has wrapped the lines, so their rows are counted again.
  #erasure(): string {
    if (this.#shownWidths.length === 0) return '';
    const columns = Math.max(this.#sink.columns(), 1);
    const rows = this.#shownWidths.reduce((sum, width) => sum + Math.max(Math.ceil(width / columns), 1), 0);
    this.#shownWidths = [];
    return `\r${rows > 1 ? `\x1b[${rows - 1}A` : ''}\x1b[J`;
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
