// The engine that is other controllers, as every engine: workers in this process, a redis-server of its own, embedded hosts.
import { randomBytes } from 'node:crypto';
import { playerOf } from '#src/cli/engine/player';
import { BullmqEngine } from '#src/engine/bullmq';
import { work } from '#src/engine/worker';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { fakeContext } from '../cli/fake-context.ts';
import { needs } from '../support/real.ts';
import { RedisServer } from '../support/redis-server.ts';
import { engineContract, newDirectory, removed, VERSION } from './contract.ts';
import { until } from './crew.ts';

engineContract(
  'of two workers',
  async () => {
    const [redis, fleet, directory] = [await RedisServer.start(), await EmbeddedFleet.start({ hosts: 4 }), await newDirectory()];
    const key = randomBytes(32);
    const stop = new AbortController();
    const said: string[] = [];
    const common = { address: redis.address, key, version: VERSION };
    const rules = { leaseMs: 2_000, allow: [directory], allowLocal: false, player: playerOf(fakeContext()) };
    const workers = ['one', 'two'].map(
      async (name) => await work({ ...common, ...rules, name, tell: (text) => said.push(text) }, stop.signal),
    );
    await until(() => said.filter((text) => text.includes('works for')).length === 2, 'crew of two');
    const engine = await BullmqEngine.open(common);
    const end = async (): Promise<void> => {
      await engine[Symbol.asyncDispose]();
      stop.abort();
      await Promise.all(workers);
      await redis[Symbol.asyncDispose]();
      await fleet.stop();
      await removed(directory);
    };
    return { engine, fleet, directory, [Symbol.asyncDispose]: end };
  },
  needs('redis-server'),
);
