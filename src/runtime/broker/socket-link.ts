// The way to a broker in another process, or another isolate of the same: a socket, many calls under way. It does not know what is called.
import { connect } from 'node:net';
import { type Agent, currentAgent } from '../agent.ts';
import { BrokenPipeError } from '../errors.ts';
import { thisContext } from '../units/context.ts';
import type { Wait } from '../waiters.ts';
import { fromWire, toWire } from '../wire/convert.ts';
import { authenticate } from './auth.ts';
import type { GuardAnswer } from './broker.ts';
import { Frames } from './frames.ts';
import { type Link, NOTHING } from './link.ts';
import type { End } from './pipe.ts';
import type { Reply, Request } from './protocol.ts';

/** Items of one message: enough to make its price theirs together, few enough to be on their way soon. */
const MOST_PUTS = 256;

type PutRequest = ['tell', fiber: number, id: string, method: 'putAll', items: unknown[]];

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
export class SocketLink implements Link {
  readonly address: string;
  readonly #pending = new Map<number, Pending>();
  readonly #introduced = new Set<Agent>();
  readonly #socket;
  readonly #greeted: Promise<void>;
  #frames: Frames | undefined;
  #backlog: Request[] = [];
  #calls = 0;
  #arrived = 0;
  #lastPut: PutRequest | undefined;
  #broken: BrokenPipeError | undefined;

  constructor(address: string) {
    this.address = address;
    this.#socket = connect(address);
    this.#socket.on('error', (cause) => this.#break(cause));
    this.#socket.once('close', () => this.#break());
    this.#send(['hello', thisContext().client]);
    this.#greeted = this.#greet();
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

  takeNow(): typeof NOTHING {
    return NOTHING;
  }

  tell(id: string, method: string, args: readonly unknown[], agent: Agent = currentAgent()): void {
    if (method === 'putNowait') this.#put(id, toWire(args[0]), this.#introduce(agent).ident);
    else this.#send(['tell', this.#introduce(agent).ident, id, method, toWire(args) as unknown[]]);
  }

  // Items for the same queue travel in one message, as long as nothing else comes between.
  #put(id: string, item: unknown, fiber: number): void {
    const last = this.#lastPut;
    if (last !== undefined && last === this.#frames?.last && last[2] === id && last[1] === fiber) {
      if (last[4].push(item) >= MOST_PUTS) this.#frames?.flush();
      return;
    }
    const put: PutRequest = ['tell', fiber, id, 'putAll', [item]];
    this.#lastPut = put;
    if (this.#frames === undefined) this.#backlog.push(put);
    else this.#frames.send(put, true);
  }

  async room(): Promise<void> {
    // Who puts without end would never let the loop turn, and the connection never come about.
    if (this.#frames === undefined) await this.#greeted;
    while (this.#frames?.congested === true) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          this.#socket.off('drain', go).off('close', go);
          resolve();
        };
        this.#socket.on('drain', go).on('close', go);
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

function isGuardAnswer(value: unknown): value is GuardAnswer {
  return typeof value === 'object' && value !== null && 'guard' in value;
}
