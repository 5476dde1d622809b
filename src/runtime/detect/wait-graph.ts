// Who waits for whom, looked at when someone is about to wait for ever. It does not know what is waited for.
import { type Agent, currentAgent, type Edge } from '../agent.ts';
import { DeadlockError, type Waiting } from '../errors.ts';
import type { RemoteWait } from '../waiters.ts';

/** Agents that wait now, since when. */
const waiting = new Map<Agent, number>();

/** What a primitive does about a circle: throw (default), or wait as CPython would. */
export type Detect = 'throw' | false;

/**
 * Waits on behalf of the running thread, unless nobody could ever end the wait.
 *
 * @param begin - Starts the wait.
 * @throws DeadlockError when everybody who could end it waits without a deadline too.
 */
export async function waitFor<T>(edge: Edge, options: RemoteWait, detect: Detect, begin: () => Promise<T>): Promise<T> {
  const agent = currentAgent();
  const forEver = options.timeoutMs === undefined && (options.signal === undefined || options.forEver === true);
  if (agent.shared || !forEver) return await begin();
  if (detect === 'throw') {
    const cycle = circle(agent, edge);
    if (cycle !== undefined) throw new DeadlockError(cycle);
  }
  const before = agent.waiting;
  agent.waiting = edge;
  waiting.set(agent, performance.now());
  try {
    return await begin();
  } finally {
    agent.waiting = before;
    if (before === undefined) waiting.delete(agent);
  }
}

/** One that waits without a deadline, and for how long already. */
export interface Waiter extends Waiting {
  /** Milliseconds. */
  readonly forMs: number;
}

/** Everyone who waits without a deadline, the longest first: threads here, and those on whose behalf this process acts. */
export function whoWaits(): Waiter[] {
  const now = performance.now();
  return [...waiting].flatMap(([agent, since]) =>
    agent.waiting === undefined ? [] : [{ ...step(agent, agent.waiting), forMs: now - since }],
  );
}

/**
 * The circle that `agent` would close by waiting at `edge`; undefined when somebody can still move.
 *
 * A wait ends when any of its owners moves, so it is a deadlock when none of those reached can: a knot of the graph.
 */
function circle(agent: Agent, edge: Edge): Waiting[] | undefined {
  const reached = new Map<Agent, Edge>([[agent, edge]]);
  const open = [edge];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const owners = next.owners();
    if (owners.length === 0) return undefined;
    for (const owner of owners) {
      if (reached.has(owner)) continue;
      if (owner.shared || owner.waiting === undefined) return undefined;
      reached.set(owner, owner.waiting);
      open.push(owner.waiting);
    }
  }
  return path(agent, reached);
}

// Along the first owner of each until someone comes twice: the way to read it aloud.
function path(agent: Agent, reached: ReadonlyMap<Agent, Edge>): Waiting[] {
  const steps: Waiting[] = [];
  const seen = new Set<Agent>();
  for (let at: Agent | undefined = agent; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const edge: Edge | undefined = reached.get(at);
    if (edge === undefined) break;
    steps.push(step(at, edge));
    at = edge.owners()[0];
  }
  return steps;
}

function step(agent: Agent, edge: Edge): Waiting {
  return { thread: agent.name, waits: edge.waits, heldBy: edge.owners().map((owner) => owner.name) };
}
