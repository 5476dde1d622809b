// One host of a fleet: its connection, kept and reopened, and how an instruction on it ends. It does not know the other hosts.
import { SshoalError } from '../base/errors.ts';
import { CancelledError, ConnectError, ConnectionLostError, InterruptedError, TimedOutError } from '../connection/errors.ts';
import { connectionKinds } from '../connection/registry.ts';
import type { Connection, Questions } from '../connection/seam.ts';
import { TargetError, UnexpectedError } from './errors.ts';
import type { FleetEvent, Instruction, Outcome, OutcomeStatus } from './events.ts';
import type { Target } from './target.ts';
import { type Progress, transfer } from './transfer/carry-out.ts';
import type { SharedTransfers } from './transfer/shared.ts';

/** Takes an event; its promise holds the host back while nobody reads. */
type Emit = (event: FleetEvent) => Promise<void>;

export class Session {
  readonly #target: Target;
  readonly #questions: Questions;
  #connection: Promise<Connection> | undefined;

  constructor(target: Target, questions: Questions) {
    this.#target = target;
    this.#questions = questions;
  }

  /** Carries one instruction out. @param shared - What the hosts of the job share. @returns How it ended; it never throws for anything that happens on the host. */
  async execute(instruction: Instruction, emit: Emit, signal: AbortSignal, shared: SharedTransfers): Promise<Outcome> {
    const host = this.#target.name;
    const startedAtMs = Date.now();
    try {
      const connection = await this.#open(signal);
      const done = await carryOut(connection, instruction, this.#target, shared, emit, signal);
      return { host, startedAtMs, endedAtMs: Date.now(), ...done };
    } catch (cause) {
      const error = signal.aborted && !(cause instanceof InterruptedError) ? new CancelledError() : asSshoalError(host, cause);
      // A broken line is dropped, so that the next instruction opens a new one.
      if (error instanceof ConnectionLostError) await this.close();
      const output = error instanceof InterruptedError ? error.output : undefined;
      return { host, status: statusOf(error), error, stdout: output?.stdout, stderr: output?.stderr, startedAtMs, endedAtMs: Date.now() };
    }
  }

  /** Closes the connection if one is open or being opened. */
  async close(): Promise<void> {
    const opening = this.#connection;
    this.#connection = undefined;
    // A line that never opened has nothing to close, and was reported where it was asked for.
    const connection = await opening?.catch(() => undefined);
    await connection?.close();
  }

  async #open(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    const { spec } = this.#target;
    const kind = connectionKinds.get(spec.kind);
    if (kind === undefined) throw new TargetError(`There is no connection kind \`${spec.kind}\``, { where: spec.name });
    const opening = this.#connection ?? kind.open(spec, this.#questions, signal);
    this.#connection = opening;
    try {
      return await opening;
    } catch (error) {
      if (this.#connection === opening) this.#connection = undefined;
      throw error;
    }
  }
}

type Done = Omit<Outcome, 'host' | 'startedAtMs' | 'endedAtMs'>;

async function carryOut(
  connection: Connection,
  instruction: Instruction,
  target: Target,
  shared: SharedTransfers,
  emit: Emit,
  signal: AbortSignal,
): Promise<Done> {
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
        onOutput,
        timeoutMs,
        signal,
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
      return await transfer(connection, instruction, shared, signal, progressOf(host, emit));
  }
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
