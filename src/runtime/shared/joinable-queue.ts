// A queue between threads whose items stay on loan to who took them until taskDone(). It does not know what travels through it.
import type { Handle } from '../wire/handle.ts';
import { HANDLE } from '../wire/handle.ts';
import { type Arena, kindOf, type Place } from './arena.ts';
import { Queue } from './queue.ts';
import { onSharedHandle } from './shared.ts';
import { growMemory, makeMemory } from './store.ts';

// Fields of its record, behind those of a queue: where in their memory the loans are.
const FROM = 7;
const TO = 8;

const LOANS = kindOf('loans', (_, object, tid) => open.get(object)?.deref()?.recover(tid));

/** Those of this isolate, for the one who finds out that a thread has died. */
const open = new Map<Place, WeakRef<JoinableQueue<unknown>>>();

/** As Queue; items that a worker had taken and not called taskDone() for go to another when it dies, behind those that wait. */
export class JoinableQueue<T> extends Queue<T> {
  readonly #memory: SharedArrayBuffer;
  readonly #arena: Arena;

  constructor(maxsize = 0, handle?: Handle) {
    super(maxsize, handle, LOANS);
    this.#memory = (handle?.loans as SharedArrayBuffer | undefined) ?? makeMemory();
    this.#arena = this.arena;
    open.set(this.place, new WeakRef<JoinableQueue<unknown>>(this as JoinableQueue<unknown>));
  }

  override [HANDLE](): Handle {
    return { ...super[HANDLE](), loans: this.#memory };
  }

  override close(): void {
    open.delete(this.place);
    super.close();
  }

  /** Puts the loans of a dead thread back. Inside a section. */
  recover(tid: number): void {
    const [theirs, others] = this.#split(tid);
    if (theirs.length === 0) return;
    this.#write(others);
    this.putBack(theirs.map((loan) => `${loan.slice(loan.indexOf(' ') + 1)}\n`).join(''), theirs.length);
  }

  protected override onTake(lines: string): void {
    const taken = lines.slice(0, -1).split('\n');
    this.#write([...this.#loans(), ...taken.map((line) => `${this.#arena.tid} ${line}`)]);
  }

  protected override onDone(): void {
    const loans = this.#loans();
    const own = loans.findIndex((loan) => loan.startsWith(`${this.#arena.tid} `));
    if (own !== -1) this.#write(loans.toSpliced(own, 1));
  }

  #split(tid: number): [string[], string[]] {
    const loans = this.#loans();
    const theirs = (loan: string): boolean => loan.startsWith(`${tid} `);
    return [loans.filter(theirs), loans.filter((loan) => !theirs(loan))];
  }

  #loans(): string[] {
    const [from, to] = [this.#arena.read(this.place, FROM), this.#arena.read(this.place, TO)];
    return from === to
      ? []
      : Buffer.from(this.#memory)
          .toString('utf8', from, to - 1)
          .split('\n');
  }

  // Beside the old ones: until both fields are written those are as they were.
  #write(loans: readonly string[]): void {
    const text = loans.map((loan) => `${loan}\n`).join('');
    const length = Buffer.byteLength(text);
    const from = length <= this.#arena.read(this.place, FROM) ? 0 : this.#arena.read(this.place, TO);
    growMemory(this.#memory, from + length);
    Buffer.from(this.#memory).write(text, from);
    this.#arena.write(this.place, FROM, from);
    this.#arena.write(this.place, TO, from + length);
  }
}

onSharedHandle('shared.JoinableQueue', (handle) => new JoinableQueue((handle.about as { maxsize: number }).maxsize, handle), JoinableQueue);
