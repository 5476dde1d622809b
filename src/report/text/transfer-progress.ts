// How far transfers are: bars with rate and time left, for all hosts and for those that take longest. It does not know what moves.
import { formatDuration, formatSize } from '../../base/units.ts';
import type { FleetEvent } from '../../fleet/events.ts';

type Progress = Extract<FleetEvent, { readonly kind: 'progress' }>;

interface Line {
  doneBytes: number;
  totalBytes: number | undefined;
  doneFiles: number | undefined;
  totalFiles: number | undefined;
  readonly rate: SmoothRate;
}

const SLOWEST = 3;
const BAR_CELLS = 20;
/** How long a change of the rate takes to show, about. */
const SMOOTH_MS = 3_000;
/** Samples closer together than this say more about the clock than about the line. */
const SAMPLE_MS = 200;

/** An exponential mean: what was long ago counts for less and less. */
export class SmoothRate {
  #bytes = 0;
  #sampledAtMs: number | undefined;
  #perMs: number | undefined;

  /** @param doneBytes - In all; never less than before, unless something begins anew. */
  add(doneBytes: number, nowMs: number): void {
    if (this.#sampledAtMs === undefined || doneBytes < this.#bytes) {
      // What was there at the first look may have come long before.
      this.#sampledAtMs = nowMs;
      this.#bytes = doneBytes;
      return;
    }
    const passedMs = nowMs - this.#sampledAtMs;
    if (passedMs < SAMPLE_MS) return;
    const sample = (doneBytes - this.#bytes) / passedMs;
    const weight = 1 - Math.exp(-passedMs / SMOOTH_MS);
    this.#perMs = this.#perMs === undefined ? sample : this.#perMs + weight * (sample - this.#perMs);
    this.#sampledAtMs = nowMs;
    this.#bytes = doneBytes;
  }

  /** Undefined while nobody can know. */
  get bytesPerSecond(): number | undefined {
    return this.#perMs === undefined ? undefined : this.#perMs * 1_000;
  }
}

/** Each event costs the same, however many hosts there are; {@link lines} looks at all of them, once for each frame. */
export class TransferProgress {
  readonly #hosts: number;
  readonly #now: () => number;
  readonly #lines = new Map<string, Line>();
  readonly #finished = new Set<string>();
  readonly #rate = new SmoothRate();
  #doneBytes = 0;

  /** @param hosts - How many there are. */
  constructor(hosts: number, now: () => number) {
    this.#hosts = hosts;
    this.#now = now;
  }

  update({ host, doneBytes, totalBytes, doneFiles, totalFiles }: Progress): void {
    const line = this.#lines.get(host) ?? { doneBytes: 0, totalBytes, doneFiles, totalFiles, rate: new SmoothRate() };
    this.#lines.set(host, line);
    this.#doneBytes += doneBytes - line.doneBytes;
    Object.assign(line, { doneBytes, totalBytes, doneFiles, totalFiles });
    const now = this.#now();
    line.rate.add(doneBytes, now);
    this.#rate.add(this.#doneBytes, now);
  }

  /** A host has ended, well or not: nothing more comes of it. */
  finish(host: string): void {
    this.#finished.add(host);
  }

  /** The bar of all hosts, then those of the slowest; none while nothing moves. */
  lines(): string[] {
    if (this.#lines.size === 0) return [];
    const open = [...this.#lines].filter(
      ([host, line]) => !this.#finished.has(host) && line.doneBytes < (line.totalBytes ?? Number.POSITIVE_INFINITY),
    );
    const slowest = open
      .map(([host, line]) => ({ host, line, share: shareOf(line) }))
      .sort((a, b) => a.share - b.share)
      .slice(0, SLOWEST);
    const total = drawn({ doneBytes: this.#doneBytes, totalBytes: this.#totalBytes(), ...this.#files() }, this.#rate);
    if (this.#hosts === 1) return [total];
    const width = Math.max(...slowest.map(({ host }) => host.length), 0);
    return [total, ...slowest.map(({ host, line }) => `${host.padEnd(width)} ${drawn(line, line.rate)}`)];
  }

  /** Hosts whose turn has not come are taken to get as much as the others; one that has ended gets what it has. */
  #totalBytes(): number | undefined {
    let sum = 0;
    for (const [host, line] of this.#lines) {
      const total = this.#finished.has(host) ? line.doneBytes : line.totalBytes;
      if (total === undefined) return undefined;
      sum += total;
    }
    const waiting = this.#hosts - this.#lines.size - [...this.#finished].filter((host) => !this.#lines.has(host)).length;
    return sum + (waiting * sum) / this.#lines.size;
  }

  #files(): Pick<Line, 'doneFiles' | 'totalFiles'> {
    let [doneFiles, totalFiles] = [0, 0];
    for (const line of this.#lines.values()) {
      if (line.doneFiles === undefined || line.totalFiles === undefined) return { doneFiles: undefined, totalFiles: undefined };
      doneFiles += line.doneFiles;
      totalFiles += line.totalFiles;
    }
    return { doneFiles, totalFiles };
  }
}

function shareOf({ doneBytes, totalBytes }: Line): number {
  return totalBytes === undefined || totalBytes === 0 ? 0 : doneBytes / totalBytes;
}

/** `[#######-------------]  36% 18 MiB of 50 MiB, 12/40 files, 4.2 MiB/s, 8.1s left`. */
function drawn({ doneBytes, totalBytes, doneFiles, totalFiles }: Omit<Line, 'rate'>, { bytesPerSecond }: SmoothRate): string {
  const words = [totalBytes === undefined ? formatSize(doneBytes) : `${formatSize(doneBytes)} of ${formatSize(totalBytes)}`];
  if (doneFiles !== undefined && totalFiles !== undefined) words.push(`${doneFiles}/${totalFiles} files`);
  if (bytesPerSecond !== undefined) words.push(`${formatSize(bytesPerSecond)}/s`);
  if (totalBytes === undefined) return words.join(', ');
  if (bytesPerSecond !== undefined && bytesPerSecond >= 1 && doneBytes < totalBytes) {
    words.push(`${formatDuration(((totalBytes - doneBytes) / bytesPerSecond) * 1_000)} left`);
  }
  const share = totalBytes === 0 ? 1 : Math.min(doneBytes / totalBytes, 1);
  const full = Math.floor(share * BAR_CELLS);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_CELLS - full)}] ${String(Math.floor(share * 100)).padStart(3)}% ${words.join(', ')}`;
}
