// What is asked of hosts, and what happened on them, as plain data. It does not know who asks or who shows it.
import type { SshoalError } from '../base/errors.ts';
import type { Become, Exit, TreeSettings } from '../connection/seam.ts';

export type { Become, TreeSettings };

/** What every instruction can say. */
interface Common {
  readonly timeoutMs?: number | undefined;
  /** How often it is done again where it did not end well. Default 0: what ran in part is not run twice unasked. */
  readonly retries?: number | undefined;
}

/** Bytes, or an absolute path of this machine: a file that stays as it is until the last host has read it. */
export type InstructionInput = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | { readonly kind: 'file'; readonly path: string };

/** One thing to do on one host; plain data, so that it can cross to a shard. */
export type Instruction = Common &
  (
    | {
        readonly kind: 'script';
        readonly script: string;
        readonly become?: Become | undefined;
        /** What it reads from stdin, each host all of it. Default: nothing. */
        readonly input?: InstructionInput | undefined;
        /** How much of each stream the outcome keeps. Default 16 MiB. */
        readonly keepBytes?: number | undefined;
        /** Whether chunks come as `output` events too. Default false. */
        readonly live?: boolean | undefined;
        /** It is ended after so long without a byte of output. */
        readonly idleTimeoutMs?: number | undefined;
      }
    | { readonly kind: 'put'; readonly localPath: string; readonly remotePath: string; readonly mode?: number | undefined }
    | { readonly kind: 'get'; readonly remotePath: string; readonly localPath: string }
    /** A directory with everything in it. */
    | {
        readonly kind: 'put-tree' | 'get-tree';
        readonly localPath: string;
        readonly remotePath: string;
        readonly settings?: TreeSettings | undefined;
      }
    /** Connects, logs in and runs an empty script. */
    | { readonly kind: 'ping' }
  );

/** An instruction for one host. */
export interface Assignment {
  readonly host: string;
  readonly instruction: Instruction;
}

/**
 * How a host ended. Every assigned host gets exactly one.
 *
 * - `ok`: a script ended with code 0, a transfer is complete.
 * - `failed`: a script ended otherwise, or a transfer or become failed; the host is reachable.
 * - `unreachable`: no line to the host, or it broke.
 * - `timed-out`: its deadline passed; what ran was ended.
 * - `cancelled`: ended by an abort, or never started because of one.
 */
export type OutcomeStatus = 'ok' | 'failed' | 'unreachable' | 'timed-out' | 'cancelled';

export interface Outcome {
  readonly host: string;
  readonly status: OutcomeStatus;
  /** Of a script that ended. */
  readonly exit?: Exit | undefined;
  readonly stdout?: Uint8Array | undefined;
  readonly stderr?: Uint8Array | undefined;
  readonly truncated?: boolean | undefined;
  /** Of a transfer. */
  readonly bytes?: number | undefined;
  readonly localPath?: string | undefined;
  readonly remotePath?: string | undefined;
  /** Of a directory that was copied. */
  readonly files?: number | undefined;
  /** Whether nothing was copied, only said what would be: one line for each entry, as `stdout`. */
  readonly dryRun?: boolean | undefined;
  /** How often it was done, where more than once. */
  readonly attempts?: number | undefined;
  /** Why it is not ok, where there is more to say than the exit. */
  readonly error?: SshoalError | undefined;
  readonly startedAtMs: number;
  /** When there was a line to the host; one kept from an earlier instruction is there at once. */
  readonly connectedAtMs?: number | undefined;
  readonly endedAtMs: number;
}

export type FleetEvent =
  | { readonly kind: 'started'; readonly host: string; readonly atMs: number }
  | { readonly kind: 'output'; readonly host: string; readonly stream: 'stdout' | 'stderr'; readonly chunk: Uint8Array }
  | { readonly kind: 'progress'; readonly host: string; readonly doneBytes: number; readonly totalBytes: number | undefined }
  | { readonly kind: 'finished'; readonly host: string; readonly outcome: Outcome };
