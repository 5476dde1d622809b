// A worker by itself: how it comes and goes.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { playerOf } from '#src/cli/engine/player';
import { Line } from '#src/engine/redis';
import { rosterOf } from '#src/engine/roster';
import { Sealer } from '#src/engine/seal';
import { type WorkerOptions, work } from '#src/engine/worker';
import { fakeContext } from '../cli/fake-context.ts';
import { needs } from '../support/real.ts';
import { RedisServer } from '../support/redis-server.ts';
import { VERSION } from './contract.ts';
import { until } from './crew.ts';

describe('a worker', needs('redis-server'), () => {
  const key = randomBytes(32);
  const optionsOf = (address: string, said: string[]): WorkerOptions => ({
    address,
    key,
    version: VERSION,
    name: 'ali',
    leaseMs: 1_000,
    patienceMs: 500,
    allow: [],
    allowLocal: false,
    player: playerOf(fakeContext()),
    tell: (text) => said.push(text),
  });

  it('is in the roster from when it says so until it has left', async () => {
    await using redis = await RedisServer.start();
    await using line = await Line.open(redis.address);
    const said: string[] = [];
    const stop = new AbortController();
    const roster = async () => (await rosterOf(line, new Sealer(key), VERSION)).workers.map(({ name }) => name);

    const working = work(optionsOf(redis.address, said), stop.signal);
    await until(async () => (await roster()).length === 1, 'worker');
    const during = await roster();
    stop.abort();
    await working;

    assert.deepEqual(during, ['ali']);
    assert.deepEqual(await roster(), []);
    assert.match(said.join('\n'), /ali works for redis:\/\/127.*\nleaves: takes nothing more.*\nended/s);
    assert.deepEqual(await line.redis.keys('sshoal:*'), []);
  });

  it('ends when Redis stays away', async () => {
    await using redis = await RedisServer.start();
    const said: string[] = [];
    const working = work(optionsOf(redis.address, said), new AbortController().signal);
    await until(() => said.length > 0, 'worker');

    await redis.kill();

    await assert.rejects(working, { code: 'ENGINE_LOST' });
    assert.equal(said.at(-1), 'ended');
  });

  it('does not begin where a directory that it may play from is not there', async () => {
    await assert.rejects(work({ ...optionsOf('redis://127.0.0.1:1', []), allow: ['/no/such'] }, new AbortController().signal), {
      code: 'ENGINE_NOT_ALLOWED',
    });
  });
});
