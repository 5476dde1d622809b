// News from Redis streams, in order, without holding anybody else up. It does not know what they say.
import type { Line } from './redis.ts';

/** One entry of a stream. */
export interface News {
  readonly stream: string;
  readonly id: string;
  readonly fields: ReadonlyMap<string, Buffer>;
}

const MOST = 512;
/** So often one who waits sees whether it is still wanted. */
const BLOCK_MS = 1_000;

/** Reads several streams on from where each is. */
export class StreamReader {
  readonly #line: Line;
  readonly #places: Map<string, string>;

  /** @param line - One of its own: while it waits nothing else is heard there. @param streams - Each with the number of what was read last; `0` for none. */
  constructor(line: Line, streams: Iterable<readonly [stream: string, last: string]>) {
    this.#line = line;
    this.#places = new Map(streams);
  }

  /** What is new; nothing where nothing came for a second. @param waits - False to look without waiting. */
  async next(waits = true): Promise<News[]> {
    const names = [...this.#places.keys()];
    const found = (await this.#line.ask(async (redis) => {
      const from = [...names, ...this.#places.values()];
      return waits
        ? await redis.xreadBuffer('COUNT', MOST, 'BLOCK', BLOCK_MS, 'STREAMS', ...from)
        : await redis.xreadBuffer('COUNT', MOST, 'STREAMS', ...from);
    })) as [Buffer, [Buffer, Buffer[]][]][] | null;
    return (found ?? []).flatMap(([stream, entries]) => {
      const name = stream.toString();
      return entries.map(([id, fields]) => {
        this.#places.set(name, id.toString());
        return { stream: name, id: id.toString(), fields: pairs(fields) };
      });
    });
  }
}

function pairs(fields: readonly Buffer[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 0; at + 1 < fields.length; at += 2) found.set(String(fields[at]), fields[at + 1] as Buffer);
  return found;
}

/** A field that is a number; NaN where it is none. */
export function numberIn({ fields }: News, name: string): number {
  return Number(fields.get(name)?.toString() ?? Number.NaN);
}

export function textIn({ fields }: News, name: string): string {
  return fields.get(name)?.toString() ?? '';
}

export function bytesIn({ fields }: News, name: string): Buffer {
  return fields.get(name) ?? Buffer.alloc(0);
}
