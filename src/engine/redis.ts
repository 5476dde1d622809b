// A line to Redis that waits while Redis is away, and gives up in time. It does not know what is kept there.
import { setMaxListeners } from 'node:events';
import type { Redis } from 'ioredis';
import { unlessAborted } from '../base/abort.ts';
import { formatDuration } from '../base/units.ts';
import { EngineError } from './errors.ts';

const CONNECT_MS = 5_000;
const LONGEST_RETRY_MS = 1_000;
/** How long a Redis that was there may be away. */
const PATIENCE_MS = 60_000;

/** A script that Redis carries out at once, and the keys and arguments it takes. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

type Argument = string | number | Buffer;

/**
 * Waits with every command while the line is broken; after a minute all of them fail, and {@link lost} aborts.
 *
 * What was under way when it broke is sent again: whatever is said must be harmless when said twice.
 */
export class Line implements AsyncDisposable {
  /** Without password, for messages. */
  readonly address: string;
  readonly redis: Redis;
  readonly #lost = new AbortController();
  /** Nobody waits any longer: the client itself lets those wait for ever whom it has told to come back later. */
  readonly #over = new AbortController();
  readonly #patienceMs: number;
  #giveUp: NodeJS.Timeout | undefined;

  private constructor(redis: Redis, address: string, patienceMs: number) {
    this.redis = redis;
    this.address = address;
    this.#patienceMs = patienceMs;
    setMaxListeners(0, this.#over.signal);
    // Each error is told again by the commands that fail of it, or by the deadline.
    redis.on('error', () => {});
    redis.on('close', () => this.#broke());
    redis.on('ready', () => this.#isBack());
  }

  /**
   * @param address - `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS.
   * @throws EngineError `ENGINE_BAD_ADDRESS`, `ENGINE_PACKAGES_MISSING`, `ENGINE_UNREACHABLE`.
   */
  static async open(address: string, patienceMs = PATIENCE_MS): Promise<Line> {
    const plain = plainAddress(address);
    const { Redis: Client } = await optional('ioredis', async () => await import('ioredis'));
    const redis = new Client(address, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      maxRetriesPerRequest: null,
      enableAutoPipelining: true,
      retryStrategy: retryMs,
    });
    const line = new Line(redis, plain, patienceMs);
    try {
      await redis.connect();
    } catch (cause) {
      line.close();
      throw new EngineError('ENGINE_UNREACHABLE', `Redis cannot be reached: ${(cause as Error).message}`, {
        where: plain,
        fix: 'See that it runs there and lets you in: redis-cli -u <address> ping',
        cause,
      });
    }
    return line;
  }

  /** Aborts with `ENGINE_LOST` when Redis has been away for too long. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Another line to the same place, for one who waits there for news: that holds all others up. */
  another(): Line {
    return new Line(this.redis.duplicate({ lazyConnect: true, enableAutoPipelining: false }), this.address, this.#patienceMs);
  }

  /** Asks, and tells a Redis that is gone from one that says no. @throws EngineError `ENGINE_LOST`; what Redis says. */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await unlessAborted(question(this.redis), this.#over.signal);
    } catch (cause) {
      const isRefused = /^(?:OOM|READONLY|MISCONF|NOREPLICAS)/.test((cause as Error).message);
      throw isRefused ? gone(this.address, (cause as Error).message, cause) : cause;
    }
  }

  /** Has a script carried out. */
  async script({ lua, sha }: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    const all = [...keys, ...args];
    return await this.ask(async (redis) => {
      try {
        return await redis.evalsha(sha, keys.length, ...all);
      } catch (error) {
        // It forgets scripts when it starts anew.
        if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
        return await redis.eval(lua, keys.length, ...all);
      }
    });
  }

  /** Ends the line at once; whoever waits on it is told, with `ENGINE_LOST`. */
  close(): void {
    this.#end(gone(this.address, 'the line to it was closed'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await Promise.resolve();
  }

  #end(reason: EngineError): void {
    clearTimeout(this.#giveUp);
    this.#over.abort(reason);
    this.redis.disconnect();
  }

  /** Told of each attempt that fails, too: the time counts from the first. */
  #broke(): void {
    if (this.#over.signal.aborted) return;
    this.#giveUp ??= setTimeout(() => {
      const reason = gone(this.address, `it was away for more than ${formatDuration(this.#patienceMs)}`);
      this.#end(reason);
      this.#lost.abort(reason);
    }, this.#patienceMs);
  }

  #isBack(): void {
    clearTimeout(this.#giveUp);
    this.#giveUp = undefined;
  }
}

/** How long to wait before connecting is tried again. */
export function retryMs(times: number): number {
  return Math.min(50 * 2 ** times, LONGEST_RETRY_MS);
}

function gone(address: string, why: string, cause?: unknown): EngineError {
  return new EngineError('ENGINE_LOST', `Redis is gone: ${why}`, {
    where: address,
    fix: 'The run goes on there if Redis kept it: see with sshoal attach; else run it again for the hosts that have no end',
    cause,
  });
}

/** @throws EngineError `ENGINE_BAD_ADDRESS`. */
function plainAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && ['redis:', 'rediss:'].includes(url.protocol)) return `${url.protocol}//${url.host}${url.pathname}`;
  throw new EngineError('ENGINE_BAD_ADDRESS', 'This is no address of a Redis', {
    where: '--engine',
    fix: 'Write redis://[user:password@]host[:port][/database], or rediss:// for TLS',
  });
}

/** @throws EngineError `ENGINE_PACKAGES_MISSING`. */
export async function optional<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new EngineError('ENGINE_PACKAGES_MISSING', `More than one controller needs the package ${name}, and it is not installed`, {
      where: '--engine',
      fix: 'npm install bullmq ioredis',
      cause,
    });
  }
}
