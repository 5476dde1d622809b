// Workers in this process with a Redis and hosts of their own, for tests of what they take and what they refuse.
import { randomBytes } from 'node:crypto';
import { playerOf } from '#src/cli/engine/player';
import { BullmqEngine } from '#src/engine/bullmq';
import { type WorkerOptions, work } from '#src/engine/worker';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { fakeContext } from '../cli/fake-context.ts';
import { RedisServer } from '../support/redis-server.ts';
import { newDirectory, removed, type Subject, VERSION } from './contract.ts';
import { until } from './crew.ts';

export interface CrewHere extends Subject {
  readonly engine: BullmqEngine;
  readonly redis: RedisServer;
  readonly key: Buffer;
  /** The end of all workers. @throws what one of them throws. */
  readonly ending: Promise<unknown>;
  /** What the workers have said. */
  readonly said: readonly string[];
}

export async function crewHere(names: readonly string[], more: Partial<WorkerOptions> = {}): Promise<CrewHere> {
  const [redis, fleet, directory] = [await RedisServer.start(), await EmbeddedFleet.start({ hosts: 4 }), await newDirectory()];
  const key = randomBytes(32);
  const stop = new AbortController();
  const said: string[] = [];
  const common = { address: redis.address, key, version: VERSION };
  const rules = { leaseMs: 2_000, allow: [directory], allowLocal: false, player: playerOf(fakeContext()), ...more };
  const workers = names.map(
    async (name) => await work({ ...common, ...rules, name, tell: (text) => said.push(`${name}: ${text}`) }, stop.signal),
  );
  const ending = Promise.all(workers);
  await until(() => said.filter((text) => text.includes('works for')).length === names.length, 'crew');
  const engine = await BullmqEngine.open(common);
  const end = async (): Promise<void> => {
    await engine[Symbol.asyncDispose]();
    stop.abort();
    try {
      await ending;
    } finally {
      await redis[Symbol.asyncDispose]();
      await fleet.stop();
      await removed(directory);
    }
  };
  return { engine, redis, fleet, directory, key, ending, said, [Symbol.asyncDispose]: end };
}
