// One host of a fleet: its connection, kept and reopened, and how an instruction on it ends. It does not know the other hosts.
import { createReadStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { SshoalError } from '../base/errors.ts';
import { CancelledError, ConnectError, ConnectionLostError, InterruptedError, TimedOutError } from '../connection/errors.ts';
import { connectionKinds } from '../connection/registry.ts';
import type { Connection, Questions, ScriptInput } from '../connection/seam.ts';
import { TargetError, UnexpectedError } from './errors.ts';
import type { FleetEvent, Instruction, InstructionInput, Outcome, OutcomeStatus } from './events.ts';
import type { Limits } from './limits.ts';
import type { Target } from './target.ts';
import { type Progress, transfer } from './transfer/carry-out.ts';
import type { SharedTransfers } from './transfer/shared.ts';
import type { Turn } from './turn.ts';

/** Takes an event; its promise holds the host back while nobody reads. */
type Emit = (event: FleetEvent) => Promise<void>;

/** What surrounds one instruction. */
export interface Given {
  /** Who answers while the connection is opened. */
  readonly questions: Questions;
  readonly limits: Limits;
  /** What the hosts of the job share while they move files. */
  readonly shared: SharedTransfers;
  /** What the host holds of the limits while it is worked on. */
  readonly turn: Turn;
  readonly emit: Emit;
  /** Waits until the reader has room for so many bytes of an outcome. */
  readonly room: (bytes: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Errors of connecting that time may heal. */
const CURABLE = new Set(['CONNECT_TIMEOUT', 'CONNECT_REFUSED', 'CONNECT_FAILED', 'CONNECTION_DROPPED']);
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export class Session {
  readonly #target: Target;
  #connection: Promise<Connection> | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Carries one instruction out. @returns How it ended; it never throws for anything that happens on the host. */
  async execute(instruction: Instruction, given: Given): Promise<Outcome> {
    const startedAtMs = Date.now();
    const { retries = 0 } = instruction;
    for (let attempt = 1; ; attempt++) {
      const outcome = { ...(await this.#attempt(instruction, given)), startedAtMs };
      if (outcome.status === 'ok' || outcome.status === 'cancelled' || attempt > retries || given.signal.aborted)
        return attempt === 1 ? outcome : { ...outcome, attempts: attempt };
      await pause(attempt, given.signal);
    }
  }

  /** How it ends for a host that is not even begun with. */
  leftOut({ signal, halt }: { readonly signal: AbortSignal; readonly halt: AbortSignal }): Outcome {
    const error = reasonOf(signal.aborted ? signal : halt);
    const atMs = Date.now();
    return { host: this.#target.name, status: statusOf(error), error, startedAtMs: atMs, endedAtMs: atMs };
  }

  /** Closes the connection if one is open or being opened. */
  async close(): Promise<void> {
    const opening = this.#connection;
    this.#connection = undefined;
    // A line that never opened has nothing to close, and was reported where it was asked for.
    const connection = await opening?.catch(() => undefined);
    await connection?.close();
  }

  async #attempt(instruction: Instruction, given: Given): Promise<Omit<Outcome, 'startedAtMs'>> {
    const host = this.#target.name;
    const { signal } = given;
    let connectedAtMs: number | undefined;
    if (instruction.kind === 'disconnect') {
      await this.close();
      return { host, status: 'ok', endedAtMs: Date.now() };
    }
    try {
      const connection = await this.#open(given);
      connectedAtMs = Date.now();
      using _transfer = isTransfer(instruction) ? await given.turn.take(given.limits.transfers, signal) : undefined;
      const done = await carryOut(connection, instruction, this.#target, given);
      return { host, connectedAtMs, endedAtMs: Date.now(), ...done };
    } catch (cause) {
      const output = cause instanceof InterruptedError ? cause.output : undefined;
      const error = signal.aborted ? cutShort(cause, signal) : asSshoalError(host, cause);
      // A broken line is dropped, so that the next instruction opens a new one.
      if (error instanceof ConnectionLostError) await this.close();
      const { stdout, stderr } = output ?? {};
      return { host, status: statusOf(error), error, stdout, stderr, connectedAtMs, endedAtMs: Date.now() };
    }
  }

  async #open(given: Given): Promise<Connection> {
    given.signal.throwIfAborted();
    const opening = this.#connection ?? this.#connect(given);
    this.#connection = opening;
    try {
      return await opening;
    } catch (error) {
      if (this.#connection === opening) this.#connection = undefined;
      throw error;
    }
  }

  async #connect({ questions, limits, turn, signal }: Given): Promise<Connection> {
    const { spec, connectRetries = 0 } = this.#target;
    const kind = connectionKinds.get(spec.kind);
    if (kind === undefined) throw new TargetError(`There is no connection kind \`${spec.kind}\``, { where: spec.name });
    for (let attempt = 1; ; attempt++) {
      try {
        using _place = await turn.take(limits.connects, signal);
        await limits.pace.turn(signal);
        return await kind.open(spec, questions, signal);
      } catch (error) {
        const isCurable = error instanceof ConnectError && CURABLE.has(error.code);
        if (!isCurable || attempt > connectRetries || signal.aborted) throw error;
      }
      await pause(attempt, signal);
    }
  }
}

/** Waits before another attempt: longer each time, and not together with all the others. @returns At once on abort. */
async function pause(attempt: number, signal: AbortSignal): Promise<void> {
  const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)) * (0.5 + Math.random());
  await delay(waitMs, undefined, { signal }).catch(() => undefined);
}

function isTransfer({ kind }: Instruction): boolean {
  return kind === 'put' || kind === 'get' || kind === 'put-tree' || kind === 'get-tree';
}

/** Why nobody wants it any more: a deadline of the whole run is one of its own. */
function reasonOf(signal: AbortSignal): SshoalError {
  return signal.reason instanceof InterruptedError ? signal.reason : new CancelledError();
}

function cutShort(cause: unknown, signal: AbortSignal): SshoalError {
  // What was ended on the host has more to say than that it was to be: whether it really ended.
  if (cause instanceof InterruptedError && !(signal.reason instanceof TimedOutError)) return cause;
  return reasonOf(signal);
}

type Done = Omit<Outcome, 'host' | 'startedAtMs' | 'connectedAtMs' | 'endedAtMs'>;

async function carryOut(
  connection: Connection,
  instruction: Exclude<Instruction, { kind: 'disconnect' }>,
  target: Target,
  given: Given,
): Promise<Done> {
  const { emit, signal, limits, shared } = given;
  const host = target.name;
  const { timeoutMs } = instruction;
  switch (instruction.kind) {
    case 'script': {
      const onOutput =
        instruction.live === true
          ? async (stream: 'stdout' | 'stderr', chunk: Uint8Array) => await emit({ kind: 'output', host, stream, chunk })
          : undefined;
      const become = instruction.become ?? target.become;
      const { exit, stdout, stderr, truncated } = await connection.run(instruction.script, {
        become,
        input: instruction.input && sourceOf(instruction.input),
        onOutput,
        timeoutMs,
        idleTimeoutMs: instruction.idleTimeoutMs,
        signal,
        room: given.room,
        keepBytes: instruction.keepBytes,
      });
      return { status: exit.kind === 'code' && exit.code === 0 ? 'ok' : 'failed', exit, stdout, stderr, truncated };
    }
    case 'ping': {
      const { exit } = await connection.run(':', { become: target.become, timeoutMs, signal });
      return { status: exit.kind === 'code' && exit.code === 0 ? 'ok' : 'failed', exit };
    }
    case 'put':
    case 'get':
    case 'put-tree':
    case 'get-tree':
      return await transfer(connection, instruction, { shared, rate: limits.rate, signal, onProgress: progressOf(host, emit) });
  }
}

/** Read anew for every attempt, and opened only when the script asks for it. */
function sourceOf(input: InstructionInput): ScriptInput {
  return input.kind === 'bytes' ? input.bytes : chunksOf(input.path);
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* createReadStream(path) as AsyncIterable<Uint8Array>;
}

// Often enough for a person; ten thousand small files would be ten thousand events.
const PROGRESS_MS = 100;

// Progress may be dropped while nobody reads: only the newest matters, and the outcome tells the end.
function progressOf(host: string, emit: Emit): (progress: Progress) => void {
  let isBusy = false;
  let lastMs = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const nowMs = performance.now();
    if (isBusy || (nowMs < lastMs + PROGRESS_MS && progress.doneBytes !== progress.totalBytes)) return;
    isBusy = true;
    lastMs = nowMs;
    void emit({ kind: 'progress', host, ...progress }).finally(() => {
      isBusy = false;
    });
  };
}

function asSshoalError(host: string, cause: unknown): SshoalError {
  return cause instanceof SshoalError ? cause : new UnexpectedError(host, cause);
}

function statusOf(error: SshoalError): OutcomeStatus {
  if (error instanceof TimedOutError) return 'timed-out';
  if (error instanceof CancelledError) return 'cancelled';
  if (error instanceof ConnectError || error instanceof ConnectionLostError) return 'unreachable';
  return 'failed';
}
