// Where everything is kept in Redis, and the scripts that change it: each checks first whether the one who asks still may.
import { hash } from 'node:crypto';
import type { Line, Script } from './redis.ts';

/** The version of what controllers say to each other; those of another number do not understand. */
export const PROTOCOL = 1;
/** The queue of runs that wait for a coordinator. */
export const RUN_QUEUE = 'sshoal-runs';
/** The names of all workers, those that are gone for a moment among them. */
export const WORKERS = 'sshoal:workers';

/** A run that nobody ends is forgotten after a week. */
export const LONGEST_SECONDS = 7 * 24 * 60 * 60;

export const places = {
  /** A worker that lives; gone when it has not been heard of for the time of its lease. */
  worker: (worker: string): string => `sshoal:worker:${worker}`,
  /** What a worker is told. */
  orders: (worker: string): string => `sshoal:worker:${worker}:orders`,
  /** A hash: the sealed record, and the number of the coordinator who counts. */
  run: (run: string): string => `sshoal:run:${run}`,
  /** What has happened in a run, numbered without a gap. */
  log: (run: string): string => `sshoal:run:${run}:log`,
  /** What the starter wants of the coordinator. */
  control: (run: string): string => `sshoal:run:${run}:control`,
  /** Who has which host: `fence:HOST` and `holder:HOST`. */
  leases: (run: string): string => `sshoal:run:${run}:leases`,
  /** What workers tell one coordinator. */
  answers: (run: string, term: number): string => `sshoal:run:${run}:answers:${term}`,
} as const;

/** KEYS run; ARGV how long it is kept. Makes the caller the coordinator who counts. @returns Its number; nil where there is no such run. */
const TERM = script(`
if redis.call('HEXISTS', KEYS[1], 'record') == 0 then return nil end
return redis.call('HINCRBY', KEYS[1], 'term', 1)`);

/** KEYS run, leases; ARGV term, worker, hosts... @returns The fence of each host; nil where another coordinator counts. */
const TAKE = script(`
if redis.call('HGET', KEYS[1], 'term') ~= ARGV[1] then return nil end
local fences = {}
for i = 3, #ARGV do
  fences[i - 2] = redis.call('HINCRBY', KEYS[2], 'fence:' .. ARGV[i], 1)
  redis.call('HSET', KEYS[2], 'holder:' .. ARGV[i], ARGV[2])
end
return fences`);

/** KEYS leases, answers; ARGV host, fence, number, worker, sealed. @returns 1; 0 where the host is another's by now. */
const SAY = script(`
if redis.call('HGET', KEYS[1], 'fence:' .. ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('XADD', KEYS[2], '*', 'h', ARGV[1], 'f', ARGV[2], 'n', ARGV[3], 'w', ARGV[4], 's', ARGV[5])
return 1`);

/** KEYS run, log; ARGV term, number, sealed, seconds. What was said already is not said twice. @returns 1; 0 where another coordinator counts. */
const LOG = script(`
if redis.call('HGET', KEYS[1], 'term') ~= ARGV[1] then return 0 end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if last and tonumber(string.match(last[1], '^%d+')) >= tonumber(ARGV[2]) then return 1 end
redis.call('XADD', KEYS[2], ARGV[2] .. '-0', 's', ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1`);

/** KEYS worker, workers; ARGV name, milliseconds, entry, whether it is new. @returns 1; 0 where its time is over. */
const LIVE = script(`
if ARGV[4] == '0' and redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
return 1`);

function script(lua: string): Script {
  return { lua, sha: hash('sha1', lua) };
}

/** Becomes the coordinator who counts. @returns The number of the term; undefined where the run is gone. */
export async function beginTerm(line: Line, run: string): Promise<number | undefined> {
  return ((await line.script(TERM, [places.run(run)], [])) as number | null) ?? undefined;
}

/** Takes hosts for a worker: whoever had them before can say nothing more about them. @returns The fences; undefined in another's term. */
export async function takeHosts(
  line: Line,
  { run, term, worker, hosts }: { readonly run: string; readonly term: number; readonly worker: string; readonly hosts: readonly string[] },
): Promise<readonly number[] | undefined> {
  const keys = [places.run(run), places.leases(run)];
  return ((await line.script(TAKE, keys, [term, worker, ...hosts])) as number[] | null) ?? undefined;
}

/** Who had each host last. */
export async function holdersOf(line: Line, run: string): Promise<ReadonlyMap<string, string>> {
  const fields = await line.ask(async (redis) => await redis.hgetall(places.leases(run)));
  return new Map(
    Object.entries(fields).flatMap(([key, value]) => (key.startsWith('holder:') ? [[key.slice('holder:'.length), value]] : [])),
  );
}

/** Something that a worker says of a host it has. */
export interface Said {
  readonly run: string;
  readonly term: number;
  readonly worker: string;
  readonly host: string;
  readonly fence: number;
  /** Counted from 1 for each fence. */
  readonly number: number;
  readonly sealed: Buffer;
}

/** @returns False where the host is another's by now: nothing was said, and nothing may be done. */
export async function say(line: Line, { run, term, worker, host, fence, number, sealed }: Said): Promise<boolean> {
  const keys = [places.leases(run), places.answers(run, term)];
  return (await line.script(SAY, keys, [host, fence, number, worker, sealed])) === 1;
}

/** @returns False in another's term. */
export async function writeLog(line: Line, run: string, term: number, number: number, sealed: Buffer): Promise<boolean> {
  return (await line.script(LOG, [places.run(run), places.log(run)], [term, number, sealed, LONGEST_SECONDS])) === 1;
}

/** Says that a worker lives, for so long. @returns False where it had been silent for longer, and its hosts are others' by now. */
export async function live(line: Line, worker: string, forMs: number, entry: string, isNew: boolean): Promise<boolean> {
  return (await line.script(LIVE, [places.worker(worker), WORKERS], [worker, forMs, entry, isNew ? 1 : 0])) === 1;
}
