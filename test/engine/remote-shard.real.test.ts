// Hosts in the hands of workers, as the coordinator gives and takes them: a real Redis, and workers that do what the test wants.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { AnswerLog } from '#src/engine/answer-log';
import { Bodies, readBody } from '#src/engine/bodies';
import { Desks } from '#src/engine/desks';
import { Holds } from '#src/engine/holds';
import { circumstances, type Order, type Orders } from '#src/engine/messages';
import { beginTerm, PROTOCOL, places, say } from '#src/engine/places';
import { Line } from '#src/engine/redis';
import { RemoteShard } from '#src/engine/remote-shard';
import { Presence } from '#src/engine/roster';
import { Sealer } from '#src/engine/seal';
import { bytesIn, numberIn, StreamReader, textIn } from '#src/engine/streams';
import type { FleetEvent, Instruction, Outcome } from '#src/fleet/events';
import { DEFAULT_LIMITS } from '#src/fleet/limits';
import { needs } from '../support/real.ts';
import { RedisServer } from '../support/redis-server.ts';
import { until } from './crew.ts';

type Do = Extract<Order, { kind: 'do' }>;

const ok = (host: string): Outcome => ({ host, status: 'ok', startedAtMs: 0, endedAtMs: 1 });
const script = (text: string): Instruction => ({ kind: 'script', script: text });

/** A worker that only hears; what it says the test decides. */
class Hand {
  readonly id: string;
  readonly orders: Order[] = [];
  readonly #line: Line;
  readonly #sealer: Sealer;
  readonly #presence: Presence;
  readonly #reader: StreamReader;
  readonly #said = new Map<string, number>();

  constructor(line: Line, sealer: Sealer, name: string) {
    this.id = `${name}-1`;
    this.#line = line;
    this.#sealer = sealer;
    this.#presence = new Presence(line, sealer, { id: this.id, name, protocol: PROTOCOL, version: '1', isLeaving: false }, 60_000);
    this.#reader = new StreamReader(line, [[places.orders(this.id), '0']]);
  }

  async comes(): Promise<void> {
    await this.#presence.begin();
  }

  async goes(): Promise<void> {
    await this.#presence.end();
  }

  /** Waits until it has been given so many instructions. */
  async given(count: number): Promise<Do[]> {
    const all = (): Do[] => this.orders.filter((order) => order.kind === 'do');
    await until(async () => {
      for (const news of await this.#reader.next(false)) {
        const where = circumstances.orders(textIn(news, 'r'), numberIn(news, 't'), this.id, numberIn(news, 'n'));
        this.orders.push(...(this.#sealer.of(textIn(news, 'r')).open(bytesIn(news, 's'), where) as Orders).orders);
      }
      return all().length >= count;
    }, `${count} orders for ${this.id}`);
    return all();
  }

  /** @returns Whether it was heard. */
  async says(run: string, { order, host, fence }: Do, event: FleetEvent): Promise<boolean> {
    const number = (this.#said.get(`${host} ${fence}`) ?? 0) + 1;
    this.#said.set(`${host} ${fence}`, number);
    const sealed = this.#sealer.of(run).seal({ order, event }, circumstances.answer(run, 1, this.id, host, fence, number));
    return await say(this.#line, { run, term: 1, worker: this.id, host, fence, number, sealed });
  }

  async begins(run: string, order: Do): Promise<boolean> {
    return await this.says(run, order, { kind: 'started', host: order.target.name, atMs: 0 });
  }

  async ends(run: string, order: Do): Promise<boolean> {
    return await this.says(run, order, { kind: 'finished', host: order.target.name, outcome: ok(order.target.name) });
  }
}

describe('the hosts of a run', needs('redis-server'), () => {
  const sealer = new Sealer(randomBytes(32));
  let redis: RedisServer;
  let line: Line;
  let runs = 0;

  before(async () => {
    redis = await RedisServer.start();
    line = await Line.open(redis.address);
  });
  after(async () => {
    await line[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  /** All that a coordinator has, for one run, with workers of these names. */
  async function begin(names: readonly string[], hosts: readonly string[], forks = 50) {
    runs += 1;
    const run = `run-${runs}`;
    await line.redis.hset(places.run(run), 'record', 'sealed');
    await beginTerm(line, run);
    const hands = names.map((name) => new Hand(line, sealer, `${run}-${name}`));
    for (const hand of hands) await hand.comes();
    const notes: string[] = [];
    const note = (text: string): void => void notes.push(text);
    const limits = { ...DEFAULT_LIMITS, forks };
    const desks = new Desks({ line, sealer, run, term: 1, version: '1', limits, leaseMs: 1_000, patienceMs: 300 });
    const holds = await Holds.of({ line, run, term: 1, desks });
    const answers = new AnswerLog({ line, sealer, run, term: 1, holds, note, onCancel: () => {} });
    const bodies = new Bodies(line, sealer.of(run), run, 1);
    const shard = new RemoteShard({ desks, holds, bodies, answers, limits, note });
    shard.add(hosts.map((name) => ({ name, spec: { kind: 'ssh', name } })));
    await desks.look();
    const done = new AbortController();
    const reading = answers.read(done.signal);
    const events: FleetEvent[] = [];
    const stop = new AbortController();
    const perform = async (instruction: Instruction, on: readonly string[] = hosts): Promise<void> =>
      await shard.perform({
        assignments: on.map((host) => ({ host, instruction })),
        push: (event, taken) => {
          events.push(event);
          taken();
        },
        questions: {},
        signal: stop.signal,
        halt: new AbortController().signal,
      });
    const end = async (): Promise<void> => {
      done.abort();
      await reading;
      for (const hand of hands) await hand.goes();
    };
    return { run, hands, notes, desks, shard, events, stop, perform, [Symbol.asyncDispose]: end };
  }
  const told = (events: readonly FleetEvent[]): string[] =>
    events.map(
      (event) =>
        `${event.host} ${event.kind === 'finished' ? `${event.outcome.status} ${event.outcome.error?.code ?? ''}`.trim() : event.kind}`,
    );

  it('are divided evenly, and stay with their worker', async () => {
    await using crew = await begin(['a', 'b'], ['h1', 'h2', 'h3', 'h4']);
    const [a, b] = crew.hands as [Hand, Hand];

    const first = crew.perform(script('one'));
    const given = [await a.given(2), await b.given(2)];
    for (const [hand, orders] of [
      [a, given[0]],
      [b, given[1]],
    ] as const)
      for (const order of orders ?? []) await hand.ends(crew.run, order);
    await first;
    const second = crew.perform(script('two'));
    const again = [await a.given(4), await b.given(4)];
    for (const order of again[0]?.slice(2) ?? []) await a.ends(crew.run, order);
    for (const order of again[1]?.slice(2) ?? []) await b.ends(crew.run, order);
    await second;

    const hostsOf = (orders: readonly Do[] | undefined): string[] => (orders ?? []).map(({ host }) => host).toSorted();
    assert.deepEqual(hostsOf(again[0]?.slice(2)), hostsOf(given[0]));
    assert.deepEqual(hostsOf(again[1]?.slice(2)), hostsOf(given[1]));
  });

  it('go to another worker when theirs is lost: what was begun is done again, counted and named; what was said late is not heard', async () => {
    await using crew = await begin(['a', 'b'], ['h1', 'h2']);
    const [a, b] = crew.hands as [Hand, Hand];

    const performing = crew.perform(script('one'));
    const [lost] = await a.given(1);
    const [own] = await b.given(1);
    assert.ok(lost !== undefined && own !== undefined);
    assert.equal(await a.begins(crew.run, lost), true);
    await b.ends(crew.run, own);
    await until(() => told(crew.events).includes(`${lost.host} started`), 'beginning');
    await a.goes();
    await crew.desks.look();
    const again = (await b.given(2))[1] as Do;
    assert.ok(again.fence > lost.fence);
    assert.equal(await a.ends(crew.run, lost), false);
    await b.begins(crew.run, again);
    await b.ends(crew.run, again);
    await performing;

    assert.deepEqual(told(crew.events).toSorted(), [`${lost.host} ok`, `${lost.host} started`, `${own.host} ok`].toSorted());
    const outcome = crew.events.flatMap((event) => (event.kind === 'finished' && event.host === lost.host ? [event.outcome] : []))[0];
    assert.equal(outcome?.attempts, 2);
    assert.deepEqual(crew.notes, [`${lost.host}: done again, since the worker ${crew.run}-a was lost while it did`]);
  });

  it('go to another worker without a word where nothing was begun', async () => {
    await using crew = await begin(['a'], ['h1']);
    const [a] = crew.hands as [Hand];
    const b = new Hand(line, sealer, `${crew.run}-b`);

    const performing = crew.perform(script('one'));
    await a.given(1);
    await b.comes();
    await a.goes();
    await crew.desks.look();
    const [order] = await b.given(1);
    await b.ends(crew.run, order as Do);
    await performing;
    await b.goes();

    assert.deepEqual(crew.notes, []);
    assert.deepEqual(told(crew.events), ['h1 ok']);
    assert.equal(crew.events.at(-1)?.kind === 'finished' && 'attempts' in (crew.events.at(-1) as { outcome: Outcome }).outcome, false);
  });

  it('are given up after three workers were lost over them', async () => {
    await using crew = await begin(['a', 'b', 'c'], ['h1']);

    const performing = crew.perform(script('exit the worker'));
    for (let lost = 0; lost < 3; lost++) {
      let holder: Hand | undefined;
      await until(async () => {
        for (const hand of crew.hands)
          if (hand.orders.length === 0 && (await line.redis.exists(places.orders(hand.id))) === 1) holder = hand;
        return holder !== undefined;
      }, 'worker with the host');
      const [order] = await (holder as Hand).given(1);
      await (holder as Hand).begins(crew.run, order as Do);
      await until(async () => (await line.redis.xlen(places.answers(crew.run, 1))) > lost, 'beginning');
      await new Promise((resolve) => setTimeout(resolve, 100));
      await (holder as Hand).goes();
      await crew.desks.look();
    }
    await performing;

    assert.deepEqual(told(crew.events), ['h1 started', 'h1 failed WORKER_LOST']);
  });

  it('cannot be reached where no worker comes, and are cancelled where nobody waits', async () => {
    await using crew = await begin([], ['h1', 'h2']);

    await crew.perform(script('one'), ['h1']);
    const performing = crew.perform(script('one'), ['h2']);
    crew.stop.abort();
    await performing;

    assert.deepEqual(told(crew.events), ['h1 unreachable ENGINE_NO_WORKERS', 'h2 cancelled CANCELLED']);
  });

  it('share what is large and the same for all of them: Redis has it once', async () => {
    await using crew = await begin(['a'], ['h1', 'h2', 'h3']);
    const [a] = crew.hands as [Hand];
    const large = script(`: ${'x'.repeat(100_000)}`);

    const performing = crew.perform(large);
    const orders = await a.given(3);
    const bodies = orders.map(({ what }) => (what.kind === 'kept' ? what.body : undefined));
    const read = await readBody(line, sealer.of(crew.run), crew.run, 1, 1);
    for (const order of orders) await a.ends(crew.run, order);
    await performing;

    assert.deepEqual(bodies, [1, 1, 1]);
    assert.deepEqual(read, large);
  });

  it('are left as they stand by a coordinator that leaves: what is under way comes to its end, and nothing more begins', async () => {
    await using crew = await begin(['a'], ['h1', 'h2'], 1);
    const [a] = crew.hands as [Hand];

    const performing = crew.perform(script('one'));
    const [order] = await a.given(1);
    const paused = crew.shard.pause();
    await a.ends(crew.run, order as Do);
    await paused;
    crew.stop.abort();
    await performing;
    await crew.shard.close();
    await a.given(1);

    assert.deepEqual(told(crew.events), ['h1 ok', 'h2 cancelled CANCELLED']);
    assert.deepEqual(
      a.orders.map(({ kind }) => kind),
      ['do', 'close'],
    );
  });

  it('are told to stop when the run is aborted', async () => {
    await using crew = await begin(['a'], ['h1']);
    const [a] = crew.hands as [Hand];

    const performing = crew.perform(script('sleep 60'));
    const [order] = await a.given(1);
    crew.stop.abort();
    await until(async () => {
      await a.given(1);
      return a.orders.some(({ kind }) => kind === 'stop');
    }, 'order to stop');
    await a.says(crew.run, order as Do, { kind: 'finished', host: 'h1', outcome: { ...ok('h1'), status: 'cancelled' } });
    await performing;

    assert.deepEqual(told(crew.events), ['h1 cancelled']);
  });
});
