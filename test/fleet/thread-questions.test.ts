// A person's answer belongs to the host that was asked about, whatever becomes of its thread meanwhile.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostKeyQuestion } from '#src/connection/seam';
import type { Outcome } from '#src/fleet/events';
import { makeSharedLimits } from '#src/fleet/shard/shared-limits';
import { ThreadShard } from '#src/fleet/shard/thread-shard';
import { EmbeddedServer } from '#src/testing/embedded-server';

describe('a question of a shard whose thread died', () => {
  it('is not answered for another host of the thread in its place', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-questions-'));
    await using server = await EmbeddedServer.start();
    const privateKeyFile = path.join(directory, 'key');
    await writeFile(privateKeyFile, server.clientKey.privateKey, { mode: 0o600 });
    const { host: address, port, user } = server;
    const common = { kind: 'ssh', address, port, user, privateKeyFile, hostKeyPolicy: 'ask' } as const;
    const limits = makeSharedLimits({ forks: 4, connects: 4, transfers: 4, connectsPerSecond: Infinity, bytesPerSecond: Infinity });
    const shard = new ThreadShard('shard', () => limits);
    shard.add(['h1', 'h2'].map((name) => ({ name, spec: { ...common, name, knownHostsFiles: [path.join(directory, name)] } })));
    const answers = new Map<string, (accept: boolean) => void>();
    const outcomes = new Map<string, Outcome>();
    const perform = async (host: string): Promise<void> =>
      await shard.perform({
        assignments: [{ host, instruction: { kind: 'script', script: 'echo in' } }],
        push: (event, taken) => {
          taken();
          if (event.kind === 'finished') outcomes.set(host, event.outcome);
        },
        questions: {
          hostKey: async ({ name = '' }: HostKeyQuestion) => await new Promise<boolean>((resolve) => answers.set(name, resolve)),
        },
        signal: new AbortController().signal,
        halt: new AbortController().signal,
      });
    const asked = async (host: string): Promise<void> => {
      while (!answers.has(host)) await delay(5);
    };

    const first = perform('h1');
    await asked('h1');
    shard.kill();
    await first;
    const second = perform('h2');
    await asked('h2');
    answers.get('h1')?.(true);
    await delay(100);
    const early = outcomes.get('h2')?.status;
    answers.get('h2')?.(false);
    await second;
    await shard.close();
    await rm(directory, { recursive: true });

    assert.equal(outcomes.get('h1')?.error?.code, 'SHARD_LOST');
    assert.equal(early, undefined);
    assert.deepEqual([outcomes.get('h2')?.status, outcomes.get('h2')?.error?.code], ['unreachable', 'HOST_KEY_UNKNOWN']);
  });
});
