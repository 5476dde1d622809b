// What a text report is written on: masked lines for good, and a live line below them. It does not know what a host or task is.
import { foldNames } from '../../base/node-set/fold-names.ts';
import { neutralise } from '../../base/terminal.ts';
import type { ReporterOptions, Sink } from '../seam.ts';
import { type Style, styleOf } from '../style.ts';
import { LiveRegion } from './live-region.ts';

export class Page {
  readonly style: Style;
  readonly isTerminal: boolean;
  readonly #mask: (text: string) => string;
  readonly #region: LiveRegion;

  constructor(sink: Sink, options: ReporterOptions) {
    this.style = styleOf(sink.colour);
    this.isTerminal = sink.isTerminal;
    this.#mask = options.mask;
    this.#region = new LiveRegion(sink, options.now);
  }

  /** Writes lines; each must already be safe for a terminal ({@link foreign}). */
  lines(...lines: readonly string[]): void {
    this.block(lines);
  }

  /** The same for lines that may be too many for the arguments of a call. */
  block(lines: readonly string[]): void {
    if (lines.length > 0) this.#region.write(this.#mask(`${lines.join('\n')}\n`));
  }

  /**
   * Text that others wrote (hosts, playbooks, inventories), made safe: secrets go before control characters become visible,
   * since a secret may hold one.
   */
  foreign(text: string): string {
    return neutralise(this.#mask(text));
  }

  /** The folded names of hosts, made safe: an inventory may be a script, and name them freely. */
  names(hosts: Iterable<string>): string {
    return this.foreign(foldNames(hosts));
  }

  /** Shows lines that are painted over later; nothing where nobody watches. */
  live(render: () => readonly string[]): void {
    this.#region.show(() => render().map((line) => this.foreign(line)));
  }

  /** Takes the live lines off the screen. */
  settle(): void {
    this.#region.erase();
  }
}
