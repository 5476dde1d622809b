// Who is running: the identity that owns locks and waits for them. It does not know what a thread runs.
import { AsyncLocalStorage } from 'node:async_hooks';

/** What someone waits for, and who could end the wait. */
export interface Edge {
  /** `lock mutexA`, `thread Thread-2`. */
  readonly waits: string;
  /** Who could end it, any one of them; none known: not a matter of threads. */
  owners(): readonly Agent[];
}

/** Something held, that is given back when its holder dies. */
export interface Held {
  abandon(): void;
}

/** One who can hold and wait: a fiber here, or a thread of another process on whose behalf this one acts. */
export class Agent {
  readonly ident: number;
  name: string;
  /** Main flows of a program are many, and share this identity: nobody can say which of them waits. */
  readonly shared: boolean;
  /** Whether the program may end without it. */
  daemon = false;
  /** Whether it has ended: what it is given now goes on at once. */
  dead = false;
  /** What it waits for, without a deadline. */
  waiting: Edge | undefined;
  readonly holds = new Set<Held>();

  constructor(name: string, ident: number, shared = false) {
    this.name = name;
    this.ident = ident;
    this.shared = shared;
  }

  /** Gives back what it still holds: whoever comes next is told. @returns How much that was. */
  abandonAll(): number {
    this.dead = true;
    const count = this.holds.size;
    for (const held of [...this.holds]) held.abandon();
    this.holds.clear();
    return count;
  }
}

let lastIdent = 0;

/** A number no other thread of this isolate has or had. */
export function nextIdent(): number {
  lastIdent += 1;
  return lastIdent;
}

/** Who runs where no Thread does. */
export let mainAgent = new Agent('MainThread', nextIdent(), true);

/** Gives this isolate's main flow an identity of its own: it is one flow, as that of a process that was started. */
export function adoptMainAgent(agent: Agent): void {
  mainAgent = agent;
}

// The only one of the project. While it is in use every await of everything costs three times as much: so only while Threads live.
const context = new AsyncLocalStorage<Agent>();
let users = 0;
let acting: Agent | undefined;

export function currentAgent(): Agent {
  if (acting !== undefined) return acting;
  return users === 0 ? mainAgent : (context.getStore() ?? mainAgent);
}

/** Runs `work`, and all it awaits, as `agent`. */
export async function runAs<T>(agent: Agent, work: () => Promise<T>): Promise<T> {
  users += 1;
  try {
    return await context.run(agent, work);
  } finally {
    users -= 1;
    if (users === 0) context.disable();
  }
}

/** Runs `work` as `agent`, but only up to its first await: for what asks who runs before that. */
export function actAs<T>(agent: Agent, work: () => T): T {
  const before = acting;
  acting = agent;
  try {
    return work();
  } finally {
    acting = before;
  }
}
