// Holds primitives for threads of other processes, and calls them on their behalf, in their name: so a lock is fair, a deadlock is seen,
// and what a dead process held goes to the next, all by the classes of this isolate. It does not know what they are used for.

import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Agent, actAs, nextIdent, runAs } from '../agent.ts';
import { atExit } from '../bootstrap/at-exit.ts';
import { StateError } from '../errors.ts';
import { Queue } from '../local/queue.ts';
import type { Guard } from '../seam.ts';
import type { RemoteWait } from '../waiters.ts';
import { toWire } from '../wire/convert.ts';
import { authenticate } from './auth.ts';
import { Frames } from './frames.ts';
import { type End, Pipe } from './pipe.ts';
import type { Request } from './protocol.ts';
import { KINDS, type Kind } from './servants.ts';

interface Servant {
  readonly kind: Kind;
  readonly kindName: string;
  readonly object: object;
}

/** A program, or a part of one, that uses what the broker holds. */
class Client {
  readonly name: string;
  readonly agents = new Map<number, Agent>();
  /** Waits under way, by their call. */
  readonly calls = new Map<number, AbortController>();
  gone = false;
  /** Items that were sent and have not arrived for sure, oldest first. */
  readonly unacked: { readonly queue: Queue<unknown>; readonly items: readonly unknown[] }[] = [];

  constructor(name: string) {
    this.name = name;
  }

  agent(fiber: number): Agent {
    const known = this.agents.get(fiber);
    if (known !== undefined) return known;
    const agent = new Agent(`${this.name} thread ${fiber}`, nextIdent());
    this.agents.set(fiber, agent);
    return agent;
  }
}

/** A guard is a fact on the other side: whether the owner before died with it. */
export type GuardAnswer = { readonly guard: boolean };

export class Broker {
  readonly address: string;
  readonly #authkey: Uint8Array;
  readonly #servants = new Map<string, Servant>();
  readonly #clients = new Map<string, Client>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #forget: (() => void) | undefined;

  constructor(authkey: Uint8Array) {
    this.#authkey = authkey;
    const name = `sshoal-${randomUUID()}`;
    this.address = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(os.tmpdir(), name, 'broker');
  }

  /** How many things it holds. */
  get size(): number {
    return this.#servants.size;
  }

  /** Takes connections; again is harmless. It keeps no program alive. */
  listen(): void {
    if (this.#server !== undefined) return;
    if (process.platform !== 'win32') mkdirSync(path.dirname(this.address), { mode: 0o700 });
    this.#forget = atExit(() => this.#removeDirectory());
    this.#server = createServer((socket) => void this.#welcome(socket));
    this.#server.listen(this.address).unref();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    this.#servants.clear();
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    this.#removeDirectory();
    this.#forget?.();
  }

  create(id: string, kindName: string, args: readonly unknown[]): void {
    const kind = KINDS[kindName];
    if (kind === undefined) throw new StateError(`A broker holds no ${kindName}`);
    this.#servants.set(id, { kind, kindName, object: kind.make(args, (other) => this.#servant(other).object) });
  }

  drop(id: string): void {
    this.#servants.delete(id);
  }

  hold(id: string, end: End, client: string): void {
    const { object } = this.#servant(id);
    if (object instanceof Pipe) object.hold(end, client);
  }

  /**
   * Calls a method of a servant, as the agent that runs this.
   *
   * @returns Data that can travel: a guard as {@link GuardAnswer}.
   */
  perform(id: string, method: string, args: readonly unknown[], wait: RemoteWait): unknown {
    const { object, kind, kindName } = this.#servant(id);
    const manner = Object.hasOwn(kind.methods, method) ? kind.methods[method] : undefined;
    if (manner === undefined) throw new StateError(`A ${kindName} has no ${method}()`);
    const call = (object as Record<string, (...all: unknown[]) => unknown>)[method] as (...all: unknown[]) => unknown;
    return call.apply(object, manner === 'wait' ? [...args, wait] : [...args]);
  }

  /** A client's threads have died with it: what they held goes on. */
  gone(name: string): void {
    const client = this.#clients.get(name);
    this.#clients.delete(name);
    for (const { object } of this.#servants.values()) if (object instanceof Pipe) object.gone(name);
    if (client === undefined) return;
    client.gone = true;
    for (const { queue, items } of client.unacked.splice(0).reverse()) queue.restore(items);
    for (const abort of client.calls.values()) abort.abort(new StateError(`${name} is gone`));
    for (const agent of client.agents.values()) agent.abandonAll();
  }

  /** The thread that stands for a whole client, where it has one: its first. */
  agentsOf(name: string): readonly Agent[] {
    return [...(this.#clients.get(name)?.agents.values() ?? [])];
  }

  async #welcome(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.unref();
    // How a connection ends is told by 'close', however it ends.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    try {
      await authenticate(socket, this.#authkey, 'server');
    } catch {
      // Whoever has not the key learns nothing but that; there is nobody here to tell.
      socket.destroy();
      return;
    }
    new Conversation(this, socket, (name) => this.#enter(name));
  }

  #enter(name: string): Client {
    const client = this.#clients.get(name) ?? new Client(name);
    this.#clients.set(name, client);
    return client;
  }

  /** Whether a method asks who runs after its first await. */
  asksLater(id: string, method: string): boolean {
    return method === 'wait' && this.#servant(id).kindName === 'Condition';
  }

  /** The queue a servant is, and whether a method takes items out of it. */
  taken(id: string, method: string): Queue<unknown> | undefined {
    const { object, kind } = this.#servant(id);
    return object instanceof Queue && kind.takes?.includes(method) === true ? object : undefined;
  }

  #servant(id: string): Servant {
    const servant = this.#servants.get(id);
    if (servant !== undefined) return servant;
    throw new StateError('It was closed, or its owner has ended', {
      where: id,
      fix: 'Keep the process that made it alive as long as it is used',
    });
  }

  #removeDirectory(): void {
    if (process.platform !== 'win32') rmSync(path.dirname(this.address), { recursive: true, force: true });
  }
}

/** The talk with one connected client. */
class Conversation {
  readonly #broker: Broker;
  readonly #frames: Frames;
  readonly #enter: (name: string) => Client;
  #client: Client | undefined;

  constructor(broker: Broker, socket: Socket, enter: (name: string) => Client) {
    this.#broker = broker;
    this.#enter = enter;
    this.#frames = new Frames(socket);
    this.#frames.onMessage((message) => this.#hear(message as Request));
    this.#frames.onUnsendable((message, error) => {
      const [, call] = message as readonly [string, number];
      this.#frames.send(['error', call, toWire(error)]);
    });
    socket.once('close', () => {
      if (this.#client !== undefined) broker.gone(this.#client.name);
    });
  }

  #hear(request: Request): void {
    if (request[0] === 'hello') {
      this.#client = this.#enter(request[1]);
      return;
    }
    const client = this.#client;
    if (client === undefined) return;
    switch (request[0]) {
      case 'fiber': {
        const [, fiber, name, shared] = request;
        client.agents.set(fiber, new Agent(name, nextIdent(), shared));
        return;
      }
      case 'call':
        void this.#call(client, request);
        return;
      case 'tell':
        this.#tell(client, request);
        return;
      case 'cancel':
        client.calls.get(request[1])?.abort(new StateError('cancelled'));
        return;
      case 'ack':
        client.unacked.splice(0, request[1]);
        return;
      case 'flush':
        this.#frames.send(['ok', request[1], null]);
        return;
      default:
        this.#keep(request);
    }
  }

  #keep(request: Request): void {
    if (request[0] === 'new') this.#attempt(request[1], () => this.#broker.create(request[1], request[2], request[3]));
    else if (request[0] === 'hold') this.#attempt(request[1], () => this.#broker.hold(request[1], request[2], request[3]));
    else if (request[0] === 'gone') this.#broker.gone(request[1]);
    else if (request[0] === 'drop') this.#broker.drop(request[1]);
  }

  async #call(
    client: Client,
    [, call, fiber, id, method, args, timeoutMs]: Extract<Request, readonly ['call', ...unknown[]]>,
  ): Promise<void> {
    const stop = new AbortController();
    client.calls.set(call, stop);
    try {
      const wait: RemoteWait = { timeoutMs: timeoutMs ?? undefined, signal: stop.signal, forEver: timeoutMs === null };
      const agent = client.agent(fiber);
      const perform = (): unknown => this.#broker.perform(id, method, args, wait);
      // A condition asks again who runs, when it takes its lock back.
      const result = this.#broker.asksLater(id, method) ? await runAs(agent, async () => await perform()) : await actAs(agent, perform);
      this.#answer(client, call, id, method, result);
    } catch (error) {
      this.#frames.send(['error', call, toWire(error)]);
    } finally {
      client.calls.delete(call);
    }
  }

  #answer(client: Client, call: number, id: string, method: string, result: unknown): void {
    const queue = result === undefined ? undefined : this.#broker.taken(id, method);
    const items = method === 'getMany' ? (result as unknown[]) : [result];
    if (queue !== undefined && client.gone) {
      queue.restore(items);
      return;
    }
    if (queue !== undefined) client.unacked.push({ queue, items });
    this.#frames.send(result === undefined ? ['ok', call] : ['ok', call, answerOf(result)]);
  }

  #tell(client: Client, [, fiber, id, method, args]: Extract<Request, readonly ['tell', ...unknown[]]>): void {
    this.#attempt(id, () => void actAs(client.agent(fiber), () => this.#broker.perform(id, method, args, {})));
  }

  #attempt(id: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#frames.send(['failed', id, toWire(error)]);
    }
  }
}

/** A result as data: guards cannot travel. */
export function answerOf(result: unknown): unknown {
  return isGuard(result) ? ({ guard: result.abandoned } satisfies GuardAnswer) : result;
}

function isGuard(value: unknown): value is Guard {
  return typeof value === 'object' && value !== null && Symbol.dispose in value && 'abandoned' in value;
}
