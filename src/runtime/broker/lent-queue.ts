// A queue whose items stay on loan to the thread that took them until it calls taskDone(). It does not know where that thread runs.
import { type Agent, currentAgent, type Held } from '../agent.ts';
import { Queue } from '../local/queue.ts';
import type { Wait } from '../seam.ts';

/** As Queue; the items of a thread that dies go back to the front, in their order. */
export class LentQueue<T> extends Queue<T> {
  readonly #loans = new Map<Agent, Loans<T>>();

  override async get(options: Wait = {}): Promise<T> {
    const agent = currentAgent();
    return this.#lend(agent, await super.get(options));
  }

  override tryGet(): T | undefined {
    const before = this.qsize();
    const item = super.tryGet();
    return this.qsize() < before ? this.#lend(currentAgent(), item as T) : item;
  }

  /** The oldest loan of the caller is dealt with. */
  override taskDone(): void {
    super.taskDone();
    const agent = currentAgent();
    const loans = this.#loans.get(agent);
    loans?.items.shift();
    if (loans?.items.length === 0) this.#forget(agent, loans);
  }

  override restore(items: readonly T[]): void {
    for (const [agent, loans] of this.#loans) {
      loans.items = loans.items.filter((item) => !items.includes(item));
      if (loans.items.length === 0) this.#forget(agent, loans);
    }
    super.restore(items);
  }

  #lend(agent: Agent, item: T): T {
    if (agent.dead) {
      super.restore([item]);
      return item;
    }
    let loans = this.#loans.get(agent);
    if (loans === undefined) {
      loans = new Loans((items) => {
        this.#loans.delete(agent);
        super.restore(items);
      });
      this.#loans.set(agent, loans);
      agent.holds.add(loans);
    }
    loans.items.push(item);
    return item;
  }

  #forget(agent: Agent, loans: Loans<T>): void {
    this.#loans.delete(agent);
    agent.holds.delete(loans);
  }
}

/** What one thread has taken and not dealt with. */
class Loans<T> implements Held {
  items: T[] = [];
  readonly #giveBack: (items: readonly T[]) => void;

  constructor(giveBack: (items: readonly T[]) => void) {
    this.#giveBack = giveBack;
  }

  abandon(): void {
    this.#giveBack(this.items);
  }
}
