// Memory that all threads of this process see, and the one short critical section that changes it. It knows no lock or queue.
//
// A worker may be terminated at any instruction. So every change inside the section first writes down what was there before; whoever
// finds the section held by a dead thread undoes what that one had begun, and goes on. Each section is done whole, or not at all.
import { existsSync, readlinkSync } from 'node:fs';
import { isMainThread, threadId } from 'node:worker_threads';
import { StateError } from '../errors.ts';
import {
  ARRIVING,
  ARRIVING_ENTRIES,
  CONTENDED,
  FILLED,
  GUARD,
  HOLDING_COUNT,
  HOLDING_TID,
  HOLDINGS,
  MADE,
  OBJECTS,
  type Table,
  THREAD_NODE,
  THREAD_OS,
  THREADS,
  THREADS_MADE,
  TICKETS,
  UNDO,
  UNDO_COUNT,
  UNDO_ENTRIES,
  WAITER_CERTAIN,
  WAITER_FIBER,
  WAITER_LINE,
  WAITER_OUTCOME,
  WAITER_TICKET,
  WAITER_TID,
  WAITER_WAKE,
  WAITERS,
  WORDS,
} from './layout.ts';

/** What a waiter, an object, a holding or a thread is in the arena: the index of its first word. */
export type Place = number;

/** The numbers of threads are never used again, and a lock has 16 bits for its owner's. */
const MOST_THREADS = 0xffff;
/** How often the guard is tried before its thread rests. */
const SPINS = 2_000;
const REST_MS = 1;
/** A thread that was terminated on a system without /proc counts as dead after so long. */
const PRESUMED_DEAD_MS = 250;

/** What an object does about a thread that died: gives back what it held. Called inside the section. */
export type OnDeath = (arena: Arena, object: Place, tid: number) => void;

interface Kind {
  readonly onDeath: OnDeath;
  /** Whether what a waiter was told, and died before it heard, is told to the next. */
  readonly passesOn: boolean;
}

/** The kinds of objects, numbered from 1. The numbers are in shared memory: no isolate may go by the order in which it loads modules. */
const KINDS = ['semaphore', 'bounded semaphore', 'lock', 'condition', 'event', 'barrier', 'queue', 'loans'] as const;
const kinds: (Kind | undefined)[] = KINDS.map(() => undefined);

/** Says what becomes of a kind of objects. @returns Its number, the same in every isolate. */
export function kindOf(name: (typeof KINDS)[number], onDeath: OnDeath, passesOn = false): number {
  const index = KINDS.indexOf(name);
  kinds[index] = { onDeath, passesOn };
  return index + 1;
}

export class Arena {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  /** This isolate in the arena. */
  readonly tid: number;
  readonly #condemned = new Map<number, number>();

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
    this.tid = Atomics.add(this.words, THREADS_MADE, 1) + 1;
    if (this.tid > MOST_THREADS)
      throw new StateError(`Shared memory has served ${MOST_THREADS} threads`, {
        fix: 'Let worker threads go on instead of starting new ones',
      });
    const arriving = ARRIVING + 2 * (this.tid % ARRIVING_ENTRIES);
    Atomics.store(this.words, arriving + 1, osThread());
    Atomics.store(this.words, arriving, this.tid);
    this.section(() => this.#register());
  }

  /**
   * Runs `work` while no other thread runs one.
   *
   * It must be short, and change the arena only by {@link write}: what is written otherwise is not undone when this thread is terminated.
   */
  section<T>(work: () => T): T {
    this.#enter();
    try {
      const result = work();
      this.words[UNDO_COUNT] = 0;
      return result;
    } catch (error) {
      this.#undo();
      throw error;
    } finally {
      Atomics.store(this.words, GUARD, 0);
      if (this.words[CONTENDED] !== 0) Atomics.notify(this.words, GUARD, 1);
    }
  }

  read(place: Place, field = 0): number {
    return this.words[place + field] as number;
  }

  /** Inside a section only. */
  write(place: Place, field: number, value: number): void {
    const { words } = this;
    const at = place + field;
    const count = words[UNDO_COUNT] as number;
    if (count < UNDO_ENTRIES) {
      words[UNDO + 2 * count] = at;
      words[UNDO + 2 * count + 1] = words[at] as number;
      Atomics.store(words, UNDO_COUNT, count + 1);
    }
    Atomics.store(words, at, value);
  }

  makeObject(kind: number): Place {
    return this.section(() => {
      const place = this.#take(OBJECTS, kind);
      this.write(MADE, 0, this.read(MADE) + 1);
      this.write(place, 1, this.read(MADE));
      for (let field = 2; field < OBJECTS.words; field++) this.write(place, field, 0);
      return place;
    });
  }

  /** A number no other object has or had. */
  serial(object: Place): number {
    return this.read(object, 1);
  }

  free(object: Place): void {
    this.section(() => this.write(object, 0, 0));
  }

  // Who waits: records with a ticket each, so that there are no chains to break. A waiter's rank is how many came before it.

  /** Stands in a line of an object. */
  enqueue(object: Place, line: number, fiber: number, certain: boolean): Place {
    const waiter = this.#take(WAITERS, object);
    this.write(TICKETS, 0, this.read(TICKETS) + 1);
    this.write(waiter, WAITER_LINE, line);
    this.write(waiter, WAITER_TICKET, this.read(TICKETS));
    this.write(waiter, WAITER_TID, this.tid);
    this.write(waiter, WAITER_FIBER, fiber);
    this.write(waiter, WAITER_WAKE, 0);
    this.write(waiter, WAITER_OUTCOME, 0);
    this.write(waiter, WAITER_CERTAIN, certain ? 1 : 0);
    return waiter;
  }

  leave(waiter: Place): void {
    this.write(waiter, 0, 0);
  }

  /** Those in a line, first come first. */
  line(object: Place, line: number): Place[] {
    const found = this.#all(WAITERS, (waiter) => this.read(waiter) === object && this.read(waiter, WAITER_LINE) === line);
    return found.sort((a, b) => this.read(a, WAITER_TICKET) - this.read(b, WAITER_TICKET));
  }

  /** How many stand in a line before a waiter, or at all. */
  rank(object: Place, line: number, waiter?: Place): number {
    const { words } = this;
    const ticket = waiter === undefined ? Number.POSITIVE_INFINITY : this.read(waiter, WAITER_TICKET);
    const end = this.#end(WAITERS);
    let rank = 0;
    for (let place = WAITERS.start; place < end; place += WAITERS.words)
      if (words[place] === object && words[place + WAITER_LINE] === line && (words[place + WAITER_TICKET] as number) < ticket) rank++;
    return rank;
  }

  /** Has the first of a line look again. */
  wake(object: Place, line: number, count: number): void {
    if (count <= 0 || this.rank(object, line) === 0) return;
    for (const waiter of this.line(object, line).slice(0, count)) this.#wake(waiter);
  }

  /** Tells the first of a line an outcome, each once. @returns How many were told. */
  tell(object: Place, line: number, count: number, outcome: number): number {
    const untold = this.line(object, line)
      .filter((waiter) => this.outcome(waiter) === 0)
      .slice(0, count);
    for (const waiter of untold) {
      this.write(waiter, WAITER_OUTCOME, outcome);
      this.#wake(waiter);
    }
    return untold.length;
  }

  outcome(waiter: Place): number {
    return this.read(waiter, WAITER_OUTCOME);
  }

  /** The word that changes when a waiter is to look again. */
  wakeWord(waiter: Place): number {
    return waiter + WAITER_WAKE;
  }

  /** Where a thread waits for ever, if it does. */
  waitingOf(tid: number, fiber: number): Place | undefined {
    return this.#all(
      WAITERS,
      (waiter) =>
        this.read(waiter, WAITER_TID) === tid && this.read(waiter, WAITER_FIBER) === fiber && this.read(waiter, WAITER_CERTAIN) === 1,
    )[0];
  }

  /** How many of an object this thread holds; `change` adds to it. Inside a section. */
  holding(object: Place, tid: number, change = 0): number {
    let record = this.#all(HOLDINGS, (holding) => this.read(holding) === object && this.read(holding, HOLDING_TID) === tid)[0];
    if (change === 0) return record === undefined ? 0 : this.read(record, HOLDING_COUNT);
    if (record === undefined) {
      record = this.#take(HOLDINGS, object);
      this.write(record, HOLDING_TID, tid);
      this.write(record, HOLDING_COUNT, 0);
    }
    const count = this.read(record, HOLDING_COUNT) + change;
    this.write(record, HOLDING_COUNT, count);
    if (count <= 0) this.write(record, 0, 0);
    return count;
  }

  /** Threads that hold an object. */
  holders(object: Place): number[] {
    return this.#all(HOLDINGS, (holding) => this.read(holding) === object).map((holding) => this.read(holding, HOLDING_TID));
  }

  /** Says that a thread was told to end, which makes it dead in the end. @param node - Its threadId. */
  condemn(node: number): void {
    for (const tid of this.#tidsOf(node)) this.#condemned.set(tid, performance.now());
  }

  /** A thread has died: what it held goes on. @param node - Its threadId. */
  sweepThread(node: number): void {
    for (const tid of this.#tidsOf(node)) this.sweep(tid);
  }

  /** Looks for dead threads among those that matter to a waiter, where the system tells. */
  sweepDead(): void {
    for (const thread of this.#all(THREADS, () => true)) {
      const tid = this.read(thread);
      if (tid !== this.tid && this.#isDead(tid)) this.sweep(tid);
    }
  }

  sweep(tid: number): void {
    if (Atomics.load(this.words, GUARD) === tid) this.#break(tid);
    this.section(() => {
      for (const waiter of this.#all(WAITERS, (place) => this.read(place, WAITER_TID) === tid)) {
        const [object, line, outcome] = [this.read(waiter), this.read(waiter, WAITER_LINE), this.outcome(waiter)];
        this.leave(waiter);
        if (outcome !== 0 && kinds[this.read(object) - 1]?.passesOn === true) this.tell(object, line, 1, outcome);
      }
      for (const object of this.#all(OBJECTS, () => true)) kinds[this.read(object) - 1]?.onDeath(this, object, tid);
      for (const holding of this.#all(HOLDINGS, (place) => this.read(place, HOLDING_TID) === tid)) this.write(holding, 0, 0);
      for (const thread of this.#all(THREADS, (place) => this.read(place) === tid)) this.write(thread, 0, 0);
      for (const waiter of this.#all(WAITERS, () => true)) this.#wake(waiter);
    });
  }

  #register(): void {
    const thread = this.#take(THREADS, this.tid);
    this.write(thread, THREAD_OS, osThread());
    this.write(thread, THREAD_NODE, isMainThread ? 0 : threadId);
  }

  #tidsOf(node: number): number[] {
    return this.#all(THREADS, (thread) => this.read(thread, THREAD_NODE) === node).map((thread) => this.read(thread));
  }

  #wake(waiter: Place): void {
    Atomics.store(this.words, this.wakeWord(waiter), 1);
    Atomics.notify(this.words, this.wakeWord(waiter));
  }

  #enter(): void {
    const { words, tid } = this;
    for (let spins = 0; Atomics.compareExchange(words, GUARD, 0, tid) !== 0; spins++) {
      if (spins < SPINS) continue;
      const holder = Atomics.load(words, GUARD);
      Atomics.add(words, CONTENDED, 1);
      Atomics.wait(words, GUARD, holder, REST_MS);
      Atomics.sub(words, CONTENDED, 1);
      if (spins % 8 === 0 && Atomics.load(words, GUARD) === holder && this.#isDead(holder)) this.#break(holder);
    }
  }

  /** Takes the guard from a dead thread. */
  #break(dead: number): void {
    if (Atomics.compareExchange(this.words, GUARD, dead, this.tid) !== dead) return;
    this.#undo();
    Atomics.store(this.words, GUARD, 0);
    Atomics.notify(this.words, GUARD, 1);
  }

  #undo(): void {
    const { words } = this;
    for (let i = (words[UNDO_COUNT] as number) - 1; i >= 0; i--)
      Atomics.store(words, words[UNDO + 2 * i] as number, words[UNDO + 2 * i + 1] as number);
    words[UNDO_COUNT] = 0;
  }

  #isDead(tid: number): boolean {
    const thread = this.#all(THREADS, (place) => this.read(place) === tid)[0];
    const arriving = ARRIVING + 2 * (tid % ARRIVING_ENTRIES);
    const os = thread !== undefined ? this.read(thread, THREAD_OS) : this.read(arriving) === tid ? this.read(arriving, 1) : 0;
    if (os !== 0) return !existsSync(`/proc/self/task/${os}`);
    const since = this.#condemned.get(tid);
    return since !== undefined && performance.now() - since > PRESUMED_DEAD_MS;
  }

  #end(of: Table): number {
    return of.start + (this.words[FILLED.get(of) as number] as number) * of.words;
  }

  /** A free record, taken. @throws StateError when there is none. */
  #take(from: Table, value: number): Place {
    const filled = FILLED.get(from) as number;
    const end = this.#end(from);
    for (let place = from.start; place < end; place += from.words) {
      if (this.words[place] !== 0) continue;
      this.write(place, 0, value);
      return place;
    }
    const count = this.words[filled] as number;
    if (count >= from.records)
      throw new StateError(`Shared memory holds at most ${from.records} of these`, { fix: 'Close what is not needed any more' });
    this.write(filled, 0, count + 1);
    this.write(end, 0, value);
    return end;
  }

  #all(of: Table, matches: (place: Place) => boolean): Place[] {
    const found: Place[] = [];
    const end = this.#end(of);
    for (let place = of.start; place < end; place += of.words) if (this.words[place] !== 0 && matches(place)) found.push(place);
    return found;
  }
}

let arena: Arena | undefined;

/** The arena of this process, made when first needed. @param buffer - Of the thread that made it. */
export function theArena(buffer?: SharedArrayBuffer): Arena {
  if (arena === undefined || (buffer !== undefined && arena.buffer !== buffer && !isMainThread)) arena = new Arena(buffer);
  return arena;
}

/** The arena, where there is one already. */
export function arenaIfAny(): Arena | undefined {
  return arena;
}

/** The number by which the system knows this thread, where it tells; else 0. */
function osThread(): number {
  if (process.platform !== 'linux') return 0;
  return Number(readlinkSync('/proc/thread-self').split('/').at(-1) ?? 0);
}
