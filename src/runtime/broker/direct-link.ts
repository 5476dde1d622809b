// The way to a broker in the same process: calls, and copies, since processes share nothing. It does not know what is called.
import { type Agent, currentAgent } from '../agent.ts';
import { need } from '../threads/thread.ts';
import type { Wait } from '../waiters.ts';
import { isJson } from '../wire/codec.ts';
import { fromWire, toWire } from '../wire/convert.ts';
import { answerOf, type Broker } from './broker.ts';
import { type Link, NOTHING } from './link.ts';
import type { End } from './pipe.ts';

/** In the process of the broker itself. */
export class DirectLink implements Link {
  readonly #broker: Broker;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  get address(): string {
    return this.#broker.address;
  }

  create(id: string, kind: string, args: readonly unknown[]): void {
    this.#broker.create(id, kind, copy(args) as unknown[]);
  }

  async call(id: string, method: string, args: readonly unknown[], wait: Wait = {}): Promise<unknown> {
    wait.signal?.throwIfAborted();
    const result = answerOf(await keptAlive(this.#broker.perform(id, method, copy(args) as unknown[], wait)));
    // What was taken out is ours; everything else still belongs to the broker.
    return this.#broker.taken(id, method) === undefined ? fromWire(clone(result)) : fromWire(result);
  }

  takeNow(id: string): unknown {
    const queue = this.#broker.taken(id, 'tryGet');
    return queue === undefined || queue.empty() ? NOTHING : fromWire(queue.tryGet());
  }

  tell(id: string, method: string, args: readonly unknown[]): void {
    this.#broker.perform(id, method, copy(args) as unknown[], {});
  }

  async room(): Promise<void> {}

  hold(id: string, end: End, client: string): void {
    this.#broker.hold(id, end, client);
  }

  gone(client: string): void {
    this.#broker.gone(client);
  }

  drop(id: string): void {
    this.#broker.drop(id);
  }

  async flush(): Promise<void> {}

  agentsOf(client: string): readonly Agent[] {
    return this.#broker.agentsOf(client);
  }
}

// Whoever will end the wait may be a daemon, and a promise alone keeps no program alive.
async function keptAlive(result: unknown): Promise<unknown> {
  if (!(result instanceof Promise) || currentAgent().daemon) return result;
  need(1);
  try {
    return (await result) as unknown;
  } finally {
    need(-1);
  }
}

// What comes and goes must be nobody's else: processes share nothing.
function copy(value: unknown): unknown {
  return clone(toWire(value));
}

function clone(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data;
  // A structured clone is whole and slow.
  return isJson(data) ? (JSON.parse(JSON.stringify(data)) as unknown) : structuredClone(data);
}
