// The shard that is this thread: sessions, and who of them has a turn. It does not know of other shards, but shares their limits.
import { setMaxListeners } from 'node:events';
import { FirstAbort } from '../../base/abort.ts';
import type { Questions } from '../../connection/seam.ts';
import { UnknownHostError } from '../errors.ts';
import type { FleetEvent, Instruction } from '../events.ts';
import type { Limits } from '../limits.ts';
import { Session } from '../session.ts';
import type { Target } from '../target.ts';
import { SharedTransfers } from '../transfer/shared.ts';
import { Turn } from '../turn.ts';
import { bytesOf, EventWindow } from './event-window.ts';
import type { Job, Shard } from './seam.ts';

export class LocalShard implements Shard {
  readonly #sessions = new Map<string, Session>();
  readonly #limits: () => Limits;

  /** @param limits - Those of the next job. */
  constructor(limits: () => Limits) {
    this.#limits = limits;
  }

  add(targets: readonly Target[]): void {
    for (const target of targets) if (!this.#sessions.has(target.name)) this.#sessions.set(target.name, new Session(target));
  }

  async perform(job: Job): Promise<void> {
    const { assignments, signal, halt } = job;
    const limits = this.#limits();
    // Every host listens: a thousand listeners are no leak.
    setMaxListeners(0, signal);
    setMaxListeners(0, halt);
    using first = new FirstAbort(signal, halt);
    const noMore = first.signal;
    setMaxListeners(0, noMore);
    const window = new EventWindow();
    const shared = new SharedTransfers();
    const running: Promise<void>[] = [];
    // One after another stands in line for a turn: ten thousand would stand in each other's way.
    for (const { host, instruction } of assignments) {
      const turn = new Turn();
      const hasTurn = await begins(turn, limits, noMore);
      running.push(this.#one(host, instruction, { turn, hasTurn, limits, shared, voice: new Voice(window, job.push), job }));
    }
    await Promise.all(running);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(async (session) => await session.close()));
  }

  async #one(host: string, instruction: Instruction, { turn, hasTurn, limits, shared, voice, job }: Work): Promise<void> {
    using _turn = turn;
    const session = this.#sessions.get(host);
    if (session === undefined) throw new UnknownHostError(host);
    const { emit, room } = voice;
    if (hasTurn) await emit({ kind: 'started', host, atMs: Date.now() });
    const given = { questions: turn.lentTo(namedBy(host, job.questions)), limits, shared, turn, emit, room };
    const outcome = hasTurn ? await session.execute(instruction, { ...given, signal: job.signal }) : session.leftOut(job);
    await emit({ kind: 'finished', host, outcome });
  }
}

interface Work {
  readonly turn: Turn;
  readonly hasTurn: boolean;
  readonly limits: Limits;
  readonly shared: SharedTransfers;
  readonly voice: Voice;
  readonly job: Job;
}

/** What one host has to say, held back while the reader is busy. */
class Voice {
  readonly #window: EventWindow;
  readonly #push: Job['push'];
  /** Room that was taken for an outcome before it was in memory. */
  #aheadBytes = 0;

  constructor(window: EventWindow, push: Job['push']) {
    this.#window = window;
    this.#push = push;
  }

  readonly emit = async (event: FleetEvent): Promise<void> => {
    // Whoever holds room already must not stand in line for a little more: the line may wait for what it holds.
    const ahead = event.kind === 'finished' ? this.#aheadBytes : 0;
    const bytes = ahead > 0 ? ahead : bytesOf(event);
    if (ahead === 0) await this.#window.take(bytes);
    this.#push(event, () => this.#window.give(bytes));
  };

  /** Waits for room for the outcome; another attempt has that of the first. */
  readonly room = async (bytes: number): Promise<void> => {
    if (this.#aheadBytes > 0) return;
    await this.#window.take(bytes);
    this.#aheadBytes = bytes;
  };
}

/** @returns False where nobody begins any more: the host has not been touched. */
async function begins(turn: Turn, { fanOut }: Limits, noMore: AbortSignal): Promise<boolean> {
  if (noMore.aborted) return false;
  try {
    await turn.take(fanOut, noMore);
    return true;
  } catch (error) {
    if (noMore.aborted) return false;
    throw error;
  }
}

/** The same questions, with the name that the person knows the host by. */
function namedBy(host: string, questions: Questions): Questions {
  const { hostKey } = questions;
  return { ...questions, hostKey: hostKey && (async (question) => await hostKey({ ...question, name: host })) };
}
