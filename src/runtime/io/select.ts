// The old call: all sockets handed over each time. It does not know what they are.
import type { Wait } from '../seam.ts';
import type { Selectable } from './selectable.ts';
import { EVENT_READ, EVENT_WRITE, Selector } from './selector.ts';

/**
 * As CPython's `select.select`, without the third list: Node tells nothing of exceptional conditions. There is no limit of 1024, and the
 * lists given are not changed; but each call looks at every socket, which a {@link Selector} does not.
 *
 * @returns Those of `readers` that can be received from or accepted, and those of `writers` that can be sent to. Two empty lists when
 * the time is over; a negative time is none.
 * @throws `signal.reason` on abort; ValueError on a socket that is closed.
 */
export async function select<Reader extends Selectable, Writer extends Selectable>(
  readers: Iterable<Reader>,
  writers: Iterable<Writer> = [],
  options: Wait = {},
): Promise<[Reader[], Writer[]]> {
  const [reading, writing] = [new Set(readers), new Set(writers)];
  using selector = new Selector<undefined>();
  for (const socket of new Set<Selectable>([...reading, ...writing])) {
    const read = reading.has(socket as Reader) ? EVENT_READ : 0;
    selector.register(socket, read | (writing.has(socket as Writer) ? EVENT_WRITE : 0), undefined);
  }
  const masks = new Map((await selector.select(options)).map(({ key, mask }) => [key.fileobj, mask]));
  const having = (event: number) => (socket: Selectable) => ((masks.get(socket) ?? 0) & event) !== 0;
  return [[...reading].filter(having(EVENT_READ)), [...writing].filter(having(EVENT_WRITE))];
}
