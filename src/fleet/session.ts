// One host of a fleet: its connection, kept and reopened, and how an instruction on it ends. It does not know the other hosts.
import { SshoalError } from '../base/errors.ts';
import { CancelledError, ConnectError, ConnectionLostError, InterruptedError, TimedOutError } from '../connection/errors.ts';
import { connectionKinds } from '../connection/registry.ts';
import type { Connection, Questions } from '../connection/seam.ts';
import { TargetError, UnexpectedError } from './errors.ts';
import type { FleetEvent, Instruction, Outcome, OutcomeStatus } from './events.ts';
import type { Target } from './target.ts';
import { copyTree, ofDirectory } from './tree.ts';

/** Takes an event; its promise holds the host back while nobody reads. */
type Emit = (event: FleetEvent) => Promise<void>;

export class Session {
  readonly #target: Target;
  #connection: Promise<Connection> | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * Carries one instruction out.
   *
   * @param questions - Who answers while the connection is opened.
   * @returns How it ended; it never throws for anything that happens on the host.
   */
  async execute(instruction: Instruction, questions: Questions, emit: Emit, signal: AbortSignal): Promise<Outcome> {
    const host = this.#target.name;
    const startedAtMs = Date.now();
    try {
      const connection = await this.#open(questions, signal);
      const done = await carryOut(connection, instruction, this.#target, emit, signal);
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

  async #open(questions: Questions, signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    const { spec } = this.#target;
    const kind = connectionKinds.get(spec.kind);
    if (kind === undefined) throw new TargetError(`There is no connection kind \`${spec.kind}\``, { where: spec.name });
    const opening = this.#connection ?? kind.open(spec, questions, signal);
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

async function carryOut(connection: Connection, instruction: Instruction, target: Target, emit: Emit, signal: AbortSignal): Promise<Done> {
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
    case 'put': {
      const { localPath, remotePath, mode } = instruction;
      const result = await connection.put(localPath, remotePath, { mode, timeoutMs, signal, onProgress: progressOf(host, emit) });
      return { status: 'ok', ...result };
    }
    case 'get': {
      const options = { timeoutMs, signal, onProgress: progressOf(host, emit) };
      const result = await connection.get(instruction.remotePath, instruction.localPath, options).catch(ofDirectory);
      return { status: 'ok', ...result };
    }
    case 'put-tree':
    case 'get-tree':
      return await copyTree(connection, instruction, signal, progressOf(host, emit));
  }
}

// Progress may be dropped while nobody reads: only the newest matters, and the outcome tells the end.
function progressOf(host: string, emit: Emit): (doneBytes: number, totalBytes: number | undefined) => void {
  let busy = false;
  return (doneBytes, totalBytes) => {
    if (busy) return;
    busy = true;
    void emit({ kind: 'progress', host, doneBytes, totalBytes }).finally(() => {
      busy = false;
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
