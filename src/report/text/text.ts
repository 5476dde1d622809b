// The reporter for people. It does not know how a block of either kind looks, only which kind a run is.

import type { Reporter, ReporterKind, ReporterOptions, RunHeader, Sink } from '../seam.ts';
import { Stats } from '../stats.ts';
import { Page } from './page.ts';
import { AdHocText } from './text-ad-hoc.ts';
import { DriftText } from './text-drift.ts';
import { PlayText } from './text-play.ts';

export const text: ReporterKind = {
  name: 'text',
  create: (sink, options) => new TextReporter(sink, options),
};

class TextReporter implements Reporter {
  readonly #page: Page;
  readonly #options: ReporterOptions;
  readonly #stats: Stats | undefined;
  #adHoc: AdHocText | undefined;
  #play: DriftText | PlayText | undefined;

  constructor(sink: Sink, options: ReporterOptions) {
    this.#page = new Page(sink, options);
    this.#options = options;
    this.#stats = options.layout?.stats === true ? new Stats() : undefined;
  }

  start(header: RunHeader): void {
    const Play = this.#options.layout?.drift === true ? DriftText : PlayText;
    if (header.verb === 'play') this.#play = new Play(this.#page, this.#options);
    else this.#adHoc = new AdHocText(this.#page, header, this.#options);
  }

  fleetEvent(event: Parameters<Reporter['fleetEvent']>[0]): void {
    this.#adHoc?.event(event);
    this.#stats?.fleetEvent(event);
  }

  playEvent(event: Parameters<Reporter['playEvent']>[0]): void {
    this.#play?.event(event);
    this.#stats?.playEvent(event);
  }

  finish(): void {
    this.#adHoc?.finish();
    this.#play?.finish();
    this.#page.settle();
    this.#page.block((this.#stats?.lines() ?? []).map((line) => this.#page.foreign(line)));
  }
}
