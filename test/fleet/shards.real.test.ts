// A contract for every shard, over local shells: this thread, and a thread of its own.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CancelledError, TimedOutError } from '#src/connection/errors';
import type { FleetEvent, Instruction, Outcome } from '#src/fleet/events';
import { localLimits } from '#src/fleet/limits';
import { LocalShard } from '#src/fleet/shard/local-shard';
import type { Job, Shard } from '#src/fleet/shard/seam';
import { makeSharedLimits } from '#src/fleet/shard/shared-limits';
import { ThreadShard } from '#src/fleet/shard/thread-shard';
import type { Target } from '#src/fleet/target';

const NUMBERS = { forks: 8, connects: 8, transfers: 4, connectsPerSecond: Number.POSITIVE_INFINITY };
const local = (name: string): Target => ({ name, spec: { kind: 'local', name } });
const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `h${i + 1}`);
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
const script = (text: string, more: object = {}): Instruction => ({ kind: 'script', script: text, ...more });

interface Done {
  readonly events: FleetEvent[];
  readonly outcomes: Map<string, Outcome>;
}

/** Performs on hosts of a shard, taking each event at once. */
async function perform(
  shard: Shard,
  instructionOf: (host: string) => Instruction,
  hosts: readonly string[],
  more: Partial<Job> & { readonly onEvent?: (event: FleetEvent) => void } = {},
): Promise<Done> {
  const events: FleetEvent[] = [];
  const outcomes = new Map<string, Outcome>();
  await shard.perform({
    assignments: hosts.map((host) => ({ host, instruction: instructionOf(host) })),
    push: (event, taken) => {
      taken();
      events.push(event);
      if (event.kind === 'finished') {
        assert.ok(!outcomes.has(event.host), `${event.host} ended twice`);
        outcomes.set(event.host, event.outcome);
      }
      more.onEvent?.(event);
    },
    questions: {},
    signal: new AbortController().signal,
    halt: new AbortController().signal,
    ...more,
  });
  return { events, outcomes };
}

const shards: readonly { readonly name: string; readonly make: (forks?: number) => Shard }[] = [
  {
    name: 'this thread',
    make: (forks = NUMBERS.forks) => {
      const limits = localLimits({ ...NUMBERS, forks });
      return new LocalShard(() => limits);
    },
  },
  {
    name: 'a thread of its own',
    make: (forks = NUMBERS.forks) => {
      const limits = makeSharedLimits({ ...NUMBERS, forks });
      return new ThreadShard('shard', () => limits);
    },
  },
];

for (const { name, make } of shards) {
  describe(`a shard that is ${name}`, () => {
    /** A shard with some hosts, closed at the end. */
    async function withShard(count: number, work: (shard: Shard, hosts: string[]) => Promise<void>, forks?: number): Promise<void> {
      const shard = make(forks);
      const hosts = names(count);
      shard.add(hosts.map(local));
      try {
        await work(shard, hosts);
      } finally {
        await shard.close();
      }
    }

    it('ends every host in one outcome, with its output and its exit', async () => {
      await withShard(20, async (shard, hosts) => {
        const { events, outcomes } = await perform(shard, (host) => script(`echo ${host}; echo no >&2; exit ${host.slice(1)}`), hosts);

        assert.deepEqual([...outcomes.keys()].toSorted(), hosts.toSorted());
        for (const [host, { stdout, stderr, exit }] of outcomes)
          assert.deepEqual([text(stdout), text(stderr), exit], [`${host}\n`, 'no\n', { kind: 'code', code: Number(host.slice(1)) }]);
        assert.equal(events.filter(({ kind }) => kind === 'started').length, 20);
      });
    });

    it('brings output of any bytes and any length, live and whole', async () => {
      await withShard(3, async (shard, hosts) => {
        const big = script('head -c 3000000 /dev/zero; printf "\\377\\000x"', { live: true });

        const { events, outcomes } = await perform(shard, () => big, hosts);

        for (const host of hosts) {
          const live = events.flatMap((event) => (event.kind === 'output' && event.host === host ? [event.chunk] : []));
          const whole = Buffer.from(outcomes.get(host)?.stdout ?? []);
          assert.equal(whole.length, 3_000_003);
          assert.deepEqual([...whole.subarray(-3)], [0xff, 0, 0x78]);
          assert.ok(Buffer.concat(live).equals(whole));
        }
      });
    });

    it('brings errors as what they are', async () => {
      await withShard(1, async (shard, hosts) => {
        const { outcomes } = await perform(shard, () => script('echo half; sleep 100', { timeoutMs: 200 }), hosts);

        const outcome = outcomes.get('h1');
        assert.equal(outcome?.status, 'timed-out');
        assert.ok(outcome.error instanceof TimedOutError);
        assert.deepEqual([outcome.error.code, text(outcome.stdout)], ['TIMED_OUT', 'half\n']);
      });
    });

    it('ends a script that says nothing for too long, and not one that goes on talking', async () => {
      await withShard(2, async (shard, hosts) => {
        const { outcomes } = await perform(
          shard,
          (host) =>
            script(host === 'h1' ? 'echo a; sleep 100' : 'for i in 1 2 3 4 5 6; do echo $i; sleep 0.15; done', { idleTimeoutMs: 600 }),
          hosts,
        );

        assert.deepEqual([outcomes.get('h1')?.status, outcomes.get('h2')?.status], ['timed-out', 'ok']);
        assert.match(outcomes.get('h1')?.error?.message ?? '', /No output for 600 ms/);
      });
    });

    it('ends all that runs on an abort, begun or not, and names the reason', async () => {
      await withShard(
        4,
        async (shard, hosts) => {
          const stop = new AbortController();
          const late = new TimedOutError('The whole run was too long');

          const { events, outcomes } = await perform(shard, () => script('sleep 100'), hosts, {
            signal: stop.signal,
            onEvent: (event) => event.kind === 'started' && event.host === 'h2' && stop.abort(late),
          });

          assert.equal(events.filter(({ kind }) => kind === 'started').length, 2);
          assert.deepEqual(
            hosts.map((host) => [outcomes.get(host)?.status, outcomes.get(host)?.error?.message]),
            hosts.map(() => ['timed-out', late.message]),
          );
        },
        2,
      );
    });

    it('starts nothing more once halted, and lets what runs come to its end', async () => {
      await withShard(
        4,
        async (shard, hosts) => {
          const halt = new AbortController();

          const { outcomes } = await perform(shard, () => script('sleep 0.3; echo done'), hosts, {
            halt: halt.signal,
            onEvent: (event) => event.kind === 'started' && event.host === 'h2' && halt.abort(new CancelledError('Enough')),
          });

          assert.deepEqual(
            hosts.map((host) => outcomes.get(host)?.status),
            ['ok', 'ok', 'cancelled', 'cancelled'],
          );
          assert.equal(outcomes.get('h4')?.error?.message, 'Enough');
        },
        2,
      );
    });

    it('does again what did not end well, as often as asked, and only then', async () => {
      await withShard(3, async (shard, hosts) => {
        const counting = (host: string): Instruction =>
          script(
            `n=$(cat /tmp/$PPID-${host} 2>/dev/null); [ "$n" = x ] || { printf "%sx" "$n" >/tmp/$PPID-${host}; exit 1; }; rm /tmp/$PPID-${host}`,
            {
              retries: host === 'h3' ? 0 : 2,
            },
          );

        const { outcomes } = await perform(shard, counting, hosts);
        const again = await perform(shard, () => script('rm -f /tmp/$PPID-h3'), ['h3']);

        assert.deepEqual(
          hosts.map((host) => [outcomes.get(host)?.status, outcomes.get(host)?.attempts]),
          [
            ['ok', 2],
            ['ok', 2],
            ['failed', undefined],
          ],
        );
        assert.equal(again.outcomes.get('h3')?.status, 'ok');
      });
    });

    it('holds hosts back while nobody takes their events', async () => {
      await withShard(1, async (shard, hosts) => {
        const waiting: (() => void)[] = [];
        let bytes = 0;
        const flood = script('head -c 120000000 /dev/zero', { live: true, keepBytes: 0 });

        const done = shard.perform({
          assignments: [{ host: hosts[0] ?? '', instruction: flood }],
          push: (event, taken) => {
            if (event.kind === 'output') bytes += event.chunk.byteLength;
            waiting.push(taken);
          },
          questions: {},
          signal: new AbortController().signal,
          halt: new AbortController().signal,
        });
        let before = -1;
        while (bytes !== before || bytes === 0) {
          before = bytes;
          await delay(300);
        }
        const held = bytes;
        const taking = setInterval(() => {
          for (const taken of waiting.splice(0)) taken();
        }, 1);
        await done;
        clearInterval(taking);

        assert.ok(held < 90_000_000, `held back only after ${held} bytes`);
        assert.equal(bytes, 120_000_000);
      });
    });

    it('brings more output than it holds in memory', async () => {
      await withShard(
        11,
        async (shard, hosts) => {
          const sizes: number[] = [];

          await shard.perform({
            assignments: hosts.map((host) => ({ host, instruction: script('head -c 15000000 /dev/zero') })),
            push: (event, taken) => {
              if (event.kind === 'finished') sizes.push(event.outcome.stdout?.byteLength ?? 0);
              setImmediate(taken);
            },
            questions: {},
            signal: new AbortController().signal,
            halt: new AbortController().signal,
          });

          assert.deepEqual(
            sizes,
            hosts.map(() => 15_000_000),
          );
        },
        11,
      );
    });

    it('performs several jobs side by side', async () => {
      await withShard(4, async (shard, hosts) => {
        const jobs = await Promise.all(
          ['a', 'b', 'c'].map(async (word) => await perform(shard, (host) => script(`echo ${word} ${host}`), hosts)),
        );

        for (const [i, { outcomes }] of jobs.entries())
          assert.deepEqual(
            hosts.map((host) => text(outcomes.get(host)?.stdout)),
            hosts.map((host) => `${'abc'[i]} ${host}\n`),
          );
      });
    });
  });
}

describe('a shard whose thread dies', () => {
  it('loses only what was begun, says so, and does the rest on another thread', async () => {
    const limits = makeSharedLimits({ ...NUMBERS, forks: 2 });
    const shard = new ThreadShard('shard', () => limits);
    const hosts = names(6);
    shard.add(hosts.map(local));
    let started = 0;

    const { outcomes } = await perform(shard, (host) => script(host === 'h1' || host === 'h2' ? 'exec sleep 5' : 'echo done'), hosts, {
      onEvent: (event) => {
        if (event.kind === 'started') started += 1;
        if (started === 2 && event.kind === 'started') shard.kill();
      },
    });
    const after = await perform(shard, () => script('echo again'), ['h1']);
    await shard.close();

    assert.deepEqual(
      hosts.map((host) => [outcomes.get(host)?.status, outcomes.get(host)?.error?.code]),
      [['failed', 'SHARD_LOST'], ['failed', 'SHARD_LOST'], ...Array.from({ length: 4 }, () => ['ok', undefined])],
    );
    assert.equal(text(after.outcomes.get('h1')?.stdout), 'again\n');
  });

  it('before it was of any use is not made again and again', async () => {
    const limits = makeSharedLimits(NUMBERS);
    const shard = new ThreadShard('shard', () => limits);
    shard.add(names(2).map(local));

    const performing = perform(shard, () => script('echo done'), names(2));
    shard.kill();
    const { outcomes } = await performing;
    await shard.close();

    assert.deepEqual(
      [...outcomes.values()].map(({ error }) => error?.code),
      ['SHARD_LOST', 'SHARD_LOST'],
    );
  });
});
