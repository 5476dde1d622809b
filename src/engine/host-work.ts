// The hosts that a worker has: it does what coordinators order, and says what came of it. It does not know what a play is.
import { CancelledError } from '../connection/errors.ts';
import { EngineError } from './errors.ts';
import { circumstances, type Order, type Orders } from './messages.ts';
import { places } from './places.ts';
import { bytesIn, type News, numberIn, StreamReader, textIn } from './streams.ts';
import { TermWork, type TermWorkOptions } from './term-work.ts';

export interface HostWorkOptions extends TermWorkOptions {
  /** Told what a person may want to know. */
  readonly tell: (text: string) => void;
}

/** All that one worker does on hosts, for all runs. */
export class HostWork {
  readonly #options: HostWorkOptions;
  readonly #terms = new Map<string, TermWork>();
  readonly #under = new Set<Promise<void>>();

  constructor(options: HostWorkOptions) {
    this.#options = options;
  }

  /** How many orders are under way. */
  get underWay(): number {
    return this.#under.size;
  }

  /** Whether any coordinator counts on it. */
  get isInUse(): boolean {
    return this.#terms.size > 0;
  }

  /** Takes orders until the signal. @throws EngineError `ENGINE_LOST`. */
  async serve(signal: AbortSignal): Promise<void> {
    const { line, worker } = this.#options;
    const stream = places.orders(worker);
    await using own = line.another();
    // A line that waits is cut: nobody else uses it.
    signal.addEventListener('abort', () => own.close(), { once: true });
    const reader = new StreamReader(own, [[stream, '0']]);
    while (!signal.aborted) {
      let news: News[];
      try {
        news = await reader.next();
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      for (const one of news) this.#hear(one);
      if (news.length > 0) await line.ask(async (redis) => await redis.xdel(stream, ...news.map(({ id }) => id)));
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#under.size > 0) await Promise.allSettled([...this.#under]);
  }

  /** Ends everything that is under way, on the hosts too, and closes all connections. */
  async end(reason: Error): Promise<void> {
    await Promise.all([...this.#terms.values()].map(async (term) => await term.end(reason)));
    this.#terms.clear();
    await this.idle();
  }

  #hear(news: News): void {
    const { sealer, worker, tell } = this.#options;
    const [run, term, number] = [textIn(news, 'r'), numberIn(news, 't'), numberIn(news, 'n')];
    let orders: Orders;
    try {
      orders = sealer.of(run).open(bytesIn(news, 's'), circumstances.orders(run, term, worker, number)) as Orders;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      tell(`refused an order for ${run}: ${error.message}   [${error.code}]`);
      return;
    }
    const work = this.#termOf(run, term);
    if (work === undefined || !work.isNext(number)) return;
    work.limit(orders.limits);
    for (const order of orders.orders) this.#carryOut(work, order);
  }

  #carryOut(work: TermWork, order: Order): void {
    switch (order.kind) {
      case 'do': {
        const done = work.perform(order).finally(() => this.#under.delete(done));
        this.#under.add(done);
        // What can be wrong there ends the worker by its heartbeat; an order is never more than an outcome.
        done.catch((error: unknown) => this.#options.tell(`${work.run}: ${order.host}: ${(error as Error).message}`));
        break;
      }
      case 'stop':
        work.stop(order);
        break;
      case 'begin':
        // That it was heard is all that it is for.
        break;
      case 'close':
        this.#terms.delete(work.run);
        this.#options.tell(`done with the hosts of ${work.run}: ${work.performed} orders`);
        void work.end(new CancelledError('The run is over'));
    }
  }

  /** What is done for the coordinator that counts; undefined for one that no longer does. */
  #termOf(run: string, number: number): TermWork | undefined {
    const known = this.#terms.get(run);
    if (known !== undefined && known.number >= number) return known.number === number ? known : undefined;
    // Another coordinator orders by now: nothing of what the one before wanted may go on beside it.
    const before = known?.end(new CancelledError('Another coordinator has taken over')) ?? Promise.resolve();
    const term = new TermWork(run, number, before, this.#options);
    this.#options.tell(`has hosts of ${run}`);
    this.#terms.set(run, term);
    return term;
  }
}
