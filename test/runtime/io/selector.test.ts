// One wait for many sockets, as CPython's test_selectors ask.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { select } from '#src/runtime/io/select';
import type { Selectable } from '#src/runtime/io/selectable';
import { EVENT_READ, EVENT_WRITE, Selector, selectorKind } from '#src/runtime/io/selector';
import { TcpServer } from '#src/runtime/io/server';
import { TcpSocket } from '#src/runtime/io/socket';
import { Pair } from './pair.ts';

const BOTH = EVENT_READ | EVENT_WRITE;
const OFTEN = { timeoutMs: 0 };

/** Something whose listeners can be counted, and how often it is asked. */
class Switch implements Selectable {
  writable = false;
  readonly closed = false;
  readonly listeners = new Set<() => void>();
  readonly #onAsked: () => void;
  #readable = false;

  constructor(onAsked: () => void = () => undefined) {
    this.#onAsked = onAsked;
  }

  get readable(): boolean {
    this.#onAsked();
    return this.#readable;
  }

  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  turnOn(): void {
    this.#readable = true;
    for (const listener of this.listeners) listener();
  }
}

describe('Selector', () => {
  it('reports who is ready, with the key it was registered under', async () => {
    await using pair = await Pair.open();
    using selector = new Selector<string>();
    selector.register(pair.server, EVENT_READ, 'server');
    const key = selector.register(pair.near, EVENT_READ, 'near');

    await pair.far.sendAll('hello');
    const ready = await selector.select();

    assert.deepEqual(ready, [{ key, mask: EVENT_READ }]);
    assert.deepEqual(key, { fileobj: pair.near, events: EVENT_READ, data: 'near' });
  });

  it('reports it again until it is read: level-triggered', async () => {
    await using pair = await Pair.open();
    using selector = new Selector<null>();
    selector.register(pair.near, EVENT_READ, null);
    await pair.far.sendAll('hello');

    const counts = [(await selector.select()).length, (await selector.select()).length];
    pair.near.recvNowait(2);
    counts.push((await selector.select()).length);
    pair.near.recvNowait(1024);
    counts.push((await selector.select(OFTEN)).length);

    assert.deepEqual(counts, [1, 1, 1, 0]);
  });

  it('reports a connection to accept, the end, and a reset, as something to read', async () => {
    await using pair = await Pair.open();
    await using second = await Pair.open();
    using selector = new Selector<string>();
    for (const [fileobj, name] of [
      [pair.server, 'server'],
      [pair.near, 'ended'],
      [second.near, 'reset'],
    ] as const)
      selector.register(fileobj, EVENT_READ, name);
    const seen = new Set<string>();

    const client = await TcpSocket.connect(pair.server.address);
    pair.far.shutdown();
    second.far.reset();
    while (seen.size < 3) for (const { key } of await selector.select()) seen.add(key.data);

    assert.equal(pair.near.recvNowait(1).length, 0);
    assert.throws(() => second.near.recvNowait(1), { code: 'ECONNRESET' });
    const conn = pair.server.acceptNowait();
    await Promise.all([client.close(), conn.close()]);
  });

  it('reports room to send while there is some, and again when the other end has made room', async () => {
    await using pair = await Pair.open();
    using selector = new Selector<null>();
    selector.register(pair.far, BOTH, null);

    const first = await selector.select();
    while (pair.far.writable) pair.far.sendNowait(Buffer.alloc(65_536));
    const full = await selector.select(OFTEN);
    const draining = (async () => {
      while (!pair.far.writable) await pair.near.recv(65_536);
    })();
    const drained = await selector.select();
    await draining;

    assert.deepEqual([first[0]?.mask, full, drained[0]?.mask], [EVENT_WRITE, [], EVENT_WRITE]);
  });

  it('answers nothing when the time is over; none at all looks once', async () => {
    await using pair = await Pair.open();
    using selector = new Selector<null>();
    selector.register(pair.near, EVENT_READ, null);

    const answers = [await selector.select({ timeoutMs: 5 }), await selector.select(OFTEN), await selector.select({ timeoutMs: -1 })];

    assert.deepEqual(answers, [[], [], []]);
  });

  it('rejects with the reason of an abort', async () => {
    using selector = new Selector<null>();
    const abort = new AbortController();
    const waiting = selector.select({ signal: abort.signal });
    await turn();
    abort.abort(new Error('enough'));

    await assert.rejects(waiting, /enough/);
    await assert.rejects(selector.select({ signal: abort.signal }), /enough/);
  });

  it('counts what is registered or modified while it waits', async () => {
    using selector = new Selector<string>();
    const [late, changed] = [new Switch(), new Switch()];
    late.turnOn();
    changed.writable = true;
    selector.register(changed, EVENT_READ, 'before');
    const waiting = selector.select();
    await turn();
    await turn();

    selector.register(late, EVENT_READ, 'late');
    selector.modify(changed, BOTH, 'after');
    const ready = await waiting;

    assert.deepEqual(
      ready.map(({ key, mask }) => [key.data, mask]),
      [
        ['late', EVENT_READ],
        ['after', EVENT_WRITE],
      ],
    );
  });

  it('lets the event loop turn even when something is always ready', async () => {
    await using pair = await Pair.open();
    using selector = new Selector<null>();
    selector.register(pair.near, BOTH, null);
    await pair.far.sendAll('hello');

    let mask = 0;
    for (let i = 0; i < 1_000 && mask !== BOTH; i++) mask = (await selector.select())[0]?.mask ?? 0;

    assert.equal(mask, BOTH);
  });

  it('knows what is registered, and nothing any more once it is unregistered or modified', () => {
    using selector = new Selector<number>();
    const [one, two] = [new Switch(), new Switch()];
    const key = selector.register(one, EVENT_READ, 1);
    selector.register(two, EVENT_READ, 2);

    const removed = selector.unregister(one);
    const modified = selector.modify(two, EVENT_WRITE, 3);

    assert.equal(removed, key);
    assert.deepEqual([...(selector.getMap() ?? [])], [[two, modified]]);
    assert.deepEqual(selector.getKey(two), { fileobj: two, events: EVENT_WRITE, data: 3 });
  });

  it('leaves no listener behind on what is unregistered, nor when it is closed', () => {
    const selector = new Selector<null>();
    const [one, two] = [new Switch(), new Switch()];
    selector.register(one, EVENT_READ, null);
    selector.register(two, EVENT_READ, null);
    selector.unregister(one);
    const between = [one.listeners.size, two.listeners.size];

    selector.close();

    assert.deepEqual([between, one.listeners.size, two.listeners.size], [[0, 1], 0, 0]);
  });

  it('refuses as CPython does: twice, unknown, events that are none, a closed socket', async () => {
    await using pair = await Pair.open();
    using selector = new Selector<null>();
    selector.register(pair.near, EVENT_READ, null);
    await pair.far.close();

    assert.throws(() => selector.register(pair.near, EVENT_WRITE, null), { code: 'RUNTIME_STATE', message: /already registered/ });
    for (const use of [
      () => selector.unregister(pair.server),
      () => selector.modify(pair.server, EVENT_READ, null),
      () => selector.getKey(pair.server),
    ])
      assert.throws(use, { code: 'RUNTIME_STATE', message: /TcpServer .* is not registered/ });
    for (const events of [0, 4, -1, Number.NaN]) {
      assert.throws(() => selector.register(pair.server, events, null), { code: 'RUNTIME_VALUE' });
      assert.throws(() => selector.modify(pair.near, events, null), { code: 'RUNTIME_VALUE' });
    }
    assert.throws(() => selector.register(pair.far, EVENT_READ, null), { code: 'RUNTIME_VALUE' });
  });

  it('never reports a socket that was closed since, which can still be unregistered', async () => {
    await using pair = await Pair.open();
    using selector = new Selector<null>();
    selector.register(pair.near, BOTH, null);

    await pair.near.close();
    const ready = await selector.select(OFTEN);
    const key = selector.unregister(pair.near);

    assert.deepEqual([ready, key.fileobj], [[], pair.near]);
  });

  it('tells who waits, and who comes later, that it was closed', async () => {
    const selector = new Selector<null>();
    const one = new Switch();
    const waiting = selector.select();
    await turn();

    selector.close();
    selector.close();

    await assert.rejects(waiting, { code: 'RUNTIME_STATE', message: /closed/ });
    await assert.rejects(selector.select(), { code: 'RUNTIME_STATE' });
    for (const use of [() => selector.register(one, EVENT_READ, null), () => selector.unregister(one), () => selector.getKey(one)])
      assert.throws(use, { code: 'RUNTIME_STATE', message: /closed/ });
    assert.equal(selector.getMap(), null);
    assert.equal(one.listeners.size, 0);
  });

  it('asks only those that something happened to', async () => {
    using selector = new Selector<number>();
    let asked = 0;
    const many = Array.from({ length: 100 }, () => new Switch(() => asked++));
    for (const [index, one] of many.entries()) selector.register(one, EVENT_READ, index);
    await selector.select(OFTEN);
    asked = 0;

    many[42]?.turnOn();
    const ready = await selector.select();

    assert.deepEqual([ready.map(({ key }) => key.data), asked], [[42], 1]);
  });

  it('watches more connections than select(2) could: 1100 at once, or as many as this machine lets a program have', async () => {
    const count = Math.min(1_100, Math.floor((mostDescriptors() - 100) / 2));
    const chosen = count - 50;
    using server = await TcpServer.listen({ backlog: count });
    using selector = new Selector<number>();
    const clients: TcpSocket[] = [];
    const conns: TcpSocket[] = [];
    for (let i = 0; i < count; i++) {
      const [client, conn] = await Promise.all([TcpSocket.connect(server.address), server.accept()]);
      clients.push(client);
      conns.push(conn);
      selector.register(conn, EVENT_READ, i);
    }

    const quiet = await selector.select(OFTEN);
    await clients[chosen]?.sendAll('hello');
    const one = await selector.select();
    for (const client of clients) await client.sendAll('x');
    const heard = new Set<number>();
    while (heard.size < count) for (const { key } of await selector.select()) heard.add(key.data);

    assert.deepEqual([quiet, one.map(({ key }) => key.data)], [[], [chosen]]);
    for (const socket of [...clients, ...conns]) socket.reset();
    await Promise.all([...clients, ...conns].map(async (socket) => await socket.close()));
  });

  it('is named after what libuv waits with', () => {
    const kinds = (['linux', 'android', 'darwin', 'freebsd', 'openbsd', 'win32', 'sunos'] as const).map(selectorKind);

    assert.deepEqual(kinds, [
      'EpollSelector',
      'EpollSelector',
      'KqueueSelector',
      'KqueueSelector',
      'KqueueSelector',
      'IocpSelector',
      'PollSelector',
    ]);
    assert.equal(new Selector().kind, selectorKind(process.platform));
  });
});

describe('select', () => {
  it('says which can be received from and which can be sent to, and changes no list', async () => {
    await using pair = await Pair.open();
    await pair.far.sendAll('hello');
    const [readers, writers] = [
      [pair.server, pair.near],
      [pair.near, pair.far],
    ];

    while (!pair.near.readable) await select([pair.near]);
    const [readable, writable] = await select(readers, writers);

    assert.deepEqual([readable, writable], [[pair.near], [pair.near, pair.far]]);
    assert.deepEqual([readers.length, writers.length], [2, 2]);
    assert.deepEqual(await select([pair.server], [], OFTEN), [[], []]);
  });
});

/** What `ulimit -n` allows: Node goes up to the hard limit. */
function mostDescriptors(): number {
  if (process.platform === 'win32') return Number.POSITIVE_INFINITY;
  const limit = execFileSync('/bin/sh', ['-c', 'ulimit -H -n'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}
