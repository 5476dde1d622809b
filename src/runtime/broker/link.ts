// How a thread reaches what a broker holds. It does not know over what.
import type { Agent } from '../agent.ts';
import type { Wait } from '../waiters.ts';
import type { End } from './pipe.ts';

/** What is no item of a queue, since any value may be one. */
export const NOTHING: unique symbol = Symbol('nothing');

export interface Link {
  readonly address: string;
  create(id: string, kind: string, args: readonly unknown[]): void;
  /** Calls on behalf of the running thread. @throws What the method throws; BrokenPipeError when the broker is gone. */
  call(id: string, method: string, args: readonly unknown[], wait?: Wait): Promise<unknown>;
  /** The next item of a queue, or {@link NOTHING}: the broker is elsewhere, or there is none now. */
  takeNow(id: string): unknown;
  /** Calls without waiting for the answer. @param agent - On whose behalf; default the running thread. */
  tell(id: string, method: string, args: readonly unknown[], agent?: Agent): void;
  /** Waits while what was told is more than the other side can take. */
  room(): Promise<void>;
  hold(id: string, end: End, client: string): void;
  gone(client: string): void;
  drop(id: string): void;
  /** Waits until everything told has been done. */
  flush(): Promise<void>;
  /** Agents of a client, for the graph of who waits for whom; none where the broker is elsewhere. */
  agentsOf(client: string): readonly Agent[];
}
