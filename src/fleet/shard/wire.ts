// What a shard's thread and the fleet say to each other, as data that crosses threads cheaply. It does not know who speaks when.
import { hash } from 'node:crypto';
import type { HostKeyQuestion, LoginQuestion } from '../../connection/seam.ts';
import type { FleetEvent, Instruction, Outcome } from '../events.ts';
import type { Target } from '../target.ts';
import type { SharedLimits } from './shared-limits.ts';

/** To the thread. */
export type Down =
  | { readonly kind: 'limits'; readonly limits: SharedLimits }
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }
  | {
      readonly kind: 'job';
      readonly job: number;
      /** Each once: most hosts are given the same. */
      readonly instructions: readonly Instruction[];
      readonly hosts: readonly (readonly [host: string, instruction: number])[];
      readonly asks: readonly Ask[];
    }
  | { readonly kind: 'stop' | 'halt'; readonly job: number; readonly reason: unknown }
  /** So many of its events have been taken by the reader. */
  | { readonly kind: 'taken'; readonly job: number; readonly count: number }
  | { readonly kind: 'answer'; readonly id: number; readonly ok: boolean; readonly value: unknown }
  | { readonly kind: 'close' };

export type Ask = 'hostKey' | 'passphrase' | 'prompts';
export type Asked = HostKeyQuestion | LoginQuestion | string;

/** From the thread. */
export type Up =
  | { readonly kind: 'event'; readonly job: number; readonly event: WireEvent }
  /** A part of bytes that outcomes refer to; the same bytes of many hosts cross once. */
  | { readonly kind: 'bytes'; readonly job: number; readonly id: number; readonly data: string }
  | { readonly kind: 'question'; readonly job: number; readonly id: number; readonly ask: Ask; readonly question: Asked }
  | { readonly kind: 'done'; readonly job: number; readonly error?: unknown };

type Started = Extract<FleetEvent, { kind: 'started' | 'progress' }>;

/** An event without bytes: they are base64, or a reference to bytes that came before. */
type WireEvent =
  | Started
  | { readonly kind: 'output'; readonly host: string; readonly stream: 'stdout' | 'stderr'; readonly data: string }
  | {
      readonly kind: 'finished';
      readonly outcome: Omit<Outcome, 'stdout' | 'stderr'>;
      readonly stdout?: number;
      readonly stderr?: number;
      /** References that nobody will use again. */
      readonly free: readonly number[];
    };

const PART_BYTES = 256 * 1024;
/** Larger bytes are hardly ever the same for many hosts. */
const SHARED_BYTES = 64 * 1024;
/** What is kept of bytes that others may have said before. */
const MOST_SHARED = 512;
const EMPTY = 0;

/** Turns the events of one job into messages. */
export class EventWriter {
  readonly #job: number;
  readonly #shared = new Map<string, number>();
  #ids = EMPTY;

  constructor(job: number) {
    this.#job = job;
  }

  write(event: FleetEvent): Up[] {
    const job = this.#job;
    if (event.kind === 'output') {
      const { host, stream, chunk } = event;
      return [{ kind: 'event', job, event: { kind: 'output', host, stream, data: base64(chunk) } }];
    }
    if (event.kind !== 'finished') return [{ kind: 'event', job, event: withoutUndefined(event) }];
    const { stdout, stderr, ...outcome } = event.outcome;
    const messages: Up[] = [];
    const free: number[] = [];
    const refer = (bytes: Uint8Array | undefined): number | undefined => this.#refer(bytes, messages, free);
    const references = { stdout: refer(stdout), stderr: refer(stderr) };
    messages.push({
      kind: 'event',
      job,
      event: withoutUndefined({ kind: 'finished', outcome: withoutUndefined(outcome), ...references, free }) as WireEvent,
    });
    return messages;
  }

  #refer(bytes: Uint8Array | undefined, messages: Up[], free: number[]): number | undefined {
    if (bytes === undefined) return undefined;
    if (bytes.byteLength === 0) return EMPTY;
    const key = bytes.byteLength <= SHARED_BYTES && this.#shared.size < MOST_SHARED ? hash('sha256', bytes, 'base64') : undefined;
    const known = key === undefined ? undefined : this.#shared.get(key);
    if (known !== undefined) return known;
    this.#ids += 1;
    const id = this.#ids;
    if (key === undefined) free.push(id);
    else this.#shared.set(key, id);
    for (let at = 0; at < bytes.byteLength; at += PART_BYTES)
      messages.push({ kind: 'bytes', job: this.#job, id, data: base64(bytes.subarray(at, at + PART_BYTES)) });
    return id;
  }
}

/** Turns the messages of one job back into events; outcomes with the same bytes have the same buffer. */
export class EventReader {
  readonly #parts = new Map<number, Buffer[]>();

  bytes(id: number, data: string): void {
    const parts = this.#parts.get(id) ?? [];
    parts.push(Buffer.from(data, 'base64'));
    this.#parts.set(id, parts);
  }

  read(event: WireEvent): FleetEvent {
    if (event.kind === 'output') {
      const { host, stream, data } = event;
      return { kind: 'output', host, stream, chunk: Buffer.from(data, 'base64') };
    }
    if (event.kind !== 'finished') return event;
    const { outcome, stdout, stderr, free } = event;
    const full: Outcome = { ...outcome, stdout: this.#find(stdout), stderr: this.#find(stderr) };
    for (const id of free) this.#parts.delete(id);
    return { kind: 'finished', host: outcome.host, outcome: full };
  }

  #find(id: number | undefined): Uint8Array | undefined {
    if (id === undefined) return undefined;
    if (id === EMPTY) return Buffer.alloc(0);
    const parts = this.#parts.get(id);
    if (parts === undefined) throw new TypeError(`An outcome refers to bytes ${id} that never came`);
    const [first, ...more] = parts;
    if (first !== undefined && more.length === 0) return first;
    const whole = Buffer.concat(parts);
    this.#parts.set(id, [whole]);
    return whole;
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** A field that is undefined would take the slower way across. */
function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
