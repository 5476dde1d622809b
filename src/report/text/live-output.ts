// Output of hosts while it comes, line by line with the host's name in front. It does not know which task wrote it.
import { decodeForPeople, LineGatherer } from '../output/host-bytes.ts';
import type { Page } from './page.ts';

/** What marks a line of stderr, in live output and in folded blocks. */
export const STDERR_MARK = '! ';

/** Chunks in, whole lines out. */
export class LiveOutput {
  readonly #page: Page;
  readonly #prefixed: boolean;
  readonly #gatherers = new Map<string, Record<'stdout' | 'stderr', LineGatherer>>();

  /** @param prefixed - Whether lines carry the host's name; not needed where there is one host. */
  constructor(page: Page, prefixed: boolean) {
    this.#page = page;
    this.#prefixed = prefixed;
  }

  /** Whether anything of this host was shown. */
  has(host: string): boolean {
    return this.#gatherers.has(host);
  }

  push(host: string, stream: 'stdout' | 'stderr', chunk: Uint8Array): void {
    const gatherers = this.#gatherers.get(host) ?? { stdout: new LineGatherer(), stderr: new LineGatherer() };
    this.#gatherers.set(host, gatherers);
    this.#print(host, stream, gatherers[stream].push(chunk));
  }

  /** Shows what a host wrote after its last newline. */
  end(host: string): void {
    const gatherers = this.#gatherers.get(host);
    if (gatherers === undefined) return;
    for (const stream of ['stdout', 'stderr'] as const) this.#print(host, stream, gatherers[stream].flush());
  }

  #print(host: string, stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const prefix = this.#prefixed ? `${this.#page.style.dim(`${this.#page.foreign(host)}:`)} ` : '';
    this.#page.block(outputLines(this.#page, stream, bytes).map((line) => prefix + line));
  }
}

/** The output of a host as safe lines; those of stderr are marked. */
export function outputLines(page: Page, stream: 'stdout' | 'stderr', bytes: Uint8Array): string[] {
  if (bytes.length === 0) return [];
  const lines = page.foreign(decodeForPeople(bytes)).replace(/\n$/, '').split('\n');
  return stream === 'stdout' ? lines : lines.map((line) => page.style.error(STDERR_MARK) + line);
}
