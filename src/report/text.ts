// The reporter for people. It does not know how a block of either kind looks, only which kind a run is.
import { Page } from './page.ts';
import type { Reporter, ReporterKind, ReporterOptions, RunHeader, Sink } from './seam.ts';
import { AdHocText } from './text-ad-hoc.ts';
import { PlayText } from './text-play.ts';

export const text: ReporterKind = {
  name: 'text',
  create: (sink, options) => new TextReporter(sink, options),
};

class TextReporter implements Reporter {
  readonly #page: Page;
  readonly #options: ReporterOptions;
  #adHoc: AdHocText | undefined;
  #play: PlayText | undefined;

  constructor(sink: Sink, options: ReporterOptions) {
    this.#page = new Page(sink, options);
    this.#options = options;
  }

  start(header: RunHeader): void {
    if (header.verb === 'play') this.#play = new PlayText(this.#page, this.#options);
    else this.#adHoc = new AdHocText(this.#page, header, this.#options);
  }

  fleetEvent(event: Parameters<Reporter['fleetEvent']>[0]): void {
    this.#adHoc?.event(event);
  }

  playEvent(event: Parameters<Reporter['playEvent']>[0]): void {
    this.#play?.event(event);
  }

  finish(): void {
    this.#adHoc?.finish();
    this.#play?.finish();
    this.#page.settle();
  }
}
