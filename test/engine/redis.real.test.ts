// Leases, logs and the roster in a real Redis: who may say what, and who is heard.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { LogReader, LogWriter } from '#src/engine/log';
import { circumstances } from '#src/engine/messages';
import { beginTerm, holdersOf, PROTOCOL, places, say, takeHosts } from '#src/engine/places';
import { Line } from '#src/engine/redis';
import { Presence, refuseEmpty, rosterOf, type WorkerEntry } from '#src/engine/roster';
import { Sealer } from '#src/engine/seal';
import { needs } from '../support/real.ts';
import { RedisServer } from '../support/redis-server.ts';
import { until } from './crew.ts';

describe('what controllers keep in Redis', needs('redis-server'), () => {
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

  const newRun = async (): Promise<string> => {
    runs += 1;
    const run = `run-${runs}`;
    await line.redis.hset(places.run(run), 'record', 'sealed');
    return run;
  };
  const said = (run: string, fence: number, worker: string) => ({
    run,
    term: 1,
    worker,
    host: 'web01',
    fence,
    number: 1,
    sealed: Buffer.from('x'),
  });

  it('lets only who took a host last say something about it', async () => {
    const run = await newRun();
    const term = (await beginTerm(line, run)) ?? 0;

    const [first = 0] = (await takeHosts(line, { run, term, worker: 'a', hosts: ['web01', 'web02'] })) ?? [];
    assert.equal(await say(line, said(run, first, 'a')), true);
    const [second = 0] = (await takeHosts(line, { run, term, worker: 'b', hosts: ['web01'] })) ?? [];

    assert.ok(second > first);
    assert.equal(await say(line, said(run, first, 'a')), false);
    assert.equal(await say(line, said(run, second, 'b')), true);
    assert.equal(await line.redis.xlen(places.answers(run, 1)), 2);
    assert.deepEqual(
      await holdersOf(line, run),
      new Map([
        ['web01', 'b'],
        ['web02', 'a'],
      ]),
    );
  });

  it('lets only the last coordinator give hosts away, and go on with the log', async () => {
    const run = await newRun();
    const first = (await beginTerm(line, run)) ?? 0;
    const writer = new LogWriter(line, sealer, run, first, 0);
    await writer.write({ events: [{ kind: 'note', text: 'one' }] });

    const second = (await beginTerm(line, run)) ?? 0;

    assert.equal(await takeHosts(line, { run, term: first, worker: 'a', hosts: ['web01'] }), undefined);
    await assert.rejects(writer.write({ events: [{ kind: 'note', text: 'late' }] }), { code: 'ENGINE_FENCED' });
    await new LogWriter(line, sealer, run, second, 1).write({ events: [{ kind: 'note', text: 'two' }], end: {} });
    const entries = await new LogReader(line, sealer, run).next(false);
    assert.deepEqual(
      entries.flatMap(({ events }) => events),
      [
        { kind: 'note', text: 'one' },
        { kind: 'note', text: 'two' },
      ],
    );
  });

  it('knows no term of a run that is not there', async () => {
    assert.equal(await beginTerm(line, 'nobody'), undefined);
  });

  it('shows a log in which an entry is missing, moved or of another run for what it is', async () => {
    const [run, other] = [await newRun(), await newRun()];
    const term = (await beginTerm(line, run)) ?? 0;
    const writer = new LogWriter(line, sealer, run, term, 0);
    for (const text of ['one', 'two']) await writer.write({ events: [{ kind: 'note', text }] });
    const [[, fields] = ['', []]] = await line.redis.xrangeBuffer(places.log(run), '1-0', '1-0');
    await line.redis.xadd(places.log(other), '1-0', 's', fields[1] as Buffer);

    await assert.rejects(new LogReader(line, sealer, other).next(false), { code: 'ENGINE_FORGED' });
    await line.redis.xdel(places.log(run), '1-0');
    await assert.rejects(new LogReader(line, sealer, run).next(false), { code: 'ENGINE_FORGED' });
  });

  it('says a thing once, however often it is sent', async () => {
    const run = await newRun();
    const term = (await beginTerm(line, run)) ?? 0;
    const sealed = sealer.of(run).seal({ events: [] }, circumstances.event(run, 1));
    const { writeLog } = await import('#src/engine/places');

    assert.deepEqual([await writeLog(line, run, term, 1, sealed), await writeLog(line, run, term, 1, sealed)], [true, true]);

    assert.equal(await line.redis.xlen(places.log(run)), 1);
  });

  const entry = (name: string, more: Partial<WorkerEntry> = {}): WorkerEntry => ({
    id: `${name}-1`,
    name,
    protocol: PROTOCOL,
    version: '1',
    isLeaving: false,
    ...more,
  });
  const here = async (by: Sealer, who: WorkerEntry): Promise<Presence> => {
    const presence = new Presence(line, by, who, 60_000);
    await presence.begin();
    return presence;
  };

  it('lists workers of our key and version, and names all others', async () => {
    const presences = [
      await here(sealer, entry('ours')),
      await here(sealer, entry('old', { version: '0' })),
      await here(new Sealer(randomBytes(32)), entry('stranger')),
    ];

    const roster = await rosterOf(line, sealer, '1');

    assert.deepEqual(
      roster.workers.map(({ name }) => name),
      ['ours'],
    );
    assert.deepEqual(
      roster.others.map(({ name }) => name),
      ['old'],
    );
    assert.deepEqual(roster.strangers, ['stranger']);
    const about = { address: 'redis://here', version: '1' };
    refuseEmpty(roster, about);
    assert.throws(() => refuseEmpty({ ...roster, workers: [] }, about), {
      code: 'ENGINE_VERSION',
      message: /old is sshoal 0 \(protocol 1\)/,
    });
    assert.throws(() => refuseEmpty({ ...roster, workers: [], others: [] }, about), { code: 'ENGINE_KEY_DIFFERS', message: /stranger/ });
    assert.throws(() => refuseEmpty({ workers: [], others: [], strangers: [] }, about), { code: 'ENGINE_NO_WORKERS' });
    for (const presence of presences) await presence.end();
  });

  it('forgets a worker that is silent for longer than its lease, and tells it so', async () => {
    const presence = new Presence(line, sealer, entry('silent'), 300);
    await presence.begin();
    const holding = presence.hold(new AbortController().signal);

    await line.redis.del(places.worker('silent-1'));

    assert.equal(await holding, false);
    await until(async () => (await rosterOf(line, sealer, '1')).workers.length === 0, 'empty roster');
  });

  it('gives a worker that cannot reach Redis no lease: it ends by its own clock', async () => {
    const own = await RedisServer.start();
    const far = await Line.open(own.address);
    const presence = new Presence(far, sealer, entry('far'), 300);
    await presence.begin();

    const holding = presence.hold(new AbortController().signal);
    await own.kill();

    assert.equal(await holding, false);
    await far[Symbol.asyncDispose]();
    await own[Symbol.asyncDispose]();
  });

  it('says at once where no Redis is, and after its patience where one has gone', async () => {
    const own = await RedisServer.start();
    const far = await Line.open(own.address, 200);
    await own.kill();

    await assert.rejects(
      far.ask(async (client) => await client.get('x')),
      { code: 'ENGINE_LOST', fix: /attach/ },
    );
    await assert.rejects(Line.open(own.address), { code: 'ENGINE_UNREACHABLE' });
    await assert.rejects(Line.open('http://here'), { code: 'ENGINE_BAD_ADDRESS' });
    await far[Symbol.asyncDispose]();
    await own[Symbol.asyncDispose]();
  });
});
