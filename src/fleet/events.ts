// What is asked of hosts, and what happened on them, as plain data. It does not know who asks or who shows it.
import type { SshoalError } from '../base/errors.ts';
import type { Become, Exit, PlannedEntry, TreeSettings } from '../connection/seam.ts';

export type { Become, PlannedEntry, TreeSettings };

interface TransferJob {
  readonly localPath: string;
  readonly remotePath: string;
  /** What this host alone moves in a second. Default: as much as the line does. */
  readonly hostBytesPerSecond?: number | undefined;
}

interface FileJob extends TransferJob {
  /** Whether the SHA-256 of both sides is compared. Default false. */
  readonly verify?: boolean | undefined;
  /** Whether an attempt that broke off is continued. Default false. */
  readonly resume?: boolean | undefined;
}

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
    | (FileJob & { readonly kind: 'put'; readonly mode?: number | undefined })
    | (FileJob & { readonly kind: 'get' })
    /** A directory with everything in it. */
    | (TransferJob & { readonly kind: 'put-tree' | 'get-tree'; readonly settings?: TreeSettings | undefined })
    /** Connects, logs in and runs an empty script. */
    | { readonly kind: 'ping' }
    /** Closes the connection, if there is one: the next instruction opens a new one. */
    | { readonly kind: 'disconnect' }
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
  /** Of a file that was continued: how much of it was there from an attempt before. */
  readonly resumedBytes?: number | undefined;
  /** Of a directory that was copied. */
  readonly files?: number | undefined;
  /** Files that were the same on both sides. */
  readonly unchanged?: number | undefined;
  /** What was removed, since it is not in the source. */
  readonly removed?: number | undefined;
  /** What changes, or would; with `diff`. */
  readonly changes?: readonly PlannedEntry[] | undefined;
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
  | {
      readonly kind: 'progress';
      readonly host: string;
      readonly doneBytes: number;
      readonly totalBytes: number | undefined;
      /** Of a directory. */
      readonly doneFiles?: number | undefined;
      readonly totalFiles?: number | undefined;
    }
  | { readonly kind: 'finished'; readonly host: string; readonly outcome: Outcome };
