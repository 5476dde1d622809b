// A shard on a thread of its own, made anew when the thread dies. It does not know what its hosts do.
import { InterruptedError } from '../../connection/errors.ts';
import { ShutDown } from '../../runtime/errors.ts';
import { Queue } from '../../runtime/shared/queue.ts';
import { WorkerThread } from '../../runtime/threads/worker-thread.ts';
import { toWire } from '../../runtime/wire/convert.ts';
import { ref } from '../../runtime/wire/function-ref.ts';
import { ShardLostError } from '../errors.ts';
import type { Assignment, Instruction, Outcome } from '../events.ts';
import type { Target } from '../target.ts';
import type { Job, Shard } from './seam.ts';
import type { SharedLimits } from './shared-limits.ts';
import { type Ask, type Down, EventReader, type Up } from './wire.ts';
import './travelling-errors.ts';

const PROGRAM = new URL('program.js', import.meta.url).href;
/** What is under way on its hosts lives for some seconds anyway: to collect it seldom only takes memory. */
const YOUNG_MIB = 6;
/** Messages that may wait in the queue between the threads. */
const QUEUE_SIZE = 256;
const BATCH = 64;
/** What a thread may take to close its connections. */
const CLOSE_MS = 10_000;

interface Active {
  readonly job: Job;
  reader: EventReader;
  /** Hosts that have not begun, and hosts that have. */
  readonly left: Map<string, Instruction>;
  readonly begun: Set<string>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  untold: number;
}

interface Thread {
  readonly worker: WorkerThread;
  readonly results: Queue<Up>;
  /** Whether any host has begun on it: one that dies before would die again. */
  wasOfUse: boolean;
  knownLimits: SharedLimits | undefined;
}

export class ThreadShard implements Shard {
  readonly #name: string;
  readonly #limits: () => SharedLimits;
  readonly #targets: Target[] = [];
  readonly #jobs = new Map<number, Active>();
  #thread: Thread | undefined;
  #numbers = 0;
  #pumping: Promise<void> = Promise.resolve();

  /** @param limits - Those of the next job. */
  constructor(name: string, limits: () => SharedLimits) {
    this.#name = name;
    this.#limits = limits;
  }

  add(targets: readonly Target[]): void {
    this.#targets.push(...targets);
    if (this.#thread !== undefined) this.#send({ kind: 'targets', targets });
  }

  async perform(job: Job): Promise<void> {
    this.#thread ??= this.#start();
    this.#numbers += 1;
    const number = this.#numbers;
    const stop = (): void => this.#send({ kind: 'stop', job: number, reason: reasonOf(job.signal) });
    const halt = (): void => this.#send({ kind: 'halt', job: number, reason: reasonOf(job.halt) });
    try {
      await new Promise<void>((resolve, reject) => {
        const left = new Map(job.assignments.map(({ host, instruction }) => [host, instruction]));
        this.#jobs.set(number, { job, reader: new EventReader(), left, begun: new Set(), resolve, reject, untold: 0 });
        this.#order(number, job.assignments, job);
        job.signal.addEventListener('abort', stop);
        job.halt.addEventListener('abort', halt);
        if (job.signal.aborted) stop();
        if (job.halt.aborted) halt();
      });
    } finally {
      job.signal.removeEventListener('abort', stop);
      job.halt.removeEventListener('abort', halt);
      this.#jobs.delete(number);
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#send({ kind: 'close' });
    await thread.worker.join({ timeoutMs: CLOSE_MS });
    // One that does not answer is let go: its connections end with it.
    if (thread.worker.isAlive()) thread.worker.kill();
    await this.#pumping;
  }

  /** Ends the thread at once, as a defect or a lack of memory would. For tests of what happens then. */
  kill(): void {
    this.#thread?.worker.kill();
  }

  #start(): Thread {
    const results = new Queue<Up>(QUEUE_SIZE);
    const worker = new WorkerThread({
      target: ref(PROGRAM, 'serveShard'),
      args: [results],
      name: this.#name,
      daemon: true,
      youngGenerationMiB: YOUNG_MIB,
    });
    const thread: Thread = { worker, results, wasOfUse: false, knownLimits: undefined };
    worker.start();
    worker.whenEnded(() => results.shutdown());
    this.#thread = thread;
    this.#pumping = this.#pump(thread);
    this.#send({ kind: 'targets', targets: this.#targets });
    return thread;
  }

  #send(message: Down): void {
    if (this.#thread !== undefined) tell(this.#thread, message);
  }

  #order(number: number, assignments: readonly Assignment[], { questions }: Job): void {
    const limits = this.#limits();
    if (this.#thread !== undefined && this.#thread.knownLimits !== limits) {
      this.#thread.knownLimits = limits;
      this.#send({ kind: 'limits', limits });
    }
    const instructions = new Map<Instruction, number>();
    const hosts = assignments.map(({ host, instruction }) => {
      const index = instructions.get(instruction) ?? instructions.size;
      instructions.set(instruction, index);
      return [host, index] as const;
    });
    const asks = (['hostKey', 'passphrase', 'prompts'] as const satisfies readonly Ask[]).filter((ask) => questions[ask] !== undefined);
    this.#send({ kind: 'job', job: number, instructions: [...instructions.keys()], hosts, asks });
  }

  /** Takes what the thread says until it has ended and everything that it said is taken. */
  async #pump(thread: Thread): Promise<void> {
    for (;;) {
      try {
        for (const message of await thread.results.getMany(BATCH)) this.#hear(thread, message);
      } catch (error) {
        if (!(error instanceof ShutDown)) throw error;
        break;
      }
    }
    this.#thread = undefined;
    if (this.#jobs.size > 0) this.#mourn(thread);
  }

  #hear(thread: Thread, message: Up): void {
    const active = this.#jobs.get(message.job);
    if (active === undefined) return;
    switch (message.kind) {
      case 'bytes':
        active.reader.bytes(message.id, message.data);
        break;
      case 'event': {
        const event = active.reader.read(message.event);
        if (event.kind === 'started') {
          thread.wasOfUse = true;
          active.left.delete(event.host);
          active.begun.add(event.host);
        } else if (event.kind === 'finished') {
          active.left.delete(event.host);
          active.begun.delete(event.host);
        }
        active.job.push(event, () => this.#taken(thread, message.job, active));
        break;
      }
      case 'question':
        void ask(thread, active.job, message);
        break;
      case 'done':
        if (message.error === undefined) active.resolve();
        else active.reject(message.error);
    }
  }

  // Told in lots: a message for each event would cost more than the event.
  #taken(thread: Thread, job: number, active: Active): void {
    active.untold += 1;
    if (active.untold > 1) return;
    setImmediate(() => {
      tell(thread, { kind: 'taken', job, count: active.untold });
      active.untold = 0;
    });
  }

  /** The thread died: what it had begun is lost, what it had not is done by another. */
  #mourn({ worker, wasOfUse }: Thread): void {
    const died = `${worker.name} ended with ${worker.exitCode}`;
    for (const [number, active] of this.#jobs) {
      for (const host of active.begun) active.job.push({ kind: 'finished', host, outcome: lost(host, died) }, () => {});
      active.begun.clear();
      active.reader = new EventReader();
      if (!wasOfUse) {
        for (const host of active.left.keys()) active.job.push({ kind: 'finished', host, outcome: lost(host, died) }, () => {});
        active.left.clear();
      }
      if (active.left.size === 0) {
        active.resolve();
        continue;
      }
      this.#thread ??= this.#start();
      this.#order(
        number,
        [...active.left].map(([host, instruction]) => ({ host, instruction })),
        active.job,
      );
      if (active.job.signal.aborted) this.#send({ kind: 'stop', job: number, reason: reasonOf(active.job.signal) });
      if (active.job.halt.aborted) this.#send({ kind: 'halt', job: number, reason: reasonOf(active.job.halt) });
    }
  }
}

/** To that thread and no other: one made in its place knows neither its questions nor its events. */
function tell({ worker }: Thread, message: Down): void {
  if (worker.isAlive()) worker.line?.send(toWire(message, { handles: true, memory: true }));
}

async function ask(thread: Thread, { questions }: Job, { id, ask: kind, question }: Extract<Up, { kind: 'question' }>): Promise<void> {
  try {
    const value = await (questions[kind] as ((question: unknown) => Promise<unknown>) | undefined)?.(question);
    tell(thread, { kind: 'answer', id, ok: true, value });
  } catch (error) {
    tell(thread, { kind: 'answer', id, ok: false, value: error });
  }
}

function lost(host: string, died: string): Outcome {
  const atMs = Date.now();
  return { host, status: 'failed', error: new ShardLostError(host, died), startedAtMs: atMs, endedAtMs: atMs };
}

/** Only these have something to say to a host; others may not even travel. */
function reasonOf({ reason }: AbortSignal): unknown {
  return reason instanceof InterruptedError ? reason : undefined;
}
