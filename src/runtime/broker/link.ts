// How a thread reaches what a broker holds: directly where the broker is, over a socket from elsewhere. It does not know what is called.
import { connect } from 'node:net';
import { type Agent, currentAgent } from '../agent.ts';
import { BrokenPipeError } from '../errors.ts';
import { need } from '../threads/thread.ts';
import { setContext, thisContext } from '../units/context.ts';
import type { Wait } from '../waiters.ts';
import { fromWire, toWire } from '../wire/convert.ts';
import { authenticate } from './auth.ts';
import { answerOf, Broker, type GuardAnswer } from './broker.ts';
import { Frames } from './frames.ts';
import type { End } from './pipe.ts';
import type { Reply, Request } from './protocol.ts';

export interface Link {
  readonly address: string;
  create(id: string, kind: string, args: readonly unknown[]): void;
  /** Calls on behalf of the running thread. @throws What the method throws; BrokenPipeError when the broker is gone. */
  call(id: string, method: string, args: readonly unknown[], wait?: Wait): Promise<unknown>;
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

/** In the process of the broker itself. */
class DirectLink implements Link {
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

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Whether the answer is items out of a queue. */
  readonly id: string;
  readonly method: string;
  late: boolean;
  readonly agent: Agent | undefined;
}

const TAKING = new Set(['get', 'getMany', 'tryGet', 'getNowait']);

/** From another process, or another isolate of the same. */
class SocketLink implements Link {
  readonly address: string;
  readonly #pending = new Map<number, Pending>();
  readonly #introduced = new Set<Agent>();
  readonly #socket;
  #frames: Frames | undefined;
  #backlog: Request[] = [];
  #calls = 0;
  #arrived = 0;
  #broken: BrokenPipeError | undefined;

  constructor(address: string) {
    this.address = address;
    this.#socket = connect(address);
    this.#socket.on('error', (cause) => this.#break(cause));
    this.#socket.once('close', () => this.#break());
    this.#send(['hello', thisContext().client]);
    void this.#greet();
  }

  create(id: string, kind: string, args: readonly unknown[]): void {
    this.#send(['new', id, kind, toWire(args) as unknown[]]);
  }

  async call(id: string, method: string, args: readonly unknown[], wait: Wait = {}): Promise<unknown> {
    const { signal, timeoutMs } = wait;
    signal?.throwIfAborted();
    const wired = toWire(args) as unknown[];
    const agent = this.#introduce(currentAgent());
    return await this.#ask((call) => ['call', call, agent.ident, id, method, wired, timeoutMs ?? null], { id, method, agent }, signal);
  }

  tell(id: string, method: string, args: readonly unknown[], agent: Agent = currentAgent()): void {
    this.#send(['tell', this.#introduce(agent).ident, id, method, toWire(args) as unknown[]]);
  }

  async room(): Promise<void> {
    while (this.#frames?.congested === true) {
      await new Promise<void>((resolve) => {
        this.#socket.once('drain', resolve).once('close', resolve);
      });
    }
  }

  hold(id: string, end: End, client: string): void {
    this.#send(['hold', id, end, client]);
  }

  gone(client: string): void {
    this.#send(['gone', client]);
  }

  drop(id: string): void {
    this.#send(['drop', id]);
  }

  async flush(): Promise<void> {
    this.#acknowledge();
    await this.#ask((call) => ['flush', call], { id: '', method: 'flush', agent: undefined });
  }

  agentsOf(): readonly Agent[] {
    return [];
  }

  async #ask(request: (call: number) => Request, about: Pick<Pending, 'id' | 'method' | 'agent'>, signal?: AbortSignal): Promise<unknown> {
    if (this.#broken !== undefined) throw this.#broken;
    this.#calls += 1;
    const call = this.#calls;
    return await new Promise<unknown>((resolve, reject) => {
      const onAbort = (): void => {
        pending.late = true;
        this.#send(['cancel', call]);
        reject(signal?.reason as Error);
      };
      const settle = (then: () => void): void => {
        signal?.removeEventListener('abort', onAbort);
        then();
      };
      const pending: Pending = {
        ...about,
        late: false,
        resolve: (value) => settle(() => resolve(value)),
        reject: (error) => settle(() => reject(error as Error)),
      };
      if (this.#pending.size === 0) this.#socket.ref();
      this.#pending.set(call, pending);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#send(request(call));
    });
  }

  #introduce(agent: Agent): Agent {
    if (this.#introduced.has(agent)) return agent;
    this.#introduced.add(agent);
    const { name } = thisContext();
    this.#send(['fiber', agent.ident, agent.name === name ? name : `${name}/${agent.name}`, agent.shared]);
    return agent;
  }

  #send(request: Request): void {
    if (this.#frames === undefined) this.#backlog.push(request);
    else this.#frames.send(request);
  }

  async #greet(): Promise<void> {
    try {
      await authenticate(this.#socket, thisContext().authkey, 'client');
    } catch (error) {
      this.#break(error);
      return;
    }
    const frames = new Frames(this.#socket);
    frames.onMessage((message) => this.#hear(message as Reply));
    frames.onUnsendable((message, error) => {
      const [kind, call] = message as readonly [string, number];
      if (kind === 'call') this.#settle(call, (pending) => pending.reject(error));
      else process.emitWarning(error as Error);
    });
    this.#frames = frames;
    if (this.#pending.size === 0) this.#socket.unref();
    for (const request of this.#backlog.splice(0)) frames.send(request);
  }

  #hear(reply: Reply): void {
    if (reply[0] === 'ok') this.#settle(reply[1], (pending) => this.#arrive(pending, reply[2]));
    else if (reply[0] === 'error') this.#settle(reply[1], (pending) => pending.late || pending.reject(fromWire(reply[2])));
    // Nobody waits for the answer of what was only told.
    else process.emitWarning(fromWire(reply[2]) as Error);
  }

  #arrive(pending: Pending, value: unknown): void {
    const { id, method, agent } = pending;
    const took = value !== undefined && TAKING.has(method);
    if (took) this.#count();
    if (!pending.late) pending.resolve(fromWire(value));
    // It came after it was given up: back with it.
    else if (took) this.#send(['tell', agent?.ident ?? 0, id, 'restore', [method === 'getMany' ? value : [value]]]);
    else if (isGuardAnswer(value)) this.#send(['tell', agent?.ident ?? 0, id, 'release', []]);
  }

  #count(): void {
    this.#arrived += 1;
    if (this.#arrived === 1) setImmediate(() => this.#acknowledge()).unref();
  }

  #acknowledge(): void {
    if (this.#arrived > 0) this.#send(['ack', this.#arrived]);
    this.#arrived = 0;
  }

  #settle(call: number, then: (pending: Pending) => void): void {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    if (this.#pending.size === 0) this.#socket.unref();
    if (pending !== undefined) then(pending);
  }

  #break(cause?: unknown): void {
    if (this.#broken !== undefined) return;
    this.#broken = new BrokenPipeError('The process that holds it is gone', { where: this.address, cause });
    for (const call of [...this.#pending.keys()]) this.#settle(call, (pending) => pending.late || pending.reject(this.#broken));
  }
}

const links = new Map<string, Link>();

/** The broker of the whole program: in the main process; everyone it starts reaches it from there. */
export function programLink(): Link {
  const context = thisContext();
  if (context.broker !== '') return linkTo(context.broker);
  const broker = new Broker(context.authkey);
  ownBroker = broker;
  setContext({ ...context, broker: broker.address });
  const link = new DirectLink(broker);
  links.set(broker.address, link);
  return link;
}

let ownBroker: Broker | undefined;

/** Makes the program's broker reachable for others. @returns Its address. */
export function openProgramLink(): string {
  const link = programLink();
  ownBroker?.listen();
  return link.address;
}

export function linkTo(address: string): Link {
  let link = links.get(address);
  if (link === undefined) {
    link = new SocketLink(address);
    links.set(address, link);
  }
  return link;
}

/** Serves a broker from this process, reached directly from here. */
export function serve(broker: Broker): void {
  links.set(broker.address, new DirectLink(broker));
  broker.listen();
}

/** Waits until everything told to any broker has been done. */
export async function flushLinks(): Promise<void> {
  await Promise.all([...links.values()].map(async (link) => await link.flush()));
}

function isGuardAnswer(value: unknown): value is GuardAnswer {
  return typeof value === 'object' && value !== null && 'guard' in value;
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
  return typeof data === 'object' && data !== null ? structuredClone(data) : data;
}
