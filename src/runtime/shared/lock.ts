// Mutual exclusion between the threads of a process. It does not know what it protects.
import { type Agent, currentAgent } from '../agent.ts';
import type { Detect } from '../detect/wait-graph.ts';
import { DeadlockError, StateError, type Waiting } from '../errors.ts';
import { held, LockGuard, type LockOptions } from '../local/lock.ts';
import type { Guard, LockLike, Wait } from '../seam.ts';
import { TIMED_OUT } from '../waiters.ts';
import type { Handle } from '../wire/handle.ts';
import { type Arena, kindOf, type Place } from './arena.ts';
import { attemptNow, type Goal, pursue, pursueSync } from './line.ts';
import { onSharedHandle, Shared } from './shared.ts';

// The lock's word: who has it, whether others wait, and whether its owner died.
const WORD = 2;
const FIBER = 3;
const OWNER_BITS = 0xffff;
const WAITED_FOR = 0x10000;
const ABANDONED = 0x20000;

const LOCK = kindOf('lock', (arena, object, tid) => {
  const word = arena.read(object, WORD);
  if ((word & OWNER_BITS) === tid) arena.write(object, WORD, (word & WAITED_FOR) | ABANDONED);
});

const names = new Map<number, string>();

/**
 * As the Lock of one isolate, between worker threads: fair, and handed on when its owner dies, at the latest 50 ms later.
 *
 * `acquireSync` blocks the thread, event loop and all: it is for workers that compute. Uncontended it costs no more than the one
 * atomic operation it is.
 */
export class Lock extends Shared implements LockLike {
  readonly name: string;
  readonly #detect: Detect;
  readonly #goal: Goal<{ readonly abandoned: boolean }>;
  #guard: LockGuard | undefined;
  #abandoned = false;
  // What the quick ways need, at hand.
  readonly #words: Int32Array;
  readonly #word: number;
  readonly #tid: number;

  constructor(options: LockOptions = {}, handle?: Handle) {
    super(LOCK, handle);
    this.#words = this.arena.words;
    this.#word = this.place + WORD;
    this.#tid = this.arena.tid;
    this.name = options.name ?? `Lock-${this.arena.serial(this.place)}`;
    this.#detect = options.detect ?? 'throw';
    names.set(this.arena.serial(this.place), this.name);
    this.#goal = {
      object: this.place,
      line: 0,
      attempt: (rank, waiter) => this.#attempt(rank, waiter),
      check: this.#detect === 'throw' ? () => this.#checkDeadlock() : undefined,
      onGiveUp: () => this.#stillWaitedFor(),
    };
  }

  /** Whether the owner before this one died holding it; for {@link acquireSync}, which gives no guard. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  acquire(options?: Wait & { readonly timeoutMs?: undefined }): Promise<Guard>;
  acquire(options?: Wait): Promise<Guard | null>;
  async acquire(options: Wait = {}): Promise<Guard | null> {
    options.signal?.throwIfAborted();
    const free = this.tryAcquire();
    if (free !== null) return free;
    const agent = currentAgent();
    const got = await pursue(this.arena, this.#goal, options);
    return got === TIMED_OUT ? null : this.#hold(agent, got.abandoned);
  }

  tryAcquire(): Guard | null {
    const agent = currentAgent();
    if (this.#fast(agent)) return this.#hold(agent, false);
    const got = attemptNow(this.arena, this.#goal);
    return got === undefined ? null : this.#hold(agent, got.abandoned);
  }

  /** As acquire, blocking the thread. @returns False when the time is over. @throws DeadlockError, ValueError. */
  acquireSync(timeoutMs?: number): boolean {
    if (this.#fast(currentAgent())) {
      this.#abandoned = false;
      return true;
    }
    const got = pursueSync(this.arena, this.#goal, timeoutMs);
    if (got === TIMED_OUT) return false;
    this.#abandoned = got.abandoned;
    return true;
  }

  release(): void {
    const guard = this.#guard;
    if (guard !== undefined) guard.release();
    else if (!this.#putDown()) this.#pass(false);
  }

  locked(): boolean {
    return (Atomics.load(this.arena.words, this.place + WORD) & OWNER_BITS) !== 0;
  }

  async withLock<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    using _guard = held(await this.acquire(options), this.name);
    return await work();
  }

  /** Runs `work` holding it, blocking the thread until it may. */
  withLockSync<T>(work: () => T): T {
    this.acquireSync();
    try {
      return work();
    } finally {
      this.release();
    }
  }

  /** Whether the running thread has it. */
  owned(): boolean {
    const { words, tid } = this.arena;
    return ((words[this.place + WORD] as number) & OWNER_BITS) === tid && words[this.place + FIBER] === currentAgent().ident;
  }

  /** Puts it down for whoever comes next. @throws StateError when nobody has it. */
  letGo(abandoned: boolean): void {
    this.#guard = undefined;
    if (abandoned || !this.#putDown()) this.#pass(abandoned);
  }

  override describe(): Readonly<Record<string, unknown>> {
    return { name: this.name, detect: this.#detect };
  }

  #hold(agent: Agent, abandoned: boolean): LockGuard {
    this.#abandoned = abandoned;
    const guard = new LockGuard(agent, abandoned, (dead) => this.letGo(dead));
    this.#guard = guard;
    return guard;
  }

  /** One operation where nobody has it and nobody waits. */
  #fast(agent: Agent): boolean {
    const words = this.#words;
    if (Atomics.compareExchange(words, this.#word, 0, this.#tid) !== 0) return false;
    words[this.#word + 1] = agent.ident;
    return true;
  }

  /** One operation where this thread has it and nobody waits. */
  #putDown(): boolean {
    const words = this.#words;
    if (words[this.#word] !== this.#tid) return false;
    // Nobody's, as long as the next owner has not said which of its threads it is: so nobody is taken for somebody else.
    words[this.#word + 1] = 0;
    return Atomics.compareExchange(words, this.#word, this.#tid, 0) === this.#tid;
  }

  #pass(abandoned: boolean): void {
    this.arena.section(() => {
      const word = this.arena.read(this.place, WORD);
      if ((word & OWNER_BITS) === 0)
        throw new StateError('release unlocked lock', { where: this.name, fix: 'Release once for each acquire' });
      const waiting = this.arena.rank(this.place, 0) > 0;
      // Not to be undone: as soon as it is 0 another thread may have it.
      Atomics.store(this.#words, this.#word, (waiting ? WAITED_FOR : 0) | (abandoned ? ABANDONED : 0));
      this.arena.wake(this.place, 0, 1);
    });
  }

  #attempt(rank: number, waiter: Place | undefined): { readonly abandoned: boolean } | undefined {
    const { arena, place } = this;
    // Said before looking: an owner that lets go now without a look at the line has let go before we look.
    if (waiter !== undefined) Atomics.or(arena.words, place + WORD, WAITED_FOR);
    const word = Atomics.load(arena.words, place + WORD);
    if ((word & OWNER_BITS) !== 0 || rank > 0) return undefined;
    const others = arena.rank(place, 0) - (waiter === undefined ? 0 : 1);
    const next = arena.tid | (others > 0 ? WAITED_FOR : 0);
    // Not written to be undone: the lock of a thread that dies here is an abandoned one, as any other.
    if (Atomics.compareExchange(arena.words, place + WORD, word, next) !== word) return undefined;
    arena.write(place, FIBER, currentAgent().ident);
    return { abandoned: (word & ABANDONED) !== 0 };
  }

  // A free lock that is said to be waited for cannot be had in one operation any more.
  #stillWaitedFor(): void {
    const { arena, place } = this;
    if (arena.rank(place, 0) === 0) Atomics.compareExchange(arena.words, place + WORD, WAITED_FOR, 0);
    else arena.wake(place, 0, 1);
  }

  // From owner to owner: inside the section nobody can begin or end a wait.
  #checkDeadlock(): void {
    const { arena } = this;
    const me = currentAgent();
    const cycle: Waiting[] = [];
    let lock: Place | undefined = this.place;
    let thread = me.name;
    for (let steps = 0; lock !== undefined && steps < 1_000; steps++) {
      const owner: number = arena.read(lock, WORD) & OWNER_BITS;
      const fiber: number = arena.read(lock, FIBER);
      if (owner === 0) return;
      const mine: boolean = owner === arena.tid && fiber === me.ident;
      const holder: string = mine ? me.name : `thread ${owner}/${fiber}`;
      cycle.push({ thread, waits: `lock ${nameOf(arena, lock)}`, heldBy: [holder] });
      if (mine) throw new DeadlockError(cycle);
      const waiter: Place | undefined = arena.waitingOf(owner, fiber);
      lock = waiter === undefined ? undefined : arena.read(waiter);
      if (lock !== undefined && arena.read(lock) !== LOCK) return;
      thread = holder;
    }
  }
}

function nameOf(arena: Arena, lock: Place): string {
  const serial = arena.serial(lock);
  return names.get(serial) ?? `Lock-${serial}`;
}

onSharedHandle('shared.Lock', (handle) => new Lock(handle.about as LockOptions, handle), Lock);
