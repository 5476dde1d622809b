// One thing a broker holds, as its users hold it. It does not know what kind of thing it is.
import { randomUUID } from 'node:crypto';
import { type Agent, currentAgent } from '../agent.ts';
import type { Guard, Wait } from '../seam.ts';
import type { Handle } from '../wire/handle.ts';
import type { GuardAnswer } from './broker.ts';
import type { Link } from './link.ts';
import { linkTo, openProgramLink, programLink } from './links.ts';

export class Remote {
  readonly id: string;
  readonly link: Link;
  /** Whether it is a Manager's, and may travel anywhere. */
  readonly managed: boolean;

  constructor(id: string, link: Link, managed: boolean) {
    this.id = id;
    this.link = link;
    this.managed = managed;
  }

  /** Has a broker hold a new thing. @param link - Of a Manager; default the program's. */
  static create(kind: string, args: readonly unknown[], link?: Link): Remote {
    const remote = new Remote(randomUUID(), link ?? programLink(), link !== undefined);
    remote.link.create(remote.id, kind, args);
    return remote;
  }

  static fromHandle(handle: Handle): Remote {
    return new Remote(handle.id as string, linkTo(handle.address as string), handle.managed as boolean);
  }

  /** What `fromHandle` needs on the other side, which then can connect. */
  handle(kind: string, extra: Readonly<Record<string, unknown>> = {}): Handle {
    if (!this.managed) openProgramLink();
    return { kind, id: this.id, address: this.link.address, managed: this.managed, free: this.managed, ...extra };
  }

  async call(method: string, args: readonly unknown[] = [], wait: Wait = {}): Promise<unknown> {
    return await this.link.call(this.id, method, args, wait);
  }

  tell(method: string, args: readonly unknown[] = [], agent?: Agent): void {
    this.link.tell(this.id, method, args, agent);
  }

  /** Calls what answers with a guard or null. */
  async guard(method: 'acquire' | 'tryAcquire', wait: Wait, args: readonly unknown[] = []): Promise<Guard | null> {
    const agent = currentAgent();
    const answer = (await this.call(method, args, wait)) as GuardAnswer | null;
    return answer === null ? null : new RemoteGuard(this, agent, args, answer.guard);
  }
}

class RemoteGuard implements Guard {
  readonly abandoned: boolean;
  readonly #agent: Agent;
  readonly #args: readonly unknown[];
  #remote: Remote | undefined;

  constructor(remote: Remote, agent: Agent, args: readonly unknown[], abandoned: boolean) {
    this.#remote = remote;
    this.#args = args;
    this.#agent = agent;
    this.abandoned = abandoned;
  }

  release(): void {
    const remote = this.#remote;
    this.#remote = undefined;
    remote?.tell('release', this.#args, this.#agent);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
